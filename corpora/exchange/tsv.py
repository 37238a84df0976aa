r"""Tab-separated values, one bead a line under a header, for spreadsheets and data frames.

Columns: `source` and `target` are the sentence numbers from 0, as `[3, 4]`; `score`; `confidence`; `source_text` and
`target_text` are the sentences, ` \| ` between those of one bead. An unknown number is an empty field. When reading,
columns may be in another order, and there may be others; score and confidence may be missing.

In a text, characters that would end a field or a line and other controls are written `\t`, `\n`, `\r`, `\x07`,
`\u2028`; a backslash `\\`. A text that a spreadsheet would take for a formula starts with a backslash: `\=`, `\+`,
`\-`, `\@`. A field that holds a quotation mark is in quotation marks, the inner ones doubled, as RFC 4180 has it:
`csv.reader(dialect="excel-tab")` and `pandas.read_csv(sep="\t", keep_default_na=False)` read the fields.

Languages and names are not kept.
"""

from typing import Final

import regex

from common.errors import InputError
from corpora.article import Bitext
from corpora.exchange.checks import ReadOptions
from corpora.exchange.rows import (
    BeadRow,
    BeadSide,
    Labels,
    assemble,
    parse_confidence,
    parse_indices,
    parse_number,
    rows_of,
)

COLUMNS: Final = ("source", "target", "score", "confidence", "source_text", "target_text")
"""The header."""

_OPTIONAL: Final = frozenset({"score", "confidence"})
_SEPARATOR: Final = r" \| "
_MARK: Final = "\N{BYTE ORDER MARK}"
_SHORT: Final = {"\\": r"\\", "\t": r"\t", "\n": r"\n", "\r": r"\r"}
_LONG: Final = {short: char for char, short in _SHORT.items()}
# Controls, line and paragraph separators: some programs take them for the end of a line, or refuse them.
_SPECIAL: Final = regex.compile(r"[\\\p{Cc}\p{Zl}\p{Zp}]")
_ESCAPE: Final = regex.compile(r"\\(?:x[0-9a-f]{2}|u[0-9a-f]{4}|[\\tnr=+\-@]|.?)", regex.DOTALL)
_FORMULA: Final = ("=", "+", "-", "@")
_QUOTED: Final = regex.compile(r'"((?:[^"]|"")*)"')


def write(bitext: Bitext) -> str:
    """Return the header and one line per bead."""
    return "".join("\t".join(fields) + "\n" for fields in (COLUMNS, *(_fields(row) for row in rows_of(bitext))))


def _fields(row: BeadRow) -> tuple[str, ...]:
    return (
        str(list(row.source.indices)),
        str(list(row.target.indices)),
        "" if row.score is None else repr(float(row.score)),
        "" if row.confidence is None else repr(float(row.confidence)),
        _text(row.source),
        _text(row.target),
    )


def _text(side: BeadSide) -> str:
    text = _SEPARATOR.join(_SPECIAL.sub(_escape, sentence) for sentence in side.sentences)
    text = f"\\{text}" if text.startswith(_FORMULA) else text
    return '"' + text.replace('"', '""') + '"' if '"' in text else text


def _escape(match: regex.Match[str]) -> str:
    char = match[0]
    return _SHORT.get(char) or (f"\\x{ord(char):02x}" if ord(char) < 256 else f"\\u{ord(char):04x}")  # noqa: PLR2004


def read(text: str, options: ReadOptions) -> Bitext:
    """Return the bitext.

    Raises:
        InputError: A column or a field is missing or malformed, or the beads do not fit together.
    """
    lines = text.removeprefix(_MARK).split("\n")
    header = _split(lines[0], "line 1")
    if repeated := [name for name in COLUMNS if header.count(name) > 1]:
        raise InputError(f"line 1: two columns are called {repeated[0]}")
    missing = [name for name in COLUMNS if name not in header and name not in _OPTIONAL]
    if missing:
        raise InputError(
            f"line 1: there is no column {', '.join(missing)}", hint=f"The header names {', '.join(COLUMNS)}"
        )
    rows = [_row(header, line, f"line {number}") for number, line in enumerate(lines[1:], start=2) if line.strip("\r")]
    return assemble(rows, Labels(), options)


def _row(header: list[str], line: str, place: str) -> BeadRow:
    fields = _split(line, place)
    if len(fields) != len(header):
        raise InputError(f"{place}: {len(fields)} fields under {len(header)} columns")
    named = dict(zip(header, fields, strict=True))
    return BeadRow(
        place,
        _side(named, "source", place),
        _side(named, "target", place),
        parse_number(named.get("score", ""), place, "score"),
        parse_confidence(named.get("confidence", ""), place),
    )


def _side(named: dict[str, str], side: str, place: str) -> BeadSide:
    listed = named[side].strip()
    if not (listed.startswith("[") and listed.endswith("]")):
        raise InputError(f"{place}: the {side} is {listed[:40]!r}, not a list of sentence numbers such as [3, 4]")
    indices, text = parse_indices(listed[1:-1], place), named[f"{side}_text"]
    sentences = text.split(_SEPARATOR) if indices or text else []
    if len(sentences) != len(indices):
        raise InputError(f"{place}: {len(sentences)} sentences in the {side}_text for the {len(indices)} in {listed}")
    return BeadSide(indices, tuple(_unescape(sentence, place) for sentence in sentences))


def _unescape(text: str, place: str) -> str:
    def char(match: regex.Match[str]) -> str:
        """Return the character of an escape."""
        body = match[0][1:]
        if len(body) > 1:
            return chr(int(body[1:], 16))
        if match[0] in _LONG:
            return _LONG[match[0]]
        if body and body in "=+-@":
            return body
        raise InputError(f"{place}: {match[0]!r} is not an escape", hint=r"A backslash itself is written \\")

    return _ESCAPE.sub(char, text)


def _split(line: str, place: str) -> list[str]:
    return [_unquote(field, place) for field in line.removesuffix("\r").split("\t")]


def _unquote(field: str, place: str) -> str:
    if not field.startswith('"'):
        return field
    match = _QUOTED.fullmatch(field)
    if match is None:
        raise InputError(f"{place}: the quotation mark before {field[1:41]!r} is not closed")
    return str(match[1]).replace('""', '"')
