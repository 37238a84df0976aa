"""What is looked at to tell how well a translation renders its source: meaning, words, order, loops, fluency, ends."""

import math
from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Final

import numpy as np
import regex

from corpora.languages import base_language
from eval.qe.fluency import load_fluency
from eval.qe.reference_free import usual_length_ratio
from eval.qe.sentence_edges import beginning, ending, stops

if TYPE_CHECKING:
    from alignment.encoders import Encoder
    from common.arrays import Doubles
    from eval.qe.fluency import FluencyModel

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
