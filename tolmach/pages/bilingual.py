"""The page of both sides: a translation beside its source, and what is to be checked; it holds the document too."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import TYPE_CHECKING

from common.messages import message, word
from corpora.article import Block
from corpora.blocks import clip
from corpora.writers.html import inline_html
from corpora.writers.steps import continuations, tables
from tolmach.pages.page import ELEMENT_ID, embed_result, environment, make_policy, resource, without_folders
from tolmach.pages.summary import Figure, make_cautions, make_facts
from tolmach.pages.text import shortened
from tolmach.results.overview import TranslationCounts, count_sentences
from tolmach.results.result import Result, Version
from translate.types import MemoryMatch, Translation

if TYPE_CHECKING:
    from markupsafe import Markup


def render_bilingual(result: Result, target: str) -> str:
    """Return one translation beside its source as an HTML page that loads nothing.

    Blocks stand side by side with their markup; sentences that correspond light up together. Those that failed
    a check are marked by shape and words, not by colour alone, and listed at the top. `extract_result` reads the
    document of the two versions back from the page.

    Args:
        result: A document that fits together.
        target: Id of a version that Tolmach translated.
    """
    from markupsafe import Markup  # noqa: PLC0415 - comes with jinja2

    pair = without_folders(pair_of(result, target))
    text, facts = BilingualText(pair), make_facts(pair)
    style, script = resource("report.css") + resource("bilingual.css"), resource("bilingual.js")
    counts = count_sentences(pair.translations[target])
    return (
        environment()
        .get_template("bilingual.html")
        .render(
            result=pair,
            source=pair.versions[0],
            target=pair.versions[1],
            facts=facts,
            cautions=make_cautions(facts),
            signature=pair.translations[target].signature,
            methods=[(word("method", name), count) for name, count in counts.methods.items()],
            figures=_figures(counts),
            notes=text.notes,
            rows=list(text.rows()),
            element_id=ELEMENT_ID,
            # Our own files, and JSON without a character that means anything to HTML.
            style=Markup(style),  # noqa: S704
            script=Markup(script),  # noqa: S704
            document=Markup(embed_result(pair)),  # noqa: S704
            policy=make_policy(style, script),
        )
    )


def pair_of(result: Result, target: str) -> Result:
    """Return what a document says of one translation and its source, and of nothing else; quotes are left out."""
    translation = result.translations[target]
    name = f"{translation.source}-{target}"
    wanted = (translation.source, target)
    known = {version.id: version for version in result.versions}
    return Result(
        created=result.created,
        versions=tuple(known[one] for one in wanted),
        translations={target: translation},
        alignments={name: replace(result.alignments[name], versions=(0, 1))},
        scores={one: scores for one, scores in result.scores.items() if one == target},
        signature=result.signature,
    )


def _figures(counts: TranslationCounts) -> list[Figure]:
    found = [
        Figure(str(counts.sentences), message("figure.sentences"), anchor="text"),
        Figure(str(counts.flagged), message("figure.to_check"), anchor="check"),
        Figure(str(counts.tried_again), message("figure.tried_again"), anchor="provenance"),
    ]
    if counts.from_memory:
        found.append(Figure(str(counts.from_memory), message("figure.from_memory"), anchor="provenance"))
    return found


_Pair = tuple[int | None, int | None]
"""A block of the source and the one of the translation that answers it, by index; None where a side has none."""

_EXCERPT = 90
"""Characters of a sentence that the list of what is to be checked repeats."""


@dataclass(frozen=True, slots=True)
class Note:
    """A sentence to check.

    Attributes:
        number: Of the source sentence, from 1.
        excerpt: The first words of the source sentence.
        lost: Whether the translation has nothing in its place.
    """

    number: int
    bead: int
    translation: Translation
    excerpt: str
    lost: bool


@dataclass(frozen=True, slots=True)
class ShownText:
    """A sentence, or what stands between two.

    Attributes:
        html: Its words with their markup.
        number: Of the sentence in its version, from 1; 0 between sentences.
        flagged: Whether something about it is to be checked.
        marks: Notes whose mark follows it, by their numbers.
    """

    html: "Markup"
    number: int = 0
    bead: int = 0
    flagged: bool = False
    marks: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class SideBlock:
    """A block of one version.

    Attributes:
        level: As in `corpora.article.Block`, like `number`.
        continues: Whether it goes on with a numbered item, whose number is not shown again.
        pieces: Its text, whole.
    """

    kind: str
    level: int
    number: int | None
    continues: bool
    pieces: tuple[ShownText, ...]


_Grid = tuple[tuple[SideBlock | None, ...], ...]


@dataclass(frozen=True, slots=True)
class BilingualRow:
    """Blocks that correspond.

    Attributes:
        number: From 1.
        kind: Kind of the blocks; a whole table is one row.
        sides: The block of the source and that of the translation, None where there is none; unused for a table.
        grids: The rows of cells of both sides of a table, empty for others.
        notes: What is to be checked in it.
        near: Translations of the user's own that are like a sentence of it, each with the sentence's number.
    """

    number: int
    kind: str
    sides: tuple[SideBlock | None, SideBlock | None]
    grids: tuple[_Grid, ...]
    notes: tuple[Note, ...]
    near: tuple[tuple[int, MemoryMatch], ...] = ()


class BilingualText:
    """The text of both sides.

    Args:
        result: A document of two versions, the first being the source of the second.
    """

    def __init__(self, result: Result) -> None:
        self._versions = result.versions
        self._continuations = [continuations(version.article.blocks) for version in result.versions]
        (translation,) = result.translations.values()
        (found,) = result.alignments.values()
        self._sentences = translation.sentences
        self._beads = ({}, {})  # type: tuple[dict[int, int], dict[int, int]]
        self._marks = ({}, {})  # type: tuple[dict[int, tuple[int, ...]], dict[int, tuple[int, ...]]]
        self._flagged: set[int] = set()
        self._answers: dict[int, int] = {}
        self.notes: list[Note] = []
        for number, bead in enumerate(found.beads, 1):
            for side, indices in enumerate((bead.source, bead.target)):
                self._beads[side].update(dict.fromkeys(indices, number))
            self._answers |= dict.fromkeys(bead.target, bead.source[0]) if bead.source else {}
            flagged = tuple(index + 1 for index in bead.source if translation.sentences[index].checks)
            if flagged:
                self._flagged.add(number)
                side, last = (1, bead.target[-1]) if bead.target else (0, bead.source[-1])
                self._marks[side][last] = flagged
            self.notes += [
                self._note(at, translation.sentences[at - 1], number, lost=not bead.target) for at in flagged
            ]
        self.notes.sort(key=lambda note: note.number)

    def rows(self) -> Iterator[BilingualRow]:
        """Give the rows in the order of the source."""
        number = 0
        for is_table, group in groupby(self._pairs(), key=lambda pair: self._one_of(pair).kind == "table_cell"):
            pairs = list(group)
            for part in self._tables(pairs) if is_table else ([[pair]] for pair in pairs):
                number += 1
                yield self._row(number, part, is_table=is_table)

    def _row(self, number: int, part: Sequence[Sequence[_Pair]], *, is_table: bool) -> BilingualRow:
        pairs = [pair for line in part for pair in line]
        grids = tuple(tuple(tuple(self._block(side, pair) for pair in line) for line in part) for side in (0, 1))
        blocks = {pair[0] for pair in pairs}
        source = self._versions[0]
        notes = tuple(note for note in self.notes if source.article.sentences[note.number - 1].block in blocks)
        own = (each.index for each in source.article.sentences if each.block in blocks)
        near = tuple((at + 1, match) for at in own if (match := self._sentences[at].near))
        kind = "table" if is_table else self._one_of(pairs[0]).kind
        sides = (None, None) if is_table else (self._block(0, pairs[0]), self._block(1, pairs[0]))
        return BilingualRow(number, kind, sides, grids if is_table else (), notes, near)

    def _pairs(self) -> Iterator[_Pair]:
        """Give the blocks of both sides in pairs; what answers no block of the source follows the one before."""
        source, target = self._versions
        owned: dict[int, list[int]] = {}
        owner = 0
        for block in range(len(target.article.blocks)):
            first = next((each.index for each in target.article.sentences if each.block == block), None)
            answered = None if first is None else self._answers.get(first)
            owner = owner if answered is None else source.article.sentences[answered].block
            owned.setdefault(owner, []).append(block)
        for block in range(max(len(source.article.blocks), 1)):
            own: list[int | None] = [*owned.get(block, ())]
            known = block if source.article.blocks else None
            if known is not None or own:
                yield known, own[0] if own else None
            yield from ((None, other) for other in own[1:])

    def _tables(self, pairs: Sequence[_Pair]) -> Iterator[list[list[_Pair]]]:
        left = iter(pairs)
        for rows in tables([self._one_of(pair) for pair in pairs]):
            yield [[next(left) for _ in row] for row in rows]

    def _one_of(self, pair: _Pair) -> Block:
        side, index = next((side, index) for side, index in enumerate(pair) if index is not None)
        return self._versions[side].article.blocks[index]

    def _block(self, side: int, pair: _Pair) -> SideBlock | None:
        index = pair[side]
        if index is None:
            return None
        block = self._versions[side].article.blocks[index]
        continues = block.start in self._continuations[side]
        return SideBlock(block.kind, block.level, block.number, continues, tuple(self._pieces(side, index)))

    def _pieces(self, side: int, index: int) -> Iterator[ShownText]:
        version = self._versions[side]
        block = version.article.blocks[index]
        at = block.start
        for sentence in (each for each in version.article.sentences if each.block == index):
            if at < sentence.start:
                yield ShownText(_html(version, at, sentence.start))
            bead = self._beads[side].get(sentence.index, 0)
            marks = self._marks[side].get(sentence.index, ())
            html = _html(version, sentence.start, sentence.end)
            yield ShownText(html, sentence.index + 1, bead, bead in self._flagged, marks)
            at = sentence.end
        if at < block.end:
            yield ShownText(_html(version, at, block.end))

    def _note(self, number: int, translation: Translation, bead: int, *, lost: bool) -> Note:
        sentence = self._versions[0].article.sentences[number - 1]
        return Note(number, bead, translation, shortened(sentence.text, _EXCERPT), lost)


def _html(version: Version, start: int, end: int) -> "Markup":
    from markupsafe import Markup  # noqa: PLC0415 - comes with jinja2

    # `inline_html` escapes the words; what it adds are tags of its own.
    return Markup(inline_html(version.article.text[start:end], clip(version.article.inlines, start, end)))  # noqa: S704
