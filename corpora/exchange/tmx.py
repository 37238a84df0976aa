"""TMX 1.4b, the format of translation memories: one `<tu>` a bead, one `<tuv>` for each side that has sentences.

A segment holds the sentences of its side, a space between them (nothing in Chinese). Other data are in properties:

- `x-tolmach-source-language`, `x-tolmach-target-language`, `x-tolmach-source-name`, `x-tolmach-target-name` of the
  header: tags and names of the versions;
- `x-tolmach-score`, `x-tolmach-confidence` of a `<tu>`; what to check about it is in its `<note>`;
- `x-tolmach-source` or `x-tolmach-target` of a `<tuv>`: which side it is, and its sentence numbers from 0: `3 4`;
- `x-tolmach-spans` of a `<tuv>` with two sentences or more: where each is in the segment, in code points from 0,
  end exclusive: `0-31 32-60`.

A character that XML forbids is `<ph type="x-tolmach-character">0007</ph>`, one code point long. A version whose
language is not known is in `und`.

Source: TMX 1.4b Specification, LISA OSCAR, 2005-04-26, https://www.gala-global.org/tmx-14b.
"""

from collections.abc import Callable, Sequence
from importlib.metadata import PackageNotFoundError, version
from typing import Final

import regex
from lxml import etree  # type: ignore[import-untyped]

from common.errors import InputError
from corpora.article import Bitext
from corpora.exchange.checks import ReadOptions, names_language
from corpora.exchange.markup import LANG, Element, append_text, code_point, named, parse, place_of, serialise, text_of
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

_ANY: Final = "*all*"
_SHOWN: Final = 10
"""Most languages that a message lists; no useful file has more."""

TextOf = Callable[[Element, str], str]
"""Type of functions that return the text of a `<tuv>`; the second argument is its position."""

_CHARACTER: Final = "x-tolmach-character"
_SPANS: Final = "x-tolmach-spans"
_SIDES: Final = {"x-tolmach-source": "source", "x-tolmach-target": "target"}
_CODES: Final = frozenset({"bpt", "ept", "it", "ph", "ut"})
"""Elements with codes of the original format, which are not text."""
_FLAT: Final = frozenset({"seg", "prop", "note"})
_SPAN: Final = regex.compile(r"([0-9]{1,9})-([0-9]{1,9})")


def write(bitext: Bitext) -> str:
    """Return a TMX document without a document type, since few readers have the DTD at hand."""
    root = etree.Element("tmx", version="1.4")
    root.append(_header(bitext))
    body = etree.SubElement(root, "body")
    for number, row in enumerate(rows_of(bitext)):
        body.append(_unit(number, row, bitext))
    return serialise(root, _FLAT)


def _header(bitext: Bitext, srclang: str | None = None) -> Element:
    header = etree.Element(
        "header",
        {
            "creationtool": "tolmach",
            "creationtoolversion": _tool_version(),
            "segtype": "sentence",
            "o-tmf": "tolmach",
            "adminlang": "en",
            "srclang": srclang or bitext.source_language or UNDETERMINED,
            "datatype": "plaintext",
        },
    )
    if srclang is not None:
        return header
    _add_prop(header, "x-tolmach-source-language", bitext.source_language or UNDETERMINED)
    _add_prop(header, "x-tolmach-target-language", bitext.target_language or UNDETERMINED)
    _add_prop(header, "x-tolmach-source-name", bitext.source_name)
    _add_prop(header, "x-tolmach-target-name", bitext.target_name)
    return header


def _tool_version() -> str:
    try:
        return version("tolmach")
    except PackageNotFoundError:  # run from a checkout that is not installed
        return "unknown"


def _add_prop(parent: Element, kind: str, value: str | None) -> None:
    if value is not None:
        etree.SubElement(parent, "prop", type=kind).text = value


def _unit(number: int, row: BeadRow, bitext: Bitext) -> Element:
    unit = etree.Element("tu", tuid=f"bead-{number}")
    if max(len(row.source.indices), len(row.target.indices)) > 1:
        unit.set("segtype", "block")
    if row.note:
        etree.SubElement(unit, "note").text = row.note
    _add_prop(unit, "x-tolmach-score", None if row.score is None else repr(float(row.score)))
    _add_prop(unit, "x-tolmach-confidence", None if row.confidence is None else repr(float(row.confidence)))
    if row.source.indices:
        unit.append(_variant("x-tolmach-source", row.source, bitext.source_language))
    if row.target.indices:
        unit.append(_variant("x-tolmach-target", row.target, bitext.target_language))
    return unit


def _variant(kind: str, side: BeadSide, language: str | None) -> Element:
    variant = etree.Element("tuv", {LANG: language or UNDETERMINED})
    _add_prop(variant, kind, " ".join(map(str, side.indices)))
    between = joint(language)
    spans, start = [], 0
    for sentence in side.sentences:
        spans.append(f"{start}-{start + len(sentence)}")
        start += len(sentence) + len(between)
    if len(spans) > 1:
        _add_prop(variant, _SPANS, " ".join(spans))
    append_text(etree.SubElement(variant, "seg"), between.join(side.sentences), _stand_in)
    return variant


def _stand_in(char: str) -> Element:
    element = etree.Element("ph", type=_CHARACTER)
    element.text = f"{ord(char):04X}"
    return element


def read(text: str, options: ReadOptions) -> Bitext:
    """Return the bitext of a file of ours or of another tool.

    Where another tool's file has more than two languages, the source is the header's `srclang` and the target the first
    other language, unless the options name them.

    Raises:
        InputError: The XML is malformed or not TMX, or its units do not fit together.
    """
    header, units = _parse(text)
    props = _props(header)
    ours = any(kind.startswith("x-tolmach-") for kind in props) or any(
        kind in _SIDES for _, unit in units for variant in unit.iterchildren("tuv") for kind in _props(variant)
    )
    if not ours:
        return _read_foreign(header, units, options, _seg_text)
    rows = [_row(unit, place) for place, unit in units]
    return assemble(rows, _labels(props, units), options)


def read_units(text: str) -> list[list[tuple[str, str]]]:
    """Return the tags and texts of each unit's `<tuv>` elements, in any languages."""
    _, units = _parse(text)
    return [
        [(_language_of(one, place) or UNDETERMINED, _seg_text(one, place)) for one in unit.iterchildren("tuv")]
        for place, unit in units
    ]


def add_units(text: str | None, units: Sequence[Sequence[tuple[str, str]]]) -> tuple[str, int]:
    """Return a memory with units behind those that it has, and how many were not there yet; nothing else is changed."""
    known = {frozenset(unit) for unit in read_units(text)} if text is not None else set()
    if text is None:
        root = etree.Element("tmx", version="1.4")
        root.append(_header(Bitext((), (), ()), srclang=_ANY))
        etree.SubElement(root, "body")
    else:
        root = parse(text, "TMX")
    new = [unit for unit in dict.fromkeys(frozenset(unit) for unit in units) if unit not in known]
    for sides in new:
        unit = etree.SubElement(root.find("body"), "tu")
        for tag, words in sorted(sides):
            variant = etree.SubElement(unit, "tuv", {LANG: tag})
            append_text(etree.SubElement(variant, "seg"), words, _stand_in)
    return serialise(root, _FLAT), len(new)


def _parse(text: str) -> tuple[Element | None, list[tuple[str, Element]]]:
    """Return the header and the units, each with its position."""
    root = parse(text, "TMX")
    if root.tag != "tmx":
        raise InputError(f"the root element is {named(root)}, not <tmx> without a namespace", hint="This is not TMX")
    header, body = root.find("header"), root.find("body")
    if body is None:
        raise InputError("the TMX file has no <body>")
    return header, [
        (place_of(unit, f"tu {number}"), unit) for number, unit in enumerate(body.iterchildren("tu"), start=1)
    ]


def _labels(props: dict[str, str], units: list[tuple[str, Element]]) -> Labels:
    tags = {}
    for side, kind in (("source", "x-tolmach-source"), ("target", "x-tolmach-target")):
        tag = props.get(f"{kind}-language")
        # A tool that made its own file from our units has kept at best their properties.
        spoken = [_language_of(one, place) for place, one in _variants(units) if kind in _props(one)]
        tags[side] = parse_tag(tag, "header") if tag is not None else next(iter(spoken), None)
        wrong = next((other for other in spoken if tag is not None and other != tags[side]), None)
        if wrong is not None:
            raise InputError(f"the header says that the {side} is in {tags[side]}, a tuv that it is in {wrong}")
    return Labels(
        tags["source"], tags["target"], props.get("x-tolmach-source-name"), props.get("x-tolmach-target-name")
    )


def _variants(units: list[tuple[str, Element]]) -> list[tuple[str, Element]]:
    return [(place, variant) for place, unit in units for variant in unit.iterchildren("tuv")]


def _row(unit: Element, place: str) -> BeadRow:
    sides: dict[str, BeadSide] = {}
    for variant in unit.iterchildren("tuv"):
        props = _props(variant)
        named = [kind for kind in _SIDES if kind in props]
        if not named and not _seg_text(variant, place).strip():
            continue  # some tools add a side that the bead does not have
        if len(named) != 1:
            raise InputError(f"{place}: a tuv has no property x-tolmach-source or x-tolmach-target, or it has both")
        if _SIDES[named[0]] in sides:
            raise InputError(f"{place}: two tuv are its {_SIDES[named[0]]}")
        sides[_SIDES[named[0]]] = _side(variant, parse_indices(props[named[0]], place), props.get(_SPANS), place)
    props = _props(unit)
    return BeadRow(
        place,
        sides.get("source", BeadSide()),
        sides.get("target", BeadSide()),
        parse_number(props.get("x-tolmach-score", ""), place, "score"),
        parse_confidence(props.get("x-tolmach-confidence", ""), place),
        "\n".join(note.text for note in unit.iterchildren("note") if note.text) or None,
    )


def _side(variant: Element, indices: tuple[int, ...], spans: str | None, place: str) -> BeadSide:
    text = _seg_text(variant, place)
    if not indices:
        raise InputError(f"{place}: a tuv names no sentence")
    if len(indices) == 1:
        return BeadSide(indices, (text,))
    ends = [_SPAN.fullmatch(word) for word in (spans or "").split()]
    sentences = tuple(text[int(match[1]) : int(match[2])] for match in ends if match is not None)
    fits = all(match is not None and int(match[1]) <= int(match[2]) <= len(text) for match in ends)
    if not fits or len(sentences) != len(indices):
        raise InputError(
            f"{place}: {_SPANS} is {spans!r}, which does not divide the segment into {len(indices)} sentences",
            hint="The segment was edited after it was written",
        )
    return BeadSide(indices, sentences)


def _props(element: Element | None) -> dict[str, str]:
    props = () if element is None else element.iterchildren("prop")
    return {prop.get("type", ""): prop.text or "" for prop in props}


def _seg_text(variant: Element, place: str) -> str:
    segment = variant.find("seg")
    if segment is None:
        raise InputError(f"{place}: a tuv has no <seg>")

    def child_text(child: Element) -> str:
        """Return what an element within a sentence stands for."""
        if child.tag == "ph" and child.get("type") == _CHARACTER:
            return code_point(child.text, place)
        # A highlight contains text, as do elements that other tools add, such as <g> and <mrk>.
        return "" if child.tag in _CODES else text_of(child, child_text)

    return text_of(segment, child_text)


def _language_of(variant: Element, place: str) -> str | None:
    """Return the language of a `<tuv>`, None where it is undetermined.

    Raises:
        InputError: It has none, or a malformed one.
    """
    tag = variant.get(LANG) or variant.get("lang")  # `lang` is TMX 1.2's name for it
    if tag is None:
        raise InputError(f"{place}: a tuv has no xml:lang")
    return parse_tag(tag, place)


def _read_foreign(
    header: Element | None, units: Sequence[tuple[str, Element]], options: ReadOptions, text_of_variant: TextOf
) -> Bitext:
    """Return the bitext of two of the file's languages; units with neither are left out."""
    spoken = [
        (place, [(_language_of(one, place) or UNDETERMINED, one) for one in unit.iterchildren("tuv")])
        for place, unit in units
    ]
    source, target = _languages(header, [tag for _, variants in spoken for tag, _ in variants], options)
    rows, counts = [], {source: 0, target: 0}
    for place, variants in spoken:
        sides = []
        for tag in (source, target):
            variant = next((one for other, one in variants if _same(other, tag)), None)
            text = text_of_variant(variant, place) if variant is not None else ""
            sides.append(BeadSide((counts[tag],), (text,)) if text else BeadSide())
            counts[tag] += bool(text)
        if sides[0].indices or sides[1].indices:
            rows.append(BeadRow(place, sides[0], sides[1]))
    return assemble(rows, Labels(*(None if tag == UNDETERMINED else tag for tag in (source, target))), options)


def _languages(header: Element | None, tags: Sequence[str], options: ReadOptions) -> tuple[str, str]:
    first: dict[str, str] = {}
    for tag in tags:
        first.setdefault(tag.casefold(), tag)
    known = list(first.values())
    source = _matching_tag(options.source_language, known)
    target = _matching_tag(options.target_language, known)
    if source is None:
        declared = (header.get("srclang") if header is not None else None) or _ANY
        others = [tag for tag in known if target is None or not _same(tag, target)]
        source = next((tag for tag in others if names_language(declared, tag)), next(iter(others), None))
    if target is None:
        target = next((tag for tag in known if source is not None and not _same(tag, source)), None)
    if source is None or target is None or _same(source, target):
        raise InputError(
            f"the TMX file does not have two languages to pair; it has {_listed(known) or 'none'}",
            hint="Each tu needs a tuv in either language",
        )
    return source, target


def _matching_tag(language: str | None, known: Sequence[str]) -> str | None:
    if language is None:
        return None
    exact = next((tag for tag in known if _same(tag, language)), None)
    found = exact or next((tag for tag in known if names_language(language, tag)), None)
    if found is None:
        raise InputError(f"the TMX file has nothing in {language}; it has {_listed(known) or 'no language'}")
    return found


def _listed(tags: Sequence[str]) -> str:
    shown = ", ".join(tags[:_SHOWN])
    return shown if len(tags) <= _SHOWN else f"{shown} and {len(tags) - _SHOWN} more"


def _same(tag: str, other: str) -> bool:
    return tag.casefold() == other.casefold()
