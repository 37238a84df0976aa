"""Sentence alignment of versions of one text, with monotone beads and moved passages.

Importing the package does not load numpy; modules that need it are loaded on first use.

Example:
    >>> from alignment import align_sentences
    >>> alignment = align_sentences(["Yes.", "No."], ["Да.", "Нет."], source_language="en", target_language="ru")
    >>> [(bead.source, bead.target) for bead in alignment.beads]
    [((0,), (0,)), ((1,), (1,))]
"""

from typing import TYPE_CHECKING, Final

from alignment.encoders import Encoder, load_encoder
from alignment.scoring import Agreement, AlignmentScore, score_alignment, score_alignments
from alignment.types import Alignment, AlignOptions, Bead, Relation, order_beads
from common.lazy import lazy_names

if TYPE_CHECKING:
    from alignment.aligner import align, align_sentences
    from alignment.versions import align_versions
    from alignment.words.align import align_word_pairs, align_words

_HOMES: Final = {
    "alignment.aligner": ("align", "align_sentences"),
    "alignment.versions": ("align_versions",),
    "alignment.words.align": ("align_word_pairs", "align_words"),
}

__all__ = [
    "Agreement",
    "AlignOptions",
    "Alignment",
    "AlignmentScore",
    "Bead",
    "Encoder",
    "Relation",
    "align",
    "align_sentences",
    "align_versions",
    "align_word_pairs",
    "align_words",
    "load_encoder",
    "order_beads",
    "score_alignment",
    "score_alignments",
]

__getattr__ = lazy_names(__name__, _HOMES)
