"""How well single translations render their sources, without a reference and with nothing downloaded."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from importlib import resources
from itertools import pairwise
from typing import TYPE_CHECKING, Final

import numpy as np
import regex

from common.data import load_table
from common.errors import InputError
from corpora.languages import base_language, parse_language
from eval.qe.fluency import DATA, load_fluency
from eval.qe.reference_free import embedded_encoder, usual_length_ratio

if TYPE_CHECKING:
    from alignment.encoders import Encoder
    from common.arrays import Doubles
    from eval.qe.fluency import FluencyModel

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


FEATURES: Final = {
    "meaning": 1,
    "source_coverage": 1,
    "target_coverage": 1,
    "order": 1,
    "neighbours": -1,
    "length": -1,
    "repetition": -1,
    "fluency": 1,
    "beginning": -1,
    "ending": -1,
    "stops": -1,
}
"""Names of the columns, in order, and whether more of each can only speak for a translation (1) or against it (-1)."""

PlacePairs = Sequence[tuple[int, int]]
"""Places of words that correspond, in the source and in the translation."""

_SCRIPTS: Final = {
    "en": regex.compile(r"\p{Latin}"),
    "ru": regex.compile(r"\p{Cyrillic}"),
    "zh": regex.compile(r"\p{Han}"),
}
_LETTER: Final = regex.compile(r"\p{L}")
_WORD: Final = regex.compile(r"[\p{L}\p{N}]")
_GRAM: Final = 4
_ENOUGH_SCRIPT: Final = 0.5
"""Share of the letters in the language's own script from which a text counts as written in it: names may be foreign."""
_MOST_LINKS: Final = 400
"""Links from which the order is read: their number enters squared."""
_LONGEST_STEP: Final = 6
"""Words between the answers of two neighbours from which they are no neighbours any more."""


def measure_features(
    sources: Sequence[str],
    hypotheses: Sequence[str],
    direction: tuple[str, str],
    encoder: "Encoder",
    *,
    fluency: "FluencyModel | None" = None,
) -> "Doubles":
    """Return the features of pairs both sides of which have words.

    Args:
        sources: Source segments.
        hypotheses: One translation a segment.
        direction: Source and target language, BCP-47 tags.
        encoder: Gives vectors of sentences and of words.
        fluency: Says how usual a translation's words are in their order; None takes the model that comes with Tolmach.

    Returns:
        Shape (segments, features). `meaning`: cosine of the embeddings, -1 to 1; `source_coverage` and
        `target_coverage`: share of the words of a side that answer a word of the other, 0 to 1; these three are 0 for
        a text in another language's script, whose words may be the source's own. `order`: share of the pairs of links
        that keep the order, 0 to 1; `neighbours`: how far apart the answers of neighbouring words stand, 0 to 1;
        `length`: distance of the length ratio from the usual one, as a logarithm, 0 up; `repetition`: share of the
        runs of four characters that were there before, beyond the source's own, -1 to 1; `fluency`: how much likelier
        the translation's words are in their order than each for itself, in nats a word; `beginning`, `ending`, `stops`:
        see `eval.qe.sentence_edges`.
    """
    from alignment.words.align import align_word_pairs  # noqa: PLC0415 - loaded when used
    from alignment.words.segmentation import split_words  # noqa: PLC0415 - loaded when used

    source, target = direction
    firsts, seconds = encoder.encode(list(sources)), encoder.encode(list(hypotheses))
    words = [
        (split_words(one, source), split_words(other, target)) for one, other in zip(sources, hypotheses, strict=True)
    ]
    linked = align_word_pairs(words, source_language=source, target_language=target, encoder=encoder)
    usual = usual_length_ratio(source, target)
    language_model = fluency or load_fluency(base_language(target))
    rows = []
    for at, (one, other) in enumerate(zip(sources, hypotheses, strict=True)):
        left, right = words[at]
        pairs = [(i, j) for i, j, _ in linked[at] if _WORD.search(left[i]) and _WORD.search(right[j])]
        written = min(1.0, _script(other, base_language(target)) / _ENOUGH_SCRIPT)
        rows.append([
            written * float(firsts[at] @ seconds[at]),
            written * _coverage(left, {i for i, _ in pairs}),
            written * _coverage(right, {j for _, j in pairs}),
            _order(pairs),
            _neighbours(pairs),
            abs(math.log(max(1, _length(other)) / max(1, _length(one)) / usual)),
            _repetition(other) - _repetition(one),
            language_model.score(other),
            beginning(one, other),
            ending(one, other),
            stops(one, other),
        ])  # fmt: skip
    return np.array(rows, dtype=np.float64).reshape(len(rows), len(FEATURES))


def _coverage(words: Sequence[str], linked: set[int]) -> float:
    """Return the share of the words that have a link; marks of punctuation do not count."""
    counted = [at for at, word in enumerate(words) if _WORD.search(word)]
    return sum(at in linked for at in counted) / len(counted) if counted else 0.0


def _order(pairs: PlacePairs) -> float:
    """Return the share of two links each that stand in the same order on both sides; ties count half."""
    chosen = np.array(pairs[:_MOST_LINKS], dtype=np.int64).reshape(-1, 2)
    first, second = (np.sign(side[:, None] - side[None, :]) for side in chosen.T)
    different = first != 0
    return float(((first * second)[different] + 1).mean() / 2) if different.any() else 0.5


def _neighbours(pairs: PlacePairs) -> float:
    """Return how far apart the answers of neighbouring words of the translation stand in the source, on average."""
    answers: dict[int, list[int]] = {}
    for i, j in pairs:
        answers.setdefault(j, []).append(i)
    steps = [min(abs(a - b) for a in answers[one] for b in answers[other]) for one, other in pairwise(sorted(answers))]
    return sum(min(step, _LONGEST_STEP) for step in steps) / (_LONGEST_STEP * len(steps)) if steps else 0.5


def _length(text: str) -> int:
    return len("".join(text.split()))


def _script(text: str, language: str) -> float:
    letters = len(_LETTER.findall(text))
    return len(_SCRIPTS[language].findall(text)) / letters if letters else 1.0


def _repetition(text: str) -> float:
    grams = [text[at : at + _GRAM] for at in range(len(text) - _GRAM + 1)]
    return 1.0 - len(set(grams)) / len(grams) if grams else 0.0


_STOPS: Final = (
    ".!?\N{HORIZONTAL ELLIPSIS}\N{IDEOGRAPHIC FULL STOP}\N{FULLWIDTH EXCLAMATION MARK}\N{FULLWIDTH QUESTION MARK}"
)
_CLOSING: Final = regex.compile(r"[\p{Pe}\p{Pf}\p{Pi}\"'\s]+$")
_EDGE_LETTER: Final = regex.compile(r"\p{L}")
_INNER: Final = regex.compile(rf"[{_STOPS}]+[\p{{Pe}}\p{{Pf}}\"']*(?=\s*\p{{L}})")
_MOST: Final = 2
"""Stops from which a difference counts no more."""


def beginning(source: str, hypothesis: str) -> float:
    """Return 1 where a translation begins with a small letter and its source does not, else 0."""
    return float(_begins_small(hypothesis) and not _begins_small(source))


def ending(source: str, hypothesis: str) -> float:
    """Return 1 where one of the two ends with a full stop or its like and the other does not, else 0."""
    return float(_ends_with_stop(source) != _ends_with_stop(hypothesis))


def stops(source: str, hypothesis: str) -> float:
    """Return how many more full stops or their like one of the two has before its end, from 0 to 2."""
    return float(min(_MOST, abs(len(_INNER.findall(source)) - len(_INNER.findall(hypothesis)))))


def _begins_small(text: str) -> bool:
    found = _EDGE_LETTER.search(text)
    return found is not None and found.group().islower()


def _ends_with_stop(text: str) -> bool:
    bare = _CLOSING.sub("", text)
    return bare.endswith(tuple(_STOPS))
