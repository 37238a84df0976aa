"""What Russian abbreviations in brackets stand for: «Всемирная организация здравоохранения (ВОЗ)»."""

import re

from quotes.speakers.russian.clauses import read_stretch
from quotes.speakers.russian.forms import is_abbreviation
from quotes.speakers.russian.found import nominative

_BRACKETS = re.compile(r"\(([^\W\d_]{2,8})\)")
_WORD = re.compile(r"[^\W\d_][\w-]*")
_SMALL = 2
_FARTHEST = 120


def read_abbreviations(text: str) -> dict[str, str]:
    """Map the abbreviations that a text gives in brackets to the names in front of them, in the nominative."""
    found: dict[str, str] = {}
    for match in _BRACKETS.finditer(text):
        short = match.group(1)
        if is_abbreviation(short) and short not in found and (name := _spelt_out(text, match.start(), short)):
            found[short] = name
    return found


def _spelt_out(text: str, end: int, short: str) -> str | None:
    """Find the words right before an offset whose first letters make up an abbreviation, small words left out."""
    start = max(0, end - _FARTHEST)
    words = list(_WORD.finditer(text, start, end))
    letters = [word.group()[0].upper() for word in words]
    for first in range(len(words) - 1, -1, -1):
        if not words[first].group()[0].isupper():
            continue
        initials = [c for c, word in zip(letters[first:], words[first:], strict=True) if len(word.group()) > _SMALL]
        if "".join(initials) == short.upper():
            return _nominative(text[words[first].start() : end].strip())
    return None


def _nominative(name: str) -> str:
    stretch = read_stretch(name)
    first = next(iter(stretch.phrases), None)
    return nominative(stretch, first, len(name)) if first and first.start == 0 else name
