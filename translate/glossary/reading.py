"""Read glossaries from TSV and CSV."""

import csv
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

import regex

from common.errors import InputError, UsageError
from corpora.encoding import decode
from corpora.languages import NAMES, parse_language
from corpora.limits import read_file
from translate.glossary.entries import GlossaryEntry, merge, refuse_contradictions, to_term
from translate.glossary.types import Glossary, Term

_OTHER: Final = frozenset({"kind", "note"})
"""Columns that are no languages."""
_BETWEEN: Final = "|"
_HINT: Final = "Give a glossary as a TSV or CSV file"
_DELIMITERS: Final = {".tsv": "\t", ".txt": "\t", ".csv": ","}


def load_glossary(*paths: Path | str) -> Glossary:
    """Read a glossary.

    A table (`.tsv`, `.txt`; `.csv` with commas) has a header of language tags and may have the columns `kind` and
    `note`. `|` separates the forms of one cell, the preferred one first. A row with one filled cell, or of kind
    `keep`, is not translated; one of kind `name` is a person, whose surname alone is found too. A line that starts with
    `#` is a comment.

    Args:
        paths: One file or more; where two translate one form differently, the later one counts.

    Raises:
        InputError: A file cannot be read, holds no terms, or contradicts itself; the message says where.
    """
    return Glossary(*merge([(path.name, _load(path)) for path in map(Path, paths)]))


def _load(path: Path) -> list[Term]:
    delimiter = _DELIMITERS.get(path.suffix.lower())
    if delimiter is None:
        raise InputError(f"{path.name}: no glossary format is called {path.suffix!r}", hint="Known: .tsv, .csv, .txt")
    data = read_file(path)
    if not data.strip():
        raise InputError(f"{path.name} is empty")
    entries = _read_table(decode(data, name=path.name, hint=_HINT).text, path.name, delimiter)
    placed = [(entry.place, to_term(entry)) for entry in entries]
    if not placed:
        raise InputError(f"{path.name} holds no terms", hint="Each row below the header is one term")
    refuse_contradictions(placed)
    return [term for _, term in placed]


def _read_table(text: str, name: str, delimiter: str) -> list[GlossaryEntry]:
    """Read a table as spreadsheets write it (RFC 4180, any line ends); `name` is for messages."""
    rows = _rows(text, name, delimiter)
    place, header = next(rows, (name, []))
    columns = _columns(header, place)
    return [_entry(cells, columns, place) for place, cells in rows]


def _rows(text: str, name: str, delimiter: str) -> Iterator[tuple[str, list[str]]]:
    """Yield the rows that say something, each with its place."""
    lines = text.removeprefix("\N{BYTE ORDER MARK}").replace("\r\n", "\n").replace("\r", "\n").split("\n")
    reader = csv.reader(_without_comments(lines, delimiter), delimiter=delimiter, strict=True)
    start = 1
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise InputError(f"{name}, line {start}: {_reason(str(error))}") from error
        if any(cell.strip() for cell in cells):
            yield f"{name}, line {start}", cells
        start = reader.line_num + 1


def _without_comments(lines: Sequence[str], delimiter: str) -> Iterator[str]:
    """Yield the lines; a comment outside a quoted cell is empty."""
    opening = rf'(?:\A|(?<={delimiter}))"'
    closed, opened = regex.compile(rf'{opening}(?:[^"]|"")*+"'), regex.compile(opening)
    is_open = False
    for line in lines:
        comment = not is_open and line.lstrip().startswith("#")
        if not comment:
            whole = f'"{line}' if is_open else line
            is_open = opened.search(closed.sub("", whole)) is not None
        yield "\n" if comment else f"{line}\n"


def _reason(error: str) -> str:
    return "a quotation mark is not closed, or something follows it" if "'\"'" in error or "end" in error else error


def _columns(header: Sequence[str], place: str) -> list[str]:
    columns = [_column(cell, place) for cell in header]
    repeated = next((column for at, column in enumerate(columns) if column and column in columns[:at]), None)
    if repeated is not None:
        raise InputError(f"{place}: two columns are called {repeated}")
    if not any(column and column not in _OTHER for column in columns):
        raise InputError(f"{place}: the header names no language", hint=f"Known: {', '.join(NAMES)}")
    return columns


def _column(cell: str, place: str) -> str:
    name = cell.strip()
    if not name or name.casefold() in _OTHER:
        return name.casefold()
    try:
        return parse_language(name)
    except UsageError as error:
        hint = f"The header has language tags ({', '.join(NAMES)}), kind and note"
        raise InputError(f"{place}: {error.message}", hint=hint) from error


def _entry(cells: Sequence[str], columns: Sequence[str], place: str) -> GlossaryEntry:
    if extra := [cell for cell in cells[len(columns) :] if cell.strip()]:
        raise InputError(f"{place}: {extra[0][:40]!r} is in no column of the header")
    entry = GlossaryEntry(place)
    for column, cell in zip(columns, cells, strict=False):
        if column == "kind":
            entry.kind = cell
        elif column == "note":
            entry.note = cell.strip()
        elif column and cell.strip():
            entry.forms[column] = tuple(cell.split(_BETWEEN))
        elif cell.strip():
            raise InputError(f"{place}: {cell.strip()[:40]!r} is in a column without a name")
    return entry
