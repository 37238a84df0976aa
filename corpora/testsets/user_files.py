"""Users' test sets in one file: TSV, TMX or JSON lines."""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from common.errors import InputError
from common.json_text import parse_json
from common.names import printable
from corpora.exchange import ReadOptions, read_bitext
from corpora.languages import Direction, UnknownLanguageError, base_language, parse_language
from corpora.limits import read_text
from corpora.testsets.registry import EvaluationSet

_SOURCE: Final = "source"
_REFERENCE: Final = "reference"
_DOCUMENT: Final = "document"
_ORIGIN: Final = "origin"
_KNOWN: Final = {
    **dict.fromkeys(("source", "src"), _SOURCE),
    **dict.fromkeys(("references", "ref", "target", "tgt", "translation"), _REFERENCE),
    **dict.fromkeys(("document", "doc", "docid"), _DOCUMENT),
    **dict.fromkeys(("origin", "origlang"), _ORIGIN),
}
"""Column names, without the name of a reference."""


@dataclass(frozen=True, slots=True)
class _Row:
    """One segment and its position."""

    place: str
    source: str
    references: dict[str, str]
    document: str = ""
    origin: str = ""


def load_file(path: Path, direction: Direction) -> EvaluationSet:
    """Return a user's file as a test set.

    A TSV file has a source and one reference or more in each row, or a first row that names its columns: `source`,
    `reference` (or several that begin so), `document`, `origin`, or languages, of which those of the direction are
    used. JSON lines have the same names. A reference may be empty if another is not. TMX has the two languages.

    Raises:
        InputError: The file cannot be read, is not in that format, or lacks a side of a segment.
    """
    text = read_text(path)
    try:
        rows = list(USER_FORMATS[path.suffix.lower()](text, direction))
        _check(rows)
    except InputError as error:
        raise InputError(f"{path}, {error.message}", hint=error.hint) from error
    if not rows:
        raise InputError(f"{path} has no segments")
    return EvaluationSet(
        name=printable(path),
        direction=direction,
        sources=tuple(row.source for row in rows),
        references={name: tuple(row.references[name] for row in rows) for name in rows[0].references},
        documents=_values([row.document for row in rows]),
        origins=_values([row.origin for row in rows]),
    )


def _values(values: list[str]) -> tuple[str, ...]:
    return tuple(values) if any(values) else ()


def _check(rows: list[_Row]) -> None:
    names = list(rows[0].references) if rows else []
    for row in rows:
        if list(row.references) != names:
            raise InputError(f"{row.place}: {len(row.references)} references, not {len(names)} as before it")
        for side, text in ((_SOURCE, row.source), (_REFERENCE, "".join(row.references.values()))):
            if not text.strip():
                raise InputError(f"{row.place}: the {side} is empty", hint="Fill it, or drop the segment")


def _column(name: str, direction: Direction) -> str | None:
    """Return the content of a column: `source`, the name of a reference, `document`, `origin`; None for another.

    A column named after a language has the side in that language; `""` is for other languages.
    """
    folded = name.strip().lower()
    known = _KNOWN.get(folded.rstrip("0123456789"))
    if known:
        return folded.replace(folded.rstrip("0123456789"), known) if known == _REFERENCE else known
    if folded.startswith(_REFERENCE):
        return folded
    try:
        language = base_language(parse_language(folded))
    except UnknownLanguageError:
        return None
    source, target = map(base_language, direction)
    return {source: _SOURCE, target: _REFERENCE}.get(language, "")


def _header(cells: list[str], direction: Direction) -> list[str] | None:
    """Return the content of each column if this row is a header: it names `source` or both sides."""
    found = [_column(cell, direction) if len(cell.split()) == 1 else None for cell in cells]
    if all(one == "" for one in found):
        raise InputError("line 1 names other languages", hint=f"Wanted are {' and '.join(direction)}")
    said = any(_KNOWN.get(cell.strip().lower()) == _SOURCE for cell in cells)
    both = _SOURCE in found and any(one and one.startswith(_REFERENCE) for one in found)
    return [one or "" for one in found] if said or both else None


def _read_tsv(text: str, direction: Direction) -> Iterator[_Row]:
    # Not the csv module: it interprets quotation marks and lone carriage returns, which are literal here.
    cells = [[cell.removesuffix("\r") for cell in line.split("\t")] for line in text.split("\n")]
    named = _header(cells[0], direction)
    header = named or [_SOURCE, *(f"{_REFERENCE}{number or ''}" for number in range(len(cells[0]) - 1))]
    if twice := next((name for name, count in Counter(header).items() if name and count > 1), None):
        raise InputError(f"line 1 names {twice} twice", hint="Call several references reference1, reference2")
    for number, row in enumerate(cells, start=1):
        if (named and number == 1) or not any(row):
            continue
        place = f"line {number}"
        if len(row) != len(header):
            raise InputError(f"{place} has {len(row)} columns, not {len(header)}", hint="Columns end with a tab")
        yield _row(dict(zip(header, row, strict=True)), place, direction)


def _read_jsonl(text: str, direction: Direction) -> Iterator[_Row]:
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        place = f"line {number}"
        found = parse_json(line, place)
        if not isinstance(found, dict):
            raise InputError(f"{place} is not an object", hint='Write {"source": "...", "reference": "..."}')
        cells: dict[str, Any] = {}
        for name, value in found.items():
            column = _column(name, direction) or ""
            several = value if isinstance(value, list) and column.startswith(_REFERENCE) else [value]
            named = {f"{column}{at or ''}" if column else "": one for at, one in enumerate(several)}
            if twice := next((one for one in named if one and one in cells), None):
                raise InputError(f"{place} names {twice} twice", hint="Call several references reference1, reference2")
            cells |= named
        yield _row(cells, place, direction)


def _row(cells: dict[str, Any], place: str, direction: Direction) -> _Row:
    references = {name: cells[name] for name in cells if name.startswith(_REFERENCE)}
    if _SOURCE not in cells or not references:
        names = " and ".join(direction)
        raise InputError(
            f"{place} lacks a source or a reference", hint=f"Name the columns source and reference, or {names}"
        )
    # A missing reference of a segment is null in JSON.
    references = {name: "" if value is None else value for name, value in references.items()}
    wanted = {_SOURCE: cells[_SOURCE], **references, **{name: cells.get(name, "") for name in (_DOCUMENT, _ORIGIN)}}
    for name, value in wanted.items():
        if not isinstance(value, str):
            raise InputError(f"{place}: the {name} is not text")
    return _Row(place, cells[_SOURCE], references, wanted[_DOCUMENT], wanted[_ORIGIN])


def _read_tmx(text: str, direction: Direction) -> Iterator[_Row]:
    source, target = direction
    bitext = read_bitext(text, "tmx", ReadOptions(source_language=source, target_language=target))
    for number, (left, right) in enumerate(bitext.beads, start=1):
        texts = (" ".join(bitext.source[at] for at in left), " ".join(bitext.target[at] for at in right))
        yield _Row(f"unit {number}", texts[0], {_REFERENCE: texts[1]})


USER_FORMATS: Final[dict[str, Callable[[str, Direction], Iterator[_Row]]]] = {
    ".tsv": _read_tsv,
    ".jsonl": _read_jsonl,
    ".tmx": _read_tmx,
}
"""Readers by extension."""
