"""TBX, the exchange format of term bases.

Version 2 (ISO 30042:2008: `martif`, `termEntry`, `langSet`, `tig` or `ntig`) and version 3 (ISO 30042:2019: `tbx`,
`conceptEntry`, `langSec`, `termSec`), this one in both styles: categories as attributes (DCA) and as elements of other
namespaces (DCT). A term that the file calls deprecated, superseded or obsolete is found in a source and never asked
for.

Source: https://www.tbxinfo.net/ (TBX-Core and TBX-Basic), ISO 30042.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from common.errors import InputError, UsageError
from corpora.languages import parse_language
from translate.glossary.entries import Entry, clean

if TYPE_CHECKING:
    from corpora.exchange.markup import Element

_ROOTS: Final = frozenset({"martif", "tbx"})
_ENTRIES: Final = frozenset({"termEntry", "conceptEntry"})
_LANGUAGES: Final = frozenset({"langSet", "langSec"})
_TERMS: Final = frozenset({"tig", "ntig", "termSec"})
_STATUS: Final = frozenset({"administrativeStatus", "normativeAuthorization"})
_PREFERRED: Final = ("preferred", "standardized", "legal", "regulated")
_AVOIDED: Final = ("deprecated", "superseded", "obsolete", "rejected")
_TO_AVOID: Final = 2
"""The lowest rank."""
_LANG: Final = "{http://www.w3.org/XML/1998/namespace}lang"


def read_tbx(text: str, name: str) -> tuple[list[Entry], list[str]]:
    """Read a term base.

    Args:
        text: The whole file.
        name: Its name, for messages.

    Returns:
        The concepts with terms in two languages that Tolmach knows, or more, and a note on the others.

    Raises:
        InputError: The XML is malformed or not TBX, or declares entities.
    """
    from corpora.exchange.markup import parse, place_of  # noqa: PLC0415 - loads lxml

    root = parse(text, "TBX")
    if _local(root) not in _ROOTS:
        raise InputError(f"{name}: the root element is <{_local(root)}>, not <martif> or <tbx>", hint="This is not TBX")
    found = [
        _entry(element, f"{name}, {place_of(element, f'entry {number}')}")
        for number, element in enumerate((one for one in root.iter() if _local(one) in _ENTRIES), start=1)
    ]
    useful = [entry for entry in found if len(entry.forms) > 1]
    left = len(found) - len(useful)
    return useful, [f"{name}: entries left out for want of a second known language: {left}"] if left else []


def _local(element: "Element") -> str:
    return str(element.tag).rpartition("}")[2]


def _entry(element: "Element", place: str) -> Entry:
    asked: dict[str, list[str]] = {}
    avoided: dict[str, list[str]] = {}
    for section in (one for one in element if _local(one) in _LANGUAGES):
        language = _language(section, place)
        if language is not None:
            for rank, form in sorted(_terms(section), key=lambda found: found[0]):
                (avoided if rank == _TO_AVOID else asked).setdefault(language, []).append(form)
    return Entry(
        place,
        forms={tag: tuple(forms) for tag, forms in asked.items()},
        avoided={tag: tuple(forms) for tag, forms in avoided.items()},
    )


def _language(section: "Element", place: str) -> str | None:
    tag = section.get(_LANG)
    if not tag:
        raise InputError(f"{place}: a <{_local(section)}> names no language")
    try:
        return parse_language(tag)
    except UsageError:
        return None


def _terms(section: "Element") -> Iterator[tuple[int, str]]:
    """Yield the terms of a language, each with a rank: 0 for a preferred one, 1 for any, 2 for one to avoid."""
    for group in (one for one in section if _local(one) in _TERMS):
        term = next((one for one in group.iter() if _local(one) == "term"), None)
        form = clean("".join(term.itertext())) if term is not None else ""
        if form:
            yield _rank(group), form


def _rank(group: "Element") -> int:
    for element in group.iter():
        if _local(element) in _STATUS or element.get("type") in _STATUS:
            status = (element.text or "").strip().casefold()
            if status.startswith(_PREFERRED):
                return 0
            if status.startswith(_AVOIDED):
                return _TO_AVOID
    return 1
