"""How well single translations render their sources, without a reference and with nothing downloaded."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from importlib import resources
from typing import TYPE_CHECKING, Final

import numpy as np

from common.data import load_table
from common.errors import InputError
from corpora.languages import base_language, parse_language
from eval.qe.features import FEATURES, measure_features
from eval.qe.fluency import DATA
from eval.qe.reference_free import embedded_encoder

if TYPE_CHECKING:
    from alignment.encoders import Encoder
    from common.arrays import Doubles

_AT_ONCE: Final = 512
_WEIGHTS: Final = "adequacy.toml"


@dataclass(frozen=True, slots=True)
class AdequacyWeights:
    """A logistic model of a good translation against a damaged one; `training.adequacy` fits it.

    Attributes:
        mean: Mean of each feature where it was fitted.
        deviation: Standard deviation likewise.
        weight: Weight of each feature in those units.
        bias: What is added.
    """

    mean: tuple[float, ...]
    deviation: tuple[float, ...]
    weight: tuple[float, ...]
    bias: float

    def probabilities(self, features: "Doubles") -> "Doubles":
        """Return how likely each row is a good translation rather than a damaged one, from 0 to 1."""
        scaled = (features - np.array(self.mean)) / np.array(self.deviation)
        return 1.0 / (1.0 + np.exp(-(scaled @ np.array(self.weight) + self.bias)))  # type: ignore[no-any-return]


def sentence_adequacy(
    sources: Sequence[str],
    hypotheses: Sequence[str],
    *,
    source_language: str,
    target_language: str,
    encoder: "Encoder | None" = None,
) -> list[float]:
    """Return how surely each translation renders its source: whether its words and its meaning are there, in order.

    It finds translations of something else, and those that lack, repeat or scramble a part; it hardly sees a wrong
    number, a lost "not", or clumsy wording. `docs/evaluation.md` says how well.

    Args:
        sources: Source segments.
        hypotheses: One translation a segment.
        source_language: BCP-47 tag.
        target_language: BCP-47 tag.
        encoder: Encoder of sentences and words; None takes the embedded one.

    Returns:
        From 0 to 1, higher is better; 0 for an empty translation of a text, 1 where the source has no text either.

    Raises:
        InputError: Lists of different length.
        UsageError: A language is not known, or the encoder gives no vectors of words.
    """
    if len(sources) != len(hypotheses):
        raise InputError(
            f"{len(hypotheses)} translations for {len(sources)} sources", hint="Both must hold the same segments"
        )
    direction = parse_language(source_language), parse_language(target_language)
    found = [0.0 if source.strip() or hypothesis.strip() else 1.0
             for source, hypothesis in zip(sources, hypotheses, strict=True)]  # fmt: skip
    filled = [at for at in range(len(sources)) if sources[at].strip() and hypotheses[at].strip()]
    model = encoder or (embedded_encoder() if filled else None)
    weights = load_weights(base_language(direction[1]))
    for start in range(0, len(filled), _AT_ONCE):
        part = filled[start : start + _AT_ONCE]
        assert model is not None  # noqa: S101 - there is something to encode
        features = measure_features([sources[at] for at in part], [hypotheses[at] for at in part], direction, model)
        for at, value in zip(part, weights.probabilities(features), strict=True):
            found[at] = float(value)
    return found


def system_adequacy(scores: Sequence[float]) -> float:
    """Return the adequacy of a system: the mean over the worst tenth of its segments, at least one.

    A system that fails now and then shows it there. It does not rank systems that seldom fail: `docs/evaluation.md`.

    Args:
        scores: `sentence_adequacy` of each segment; at least one.

    Returns:
        From 0 to 1, higher is better.
    """
    lowest = sorted(scores)[: max(1, len(scores) // 10)]
    return sum(lowest) / len(lowest)


@cache
def weights_digest() -> str:
    """Return the checksum of the weights and of the models of fluency: where it is the same, scores mean the same."""
    found = sha256()
    for name in (_WEIGHTS, DATA):
        found.update(resources.files("eval.qe").joinpath(name).read_bytes())
    return found.hexdigest()


@cache
def load_weights(language: str) -> AdequacyWeights:
    """Return the weights for translations into a language.

    Args:
        language: `en`, `ru` or `zh`.
    """
    data = load_table(__name__, _WEIGHTS)[language]
    columns = [data["features"][name] for name in FEATURES]
    return AdequacyWeights(
        mean=tuple(column["mean"] for column in columns),
        deviation=tuple(column["deviation"] for column in columns),
        weight=tuple(column["weight"] for column in columns),
        bias=data["bias"],
    )
