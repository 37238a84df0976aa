"""Tables of quotes and their differences in the terminal."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Final

from rich.box import MINIMAL
from rich.cells import cell_len
from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.rule import Rule
from rich.table import Column, Table
from rich.text import Text

from common.messages import decimal_text, message, word
from quotes.types import VERDICTS
from tolmach.pages.groups import DIFFERENT, Card, Context, MemberCard, PairCard, gravity, make_cards, mark_kind
from tolmach.pages.rows import make_rows
from tolmach.pages.summary import describe_right
from tolmach.pages.text import GAP, Fragment, joined_parts, shortened, version_name
from tolmach.results.overview import describe_verdicts, tell_verdicts
from tolmach.results.result import Result, Version
from tolmach.terminal.console import one_line, plain_table


@dataclass(frozen=True, slots=True)
class Look:
    """The style of marked words.

    Attributes:
        style: Colour, as in rich; never the only distinction.
        opening: Mark before the words without colour.
        closing: Mark after them.
    """

    style: str
    opening: str
    closing: str


# Square brackets are not used: in quotes they mark an editor's additions.
LOOKS: Final[Mapping[str, Look]] = {
    "serious": Look("not dim bold red underline", "{{", "}}"),
    "warning": Look("not dim bold yellow", "{", "}"),
    "changed": Look("not dim cyan underline", "<", ">"),
    "note": Look("not dim underline", "_", "_"),
}
"""Styles by the kind of a mark, see `tolmach.pages.text.Highlight`; the first one wins on a word with several."""

_VERDICTS: Final = {
    "altered": "bold red",
    "missing": "bold magenta",
    "indirect": "bold yellow",
    "uncertain": "bold",
    "reworded": "bold blue",
    "same": "green",
}


@dataclass(frozen=True, slots=True)
class Marking:
    """Marking of words on one console.

    Attributes:
        coloured: Whether to use colour.
    """

    coloured: bool

    @classmethod
    def of(cls, console: Console) -> "Marking":
        """Return the marking that `console` supports; NO_COLOR, a dumb terminal and a file have no colour."""
        return cls(console.color_system is not None and not console.no_color)

    def mark(self, words: str, kind: str) -> Text:
        """Return words under one kind of mark."""
        look = LOOKS[kind]
        return Text(words, style=look.style) if self.coloured else Text(f"{look.opening}{words}{look.closing}")

    def draw(self, fragments: Sequence[Fragment], kinds: Mapping[int, str]) -> Text:
        """Return the words of `fragments` with the marks of some findings.

        Args:
            fragments: The fragments of a text.
            kinds: Kinds of marks by number of the finding; other findings are not marked.
        """
        text = Text()
        for kind, run in groupby(fragments, lambda piece: _gravest(piece, kinds)):
            words = "".join(piece.text for piece in run)
            text.append_text(self.mark(words, kind)) if kind else text.append(words)
        return text

    def verdict(self, name: str, label: str) -> Text:
        """Return a verdict's label."""
        return Text(label, style=_VERDICTS[name]) if self.coloured else Text(label.upper())

    def legend(self, kinds: Collection[str]) -> Text:
        """Return the meanings of the marks of `kinds`, as one line."""
        words = message("report.marked_words")
        told = [self.mark(words, kind).append(f" {word('mark_help', kind)}") for kind in LOOKS if kind in kinds]
        return Text(" ").join(told)


def fold(text: Text | str) -> Text:
    """Return one paragraph that may break anywhere, as Chinese does."""
    made = Text(text) if isinstance(text, str) else text
    made.plain = one_line(made.plain)  # one character for each, so that offsets are kept
    made.overflow = "fold"
    return made


def _gravest(piece: Fragment, kinds: Mapping[int, str]) -> str | None:
    found = {kinds[number] for number in piece.findings if number in kinds}
    return next((kind for kind in LOOKS if kind in found), None)


_NARROW = 72
"""Columns below which two wordings are shown one below the other."""
_WIDEST = 140
"""Most columns: longer lines are hard to read."""
_MARGIN = 2
_GUTTER = "  "
_SAME = "same"
_DASH = " \N{EN DASH} "
_DOT = " \N{MIDDLE DOT} "


def quotes_table(console: Console, result: Result) -> None:
    """Draw the quotes of each version of `result`, a table for each."""
    assert result.quotes is not None  # noqa: S101 - cannot happen, and tells the type checker
    names = ("quotes_table.id", "quotes_table.kind", "quotes_table.speaker", "quotes_table.cue", "quotes_table.text")
    columns = [message(name) for name in names]
    for version, found in zip(result.versions, result.quotes.quotes, strict=True):
        title = _title(version.id, version)
        if not found:
            console.print(Text.assemble(title, f": {message('quotes_table.no_quotes')}"), soft_wrap=True)
            continue
        table = plain_table(*columns)
        console.print(title)
        for quote in found:
            cells = (
                quote.id,
                quote.kind,
                quote.speaker_name or quote.speaker or "",
                quote.cue or "",
                joined_parts(quote),
            )
            table.add_row(*map(fold, cells))
        console.print(table)


def _title(name: str, version: Version) -> Text:
    return fold(_DOT.join(filter(None, (name, version.article.meta.source))))


_ROOM = 16
"""Lines of changes in a summary: with counts, notes and the report's path they fill a terminal of 24 lines."""
_PAIR = 2
"""Where there are no more versions, a summary does not name them."""
_QUOTING: Final = frozenset("\N{LEFT DOUBLE QUOTATION MARK}\N{LEFT-POINTING DOUBLE ANGLE QUOTATION MARK}")
"""Marks around the words that a finding names, in all languages of reports."""
_LONG = 60
"""Characters of a wording in a summary."""


def comparison_summary(console: Console, result: Result, *, more: str, names: bool = True, room: int = _ROOM) -> None:
    """Draw how many passages may differ, and the gravest finding of the most serious ones.

    Args:
        console: The console.
        result: A document with compared quotes.
        more: Where the others are, as in "--all shows them".
        names: Whether to show names and terms in quotation marks that may differ, too, or only how many.
        room: Most lines of changes.
    """
    cards = sorted(make_cards(result, make_rows(result)), key=gravity)
    if not cards:
        console.print(message("report.no_quotes"))
        return
    changed = [card for card in cards if card.verdict in DIFFERENT]
    told = message("quotes_table.may_differ", len(cards), changed=len(changed))
    if result.quotes:
        told += message("list.colon") + tell_verdicts(result.quotes)
    console.print(told)
    folded = [] if names else [card for card in changed if card.is_doubtful_name]
    changed = [card for card in changed if card not in folded]
    shown = _changes(console, changed, room, named=len(result.versions) > _PAIR)
    console.print(Padding(shown, (1, 0)) if shown.row_count else "", width=min(console.width, _WIDEST))
    if folded:
        console.print(message("quotes_table.names", len(folded)), soft_wrap=True)
    left = len(changed) - shown.row_count
    console.print(message("quotes_table.others", left, more=more) if left else more, soft_wrap=True)


def _label_columns() -> int:
    """Return how many columns the reader's verdicts take, with the space behind them."""
    return max(cell_len(word("verdict", name)) for name in VERDICTS) + _MARGIN


def _changes(console: Console, changed: Sequence[Card], most: int, *, named: bool) -> Table:
    """Return a table with as many changes as fit into `most` lines."""
    table, marking, lines = Table.grid(padding=(0, _MARGIN)), Marking.of(console), 0
    numbered = max((len(card.id) for card in changed), default=0)
    room = min(console.width, _WIDEST) - _label_columns() - 2 * _MARGIN - numbered
    for card in changed:
        assert card.verdict  # noqa: S101 - cannot happen, and tells the type checker
        finding = _gravest_finding(card, named=named)
        lines += len(finding.wrap(console, max(room, 1), overflow="fold"))
        if lines > most:
            break
        table.add_row(card.id, marking.verdict(card.verdict, word("verdict", card.verdict)), finding)
    return table


def _gravest_finding(card: Card, *, named: bool) -> Text:
    """Return the speaker and the gravest finding of one passage, with `named` also the two versions.

    Among pairs of one verdict those with the first version come first: that is what readers compare with. A finding
    that names no words is followed by the wording.
    """
    pair = min(
        card.pairs,
        key=lambda each: (
            VERDICTS.index(each.compared.verdict),
            0 not in each.compared.versions,
            -each.compared.altered,
        ),
    )
    told = [card.speaker or message("quotes_table.no_speaker")]
    if named:
        told.append(_DASH.join(card.members[at].version.id for at in pair.compared.versions))
    found = [finding.message for _, finding in pair.findings[:1]]
    if _QUOTING.isdisjoint("".join(found)):
        found.append(shortened(next(_plain(member) for member in card.members if member.quote), _LONG))
    return fold(f"{message('list.aside').join(told)}: {' '.join(found)}")


def comparison_table(console: Console, result: Result) -> None:
    """Draw the passages of `result`, the most serious first: wordings side by side, verdicts, findings.

    Args:
        console: The console; without colour, words are enclosed in marks.
        result: A document with compared quotes.
    """
    cards = sorted(make_cards(result, make_rows(result)), key=gravity)
    if not cards:
        console.print(message("quotes_table.no_quotes"))
        return
    for version in result.versions:
        console.print(_title(f"{version.id}  {version_name(version)}", version), soft_wrap=True)
    view = _View(console)
    alike = [card for card in cards if card.verdict == _SAME]
    for card in cards:
        if card not in alike:
            view.draw(card)
    if alike:
        console.print(Text(f"\n{message('quotes_table.same')}", style="bold"))
        for card in alike:
            console.print(_brief(card), no_wrap=True, overflow="ellipsis")
    _draw_legend(console, cards, view.marking)
    if result.quotes:
        console.print(describe_verdicts(result.quotes))
    for hint in result.hints:
        console.print(hint, highlight=False)


def _draw_legend(console: Console, cards: Sequence[Card], marking: Marking) -> None:
    """Draw a legend of the verdicts and marks that occur."""
    pairs = [pair.compared for card in cards for pair in card.pairs]
    shown = {pair.verdict for pair in pairs}
    right = describe_right(pairs)
    console.print()
    for name in (name for name in VERDICTS if name in shown):
        label = marking.verdict(name, word("verdict", name))
        more = f" ({right})" if name == "altered" and right else ""
        console.print(Text.assemble(label, " " * (_label_columns() - label.cell_len), word("verdict_help", name), more))
    marks = {kind for card in cards for pair in card.pairs for kind in pair.marks.values()}
    if marks:
        console.print(marking.legend(marks))


def _brief(card: Card) -> Text:
    wordings = dict.fromkeys(_plain(member) for member in card.members if member.quote)
    return fold(f"  {card.id}  {_DOT.join(filter(None, (card.speaker, *wordings)))}")


def _plain(member: MemberCard) -> str:
    words = GAP.join("".join(piece.text for piece in part) for part in member.parts)
    return " ".join(f"{member.opening}{words}{member.closing}".split())


class _View:
    """Draws one passage after the other."""

    def __init__(self, console: Console) -> None:
        self.marking = Marking.of(console)
        self._console = console
        self._width = min(console.width, _WIDEST)

    def draw(self, card: Card) -> None:
        """Draw one passage: the speaker, then each pair of versions."""
        self._console.print()
        who = _DOT.join((card.speaker or message("quotes_table.no_speaker"), word("quote_kind", card.kind)))
        title = fold(Text(f"{card.id}  {who}", style="bold"))
        self._console.print(Rule(title, align="left", style="dim"), width=self._width)
        for pair in card.pairs:
            self._console.print(self._heading(card, pair))
            if pair.compared.verdict != _SAME:
                body = Group(self._wordings(card, pair), *self._findings(pair))
                self._console.print(Padding(body, (0, 0, 0, _MARGIN)), width=self._width)

    def _heading(self, card: Card, pair: PairCard) -> Text:
        compared = pair.compared
        names = _DASH.join(version_name(card.members[at].version) for at in compared.versions)
        label = self.marking.verdict(compared.verdict, word("verdict", compared.verdict))
        measures = message("report.changed", value=decimal_text(compared.altered, 2))
        if compared.similarity is not None:
            measures += _DOT + message("report.cosine", value=decimal_text(compared.similarity, 2))
        measures += "".join(f"{_DOT}{right}" for right in [describe_right([compared])] if right)
        return Text.assemble((names, "bold"), _GUTTER, label, _GUTTER, (measures, "dim"))

    def _wordings(self, card: Card, pair: PairCard) -> RenderableType:
        first, second = (Group(*self._side(card, card.members[at], pair)) for at in pair.compared.versions)
        if self._width < _NARROW:
            return Group(first, second)
        table = Table(Column(ratio=1), Column(ratio=1), box=MINIMAL, show_header=False, show_edge=False, expand=True)
        table.add_row(first, second)
        return table

    def _side(self, card: Card, member: MemberCard, pair: PairCard) -> Iterator[Text]:
        kind = member.quote.kind if member.quote else card.kind
        note = "" if kind == card.kind else f"{_DOT}{word('quote_kind', kind)}"
        yield fold(Text(f"{version_name(member.version)}{note}", style="dim"))
        if not member.quote:
            yield fold(Text(message("report.not_quoted"), style="italic"))
            yield from self._contexts(message("quotes_table.corresponding"), member.context, pair)
            return
        wording = Text(member.opening)
        for number, part in enumerate(member.parts):
            wording.append(GAP if number else "", style="dim")
            wording.append_text(self.marking.draw(part, pair.marks))
        wording.append(member.closing)
        yield fold(wording)
        said = message("list.aside").join(filter(None, (member.quote.speaker, member.quote.cue)))
        if said:
            yield fold(Text(f"\N{EM DASH} {said}", style="dim"))
        beside = [context for context in member.context if _holds_more(context, pair)]
        yield from self._contexts(message("quotes_table.in_context"), beside, pair)

    def _contexts(self, title: str, contexts: Sequence[Context], pair: PairCard) -> Iterator[Text]:
        for number, context in enumerate(contexts):
            sentence = self.marking.draw(context.fragments, pair.marks)
            yield fold(Text.assemble(f"{title}: " if not number else "", sentence, style="dim"))

    def _findings(self, pair: PairCard) -> Iterator[Text]:
        for _, finding in pair.findings:
            kind = self.marking.mark(word("finding_kind", finding.kind), mark_kind(finding))
            yield fold(Text.assemble(kind, " ", finding.message))


def _holds_more(context: Context, pair: PairCard) -> bool:
    """Return whether a finding of the pair points at words outside the quote."""
    return any("quote" not in piece.kinds and pair.marks.keys() & piece.findings for piece in context.fragments)
