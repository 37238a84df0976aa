"""Segment statistics: what a corpus score is the sum of, for several systems at once.

sacrebleu has no public way to them; the same methods are behind its own `corpus_score` and paired tests. Where there is
one reference, n-grams are counted by `eval.ngrams` instead, which gives the same numbers faster.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from eval.metrics import METRICS
from eval.ngrams import Reference, Tokens, Vocabulary, characters
from eval.segments import Segments
from eval.tokens import SegmentTokens

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Extracted:
    """Statistics of several systems by one metric.

    Attributes:
        signature: The metric's signature.
        statistics: One a system, shape (segments, columns), with the columns in sacrebleu's order.
    """

    signature: str
    statistics: "tuple[Array, ...]"


def extract_statistics(metric: str, outputs: Sequence[Sequence[str]], segments: Segments) -> Extracted:
    """Return the statistics of each system's translations.

    Args:
        metric: Canonical name out of `METRICS`.
        outputs: The translations of each system, checked before.
        segments: References and target language.
    """
    scorer = METRICS[metric].build(segments.language, sentence_level=False)
    count = _COUNTERS.get(metric) if len(segments.references) == 1 else None
    if count is None:
        scorer._ref_cache = scorer._cache_references([list(each) for each in segments.references])  # noqa: SLF001
        found = [scorer._extract_corpus_statistics(list(texts), None) for texts in outputs]  # noqa: SLF001
        arrays = tuple(np.asarray(each, dtype=np.float64) for each in found)
    else:
        reference = [text or "" for text in segments.references[0]]
        scorer._cache_references([reference[:1]])  # noqa: SLF001 - its signature tells the number of references
        arrays = count(scorer, outputs, reference)
    return Extracted(scorer.get_signature().format(), arrays)


def _count_bleu(scorer: Any, outputs: Sequence[Sequence[str]], reference: Sequence[str]) -> "tuple[Array, ...]":
    tokens = SegmentTokens(scorer)
    counted = Reference(tokens(reference), scorer.max_ngram_order)

    def count(lines: Sequence[str]) -> "Array":
        own = tokens(lines)
        overlaps = counted.overlaps(own)
        columns = [own.lengths[:, None], counted.lengths[:, None], overlaps[:, :, 2], overlaps[:, :, 0]]
        return np.concatenate(columns, axis=1).astype(np.float64)

    return tuple(count(lines) for lines in outputs)


def _count_chrf(scorer: Any, outputs: Sequence[Sequence[str]], reference: Sequence[str]) -> "tuple[Array, ...]":
    vocabulary = Vocabulary()

    def words(lines: Sequence[str]) -> Tokens:
        return vocabulary.words([scorer._remove_punctuation(line) for line in lines])  # noqa: SLF001

    kinds: list[tuple[Callable[[Sequence[str]], Tokens], Reference]] = [
        (characters, Reference(characters(reference), scorer.char_order))
    ]
    if scorer.word_order:
        kinds.append((words, Reference(words(reference), scorer.word_order)))

    def count(lines: Sequence[str]) -> "Array":
        overlaps = np.concatenate([counted.overlaps(tokens(lines)) for tokens, counted in kinds], axis=1)
        # As in sacrebleu: what the hypothesis has does not count where the reference has no n-gram of that length.
        overlaps[:, :, 0] *= overlaps[:, :, 1] > 0
        return overlaps.reshape(len(overlaps), -1).astype(np.float64)

    return tuple(count(lines) for lines in outputs)


_COUNTERS: Final[dict[str, Callable[[Any, Sequence[Sequence[str]], Sequence[str]], "tuple[Array, ...]"]]] = {
    "bleu": _count_bleu,
    "spbleu": _count_bleu,
    "chrf": _count_chrf,
    "chrf++": _count_chrf,
}
