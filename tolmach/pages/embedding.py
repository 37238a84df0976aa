"""The result document inside a page, from which it reads back."""

import re
from typing import Final

from common.errors import InputError
from tolmach.results.reading import from_json
from tolmach.results.result import Result, to_json

ELEMENT_ID: Final = "tolmach-result"
_TYPE: Final = "application/json"

# Nothing but the end of the element begins with `<` in it, see below. No part of the pattern can run over the next `<`,
# so that a page of any kind takes time that grows with its length; a parser of HTML may take quadratic time.
_SCRIPT: Final = re.compile(r"<script\b(?P<attributes>[^<>]*)>(?P<content>[^<]*)</script", re.IGNORECASE)
_ATTRIBUTE: Final = re.compile(r"""([a-z]+)\s*=\s*["']?([^"'\s]+)""", re.IGNORECASE)

# In a script element only `<` can end or confuse the element; the two separators end a line of older JavaScript.
_ESCAPES: Final = {
    ord(char): f"\\u{ord(char):04x}" for char in ("<", ">", "&", "\N{LINE SEPARATOR}", "\N{PARAGRAPH SEPARATOR}")
}


def embed_result(result: Result) -> str:
    """Return the document as JSON that can stand in a script element, whatever its texts hold."""
    return to_json(result).strip().translate(_ESCAPES)


def extract_result(html: str) -> Result:
    """Return the document that a page of Tolmach holds.

    Raises:
        InputError: The page holds none, or a damaged one.
    """
    wanted = {"type": _TYPE, "id": ELEMENT_ID}
    for match in _SCRIPT.finditer(html):
        named = {name.lower(): value for name, value in _ATTRIBUTE.findall(match["attributes"])}
        if wanted.items() <= named.items():
            return from_json(match["content"])
    raise InputError(
        "the page holds no alignment",
        hint="Name a page that tolmach align --format html or translate --format bilingual wrote",
    )
