"""Segment statistics: what a corpus score is the sum of, for several systems at once.

sacrebleu has no public way to them; the same methods are behind its own `corpus_score` and paired tests. N-grams are
counted by `eval.counts.ngrams` instead, which gives the same numbers faster.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from eval.counts.ngrams import Reference, Tokens, Vocabulary, characters
from eval.counts.tokens import SegmentTokens
from eval.metrics.scoring import METRICS
from eval.segments import Segments

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from common.arrays import Doubles

References = Sequence[Sequence[str | None]]
_VARIABLE: Final = -1
"""sacrebleu's number of references where it differs from segment to segment."""
_NO_LENGTH: Final = 1 << 40
"""Farther from every length than any."""


@dataclass(frozen=True, slots=True)
class Extracted:
    """Statistics of several systems by one metric.

    Attributes:
        signature: The metric's signature.
        statistics: One a system, shape (segments, columns), with the columns in sacrebleu's order.
    """

    signature: str
    statistics: "tuple[Doubles, ...]"


def extract_statistics(metric: str, outputs: Sequence[Sequence[str]], segments: Segments) -> Extracted:
    """Return the statistics of each system's translations.

    Args:
        metric: Canonical name out of `METRICS`.
        outputs: The translations of each system, checked before.
        segments: References and target language.
    """
    scorer = METRICS[metric].build(segments.language, sentence_level=False)
    count = _COUNTERS.get(metric)
    if count is None:
        scorer._ref_cache = scorer._cache_references([list(each) for each in segments.references])  # noqa: SLF001
        found = [scorer._extract_corpus_statistics(list(texts), None) for texts in outputs]  # noqa: SLF001
        arrays = tuple(np.asarray(each, dtype=np.float64) for each in found)
    else:
        arrays = count(scorer, outputs, segments.references)
        numbers = {sum(text is not None for text in texts) for texts in zip(*segments.references, strict=True)}
        scorer.num_refs = numbers.pop() if len(numbers) == 1 else _VARIABLE
    return Extracted(scorer.get_signature().format(), arrays)


def _count_bleu(scorer: Any, outputs: Sequence[Sequence[str]], references: References) -> "tuple[Doubles, ...]":
    tokens = SegmentTokens(scorer)
    known = [tokens([text or "" for text in lines]) for lines in references]
    counted = Reference(known, scorer.max_ngram_order)
    lengths = np.where(_there(references), np.stack([each.lengths for each in known]), _NO_LENGTH)
    lengths.sort(axis=0)  # of two that are as close, the shorter

    def count(lines: Sequence[str]) -> "Doubles":
        own = tokens(lines)
        overlaps = counted.overlaps(own, together=True)[0]
        closest = np.take_along_axis(lengths, np.abs(lengths - own.lengths).argmin(axis=0)[None], axis=0)[0]
        columns = [own.lengths[:, None], closest[:, None], overlaps[:, :, 2], overlaps[:, :, 0]]
        return np.concatenate(columns, axis=1).astype(np.float64)

    return tuple(count(lines) for lines in outputs)


def _there(references: References) -> "NDArray[np.bool_]":
    """Return whether each segment has each reference, shape (references, segments)."""
    return np.array([[text is not None for text in lines] for lines in references])


def _count_chrf(scorer: Any, outputs: Sequence[Sequence[str]], references: References) -> "tuple[Doubles, ...]":
    from eval.counts.formulas import chrf  # noqa: PLC0415 - its package needs this module

    vocabulary = Vocabulary()

    def words(lines: Sequence[str]) -> Tokens:
        return vocabulary.words([scorer._remove_punctuation(line) for line in lines])  # noqa: SLF001

    kinds: list[tuple[Callable[[Sequence[str]], Tokens], int]] = [(characters, scorer.char_order)]
    if scorer.word_order:
        kinds.append((words, scorer.word_order))
    filled = [[text or "" for text in lines] for lines in references]
    counted = [Reference([tokens(lines) for lines in filled], order) for tokens, order in kinds]
    there = _there(references)

    def count(lines: Sequence[str]) -> "Doubles":
        parts = [one.overlaps(tokens(lines)) for one, (tokens, _) in zip(counted, kinds, strict=True)]
        overlaps = np.concatenate(parts, axis=2)
        # As in sacrebleu: what the hypothesis has does not count where the reference has no n-gram of that length.
        overlaps[..., 0] *= overlaps[..., 1] > 0
        found: Doubles = overlaps.reshape(*overlaps.shape[:2], -1).astype(np.float64)
        best = np.where(there, chrf(found), -1.0).argmax(axis=0)  # of several that score the same, the first
        chosen: Doubles = found[best, np.arange(len(best))]
        return chosen

    return tuple(count(lines) for lines in outputs)


_COUNTERS: Final[dict[str, Callable[[Any, Sequence[Sequence[str]], References], "tuple[Doubles, ...]"]]] = {
    "bleu": _count_bleu,
    "spbleu": _count_bleu,
    "chrf": _count_chrf,
    "chrf++": _count_chrf,
}
