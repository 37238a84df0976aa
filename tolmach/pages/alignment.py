"""The page of an alignment: one HTML file that needs nothing else, no script either, and holds the document too."""

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from alignment.types import IndexBead
from common.messages import message
from corpora.article import Sentence
from tolmach.pages.page import ELEMENT_ID, embed_result, environment, make_policy, resource, without_folders
from tolmach.pages.rows import VersionRow, make_rows
from tolmach.pages.summary import Figure, make_facts, sentences_figure
from tolmach.pages.text import block_of, is_heading, shortened, version_name
from tolmach.results.overview import DOUBTFUL, heaviest_rising, is_doubtful, make_overview
from tolmach.results.result import Result, Version, VersionAlignment

_EXCERPT = 60
"""Characters of a sentence that another place of the page repeats."""

_Places = Mapping[tuple[int, int], int]
_Moves = Mapping[int, int | None]


@dataclass(frozen=True, slots=True)
class AlignedCell:
    """What one version says in a row.

    Attributes:
        moved: Whether they stand elsewhere in this version.
        after: Number of the row that they follow there, 0 where they open the text.
    """

    version: Version
    sentences: tuple[Sentence, ...]
    moved: bool
    after: int


@dataclass(frozen=True, slots=True)
class MovedPassage:
    """What a version has at this place, and the page shows where the first version has it.

    Attributes:
        column: Index of the version.
        rows: Numbers of the rows that show it, in the version's order.
        excerpt: Its first words.
    """

    column: int
    rows: tuple[int, ...]
    excerpt: str

    @property
    def runs(self) -> tuple[tuple[int, int], ...]:
        """Its rows as runs that count up: number of the first row and of the last."""
        starts = [at for at, row in enumerate(self.rows) if not at or row != self.rows[at - 1] + 1]
        return tuple((self.rows[at], self.rows[end - 1]) for at, end in pairwise([*starts, len(self.rows)]))


@dataclass(frozen=True, slots=True)
class AlignedRow:
    """Sentences that correspond: with two versions, a bead.

    Attributes:
        number: From 1.
        confidence: The lowest confidence of the beads in it, None without any.
        doubts: Pairs with a bead of low confidence, see `tolmach.results.overview.DOUBTFUL`, and that confidence.
        split: Pairs whose beads join sentences of this row with those of another.
        wrong: Pairs that have a bead here which the gold alignment does not have.
        heading: Whether it holds a title or a heading.
        opens: Whether a new paragraph of the first version begins here.
        passages: What versions have after this row and the page shows elsewhere.
    """

    number: int
    cells: tuple[AlignedCell, ...]
    confidence: float | None
    doubts: tuple[tuple[str, float], ...]
    split: tuple[str, ...]
    wrong: tuple[str, ...]
    heading: bool
    opens: bool
    passages: tuple[MovedPassage, ...]

    @property
    def gap(self) -> bool:
        """Whether a version has nothing here."""
        return not all(cell.sentences for cell in self.cells)

    @property
    def moved(self) -> bool:
        """Whether a version has this elsewhere."""
        return any(cell.moved for cell in self.cells)

    @property
    def excerpt(self) -> tuple[Version, str]:
        """The first words of the first version that has any, with that version."""
        cell = next(cell for cell in self.cells if cell.sentences)
        return cell.version, shortened(cell.sentences[0].text, _EXCERPT)


@dataclass(frozen=True, slots=True)
class AlignedText:
    """The whole text.

    Attributes:
        rows: In the order of the first version.
        openings: What versions begin with and the page shows further down.
    """

    rows: tuple[AlignedRow, ...]
    openings: tuple[MovedPassage, ...]

    @property
    def to_check(self) -> tuple[AlignedRow, ...]:
        """Rows with a bead of low confidence, the least certain first."""
        doubted = (row for row in self.rows if row.doubts)
        return tuple(sorted(doubted, key=lambda row: row.confidence or 0.0))


def make_aligned(result: Result) -> AlignedText:
    """Return what the page of an alignment shows; `result` aligns every two of its versions."""
    rows, columns = make_rows(result), range(len(result.versions))
    owners = {
        (column, index): place for place, row in enumerate(rows) for column in columns for index in row.cells[column]
    }
    sides = [_Side(version, at, _moves(rows, at, owners)) for at, version in enumerate(result.versions)]
    passages: dict[int | None, list[MovedPassage]] = {}
    for side in sides:
        for anchor, passage in _passages(side, rows):
            passages.setdefault(anchor, []).append(passage)
    findings = _findings(result, owners, len(rows))
    blocks = [block_of(result, row) for row in rows]
    found = []
    for place, (row, own) in enumerate(zip(rows, findings, strict=True)):
        found.append(
            AlignedRow(
                number=place + 1,
                cells=tuple(_cell(side, row, place) for side in sides),
                confidence=min(own.confidences, default=None),
                doubts=tuple(own.doubts.items()),
                split=tuple(own.split),
                wrong=tuple(own.wrong),
                heading=is_heading(result, row),
                opens=place == 0 or blocks[place] != blocks[place - 1],
                passages=tuple(passages.get(place, ())),
            )
        )
    return AlignedText(tuple(found), tuple(passages.get(None, ())))


@dataclass(frozen=True, slots=True)
class _Side:
    """One version: its column, and the rows that it has elsewhere with the row that each follows there."""

    version: Version
    column: int
    moves: _Moves


def _cell(side: _Side, row: VersionRow, place: int) -> AlignedCell:
    sentences = tuple(side.version.article.sentences[index] for index in row.cells[side.column])
    moved = place in side.moves and _is_placed(row, side.column)
    after = side.moves[place] if moved else None
    return AlignedCell(side.version, sentences, moved, 0 if after is None else after + 1)


def _is_placed(row: VersionRow, column: int) -> bool:
    """Return whether an earlier version decides where the page shows what version `column` says in a row."""
    return any(row.cells[:column])


def _moves(rows: Sequence[VersionRow], column: int, owners: _Places) -> _Moves:
    """Return the rows that version `column` has elsewhere, and the row that each follows there, None at the start."""
    held = [place for place, row in enumerate(rows) if row.cells[column]]
    # What has no counterpart above stands where its neighbours do: it never decides which of the others have moved.
    weights = [len(rows) * sum(map(len, rows[at].cells)) if _is_placed(rows[at], column) else 1 for at in held]
    kept = heaviest_rising([rows[place].cells[column][0] for place in held], weights)
    moved = [place for number, place in enumerate(held) if number not in kept]
    settled = sorted(index for number in kept for index in rows[held[number]].cells[column])
    following = {place: bisect_left(settled, rows[place].cells[column][0]) for place in moved}
    return {place: owners[column, settled[at - 1]] if at else None for place, at in following.items()}


def _passages(side: _Side, rows: Sequence[VersionRow]) -> Iterator[tuple[int | None, MovedPassage]]:
    """Give what a version has elsewhere, with the place of the row that it follows there."""
    groups: dict[int | None, list[int]] = {}
    for place in sorted(side.moves, key=lambda place: rows[place].cells[side.column][0]):
        groups.setdefault(side.moves[place], []).append(place)
    for anchor, places in groups.items():
        first = side.version.article.sentences[rows[places[0]].cells[side.column][0]]
        yield anchor, MovedPassage(side.column, tuple(place + 1 for place in places), shortened(first.text, _EXCERPT))


@dataclass(frozen=True, slots=True)
class _Findings:
    """What is to be said of one row; see `AlignedRow`."""

    confidences: list[float] = field(default_factory=list)
    doubts: dict[str, float] = field(default_factory=dict)
    split: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)


def _findings(result: Result, owners: _Places, count: int) -> list[_Findings]:
    found = [_Findings() for _ in range(count)]
    for name, one in result.alignments.items():
        for bead in one.beads:
            places = _touched(one, (bead.source, bead.target), owners)
            for place in places:
                own = found[place]
                own.confidences.append(bead.confidence)
                if is_doubtful(bead):
                    own.doubts[name] = min(bead.confidence, own.doubts.get(name, 1.0))
                own.split.extend([name] if len(places) > 1 and name not in own.split else [])
        for link in one.gold.wrong if one.gold else ():
            for place in _touched(one, link, owners):
                found[place].wrong.extend([name] if name not in found[place].wrong else [])
    return found


def _touched(found: VersionAlignment, link: IndexBead, owners: _Places) -> set[int]:
    return {owners[version, index] for version, side in zip(found.versions, link, strict=True) for index in side}


_METER = 5
"""Steps of the bar that shows a confidence."""

_MOST_LISTED = 100
"""Rows to check that the head of the page lists; all are marked in the text."""


def render_alignment(result: Result) -> str:
    """Return the page of an alignment.

    It shows the versions side by side in the order of the first, says where another version has a passage elsewhere,
    and marks what is to be checked by shape and words, not by colour alone. `extract_result` reads the document back
    from it.

    Args:
        result: A document that fits together, with an alignment of every two of its versions.
    """
    from markupsafe import Markup  # noqa: PLC0415 - comes with jinja2

    result = without_folders(result)
    text = make_aligned(result)
    style = resource("report.css") + resource("alignment.css")
    return (
        environment()
        .get_template("alignment.html")
        .render(
            result=result,
            facts=make_facts(result),
            figures=_figures(result, text),
            pairs=[_pair(result, found) for found in result.alignments.values()],
            text=text,
            to_check=text.to_check,
            most_listed=_MOST_LISTED,
            # For each row to check but the last, the number of the next one.
            following=dict(pairwise(row.number for row in text.rows if row.doubts)),
            threshold=DOUBTFUL,
            meter=_METER,
            element_id=ELEMENT_ID,
            # Our own style sheet, and JSON without a character that means anything to HTML.
            style=Markup(style),  # noqa: S704
            document=Markup(embed_result(result)),  # noqa: S704
            policy=make_policy(style),
        )
    )


def _pair(result: Result, found: VersionAlignment) -> dict[str, object]:
    first, second = (version_name(result.versions[index]) for index in found.versions)
    return {"name": f"{first} \N{EN DASH} {second}", "found": found, "counts": make_overview(found.beads)}


def _figures(result: Result, text: AlignedText) -> list[Figure]:
    count = len(text.rows)
    single = sum(all(len(cell.sentences) == 1 for cell in row.cells) for row in text.rows)
    return [
        sentences_figure(result),
        Figure(str(count), message("figure.rows", count), anchor="text"),
        Figure(f"{single / count:.0%}" if count else "\N{EN DASH}", message("figure.one_to_one"), anchor="text"),
        Figure(str(len(text.to_check)), message("figure.to_check"), anchor="check"),
        Figure(str(sum(row.moved for row in text.rows)), message("figure.moved"), anchor="text"),
        Figure(str(sum(row.gap for row in text.rows)), message("figure.gap"), anchor="text"),
    ]
