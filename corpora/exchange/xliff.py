"""XLIFF 2.1, the format of translation tools: one `<unit>` with one `<segment>` a bead.

`<source>` and `<target>` hold the sentences of either side. If a side has several, each is an annotation, `<mrk
type="tolmach:sentence">`, with a space between them (nothing in Chinese). A bead without target sentences has no
`<target>`, one without source sentences an empty `<source>`. A character that XML forbids is `<cp hex="0007"/>`. A bead
with something to check has a `<note>` of the category `tolmach:check`, and its segment is in the state `initial`;
others with a target are `translated`. What a memory offers is in the module of translation candidates, which is not
read back. The rest is in the metadata module:

- category `tolmach:bitext` of the `<file>`: `source-name` and `target-name`; the former is also the file's `original`;
- category `tolmach:bead` of a `<unit>`: `source` and `target`, the sentence numbers from 0: `3 4`; `score`;
  `confidence`; with a note, `checked`, the checksum of the target.

A note counts until the target is another than the one that was checked, or its segment is in another state than
`initial`.

A version whose language is not known is in `und`.

Source: XLIFF Version 2.1, OASIS Standard, 2018-02-13, https://docs.oasis-open.org/xliff/xliff-core/v2.1/.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from itertools import pairwise
from typing import Final

import regex
from lxml import etree  # type: ignore[import-untyped]

from common.errors import InputError
from corpora.article import Bitext, Suggestion
from corpora.exchange.checks import ReadOptions
from corpora.exchange.markup import SPACE, Element, append_text, code_point, named, parse, place_of, serialise, text_of
from corpora.exchange.rows import (
    UNDETERMINED,
    BeadRow,
    BeadSide,
    Labels,
    assemble,
    joint,
    parse_confidence,
    parse_indices,
    parse_number,
    parse_tag,
    rows_of,
)

_SPACES: Final = regex.compile(r"[ \t\r\n]+")
_ORDER: Final = regex.compile(r"0*[1-9][0-9]{0,8}")
_HOLDS_TEXT: Final = frozenset({"pc", "mrk"})

_CORE: Final = "urn:oasis:names:tc:xliff:document:2.0"
_METADATA: Final = "urn:oasis:names:tc:xliff:metadata:2.0"
_MATCHES: Final = "urn:oasis:names:tc:xliff:matches:2.0"
_SENTENCE: Final = "tolmach:sentence"
_BITEXT: Final = "tolmach:bitext"
_WHOLE: Final = "all"
"""Id of a segment that something is offered for."""
_BEAD: Final = "tolmach:bead"
_CHECK: Final = "tolmach:check"
_INITIAL: Final = "initial"
"""State of a segment by default."""
_FLAT: Final = frozenset({
    f"{{{_CORE}}}source", f"{{{_CORE}}}target", f"{{{_CORE}}}note", f"{{{_METADATA}}}meta",
})  # fmt: skip
# Versions 2.0 and 2.1 share a namespace; 2.2 differs in what we do not use.
_VERSIONS: Final = ("2.0", "2.1", "2.2")
_NAMESPACES: Final = (_CORE, "urn:oasis:names:tc:xliff:document:2.2")


def write(bitext: Bitext) -> str:
    """Return an XLIFF document."""
    spaces: dict[str | None, str] = {None: _CORE, "mda": _METADATA}
    if bitext.candidates:
        spaces["mtc"] = _MATCHES
    root = etree.Element(
        _core("xliff"),
        version="2.1",
        srcLang=bitext.source_language or UNDETERMINED,
        trgLang=bitext.target_language or UNDETERMINED,
        nsmap=spaces,
    )
    file = etree.SubElement(root, _core("file"), {"id": "bitext", "canResegment": "no", SPACE: "preserve"})
    if bitext.source_name:
        file.set("original", bitext.source_name)
    names = {"source-name": bitext.source_name, "target-name": bitext.target_name, "tool": "tolmach"}
    _add_metadata(file, _BITEXT, names)
    offered = {one.sentence: one for one in bitext.candidates}
    for number, row in enumerate(rows_of(bitext)):
        file.append(_unit(number, row, bitext, offered))
    if not bitext.beads:
        etree.SubElement(file, _core("group"), id="empty")  # a file must have a unit or a group
    return serialise(root, _FLAT)


def _core(name: str) -> str:
    return f"{{{_CORE}}}{name}"


def _add_metadata(parent: Element, category: str, values: dict[str, str | None]) -> None:
    metadata = etree.SubElement(parent, f"{{{_METADATA}}}metadata")
    group = etree.SubElement(metadata, f"{{{_METADATA}}}metaGroup", category=category)
    for kind, value in values.items():
        if value is not None:
            etree.SubElement(group, f"{{{_METADATA}}}meta", type=kind).text = value


def _unit(number: int, row: BeadRow, bitext: Bitext, offered: Mapping[int, Suggestion]) -> Element:
    unit = etree.Element(_core("unit"), id=f"bead-{number}")
    own = [offered[index] for index in row.source.indices if index in offered]
    if own:
        _add_matches(unit, own, whole=len(row.source.indices) == 1)
    values = {
        "source": " ".join(map(str, row.source.indices)) or None,
        "target": " ".join(map(str, row.target.indices)) or None,
        "score": None if row.score is None else repr(float(row.score)),
        "confidence": None if row.confidence is None else repr(float(row.confidence)),
        "checked": _checksum(row.target) if row.note and row.target.indices else None,
    }
    _add_metadata(unit, _BEAD, values)
    if row.note:
        notes = etree.SubElement(unit, _core("notes"))
        etree.SubElement(notes, _core("note"), appliesTo="target", category=_CHECK).text = row.note
    segment = etree.SubElement(unit, _core("segment"), {"id": _WHOLE} if own else {})
    _fill(etree.SubElement(segment, _core("source")), row.source, "s", bitext.source_language)
    if row.target.indices:
        segment.set("state", _INITIAL if row.note else "translated")
        _fill(etree.SubElement(segment, _core("target")), row.target, "t", bitext.target_language)
    return unit


def _checksum(side: BeadSide) -> str:
    return sha256("\n".join(side.sentences).encode("utf-8")).hexdigest()[:16]


def _add_matches(unit: Element, offered: Sequence[Suggestion], *, whole: bool) -> None:
    """Add what a memory offers for the whole segment, or for annotated sentences of it."""
    matches = etree.SubElement(unit, f"{{{_MATCHES}}}matches")
    for one in offered:
        place = _WHOLE if whole else f"s{one.sentence}"
        values = {"ref": f"#{place}", "similarity": f"{100 * one.likeness:.1f}", "type": "tm"}
        match = etree.SubElement(matches, f"{{{_MATCHES}}}match", values)
        for side, text in (("source", one.source), ("target", one.target)):
            append_text(etree.SubElement(match, _core(side)), text, _stand_in)


def _fill(element: Element, side: BeadSide, prefix: str, language: str | None) -> None:
    if len(side.sentences) == 1:
        append_text(element, side.sentences[0], _stand_in)
        return
    for place, (index, sentence) in enumerate(zip(side.indices, side.sentences, strict=True)):
        if place:
            element[-1].tail = joint(language) or None
        mark = etree.SubElement(element, _core("mrk"), id=f"{prefix}{index}", type=_SENTENCE)
        append_text(mark, sentence, _stand_in)


def _stand_in(char: str) -> Element:
    return etree.Element(_core("cp"), hex=f"{ord(char):04X}")


def read(text: str, options: ReadOptions) -> Bitext:
    """Return the bitext of a file of ours or of another tool, XLIFF 2.0 to 2.2.

    Raises:
        InputError: The XML is malformed or not XLIFF 2, or its units do not fit together.
    """
    root = parse(text, "XLIFF")
    kind = etree.QName(root)
    if kind.localname != "xliff":
        raise InputError(f"the root element is {named(root)}, not <xliff>", hint="This is not XLIFF")
    if kind.namespace not in _NAMESPACES:
        raise _unread(root)
    labels = _languages(root, kind.namespace)
    units = [
        (place_of(unit, f"unit {unit.get('id') or number}"), unit)
        for number, unit in enumerate(root.iter(f"{{{kind.namespace}}}unit"), start=1)
    ]
    _check_ids(units, kind.namespace)
    files = [_metadata(file, _BITEXT, "file") for file in root.iterchildren(f"{{{kind.namespace}}}file")]
    beads = [_metadata(unit, _BEAD, place) for place, unit in units]
    if all(one is None for one in (*files, *beads)):
        return _read_foreign(units, labels, options)
    rows = [_row(unit, bead, place) for (place, unit), bead in zip(units, beads, strict=True)]
    known = next((one for one in files if one is not None), {})
    labels = labels._replace(source_name=known.get("source-name"), target_name=known.get("target-name"))
    return assemble(rows, labels, options)


def _unread(root: Element) -> InputError:
    version = root.get("version") or "an unknown version"
    if version in _VERSIONS:
        message = f"the file says that it is XLIFF {version}, but its root element is {named(root)}, not of {_CORE!r}"
        return InputError(message, hint="Correct the namespace, or the version")
    return InputError(f"the file is XLIFF {version}, not 2.0 to 2.2", hint="Convert it to XLIFF 2.1")


def _languages(root: Element, namespace: str) -> Labels:
    source, target = root.get("srcLang"), root.get("trgLang")
    if source is None:
        raise InputError("the <xliff> element has no srcLang")
    if target is None and next(root.iter(f"{{{namespace}}}target"), None) is not None:
        raise InputError("the <xliff> element has no trgLang, though there are targets")
    return Labels(parse_tag(source, "srcLang"), None if target is None else parse_tag(target, "trgLang"))


def _check_ids(units: list[tuple[str, Element]], namespace: str) -> None:
    seen: dict[tuple[Element, str], str] = {}
    for place, unit in units:
        number = unit.get("id")
        if number is None:  # required, but some tools leave it out, and we do not need it
            continue
        file = next(unit.iterancestors(f"{{{namespace}}}file"), None)  # two files may use one id
        if (file, number) in seen:
            raise InputError(f"{place}: the id is already that of {seen[file, number]}")
        seen[file, number] = place


def _metadata(parent: Element, category: str, place: str) -> dict[str, str] | None:
    """Return an element's metadata of one of our categories, None if it has none."""
    path = f"{{{_METADATA}}}metadata/{{{_METADATA}}}metaGroup"
    group = next((one for one in parent.iterfind(path) if one.get("category") == category), None)
    if group is None:
        return None
    values: dict[str, str] = {}
    for meta in group.iterchildren(f"{{{_METADATA}}}meta"):
        kind = meta.get("type", "")
        if kind in values:
            raise InputError(f"{place}: the metadata say twice what its {kind} is")
        values[kind] = meta.text or ""
    return values


def _row(unit: Element, bead: dict[str, str] | None, place: str) -> BeadRow:
    if bead is None:
        raise InputError(
            f"{place}: there are no {_BEAD} metadata as in other units", hint="Units of another file were added"
        )
    segments = list(unit.iterchildren(_in_core(unit, "segment")))
    if len(segments) != 1:
        raise InputError(f"{place}: a bead is one segment, not {len(segments)}")
    target = _side(segments[0].find(_in_core(unit, "target")), bead.get("target", ""), f"{place}: the target")
    untouched = segments[0].get("state", _INITIAL) == _INITIAL and bead.get("checked") in {None, _checksum(target)}
    return BeadRow(
        place,
        _side(segments[0].find(_in_core(unit, "source")), bead.get("source", ""), f"{place}: the source"),
        target,
        parse_number(bead.get("score", ""), place, "score"),
        parse_confidence(bead.get("confidence", ""), place),
        _note(unit) if untouched else None,
    )


def _note(unit: Element) -> str | None:
    found = unit.iterfind(f"{_in_core(unit, 'notes')}/{_in_core(unit, 'note')}")
    return "\n".join(note.text for note in found if note.get("category") == _CHECK and note.text) or None


def _side(element: Element | None, listed: str, place: str) -> BeadSide:
    indices = parse_indices(listed, place)
    if element is None and indices:
        raise InputError(f"{place} is missing, though it has the sentences {listed}")
    if element is None or not indices:
        stray = "" if element is None else _content(element, place).strip()
        if stray:
            raise InputError(f"{place} holds {stray[:40]!r}, but no sentence of it is named")
        return BeadSide()
    if len(indices) == 1:
        return BeadSide(indices, (_content(element, place),))
    marks = [mark for mark in element.iterchildren(_in_core(element, "mrk")) if mark.get("type") == _SENTENCE]
    if len(marks) != len(indices):
        raise InputError(f"{place} has {len(marks)} marked sentences for the {len(indices)} named, {listed}")
    return BeadSide(indices, tuple(_content(mark, place) for mark in marks))


@dataclass(frozen=True, slots=True)
class _Part:
    """A segment of a unit.

    Attributes:
        position: Its number within its unit, from 1.
        rank: Order of its target: number of the unit, then position in it.
    """

    place: str
    position: int
    rank: tuple[int, int]
    source: str
    target: str


def _in_core(element: Element, name: str) -> str:
    """Return the full tag of a core element, in the namespace that `element` is in."""
    return f"{{{etree.QName(element).namespace}}}{name}"


def _content(element: Element, place: str) -> str:
    """Return the text of a source, a target or an annotation; codes count as the text that they declare."""

    def child_text(child: Element) -> str:
        """Return what an element within a sentence stands for."""
        kind = etree.QName(child).localname
        if kind == "cp":
            return code_point(child.get("hex"), place)
        if kind in _HOLDS_TEXT:
            return f"{child.get('equivStart', '')}{text_of(child, child_text)}{child.get('equivEnd', '')}"
        return str(child.get("equiv", ""))

    return text_of(element, child_text)


def _read_foreign(units: Sequence[tuple[str, Element]], labels: Labels, options: ReadOptions) -> Bitext:
    """Return the segments of all units, without those that are empty on both sides.

    Targets that a unit reorders (`order`) are numbered in that order, so that their beads cross.

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
    rows = [
        BeadRow(part.place, _segment_side(part.source, first.get(part)), _segment_side(part.target, second.get(part)))
        for part in kept
    ]
    return assemble(rows, labels, options)


def _parts(number: int, place: str, unit: Element) -> Iterator[_Part]:
    both = (_in_core(unit, "segment"), _in_core(unit, "ignorable"))
    for position, element in enumerate(unit.iterchildren(*both), start=1):
        source, target = (element.find(_in_core(unit, side)) for side in ("source", "target"))
        if source is None:
            raise InputError(f"{place}: a {etree.QName(element).localname} has no <source>")
        if element.tag == both[0]:
            yield _Part(
                place, position, (number, _order(target, position, place)), _text(source, place), _text(target, place)
            )


def _order(target: Element | None, position: int, place: str) -> int:
    """Return the position of a target in its unit, from 1; by default that of its segment."""
    order = str(position) if target is None else target.get("order", str(position))
    if not _ORDER.fullmatch(order):
        raise InputError(f"{place}: the order {order[:40]!r} of a target is not a whole number from 1")
    return int(order)


def _text(element: Element | None, place: str) -> str:
    """Return the text of a side, with white space collapsed unless it is to be preserved."""
    if element is None:
        return ""
    text = _content(element, place)
    said = next((one.get(SPACE) for one in (element, *element.iterancestors()) if one.get(SPACE)), None)
    return text if said == "preserve" else _SPACES.sub(" ", text).strip(" ")


def _segment_side(text: str, index: int | None) -> BeadSide:
    return BeadSide() if index is None else BeadSide((index,), (text,))
