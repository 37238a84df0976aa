"""Keeps sentences of a page whole: trafilatura leaves out elements in them that it does not know."""

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from lxml.html import HtmlElement  # type: ignore[import-untyped]

_INLINE: Final = frozenset({
    "a", "abbr", "acronym", "b", "bdi", "bdo", "big", "cite", "code", "data", "del", "dfn", "em", "font", "i", "ins",
    "kbd", "mark", "nobr", "q", "ruby", "s", "samp", "small", "span", "strike", "strong", "sub", "sup", "tt", "u",
    "var",
})  # fmt: skip
"""Elements within sentences that trafilatura reads."""
_SHOWN: Final = frozenset({
    "blink", "embed", "map", "marquee", "noindex", "output", "picture", "q", "rb", "rbc", "source", "track",
})  # fmt: skip
"""Elements that trafilatura leaves out although browsers show their content or, if they are empty, what follows."""
_BESIDE: Final = frozenset({"button", "label", "legend", "time"})
"""Such elements that also occur outside of sentences, where they are not text."""
_BOXES: Final = frozenset({
    "aside", "dialog", "figcaption", "figure", "footer", "form", "menu", "nav",
})  # fmt: skip
"""Elements beside the article of a page."""
_HIDDEN: Final = frozenset({
    "applet", "area", "audio", "base", "basefont", "bgsound", "br", "canvas", "col", "colgroup", "datalist",
    "fencedframe", "frame", "graphic", "head", "hr", "iframe", "image", "img", "input", "keygen", "lb",
    "link", "math", "meta", "meter", "noscript", "object", "optgroup", "option", "param", "progress", "rp", "rt",
    "rtc", "script", "select", "slot", "style", "svg", "template", "textarea", "title", "video", "wbr",
})  # fmt: skip
"""Elements without visible text, or with alternatives: pictures, choices, pronunciation."""
_DIVISIONS: Final = frozenset({
    "address", "article", "center", "details", "dir", "div", "fieldset", "frameset", "header", "hgroup", "main",
    "search", "section", "summary",
})  # fmt: skip
_BLOCKS: Final = _DIVISIONS | frozenset({
    "blockquote", "body", "caption", "dd", "dl", "dt", "h1", "h2", "h3", "h4", "h5", "h6", "html", "li", "listing",
    "ol", "p", "pre", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "ul", "xmp",
})  # fmt: skip
_BREAKS: Final = _BLOCKS | _BOXES | {"hr"}
_KNOWN: Final = _BREAKS | _INLINE | _BESIDE | _HIDDEN
_MADE_DIVISIONS: Final = frozenset({"center", "fieldset", "frameset", "listing", "xmp"})
_PARTS: Final = {
    "li": ("ul", "ol", "dir", "menu"), "dt": ("dl",), "dd": ("dl",),
    "td": ("table",), "th": ("table",), "tr": ("table",), "caption": ("table",),
}  # fmt: skip
"""Elements that have a meaning only within others."""
_SENTENCE: Final = 40
"""Least bytes of UTF-8 of a sentence, since Chinese has fewer characters; shorter text may be a menu's."""
_CONTROLS: Final = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that the parser reads but the text of an element cannot contain."""


def keep_sentences(root: "HtmlElement") -> None:
    """Rename the elements that trafilatura leaves out of sentences, and wrap text beside blocks in paragraphs."""
    known: dict[HtmlElement, bool] = {}
    for element in list(root.iter("*")):
        meant = _known_tag(element, known)
        if meant != element.tag:  # the parser accepts names that cannot be assigned
            element.tag = meant
    for element in [one for one in root.iter("*") if one.tag in _DIVISIONS or one.tag == "body"]:
        if any(child.tag in _BREAKS for child in element):
            _set_loose_text(element)


def _known_tag(element: "HtmlElement", known: "dict[HtmlElement, bool]") -> str:
    """Return the known tag with the same meaning."""
    tag = str(element.tag)
    is_no_link = tag == "a" and "href" not in element.attrib
    if is_no_link or tag in _SHOWN or tag not in _KNOWN or (tag in _BESIDE and _is_in_text(element, known)):
        return "span"
    if (tag == "math" and next(element.iter("annotation"), None) is None) or _is_within_sentence(element):
        return "span"
    lists_nothing = tag in {"table", "ul", "ol", "dl"} and len(element) == 0
    is_stray = tag in _PARTS and next(element.iterancestors(*_PARTS[tag]), None) is None
    return "div" if lists_nothing or is_stray or tag in _MADE_DIVISIONS else tag


def _is_within_sentence(element: "HtmlElement") -> bool:
    """Return whether an element is a division that the parser leaves in a paragraph, which browsers would end."""
    parent = element.getparent()
    if parent is None or element.tag not in _DIVISIONS or parent.tag not in _INLINE | {"p"}:
        return False
    return not any(child.tag in _BREAKS for child in element)


def _is_in_text(element: "HtmlElement", known: "dict[HtmlElement, bool]") -> bool:
    """Return whether an element has text beside it; `known` caches the results for enclosing elements."""
    parent = element.getparent()
    while parent is not None and parent.tag in _INLINE and not _has_text(parent, known):
        parent = parent.getparent()
    return parent is not None and _has_text(parent, known)


def _has_text(parent: "HtmlElement", known: "dict[HtmlElement, bool]") -> bool:
    if parent not in known:
        parts = [parent.text, *(child.tail for child in parent)]
        if parent.tag == "p":
            parts += ["".join(child.itertext()) for child in parent if child.tag in _INLINE]
        known[parent] = any(part and part.strip() for part in parts)
    return known[parent]


def _set_loose_text(element: "HtmlElement") -> None:
    """Wrap text between the blocks of an element, and the divisions beside it, in paragraphs."""
    kept: list[HtmlElement] = []
    loose = _Run(_settable(element.text))
    element.text = None
    found = False
    for child in [*element, None]:
        if child is not None and child.tag not in _BREAKS:
            loose.children.append(child)
            continue
        if loose.has_text():
            kept.append(loose.paragraph(element))
            found = True
        elif kept:
            kept[-1].tail = loose.text
            kept += loose.children
        else:
            element.text = loose.text
            kept += loose.children
        if child is not None:
            loose, child.tail = _Run(_settable(child.tail)), None
            kept.append(child)
    element[:] = kept
    if any(child.tag == "p" for child in kept):
        _set_divisions(kept, 0 if found else _SENTENCE)


def _settable(text: str | None) -> str | None:
    return text and _CONTROLS.sub(" ", text)


def _set_divisions(elements: "list[HtmlElement]", shortest: int) -> None:
    """Turn divisions that contain nothing but text of some length into paragraphs."""
    for one in elements:
        is_flat = one.tag in _DIVISIONS and not any(child.tag in _BREAKS for child in one)
        if is_flat and _has_text(one, {}) and len("".join(one.itertext()).encode()) >= shortest:
            one.tag = "p"


@dataclass
class _Run:
    """Text between two blocks: a string and the inline elements after it."""

    text: str | None
    children: "list[HtmlElement]" = field(default_factory=list)

    def has_text(self) -> bool:
        """Return whether anything visible is in it."""
        return any(part and part.strip() for part in (self.text, *(child.tail for child in self.children)))

    def paragraph(self, beside: "HtmlElement") -> "HtmlElement":
        """Make a paragraph of it, for the place beside an element."""
        made = beside.makeelement("p")
        made.text = self.text
        made.extend(self.children)
        return made
