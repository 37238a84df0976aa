"""Whether a web page is nothing but its text, as a word processor or a converter writes one."""

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from lxml.html import HtmlElement  # type: ignore[import-untyped]

_TEXT: Final = frozenset({
    "body", "main", "article", "section", "h1", "h2", "h3", "h4", "h5", "h6", "p", "ul", "ol", "li", "dl", "dt", "dd",
    "blockquote", "pre", "table", "caption", "colgroup", "col", "thead", "tbody", "tfoot", "tr", "th", "td", "figure",
    "figcaption", "img", "hr", "br", "a", "abbr", "b", "bdi", "bdo", "cite", "code", "del", "dfn", "em", "i", "ins",
    "kbd", "mark", "q", "s", "samp", "small", "span", "strike", "strong", "sub", "sup", "time", "tt", "u", "var", "wbr",
})  # fmt: skip
"""Elements of text; a page with menus, boxes or forms has others, too."""


def is_bare(page: str) -> bool:
    """Tell whether all that a page shows is text: paragraphs, no boxes, no forms, and no lists of mere links."""
    from lxml.etree import ParserError  # type: ignore[import-untyped]  # noqa: PLC0415 - heavy
    from lxml.html import document_fromstring  # noqa: PLC0415 - heavy

    try:
        body = document_fromstring(page).find("body")
    except ParserError:
        return False
    if body is None or body.find(".//p") is None:
        return False
    return all(element.tag in _TEXT for element in body.iter("*")) and not any(map(_is_link, body.iter("li")))


def _is_link(item: "HtmlElement") -> bool:
    words = "".join(item.itertext()).split()
    return any("".join(link.itertext()).split() == words for link in item.iter("a"))
