"""The result document inside a page, from which it reads back."""

from html.parser import HTMLParser
from typing import Final

from corpora.errors import InputError
from tolmach.result import Result, from_json, to_json

ELEMENT_ID: Final = "tolmach-result"
_TYPE: Final = "application/json"

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
    finder = _Finder()
    finder.feed(html)
    finder.close()
    if not finder.found:
        raise InputError(
            "the page holds no alignment",
            hint="Name a page that tolmach align --format html or translate --format bilingual wrote",
        )
    return from_json("".join(finder.found))


class _Finder(HTMLParser):
    """Collects the text of the script element that holds the document."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=False)
        self.found: list[str] = []
        self._inside = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        wanted = {"type": _TYPE, "id": ELEMENT_ID}
        self._inside = tag == "script" and wanted.items() <= dict(attrs).items()

    def handle_endtag(self, tag: str) -> None:
        del tag
        self._inside = False

    def handle_data(self, data: str) -> None:
        if self._inside:
            self.found.append(data)
