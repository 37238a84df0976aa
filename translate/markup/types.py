"""What projection takes and gives."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from corpora.article import Inline

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Job:
    """A sentence and its translation.

    Attributes:
        source: The sentence.
        hypothesis: Its translation.
        inlines: Marked-up spans of `source`: sorted by start, longer ones first; nested or disjoint.
    """

    source: str
    hypothesis: str
    inlines: "tuple[Inline, ...]" = ()


@dataclass(frozen=True, slots=True)
class Projection:
    """Where marked-up spans stand in a translation.

    Attributes:
        inlines: Those that have a place: spans of the hypothesis, in order, nested or disjoint as in the source.
        lost: Those that have none, as they stand in the source; each inline is in one of the two.
    """

    inlines: "tuple[Inline, ...]"
    lost: "tuple[Inline, ...]" = ()


@dataclass(frozen=True, slots=True)
class ProjectionOptions:
    """When a place is certain enough; chosen on `benchmarks/gold/markup/dev.jsonl`.

    Attributes:
        least_confidence: Least share of a span's links that its place has, times the share of its words that have
            links, from 0 to 1, each link counted by how alike its words are. Below it a span is lost.
        full_likeness: Likeness of two words whose link is trusted wholly.
        foreign: What a link to words outside the span takes from a word, in links.
        guess: Strength of a guessed link, where a sure one has up to 1.
        least_rarity: Least rarity of words that a link is guessed for, in nats.
        one_sign: What a Chinese word of one sign needs above that.
        least_likeness: Least likeness of two words that a link is guessed for.
        weak: Words whose links are weaker than this may be linked by their sound instead.
        least_sound: Least likeness of the sounds of two names, from 0 to 1.
        left_over: Confidence of a place that is all that other spans and words leave over.
        unlinked: What a word without links takes from the place that it stands in, in links.
        mark: Weight of a punctuation mark beside a word.
    """

    least_confidence: float = 0.25
    full_likeness: float = 0.4
    foreign: float = 1.0
    guess: float = 0.25
    least_rarity: float = 8.5
    one_sign: float = 3.0
    least_likeness: float = 0.05
    weak: float = 0.6
    least_sound: float = 0.7
    left_over: float = 0.5
    unlinked: float = 0.15
    mark: float = 0.1
