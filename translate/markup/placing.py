"""The place of one span in the translation."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from translate.markup.parts import occurrences
from translate.markup.trimming import EdgeWords, complete, trim, with_article
from translate.markup.types import ProjectionOptions, Span
from translate.markup.words import Linked, is_worded

_FORBIDDEN: Final = -1e6

Weights = Sequence[float]


@dataclass(frozen=True, slots=True)
class Scene:
    """Two sentences and all that is known of how they answer each other.

    Attributes:
        linked: Their words and links.
        enclosed: Where quotation marks and brackets open and close in the source and in the translation.
        edge_words: What belongs to a span, in the language of the source and of the translation.
        verbatim: Spans of the source that the translation must repeat: code, addresses.
        parts: For each span of the source that begins or ends inside a word, where it stands in the translation.
        options: When a place is certain enough.
    """

    linked: Linked
    enclosed: tuple[Sequence[Span], Sequence[Span]]
    edge_words: tuple[EdgeWords, EdgeWords]
    verbatim: frozenset[Span]
    parts: Mapping[Span, Span | None]
    options: ProjectionOptions


@dataclass(frozen=True, slots=True)
class Place:
    """Words of the translation that answer a span.

    Attributes:
        first: Index of the first.
        last: Index after the last.
        confidence: From 0 to 1, see `ProjectionOptions.least_confidence`; 1 for what is found without links.
    """

    first: int
    last: int
    confidence: float


def find_place(scene: Scene, span: Span, free: Sequence[bool]) -> Place | None:
    """Find the words that answer a span.

    What the translation repeats, and what fills quotation marks in both sentences, is placed by that; the rest goes by
    links.

    Args:
        scene: The sentences.
        span: A span of the source.
        free: Which words of the translation may be in the place.

    Returns:
        The place, None where nothing speaks for any free word, or too little.
    """
    linked = scene.linked
    if span in scene.parts:
        return _part(linked, scene.parts[span], free)
    weights = _weigh(linked, span, scene.options)
    repeated = _repeated(linked, span, weights)
    other: tuple[Place | None, ...] = (
        () if span in scene.verbatim else (_whole(linked, span), _enclosed(scene, span, weights))
    )
    for place in (repeated, *other):
        if place is not None and all(free[place.first : place.last]):
            return place
    if span in scene.verbatim:
        return None
    place = _by_links(scene, span, weights, free)
    return place if place is not None and place.confidence >= scene.options.least_confidence else None


def _part(linked: Linked, found: Span | None, free: Sequence[bool]) -> Place | None:
    words = linked.indices(found) if found else range(0)
    return Place(words.start, words.stop, 1.0) if words and all(free[at] for at in words) else None


def _whole(linked: Linked, span: Span) -> Place | None:
    """A span that holds all words of the source holds all words of the translation."""
    start, end = span
    if is_worded(linked.source[:start]) or is_worded(linked.source[end:]):
        return None
    worded = [at for at in range(len(linked.words)) if at not in linked.marks]
    return Place(worded[0], worded[-1] + 1, 1.0) if worded else None


def _repeated(linked: Linked, span: Span, weights: Weights) -> Place | None:
    """What the translation repeats stands where it repeats it: a number, a name, code, an address."""
    text = linked.source[span[0] : span[1]].strip()
    there = [linked.indices(found) for found in occurrences(linked.hypothesis, text)]
    if not there:
        return None
    before = [start for start, _ in occurrences(linked.source, text)]
    if len(there) == len(before):
        best = there[sum(start < span[0] for start in before)]
    else:
        best = max(there, key=lambda words: sum(weights[at] for at in words))
    return Place(best.start, best.stop, 1.0)


def _enclosed(scene: Scene, span: Span, weights: Weights) -> Place | None:
    """A span that fills quotation marks or brackets fills those of the translation that most speaks for."""
    linked, (start, end) = scene.linked, span
    if not any(opener in (start - 1, start) and closer in (end, end - 1) for opener, closer in scene.enclosed[0]):
        return None
    fillings = (linked.indices((opener + 1, closer)) for opener, closer in scene.enclosed[1])
    candidates = [words for words in fillings if any(at not in linked.marks for at in words)]
    if not candidates:
        return None
    best = max(candidates, key=lambda words: sum(weights[at] for at in words))
    total = sum(max(weight, 0.0) for weight in weights)
    inside = sum(max(weights[at], 0.0) for at in best)
    worded = [at for at in best if at not in linked.marks]
    alone = len(scene.enclosed[0]) == len(scene.enclosed[1]) == 1
    return Place(worded[0], worded[-1] + 1, 1.0) if inside > total / 2 or (alone and not total) else None


def _weigh(linked: Linked, span: Span, options: ProjectionOptions) -> list[float]:
    """Return what speaks for each word of the translation, less what speaks against it."""
    inside = linked.source_indices(span)
    weights = [0.0] * len(linked.words)
    touched = [False] * len(linked.words)
    for i, j, strength in linked.links:
        weights[j] += strength if i in inside else -strength * options.foreign
        touched[j] = True
    for at, found in enumerate(touched):
        if not found:
            weights[at] = -options.unlinked
        if at in linked.marks:
            weights[at] *= options.mark
    return weights


def _by_links(scene: Scene, span: Span, weights: Weights, free: Sequence[bool]) -> Place | None:
    """Take the run of words that more speaks for than any other, and what belongs to it."""
    linked = scene.linked
    run = _best_run([weight if open_ else _FORBIDDEN for weight, open_ in zip(weights, free, strict=True)])
    if run is None or all(at in linked.marks for at in range(*run)):
        return _left_over(scene, span, free)
    trimmed = trim(linked, run, scene.edge_words[1])
    confidence = _confidence(linked, span, trimmed)
    first, last = complete(linked, trimmed, _missing(linked, span, trimmed), free, scene.edge_words[1])
    inside = linked.source_indices(span)
    if inside and linked.source_word(inside[0]) in scene.edge_words[0].article:
        first, last = with_article(linked, (first, last), free, scene.edge_words[1])
    return Place(first, last, confidence)


def _missing(linked: Linked, span: Span, run: Span) -> list[int]:
    """Return for each word of a span left over whether it stands before (-1) or behind (1) those linked to a run."""
    inside = linked.source_indices(span)
    linked_words = [i for i, j, _ in linked.links if i in inside and run[0] <= j < run[1]]
    middle = sum(linked_words) / len(linked_words) if linked_words else 0
    loose = (at for at in inside if at in linked.left_over[0] and at not in linked.frequent[0])
    return [-1 if at < middle else 1 for at in loose]


def _left_over(scene: Scene, span: Span, free: Sequence[bool]) -> Place | None:
    """Place a span without links on the only words left over, if there are no others left over in either sentence."""
    linked = scene.linked
    inside = linked.source_indices(span)
    loose, there = (
        [at for at in side if at not in frequent]
        for side, frequent in zip(linked.left_over, linked.frequent, strict=True)
    )
    there.sort()
    if not loose or not there or any(at not in inside for at in loose) or not all(free[at] for at in there):
        return None
    together = there[-1] - there[0] < len(there)
    return Place(there[0], there[-1] + 1, scene.options.left_over) if together else None


def _best_run(values: Weights) -> Span | None:
    """Return the run with the greatest sum above 0 (Kadane's algorithm)."""
    best, found = 0.0, None
    total, first = 0.0, 0
    for at, value in enumerate(values):
        if total <= 0:
            total, first = 0.0, at
        total += value
        if total > best:
            best, found = total, (first, at + 1)
    return found


def _confidence(linked: Linked, span: Span, run: Span) -> float:
    """Return how far a run can be trusted to answer a span.

    The share of the span's links that lead into the run, each by its quality, times the share of the span's words that
    have such a link.
    """
    inside = linked.source_indices(span)
    words = {at for at in inside if is_worded(linked.source_word(at))}
    mine = [(i, j, strength) for i, j, strength in linked.links if i in words and j not in linked.marks]
    total = sum(strength for *_, strength in mine)
    if not total:
        return 0.0
    there = [(i, strength * linked.qualities[i, j]) for i, j, strength in mine if run[0] <= j < run[1]]
    return sum(strength for _, strength in there) / total * len({i for i, _ in there}) / len(words)
