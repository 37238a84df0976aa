"""Input and output of markup transfer."""

from dataclasses import dataclass

from corpora.article import Inline


@dataclass(frozen=True, slots=True)
class MarkupJob:
    """A sentence and its translation.

    Attributes:
        inlines: Marked-up spans of `source`: sorted by start, longer ones first; nested or disjoint.
    """

    source: str
    hypothesis: str
    inlines: tuple[Inline, ...] = ()


@dataclass(frozen=True, slots=True)
class Projection:
    """The places of marked-up spans in a translation.

    Attributes:
        inlines: The placed spans, in the hypothesis, in order, nested or disjoint as in the source.
        lost: The others, as in the source; each inline is in one of the two.
    """

    inlines: tuple[Inline, ...]
    lost: tuple[Inline, ...] = ()
