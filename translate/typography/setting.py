"""Applies the house style of their language to the sentences of a block."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import regex

from corpora.article import Block
from corpora.languages import CHINESE, base_language
from corpora.offsets import Span
from quotes.marks.pairing import MarkPair, pair_marks
from quotes.marks.table import load_marks
from translate.options import TypographyOptions
from translate.typography.rules import BORDER, GROUPS, PROTECTED, Group, House, QuotationStyle, load_house, mask_block

_ROUNDS = 6
"""Most times that the rules are applied to their own output; a block that still changes then is left unchanged."""


def set_block(
    pieces: Sequence[str],
    language: str,
    *,
    protected: Sequence[Sequence[Span]] | None = None,
    options: TypographyOptions = TypographyOptions(),  # noqa: B008 - frozen
) -> list[str]:
    r"""Apply the house style to the translated sentences of one block.

    Letters and digits are never changed, added, removed or moved. The result is final: applying it again changes
    nothing. Quotation marks without a partner are changed only if their neighbours are unambiguous.

    Args:
        pieces: The sentences in order; a quote may open in one and close in a later one.
        language: BCP-47 tag; nothing changes in a language without rules.
        protected: For each sentence the spans that must not change: addresses, code, placeholders. Offsets are code
            points, end exclusive.
        options: Parts of the house style to apply.

    Returns:
        As many sentences.

    Raises:
        ValueError: `protected` has not as many entries as `pieces`.

    Example:
        >>> set_block(['"Да" - сказал он.'], "ru")
        ['«Да»\xa0— сказал он.']
    """
    house = load_house(language)
    if house is None or not pieces:
        return list(pieces)
    spans = list(protected) if protected is not None else [()] * len(pieces)
    held = [one if house.whole.search(piece) else [(0, len(piece))] for piece, one in zip(pieces, spans, strict=True)]
    made = mask_block(pieces, held)
    text = made.text
    groups = [group for group in GROUPS if getattr(options, group)]
    for _ in range(_ROUNDS):
        before, text = text, _set_once(text, language, house, groups)
        if text == before:
            return made.pieces(text)
    return list(pieces)


def _set_once(text: str, language: str, house: House, groups: Sequence[Group]) -> str:
    for group in groups:
        if group == "quotes":
            text = set_marks(text, language, house.marks)
        for rule in house.rules[group]:
            text = rule.apply(text)
    return text


_TITLES = frozenset({"title", "inner title"})
_SINGLE = "single"
_DOUBLES = frozenset({"double", "angle", "corner", "white corner"})
_BLANKS = " \t\N{NO-BREAK SPACE}\N{NARROW NO-BREAK SPACE}\N{IDEOGRAPHIC SPACE}"
_PRIMES = (
    "'\N{RIGHT SINGLE QUOTATION MARK}\N{LEFT SINGLE QUOTATION MARK}\N{FULLWIDTH APOSTROPHE}"
    "\N{MODIFIER LETTER APOSTROPHE}"
)
_LETTER = r"[\p{Latin}\p{Cyrillic}]"
# Inside a word, before a decade, at the end of a plural.
_INSIDE = regex.compile(rf"(?<={_LETTER})[{_PRIMES}](?={_LETTER})")
_DECADE = regex.compile(rf"(?<![\p{{L}}\p{{N}}])[{_PRIMES}](?=\p{{Nd}}0s)")
_PLURAL = regex.compile(rf"(?<=\p{{Latin}}s)[{_PRIMES}](?=[\s,.;:?!{BORDER}]|\Z)")
_APOSTROPHES = (_INSIDE, _DECADE, _PLURAL)
_OPENS = regex.compile(rf"(?<=\A|[\s(\[\p{{Pd}}{BORDER}]).(?=[\p{{L}}\p{{N}}{PROTECTED}])", regex.DOTALL)
_CLOSES = regex.compile(
    rf"(?<=[\p{{L}}%)\].,!?\N{{HORIZONTAL ELLIPSIS}}{PROTECTED}]).(?=[\s,.;:!?)\]{BORDER}]|\Z)", regex.DOTALL
)
# Chinese has no spaces, so only the ends of sentences, a colon, and directional marks are indications.
_FIRST = regex.compile(rf"(?<=\A|[\N{{FULLWIDTH COLON}}:{BORDER}]).(?=[\p{{L}}\p{{N}}{PROTECTED}])", regex.DOTALL)
_LAST = regex.compile(rf"(?<=[\p{{L}}\p{{N}}\p{{Po}}{PROTECTED}]).(?={BORDER}|\Z)", regex.DOTALL)
_OPENING = frozenset(
    "\N{LEFT CORNER BRACKET}\N{LEFT WHITE CORNER BRACKET}\N{LEFT-POINTING DOUBLE ANGLE QUOTATION MARK}"
)
_CLOSING = frozenset(
    "\N{RIGHT CORNER BRACKET}\N{RIGHT WHITE CORNER BRACKET}\N{RIGHT-POINTING DOUBLE ANGLE QUOTATION MARK}"
)
_LEFT_SINGLE = "\N{LEFT SINGLE QUOTATION MARK}"

Edit = tuple[int, int, str]


def set_marks(text: str, language: str, marks: QuotationStyle) -> str:
    """Return a text with the quotation marks and apostrophes of a language."""
    plain = text.replace(BORDER, " ").replace(PROTECTED, "x")
    pairs = pair_marks(plain, [Block("paragraph", 0, len(plain))], language)
    setter = _Setter(text, base_language(language), marks)
    edits = [edit for pair in pairs for edit in setter.edits(pair)]
    taken = {place for start, end, _ in edits for place in (start, end - 1)}
    for pair in pairs:
        if setter.stays(pair):
            taken |= {pair.opener} if pair.closer is None else {pair.opener, pair.closer}
    return _edited(text, [*edits, *setter.alone(taken)])


@dataclass(frozen=True, slots=True)
class _Setter:
    """Chooses the replacement of each mark of a text."""

    text: str
    base: str
    marks: QuotationStyle

    def edits(self, pair: MarkPair) -> Iterator[Edit]:
        """Yield the changes at the ends of a quote: its marks, and no blanks inside them."""
        if not self._counts(pair):
            return
        opening, closing = self._marks_of(pair)
        first, last = pair.opener + 1, len(self.text) if pair.closer is None else pair.closer
        while first < last and self.text[first] in _BLANKS:
            first += 1
        yield pair.opener, first, opening
        if pair.closer is not None:
            while last > first and self.text[last - 1] in _BLANKS:
                last -= 1
            yield last, pair.closer + 1, closing

    def stays(self, pair: MarkPair) -> bool:
        """Return whether a quote keeps its marks: a title in Chinese."""
        return self.marks.titles and pair.family in _TITLES

    def alone(self, taken: set[int]) -> Iterator[Edit]:
        """Yield the changes of marks outside quotes: apostrophes, and unambiguous ones."""
        table = load_marks(self.base)
        for match in table.pattern.finditer(self.text):
            place, family = match.start(), table.readings[match[0]].family
            if place in taken:
                continue
            if family == _SINGLE:
                if self.marks.apostrophe and any(each.match(self.text, place) for each in _APOSTROPHES):
                    yield place, place + 1, self.marks.apostrophe
            elif family in _DOUBLES and self._opens(place):
                yield place, place + 1, self.marks.outer[0]
            elif family in _DOUBLES and self._closes(place):
                yield place, place + 1, self.marks.outer[1]

    def _opens(self, place: int) -> bool:
        if self.base == CHINESE:
            return self.text[place] in _OPENING or _FIRST.match(self.text, place) is not None
        return _OPENS.match(self.text, place) is not None

    def _closes(self, place: int) -> bool:
        if self.base == CHINESE:
            return self.text[place] in _CLOSING or _LAST.match(self.text, place) is not None
        return _CLOSES.match(self.text, place) is not None

    def _counts(self, pair: MarkPair) -> bool:
        """Return whether a quote gets marks: a closed one, or one that clearly opens here and continues elsewhere."""
        if self.stays(pair) or self._turned(pair):
            return False
        sure = pair.family in _DOUBLES or self.text[pair.opener] == _LEFT_SINGLE
        return pair.closer is not None or (sure and self._opens(pair.opener))

    def _turned(self, pair: MarkPair) -> bool:
        """Return whether the closing mark of a quote is placed like an opening one: after a space, before a letter."""
        if pair.closer is None or self.base == CHINESE:
            return False
        around = self.text[pair.closer - 1], self.text[pair.closer + 1 : pair.closer + 2]
        return around[0] in _BLANKS and around[1].isalnum()

    def _marks_of(self, pair: MarkPair) -> tuple[str, str]:
        """Return the marks for the depth of a quote; two quotes with one closing mark get the same."""
        depth = 0
        inner, outer = pair, pair.parent
        while outer is not None:
            shared = outer.closer is not None and outer.closer == inner.closer
            depth += self._counts(outer) and not shared
            inner, outer = outer, outer.parent
        return self.marks.inner if depth % 2 else self.marks.outer


def _edited(text: str, edits: Sequence[Edit]) -> str:
    parts, at = [], 0
    for start, end, new in sorted(edits):
        if start >= at:
            parts += [text[at:start], new]
            at = end
    return "".join([*parts, text[at:]])
