"""The check of quotation marks: each that opens closes."""

from collections.abc import Iterator

import regex

from corpora.article import Block
from quotes.marks.pairing import pair_marks
from translate.checks.options import CheckOptions
from translate.checks.types import Reading
from translate.types import Check

_MARKS = regex.compile(
    '[\N{LEFT DOUBLE QUOTATION MARK}\N{RIGHT DOUBLE QUOTATION MARK}\N{DOUBLE LOW-9 QUOTATION MARK}"'
    "\N{LEFT-POINTING DOUBLE ANGLE QUOTATION MARK}\N{RIGHT-POINTING DOUBLE ANGLE QUOTATION MARK}"
    "\N{LEFT CORNER BRACKET}\N{RIGHT CORNER BRACKET}\N{LEFT WHITE CORNER BRACKET}\N{RIGHT WHITE CORNER BRACKET}"
    "\N{LEFT DOUBLE ANGLE BRACKET}\N{RIGHT DOUBLE ANGLE BRACKET}]"
)
_INCH = regex.compile(r"\d\s?\"")
_NEAR = 24


def check_quotes(reading: Reading, options: CheckOptions) -> Iterator[Check]:
    """A quotation mark without its partner, where the source has no such mark."""
    del options
    source, hypothesis = reading.texts
    found = unpaired_marks(hypothesis, reading.pair.target_language)
    if len(found) <= len(unpaired_marks(source, reading.pair.source_language)):
        return
    at = found[0]
    words = hypothesis[max(0, at - 2) : at + _NEAR].strip()
    yield Check("quotes", f"A quotation mark has no partner at “{words}”")


def unpaired_marks(text: str, language: str) -> list[int]:
    """Return where double, angle and corner quotation marks stand that nothing closes or opens: code points."""
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
