"""What the report shows of each passage that is quoted."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import count
from typing import Final

from corpora.offsets import Span
from quotes.types import VERDICTS, Finding, Quote, QuoteGroup, QuotePair, Verdict, gravest
from tolmach.pages.rows import VersionRow
from tolmach.pages.text import Fragment, Highlight, cut, outside
from tolmach.results.result import Result, Version

DIFFERENT: Final[frozenset[Verdict]] = frozenset({"altered", "missing", "indirect", "uncertain"})
"""Verdicts of quotes that may differ in meaning."""

_NAMES: Final = frozenset({"scare", "title"})
"""Kinds of quotes that nobody says: names and terms in quotation marks."""
_DASH = "dash"
_WHOLE = frozenset({"missing", "indirect", "unmarked", "merged", "length", "judge", "witness"})
"""Kinds of findings about a passage as a whole: a mark on each of its words would say nothing. Results of earlier
versions have `witness` for `judge`."""


@dataclass(frozen=True, slots=True)
class Context:
    """A sentence around a quote, or where one should be.

    Attributes:
        version: Id of the version.
        fragments: Its text, quote and evidence marked.
    """

    version: str
    index: int
    fragments: tuple[Fragment, ...]


@dataclass(frozen=True, slots=True)
class MemberCard:
    """One version's wording of a passage.

    Attributes:
        parts: The wording, evidence marked; several where something interrupts it.
        opening: Mark before the wording.
        closing: Mark after it.
        context: The sentences around it; where there is no quote, those that stand in its place.
        open: Whether the context shows evidence that the wording does not.
    """

    version: Version
    quote: Quote | None
    parts: tuple[tuple[Fragment, ...], ...]
    opening: str
    closing: str
    context: tuple[Context, ...]
    open: bool


@dataclass(frozen=True, slots=True)
class PairCard:
    """One comparison, its findings numbered within the card.

    Attributes:
        findings: Number and finding, from 1 over all pairs of the card.
    """

    compared: QuotePair
    findings: tuple[tuple[int, Finding], ...]

    @property
    def marks(self) -> dict[int, str]:
        """Kind of the mark that each finding leaves, by its number."""
        return {number: mark_kind(finding) for number, finding in self.findings}


@dataclass(frozen=True, slots=True)
class Card:
    """One passage.

    Attributes:
        number: Its number in the report, from 1.
        id: Its id in the document.
        speaker: The speaker's name, empty where nobody is named.
        kind: Kind of the first quote in quotation marks, or of the first one that there is.
        verdict: The gravest of its pairs' verdicts, None without pairs.
        pairs: The pairs of which one version has the passage, their findings numbered.
    """

    number: int
    id: str
    speaker: str
    kind: str
    verdict: Verdict | None
    members: tuple[MemberCard, ...]
    pairs: tuple[PairCard, ...]

    @property
    def unchanged(self) -> bool:
        """Whether nothing differs, or there was nothing to compare."""
        return self.verdict in {None, "same"}

    @property
    def is_doubtful_name(self) -> bool:
        """Whether it is a name or term in quotation marks without a sign of a change: most of these are faithful."""
        return self.kind in _NAMES and self.verdict in DIFFERENT - {"altered"}


def gravity(card: Card) -> tuple[int, float, int]:
    """Return a key that sorts the gravest passage first, and unchanged ones as they appear."""
    if card.verdict is None or card.unchanged:  # their measures say nothing worth an order
        return len(VERDICTS), 0.0, card.number
    return VERDICTS.index(card.verdict), -max(pair.compared.altered for pair in card.pairs), card.number


def mark_kind(finding: Finding) -> str:
    """Return the kind of the marks that a finding leaves: its severity, `changed` for a word-level difference."""
    return "changed" if finding.kind == "wording" else finding.severity


def make_cards(result: Result, rows: Sequence[VersionRow]) -> tuple[Card, ...]:
    """Return a card for each group of quotes, in order of appearance."""
    return tuple(_card(number, group, result, rows) for number, group in enumerate(_groups(result), start=1))


def quote_marks(result: Result) -> tuple[tuple[Highlight, ...], ...]:
    """Return, for each version, the marks of all quotes that are in a group."""
    return tuple(
        tuple(
            Highlight(start, end, "quote", number)
            for number, group in enumerate(_groups(result), start=1)
            for start, end in _spans(group.members[version])
        )
        for version in range(len(result.versions))
    )


def _groups(result: Result) -> list[QuoteGroup]:
    return [group for group in result.quotes.groups if any(group.members)] if result.quotes else []


def _card(number: int, group: QuoteGroup, result: Result, rows: Sequence[VersionRow]) -> Card:
    # Two versions of which neither has the passage have nothing to compare.
    compared = [pair for pair in group.pairs if any(group.members[at] for at in pair.versions)]
    numbers = count(1)
    pairs = [PairCard(pair, tuple((next(numbers), finding) for finding in pair.findings)) for pair in compared]
    members = tuple(
        _member(group, place, version, rows=rows, evidence=_evidence(pairs, place, _spans(group.members[place])))
        for place, version in enumerate(result.versions)
    )
    kinds = [member.kind for member in group.members if member]
    return Card(
        number=number,
        id=group.id,
        speaker=group.speaker_name or "",
        kind=next((kind for kind in kinds if kind != "indirect"), kinds[0]),
        verdict=gravest(group.pairs, group.members),
        members=members,
        pairs=tuple(pairs),
    )


def _member(
    group: QuoteGroup, place: int, version: Version, *, rows: Sequence[VersionRow], evidence: Sequence[Highlight]
) -> MemberCard:
    quote = group.members[place]
    spans = _spans(quote)
    marks = [*evidence, *(Highlight(start, end, "quote") for start, end in spans)]
    parts = tuple(cut(version.article.text, span, evidence) for span in spans)
    indices = quote.sentences if quote else _in_its_place(group, place, rows)
    context = tuple(_context(version, index, marks) for index in indices)
    shown = quote is None or outside([(mark.start, mark.end) for mark in evidence], spans)
    return MemberCard(version, quote, parts, *_outer_marks(quote), context, shown)


def _context(version: Version, index: int, marks: Sequence[Highlight]) -> Context:
    sentence = version.article.sentences[index]
    return Context(version.id, index, cut(version.article.text, (sentence.start, sentence.end), marks))


def _spans(quote: Quote | None) -> tuple[Span, ...]:
    return quote.spans if quote else ()


def _outer_marks(quote: Quote | None) -> tuple[str, str]:
    if quote is None or not quote.marks:
        return "", ""
    if quote.marks == _DASH:
        return "\N{EM DASH}\N{NO-BREAK SPACE}", ""
    return quote.marks[0], quote.marks[-1]


def _evidence(pairs: Sequence[PairCard], place: int, passage: tuple[Span, ...]) -> list[Highlight]:
    return [
        Highlight(start, end, mark_kind(finding), finding=number)
        for pair in pairs
        for number, finding in pair.findings
        for start, end in _words(finding, pair.compared, place, passage)
    ]


def _words(finding: Finding, pair: QuotePair, place: int, passage: tuple[Span, ...]) -> tuple[Span, ...]:
    """Return the words of version `place` that a finding points at; none where it is about the passage as a whole."""
    if place not in pair.versions:
        return ()
    spans = finding.first if pair.versions[0] == place else finding.second
    return () if spans == passage and finding.kind in _WHOLE else spans


def _in_its_place(group: QuoteGroup, place: int, rows: Sequence[VersionRow]) -> tuple[int, ...]:
    """Return the sentences of version `place` in the rows where the other versions have the quote."""
    found = {
        index
        for other, quote in enumerate(group.members)
        if quote
        for row in rows
        if not set(quote.sentences).isdisjoint(row.cells[other])
        for index in row.cells[place]
    }
    return tuple(sorted(found))
