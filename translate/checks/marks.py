"""The check of quotation marks: each that opens closes."""

from collections.abc import Iterator

import regex

from corpora.article import Block
from quotes.marks.pairing import pair_marks
from translate.checks.types import PairReading
from translate.options import CheckOptions
from translate.types import Check

_MARKS = regex.compile(
    '[\N{LEFT DOUBLE QUOTATION MARK}\N{RIGHT DOUBLE QUOTATION MARK}\N{DOUBLE LOW-9 QUOTATION MARK}"'
    "\N{LEFT-POINTING DOUBLE ANGLE QUOTATION MARK}\N{RIGHT-POINTING DOUBLE ANGLE QUOTATION MARK}"
    "\N{LEFT CORNER BRACKET}\N{RIGHT CORNER BRACKET}\N{LEFT WHITE CORNER BRACKET}\N{RIGHT WHITE CORNER BRACKET}"
    "\N{LEFT DOUBLE ANGLE BRACKET}\N{RIGHT DOUBLE ANGLE BRACKET}]"
)
_EITHER = '"\N{LEFT DOUBLE QUOTATION MARK}'
_OPENERS = (
    "\N{DOUBLE LOW-9 QUOTATION MARK}\N{LEFT-POINTING DOUBLE ANGLE QUOTATION MARK}"
    "\N{LEFT CORNER BRACKET}\N{LEFT WHITE CORNER BRACKET}\N{LEFT DOUBLE ANGLE BRACKET}"
)
_INCH = regex.compile(r"\d\s?\"")
_NEAR = 24


def check_quotes(reading: PairReading, options: CheckOptions) -> Iterator[Check]:
    """A quotation mark without its partner, other than a quote of the source that goes on in another sentence."""
    del options
    source, hypothesis = reading.texts
    carried, found = (
        {role: [at for at in unpaired_marks(text, tag) if _opens(text, at) == role] for role in (True, False)}
        for text, tag in (
            (source, reading.pair.source_language),
            (hypothesis, reading.pair.target_language),
        )
    )
    for opens in (True, False):
        if len(found[opens]) > len(carried[opens]):
            yield Check("quotes", f"A quotation mark has no partner at {_near(hypothesis, found[opens][-1])}")
            return
    lost = sum(len(carried[opens]) - len(found[opens]) for opens in (True, False))
    tags = reading.pair.source_language, reading.pair.target_language
    if _pairs(hypothesis, tags[1]) >= _pairs(source, tags[0]) + lost:
        # It closes what the source leaves open.
        return
    for opens, told in ((True, "opens"), (False, "closes")):
        if len(carried[opens]) > len(found[opens]):
            where = _near(source, carried[opens][0])
            yield Check("quotes", f"The source {told} a quotation at {where}, the translation does not")
            return


def _near(text: str, at: int) -> str:
    return f"“{text[max(0, at - 2) : at + _NEAR].strip()}”"


def _opens(text: str, at: int) -> bool:
    """Tell whether a mark is one that opens; a straight one, and one that also closes in Russian, by its place."""
    if text[at] in _EITHER:
        return not text[:at].strip() or (text[at - 1].isspace() or text[at - 1] in "([（—–-")
    return text[at] in _OPENERS


def _pairs(text: str, language: str) -> int:
    pairs = pair_marks(text, [Block("paragraph", 0, len(text))], language)
    return sum(pair.closer is not None and _MARKS.match(text, pair.opener) is not None for pair in pairs)


def unpaired_marks(text: str, language: str) -> list[int]:
    """Return the offsets of double, angle and corner quotation marks that nothing closes or opens."""
    inches = {match.end() - 1 for match in _INCH.finditer(text)}
    marks = [match.start() for match in _MARKS.finditer(text)]
    if not marks:
        return []
    paired: set[int] = set()
    for pair in pair_marks(text, [Block("paragraph", 0, len(text))], language):
        if pair.closer is not None:
            paired |= {pair.opener, pair.closer}
    left = [at for at in marks if at not in paired]
    # A straight mark behind a number may be inches.
    return [at for at in left if at not in inches or text[at] != '"']
