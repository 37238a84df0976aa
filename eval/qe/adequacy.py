"""Adequacy of single translations, without a reference and without downloads."""

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
    from common.arrays import Doubles
    from eval.qe.fluency import FluencyModel

_AT_ONCE: Final = 512
_WEIGHTS: Final = "adequacy.toml"


@dataclass(frozen=True, slots=True)
class AdequacyWeights:
    """A logistic model of good against damaged translations; `training.adequacy` fits it."""

    mean: tuple[float, ...]
    deviation: tuple[float, ...]
    weight: tuple[float, ...]
    bias: float

    def probabilities(self, features: "Doubles") -> "Doubles":
        """Return the probability of each row to be a good rather than a damaged translation, from 0 to 1."""
        scaled = (features - np.array(self.mean)) / np.array(self.deviation)
        return 1.0 / (1.0 + np.exp(-(scaled @ np.array(self.weight) + self.bias)))  # type: ignore[no-any-return]


def sentence_adequacy(
    sources: Sequence[str],
    hypotheses: Sequence[str],
    *,
    source_language: str,
    target_language: str,
) -> list[float]:
    """Return the adequacy of each translation: whether its words and meaning correspond to the source.

    It detects wrong translations, and those that omit, repeat or scramble a part; it is almost blind to a wrong number,
    a missing "not", or clumsy wording. `docs/evaluation.md` has its accuracy.

    Args:
        sources: Source segments.
        hypotheses: One translation per segment.
        source_language: BCP-47 tag.
        target_language: BCP-47 tag.

    Returns:
        From 0 to 1, higher is better; 0 for an empty translation of a text, 1 if the source is empty, too.

    Raises:
        InputError: Lists differ in length.
        UsageError: A language is not known.
    """
    if len(sources) != len(hypotheses):
        raise InputError(
            f"{len(hypotheses)} translations for {len(sources)} sources", hint="Both must hold the same segments"
        )
    direction = parse_language(source_language), parse_language(target_language)
    found = [0.0 if source.strip() or hypothesis.strip() else 1.0
             for source, hypothesis in zip(sources, hypotheses, strict=True)]  # fmt: skip
    filled = [at for at in range(len(sources)) if sources[at].strip() and hypotheses[at].strip()]
    weights = load_weights(base_language(direction[1]))
    for start in range(0, len(filled), _AT_ONCE):
        part = filled[start : start + _AT_ONCE]
        features = measure_features([sources[at] for at in part], [hypotheses[at] for at in part], direction)
        for at, value in zip(part, weights.probabilities(features), strict=True):
            found[at] = float(value)
    return found


def system_adequacy(scores: Sequence[float]) -> float:
    """Return the adequacy of a system: the mean over the bottom decile of its segments, at least one.

    It detects occasional failures. It does not rank systems that seldom fail, see `docs/evaluation.md`.

    Returns:
        From 0 to 1, higher is better.
    """
    lowest = sorted(scores)[: max(1, len(scores) // 10)]
    return sum(lowest) / len(lowest)


@cache
def weights_digest() -> str:
    """Return the checksum of the weights and fluency models; scores are comparable if it is the same."""
    found = sha256()
    for name in (_WEIGHTS, DATA):
        found.update(resources.files("eval.qe").joinpath(name).read_bytes())
    return found.hexdigest()


@cache
def load_weights(language: str) -> AdequacyWeights:
    """Return the weights for translations into a language."""
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
"""Feature names in order, and whether the weight must be positive (1) or negative (-1)."""

PlacePairs = Sequence[tuple[int, int]]
"""Positions of corresponding words, in the source and in the translation."""

_SCRIPTS: Final = {
    "en": regex.compile(r"\p{Latin}"),
    "ru": regex.compile(r"\p{Cyrillic}"),
    "zh": regex.compile(r"\p{Han}"),
}
_LETTER: Final = regex.compile(r"\p{L}")
_WORD: Final = regex.compile(r"[\p{L}\p{N}]")
_GRAM: Final = 4
_ENOUGH_SCRIPT: Final = 0.5
"""Share of letters in the language's script from which a text counts as written in it: names may be foreign."""
_MOST_LINKS: Final = 400
"""Most links used for the order: their number enters squared."""
_LONGEST_STEP: Final = 6
"""Distance in words from which the counterparts of two neighbours do not count as neighbours."""


def measure_features(
    sources: Sequence[str],
    hypotheses: Sequence[str],
    direction: tuple[str, str],
    *,
    fluency: "FluencyModel | None" = None,
) -> "Doubles":
    """Return the features of pairs whose sides both have words.

    Returns:
        Shape (segments, features). `meaning`: cosine of the embeddings, -1 to 1; `source_coverage` and
        `target_coverage`: share of the words of a side with a counterpart, 0 to 1; these three are 0 for a text in
        another script, which may be copied from the source. `order`: share of the pairs of links that keep the order, 0
        to 1; `neighbours`: distance of the counterparts of neighbouring words, 0 to 1; `length`: distance of the length
        ratio from the usual one, as a logarithm, 0 up; `repetition`: share of repeated character 4-grams, less the
        source's, -1 to 1; `fluency`: log-likelihood of the words in order less that of single words, in nats per word;
        `beginning`, `ending`, `stops`: see `eval.qe.sentence_edges`.
    """
    from alignment.words.align import align_word_pairs  # noqa: PLC0415 - loaded when used
    from alignment.words.segmentation import split_words  # noqa: PLC0415 - loaded when used

    source, target = direction
    encoder = embedded_encoder()
    firsts, seconds = encoder.encode(list(sources)), encoder.encode(list(hypotheses))
    words = [
        (split_words(one, source), split_words(other, target)) for one, other in zip(sources, hypotheses, strict=True)
    ]
    linked = align_word_pairs(words, source_language=source, target_language=target)
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
    """Return the share of the words with a link, without punctuation."""
    counted = [at for at, word in enumerate(words) if _WORD.search(word)]
    return sum(at in linked for at in counted) / len(counted) if counted else 0.0


def _order(pairs: PlacePairs) -> float:
    """Return the share of pairs of links in the same order on both sides; ties count half."""
    chosen = np.array(pairs[:_MOST_LINKS], dtype=np.int64).reshape(-1, 2)
    first, second = (np.sign(side[:, None] - side[None, :]) for side in chosen.T)
    different = first != 0
    return float(((first * second)[different] + 1).mean() / 2) if different.any() else 0.5


def _neighbours(pairs: PlacePairs) -> float:
    """Return the mean distance in the source of the counterparts of neighbouring words of the translation."""
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
"""Largest counted difference of full stops."""


def beginning(source: str, hypothesis: str) -> float:
    """Return 1 if a translation begins with a small letter and its source does not, else 0."""
    return float(_begins_small(hypothesis) and not _begins_small(source))


def ending(source: str, hypothesis: str) -> float:
    """Return 1 if exactly one of the two ends with a sentence-final mark, else 0."""
    return float(_ends_with_stop(source) != _ends_with_stop(hypothesis))


def stops(source: str, hypothesis: str) -> float:
    """Return the difference of the numbers of inner sentence-final marks, from 0 to 2."""
    return float(min(_MOST, abs(len(_INNER.findall(source)) - len(_INNER.findall(hypothesis)))))


def _begins_small(text: str) -> bool:
    found = _EDGE_LETTER.search(text)
    return found is not None and found.group().islower()


def _ends_with_stop(text: str) -> bool:
    bare = _CLOSING.sub("", text)
    return bare.endswith(tuple(_STOPS))
