"""Places a sentence's spans in its translation; nested ones stay nested, disjoint ones stay disjoint."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from itertools import groupby
from typing import TYPE_CHECKING, Final

import regex

from common.data import load_table
from corpora.article import Inline
from corpora.languages import base_language, parse_language
from corpora.offsets import Span
from translate.markup.linking import (
    LinkedSentences,
    MarkupJob,
    Projection,
    is_worded,
    link_all,
    occurrences,
    parts_of_words,
)
from translate.protected import find_literals
from translate.splitting import enclosures

if TYPE_CHECKING:
    from alignment import Encoder

LEAST_CONFIDENCE: Final = 0.2
"""Least confidence of a place, see `_confidence`; chosen on `dev`. Below it a span is lost."""
_NUMBER: Final = regex.compile(r"\p{Nd}[\p{Nd}.,]*")


@dataclass(frozen=True, slots=True)
class Units:
    """Words and symbols of `units.toml` that belong to the number before or after them, in lower case."""

    after_number: frozenset[str]
    before_number: frozenset[str]


@cache
def load_units(language: str) -> Units:
    """Return the words that belong to a number in a language."""
    data = load_table(__name__, "units.toml")
    after = data["after_number"][base_language(parse_language(language))]
    return Units(frozenset(after.split()), frozenset(data["before_number"]["signs"].split()))


@dataclass(frozen=True, slots=True)
class Sentences:
    """Two sentences and the data on their correspondence.

    Attributes:
        enclosed: The places of quotation marks and brackets in the source and in the translation.
        units: Words that belong to a number, in the language of the translation.
        verbatim: Spans of the source that the translation must repeat: code, addresses.
        parts: For each span of the source that begins or ends inside a word, its place in the translation.
    """

    linked: LinkedSentences
    enclosed: tuple[Sequence[Span], Sequence[Span]]
    units: Units
    verbatim: frozenset[Span]
    parts: Mapping[Span, Span | None]


@dataclass(frozen=True, slots=True)
class _Place:
    """Words of the translation: the first, the one after the last, and the confidence that they are a span's."""

    first: int
    last: int
    confidence: float = 1.0


@dataclass
class _Node:
    """A span, its index, and the spans inside it."""

    index: int
    span: Span
    inner: "list[_Node]" = field(default_factory=list)


def place_all(sentences: Sentences, spans: Sequence[Span]) -> dict[int, Span]:
    """Find the places of the spans of a sentence.

    Of sibling spans the most certain one takes its words first, and the others share the rest; inner spans share its
    words.

    Args:
        sentences: The sentence and its translation.
        spans: Spans of the source: sorted by start, longer ones first; nested or disjoint.

    Returns:
        Spans of the translation by index into `spans`; those without a certain place are left out.
    """
    places: dict[int, _Place] = {}
    words = sentences.linked.words
    _share(sentences, _tree(spans), [True] * len(words), places)
    return {at: (words[place.first][0], words[place.last - 1][1]) for at, place in places.items()}


def _tree(spans: Sequence[Span]) -> list[_Node]:
    roots: list[_Node] = []
    around: list[_Node] = []
    for index, span in enumerate(spans):
        node = _Node(index, span)
        while around and around[-1].span[1] < span[1]:
            around.pop()
        (around[-1].inner if around else roots).append(node)
        around.append(node)
    return roots


def _share(sentences: Sentences, nodes: Sequence[_Node], free: list[bool], places: dict[int, _Place]) -> None:
    """Place sibling spans in the free words, and those inside them; removes their words from `free`."""
    waiting = list(nodes)
    while waiting:
        found = [(_find_place(sentences, node.span, free), node) for node in waiting]
        certain = [(place, node) for place, node in found if place is not None]
        if not certain:
            break
        place, node = max(certain, key=lambda entry: (entry[0].confidence, entry[0].first - entry[0].last))
        waiting.remove(node)
        _settle(sentences, node, place, places)
        free[place.first : place.last] = [False] * (place.last - place.first)
    for node in waiting:
        _share(sentences, node.inner, free, places)


def _settle(sentences: Sentences, node: _Node, place: _Place, places: dict[int, _Place]) -> None:
    places[node.index] = place
    if len(node.inner) == 1 and node.inner[0].span == node.span:
        _settle(sentences, node.inner[0], place, places)
    else:
        inside = [place.first <= at < place.last for at in range(len(sentences.linked.words))]
        _share(sentences, node.inner, inside, places)


def _find_place(sentences: Sentences, span: Span, free: Sequence[bool]) -> _Place | None:
    """Find the words of a span among the free ones: by verbatim repetition, else by links."""
    linked = sentences.linked
    if linked.source[span[0] : span[1]].strip() == linked.source.strip():
        candidates: Iterator[range] = iter([range(len(linked.words))])
    elif span in sentences.parts:
        found = sentences.parts[span]
        candidates = iter([linked.indices(found)] if found else [])
    else:
        candidates = _repeated_or_enclosed(sentences, span)
    for words in candidates:
        if words and all(free[at] for at in words):
            return _Place(words.start, words.stop)
    if span in sentences.verbatim or span in sentences.parts:
        return None
    place = _by_links(sentences, span, free)
    return place if place and place.confidence >= LEAST_CONFIDENCE else None


def _repeated_or_enclosed(sentences: Sentences, span: Span) -> Iterator[range]:
    linked = sentences.linked
    text = linked.source[span[0] : span[1]].strip()
    there = [linked.indices(found) for found in occurrences(linked.hypothesis, text)]
    before = [start for start, _ in occurrences(linked.source, text)]
    if there and len(there) == len(before):
        yield there[sum(start < span[0] for start in before)]
    elif there:
        yield max(there, key=lambda words: _links_into(linked, span, words))
    if span not in sentences.verbatim:
        yield from _enclosed(sentences, span)


def _enclosed(sentences: Sentences, span: Span) -> Iterator[range]:
    """Yield the enclosed text to which most links of a likewise enclosed span lead."""
    linked, (start, end) = sentences.linked, span
    if not any(opener == start - 1 and closer == end for opener, closer in sentences.enclosed[0]):
        return
    fillings = [linked.indices((opener + 1, closer)) for opener, closer in sentences.enclosed[1]]
    total = _links_into(linked, span, range(len(linked.words)))
    for words in fillings:
        if 2 * _links_into(linked, span, words) > total:
            worded = [at for at in words if at not in linked.marks]
            yield range(worded[0], worded[-1] + 1)


def _links_into(linked: LinkedSentences, span: Span, words: range) -> int:
    inside = linked.source_indices(span)
    return sum(i in inside and j in words and j not in linked.marks for i, j in linked.links)


def _by_links(sentences: Sentences, span: Span, free: Sequence[bool]) -> _Place | None:
    """Take the words from the first to the last linked to a span, with those that belong to them.

    If words between them are not free, the part with the most links counts.
    """
    linked = sentences.linked
    inside = linked.source_indices(span)
    there = {j for i, j in linked.links if i in inside and j not in linked.marks}
    runs = [[at for at, _ in group] for open_, group in groupby(enumerate(free), key=lambda one: one[1]) if open_]
    best = max((sorted(there.intersection(run)) for run in runs), key=len, default=[])
    if not best:
        return None
    run = best[0], best[-1] + 1
    confidence = _confidence(linked, inside, run)
    return _Place(*_completed(sentences, inside, run, free), confidence)


def _confidence(linked: LinkedSentences, inside: range, run: Span) -> float:
    """Return the confidence that a run translates words of the source, from 0 to 1.

    It is the share of the words' links that lead into the run, weighted by reliability, times the share of the words
    with such a link.
    """
    words = {at for at in inside if is_worded(linked.source_word(at))}
    mine = {link: trust for link, trust in linked.links.items() if link[0] in words and link[1] not in linked.marks}
    there = {link: trust for link, trust in mine.items() if run[0] <= link[1] < run[1]}
    if not there:
        return 0.0
    return sum(there.values()) / len(mine) * len({i for i, _ in there}) / len(words)


def _completed(sentences: Sentences, inside: range, run: Span, free: Sequence[bool]) -> Span:
    """Extend a run without links by what belongs to it: unlinked words, parts of names, units, marks."""
    linked = sentences.linked
    able = [open_ and at in linked.unlinked[1] for at, open_ in enumerate(free)]
    linked_words = [i for i, j in linked.links if i in inside and run[0] <= j < run[1]]
    middle = sum(linked_words) / len(linked_words)
    for at in inside:
        if at in linked.unlinked[0] and at not in linked.frequent[0]:
            run = _with_unlinked(linked, run, able, -1 if at < middle else 1)
    run = _with_units(linked, _with_names(linked, run, able, free), able, free, sentences.units)
    return _with_marks(linked, inside, run, free)


def _with_unlinked(linked: LinkedSentences, run: Span, able: Sequence[bool], side: int) -> Span:
    """Add the nearest word without a link, on the given side first; one frequent word may be between."""
    for direction in (side, -side):
        at = run[0] - 1 if direction < 0 else run[1]
        if _in(able, at) and at in linked.frequent[1]:
            at += direction
        if _in(able, at) and at not in linked.frequent[1]:
            return min(run[0], at), max(run[1], at + 1)
    return run


def _in(able: Sequence[bool], at: int) -> bool:
    return 0 <= at < len(able) and able[at]


def _with_names(linked: LinkedSentences, run: Span, able: Sequence[bool], free: Sequence[bool]) -> Span:
    """Add the other parts of a name: capitalised words, and parts joined by a dot in Chinese."""
    first, last = run
    while first - 1 in linked.dots and _in(free, first - 2) and free[first - 1]:
        first -= 2
    while last in linked.dots and _in(free, last + 1) and free[last]:
        last += 2
    # The first word of a sentence is capitalised anyway.
    while first > 1 and able[first - 1] and _is_name(linked, first) and _is_name(linked, first - 1):
        first -= 1
    while _in(able, last) and _is_name(linked, last - 1) and _is_name(linked, last):
        last += 1
    return first, last


def _is_name(linked: LinkedSentences, at: int) -> bool:
    return linked.hypothesis[linked.words[at][0]].isupper()


def _with_units(linked: LinkedSentences, run: Span, able: Sequence[bool], free: Sequence[bool], units: Units) -> Span:
    first, last = run
    if _in(able, last) and _NUMBER.fullmatch(linked.word(last - 1)) and linked.word(last) in units.after_number:
        last += 1
    if _in(free, first - 1) and _NUMBER.fullmatch(linked.word(first)):
        first -= linked.word(first - 1) in units.before_number
    return first, last


def _with_marks(linked: LinkedSentences, inside: range, run: Span, free: Sequence[bool]) -> Span:
    """Add as many adjacent marks before and after the words as the span has."""
    first, last = run
    worded = [at for at in inside if is_worded(linked.source_word(at))]
    if not worded:
        return run
    for _ in range(worded[0] - inside.start):
        if _in(free, first - 1) and first - 1 in linked.marks and linked.words[first - 1][1] == linked.words[first][0]:
            first -= 1
    for _ in range(inside.stop - 1 - worded[-1]):
        if _in(free, last) and last in linked.marks and linked.words[last - 1][1] == linked.words[last][0]:
            last += 1
    return first, last


_CODE = "code"


def project_all(
    jobs: Sequence[MarkupJob], *, source_language: str, target_language: str, encoder: "Encoder | None" = None
) -> list[Projection]:
    """Find the places of the marked-up spans of many sentences; faster than one by one.

    Returns:
        For each job its spans in the translation, and those without a certain place.

    Raises:
        UsageError: A language is not known, or the encoder has no vectors of words.
    """
    languages = source_language, target_language
    marked = [job for job in jobs if job.inlines]
    linked = link_all(marked, languages, encoder)
    found = (_project(job, each, languages) for job, each in zip(marked, linked, strict=True))
    return [next(found) if job.inlines else Projection(()) for job in jobs]


def _project(job: MarkupJob, linked: LinkedSentences, languages: tuple[str, str]) -> Projection:
    sentences = Sentences(
        linked,
        (enclosures(job.source, languages[0]), enclosures(job.hypothesis, languages[1])),
        load_units(languages[1]),
        frozenset((one.start, one.end) for one in job.inlines if one.kind == _CODE or _is_literal(job.source, one)),
        parts_of_words(job),
    )
    placed = place_all(sentences, [(one.start, one.end) for one in job.inlines])
    order = sorted(placed, key=lambda at: (placed[at][0], -placed[at][1], at))
    spans = (replace(job.inlines[at], start=placed[at][0], end=placed[at][1]) for at in order)
    return Projection(tuple(spans), tuple(one for at, one in enumerate(job.inlines) if at not in placed))


def _is_literal(text: str, inline: Inline) -> bool:
    words = text[inline.start : inline.end].strip()
    return any(literal.text == words for literal in find_literals(words))
