"""XLIFF 2 that other tools wrote: each segment is a 1-1 bead, one-sided where a side is missing or empty."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import regex
from lxml import etree  # type: ignore[import-untyped]

from common.errors import InputError
from corpora.article import Bitext
from corpora.exchange.markup import SPACE, Element, code_point, text_of
from corpora.exchange.options import ReadOptions
from corpora.exchange.rows import Labels, Row, Side, assemble

_SPACES: Final = regex.compile(r"[ \t\r\n]+")
_ORDER: Final = regex.compile(r"0*[1-9][0-9]{0,8}")
_HOLDS_TEXT: Final = frozenset({"pc", "mrk"})


@dataclass(frozen=True, slots=True)
class _Part:
    """A segment.

    Attributes:
        place: Its unit, for messages.
        position: Its number among the parts of its unit, from 1.
        rank: Where its target belongs: number of the unit, then place in it.
        source: Its text, empty where it has none.
        target: Its translation, empty where it has none.
    """

    place: str
    position: int
    rank: tuple[int, int]
    source: str
    target: str


def in_core(element: Element, name: str) -> str:
    """Return the full tag of a core element, in the namespace that `element` is in."""
    return f"{{{etree.QName(element).namespace}}}{name}"


def content(element: Element, place: str) -> str:
    """Return the text of a source, a target or an annotation; codes count as the plain text that they declare, if any.

    Raises:
        InputError: A `<cp>` names no character.
    """

    def child_text(child: Element) -> str:
        kind = etree.QName(child).localname
        if kind == "cp":
            return code_point(child.get("hex"), place)
        if kind in _HOLDS_TEXT:
            return f"{child.get('equivStart', '')}{text_of(child, child_text)}{child.get('equivEnd', '')}"
        return str(child.get("equiv", ""))

    return text_of(element, child_text)


def read_foreign(units: Sequence[tuple[str, Element]], labels: Labels, options: ReadOptions) -> Bitext:
    """Return the segments of all units, those that are empty on both sides left out.

    Targets that their unit puts in another order (`order`) are numbered in that order, so that their beads cross.

    Raises:
        InputError: A segment has no source, or an order is malformed or double.
    """
    parts = [part for number, (place, unit) in enumerate(units) for part in _parts(number, place, unit)]
    kept = [part for part in parts if part.source or part.target]
    sources = [part for part in kept if part.source]
    targets = sorted((part for part in kept if part.target), key=lambda part: part.rank)
    twice = next((after for before, after in pairwise(targets) if before.rank == after.rank), None)
    if twice is not None:
        raise InputError(f"{twice.place}: two targets have the order {twice.rank[1]}")
    first = {part: index for index, part in enumerate(sources)}
    second = {part: index for index, part in enumerate(targets)}
    rows = [Row(part.place, _side(part.source, first.get(part)), _side(part.target, second.get(part))) for part in kept]
    return assemble(rows, labels, options)


def _parts(number: int, place: str, unit: Element) -> Iterator[_Part]:
    both = (in_core(unit, "segment"), in_core(unit, "ignorable"))
    for position, element in enumerate(unit.iterchildren(*both), start=1):
        source, target = (element.find(in_core(unit, side)) for side in ("source", "target"))
        if source is None:
            raise InputError(f"{place}: a {etree.QName(element).localname} has no <source>")
        if element.tag == both[0]:
            yield _Part(
                place, position, (number, _order(target, position, place)), _text(source, place), _text(target, place)
            )


def _order(target: Element | None, position: int, place: str) -> int:
    """Return where a target belongs in its unit, from 1; its own place unless it says otherwise."""
    order = str(position) if target is None else target.get("order", str(position))
    if not _ORDER.fullmatch(order):
        raise InputError(f"{place}: the order {order[:40]!r} of a target is not a whole number from 1")
    return int(order)


def _text(element: Element | None, place: str) -> str:
    """Return the text of a side, white space made single unless it is to be preserved."""
    if element is None:
        return ""
    text = content(element, place)
    said = next((one.get(SPACE) for one in (element, *element.iterancestors()) if one.get(SPACE)), None)
    return text if said == "preserve" else _SPACES.sub(" ", text).strip(" ")


def _side(text: str, index: int | None) -> Side:
    return Side() if index is None else Side((index,), (text,))
