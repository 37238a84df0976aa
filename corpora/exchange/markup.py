"""Shared parts of TMX and XLIFF: safe parsing, characters that XML forbids, safe indentation."""

import sys
from collections.abc import Callable
from typing import Any, Final

import regex
from lxml import etree  # type: ignore[import-untyped]

from common.errors import InputError

SPACE: Final = "{http://www.w3.org/XML/1998/namespace}space"
LANG: Final = "{http://www.w3.org/XML/1998/namespace}lang"

# Characters that XML 1.0 forbids even as references (section 2.2); lone surrogates never reach a writer.
_FORBIDDEN: Final = regex.compile(r"([\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff])")
_HEX: Final = regex.compile(r"[0-9A-Fa-f]{1,8}")
_FIRST_SURROGATE: Final = 0xD800
_LAST_SURROGATE: Final = 0xDFFF
_MARK: Final = "\N{BYTE ORDER MARK}"

Element = Any
"""An lxml element; lxml has no types of its own."""


def parse(text: str, kind: str) -> Element:
    """Parse XML and return the root element, without reading other files or expanding entities.

    Args:
        text: A whole document. A declared encoding is ignored, since the text is decoded.
        kind: Name of the format, for messages.

    Raises:
        InputError: The XML is malformed, or declares or uses an entity.
    """
    parser = etree.XMLParser(
        encoding="utf-8",
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(text.removeprefix(_MARK).encode("utf-8"), parser)
    except etree.XMLSyntaxError as error:
        reason = " ".join(str(error.msg).split())
        raise InputError(f"the {kind} file is not well-formed XML: {reason}") from error
    except UnicodeEncodeError as error:
        raise InputError(f"the {kind} file holds half of a character, a lone surrogate") from error
    dtd = root.getroottree().docinfo.internalDTD
    entity = next(iter(dtd.iterentities()), None) if dtd is not None else None
    if entity is not None:
        raise InputError(f"the {kind} file declares the entity {entity.name!r}", hint="Entities are not expanded")
    reference = next(root.iter(etree.Entity), None)
    if reference is not None:
        raise InputError(f"the {kind} file uses the unknown entity {reference.text} on line {reference.sourceline}")
    return root


def serialise(root: Element, flat: frozenset[str]) -> str:
    """Return the document as text, indented wherever white space is insignificant.

    Args:
        root: The root element; its structure gets white space.
        flat: Tags of the elements whose contents are text and must not change.
    """
    _indent(root, "\n", flat)
    body: str = etree.tostring(root, encoding="unicode")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{body}\n'


def _indent(element: Element, line: str, flat: frozenset[str]) -> None:
    # lxml's own indentation looks at contents, and would change a sentence that is all white space.
    if element.tag in flat or not len(element):
        return
    element.text = f"{line}  "
    for child in element:
        _indent(child, f"{line}  ", flat)
        child.tail = f"{line}  "
    element[-1].tail = line


def append_text(element: Element, text: str, stand_in: Callable[[str], Element]) -> None:
    """Append text to an element.

    Args:
        element: The element.
        text: Any characters but surrogates.
        stand_in: Makes the element that represents a character that XML forbids.
    """
    # Counting the children for each chunk would take quadratic time.
    last = element[-1] if len(element) else None
    for place, piece in enumerate(_FORBIDDEN.split(text)):
        if place % 2:
            last = stand_in(piece)
            element.append(last)
        elif piece and last is not None:
            last.tail = (last.tail or "") + piece
        elif piece:
            element.text = (element.text or "") + piece


def code_point(digits: str | None, place: str) -> str:
    """Return the character that a stand-in element names.

    Raises:
        InputError: They are no code point of a character.
    """
    number = int(digits, 16) if digits and _HEX.fullmatch(digits) else -1
    if not 0 <= number <= sys.maxunicode or _FIRST_SURROGATE <= number <= _LAST_SURROGATE:
        raise InputError(f"{place}: {digits!r} is not the code point of a character in hexadecimal")
    return chr(number)


def text_of(element: Element, child_text: Callable[[Element], str]) -> str:
    """Return the text of an element."""
    pieces = [element.text or ""]
    for child in element:
        pieces += (child_text(child), child.tail or "")
    return "".join(pieces)


def named(element: Element) -> str:
    """Return the name of an element in messages: `<tmx>`, with its namespace if it has one."""
    name = etree.QName(element)
    return f"<{name.localname}> of {name.namespace!r}" if name.namespace else f"<{name.localname}>"


def place_of(element: Element, name: str) -> str:
    """Return the position of an element for messages: `tu 3 (line 17)`."""
    return f"{name} (line {element.sourceline})"
