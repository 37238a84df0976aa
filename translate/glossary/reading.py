"""Reads glossaries from TSV and CSV."""

import csv
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import Final, Literal
from unicodedata import normalize

import regex

from common.errors import InputError, UsageError
from corpora.encoding import decode
from corpora.languages import NAMES, parse_language
from corpora.limits import read_file

TermKind = Literal["term", "keep", "name"]
KINDS: Final[tuple[TermKind, ...]] = ("term", "keep", "name")
"""All kinds of terms."""


@dataclass(frozen=True, slots=True)
class Term:
    """A glossary entry with prescribed translations.

    Attributes:
        kind: `term`, `keep` (not translated: each form stays as in the source) or `name` (a person's).
        forms: For each language its tag and the forms, the preferred one first; the glossary's source language comes
            first.
    """

    kind: TermKind
    forms: tuple[tuple[str, tuple[str, ...]], ...]

    @property
    def by_language(self) -> Mapping[str, tuple[str, ...]]:
        """The forms by language tag."""
        return dict(self.forms)

    @property
    def key(self) -> tuple[str, tuple[str, ...]]:
        """The glossary's source language, and the forms in it."""
        return self.forms[0]


@dataclass(frozen=True, slots=True)
class TermUse:
    """A use of a term in a text.

    Attributes:
        targets: Accepted translations, the preferred form first.
    """

    start: int
    end: int
    source: str
    targets: tuple[str, ...]
    kind: TermKind


@dataclass(frozen=True, eq=False)
class Glossary:
    """Terms of one or several files.

    Attributes:
        terms: In the order of the files.
        notes: Notes on terms that a later file changed.
    """

    terms: tuple[Term, ...]
    notes: tuple[str, ...] = ()

    @cached_property
    def sha256(self) -> str:
        """Digest of all parts that affect a translation, hexadecimal: kinds and forms."""
        listed = [(term.kind, term.forms) for term in self.terms]
        return sha256(json.dumps(listed, ensure_ascii=True).encode("ascii")).hexdigest()

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Glossary) and self.sha256 == other.sha256

    def __hash__(self) -> int:
        return hash(self.sha256)


@dataclass(slots=True)
class GlossaryEntry:
    """One entry of a file.

    Attributes:
        place: File and line, for messages: `glossary.tsv, line 3`.
        forms: For each language its forms, in the order of the file.
    """

    place: str
    kind: str = ""
    forms: dict[str, tuple[str, ...]] = field(default_factory=dict)


def to_term(entry: GlossaryEntry) -> Term:
    """Return the term of an entry.

    Raises:
        InputError: The kind is unknown, or the entry has no translation.
    """
    forms = {tag: _unique(forms) for tag, forms in entry.forms.items() if any(forms)}
    if not forms:
        raise InputError(f"{entry.place}: the entry has no term")
    empty = next((form for group in forms.values() for form in group if not any(map(str.isalnum, form))), None)
    if empty is not None:
        raise InputError(f"{entry.place}: {empty!r} has no letter and no digit")
    kind = _kind(entry, len(forms))
    if kind != "keep" and len(forms) == 1:
        raise InputError(
            f"{entry.place}: {next(iter(forms.values()))[0]!r} has no translation",
            hint="Fill in another language, or make its kind `keep` so that it is not translated",
        )
    if kind == "name" and (short := next((form for group in forms.values() for form in group if len(form) < 2), "")):  # noqa: PLR2004
        raise InputError(f"{entry.place}: {short!r} is too short for a name")
    return Term(kind, tuple(forms.items()))


def _kind(entry: GlossaryEntry, languages: int) -> TermKind:
    named = entry.kind.strip().casefold()
    if not named:
        return "keep" if languages == 1 else "term"
    known: dict[str, TermKind] = {kind: kind for kind in KINDS}
    if named not in known:
        raise InputError(f"{entry.place}: unknown kind {entry.kind.strip()!r}", hint=f"Known: {', '.join(KINDS)}")
    return known[named]


def _unique(forms: Iterable[str]) -> tuple[str, ...]:
    """Return distinct forms in NFC, with white space collapsed."""
    clean = (" ".join(normalize("NFC", form).split()) for form in forms)
    return tuple(dict.fromkeys(form for form in clean if form))


def refuse_contradictions(placed: Sequence[tuple[str, Term]]) -> None:
    """Raise InputError if two entries of one file translate one form of their first language differently."""
    seen: dict[tuple[str, str], tuple[str, Term]] = {}
    for place, term in placed:
        language, forms = term.key
        for form in forms:
            before = seen.setdefault((language, form), (place, term))
            if contradict(before[1], term):
                raise InputError(
                    f"{place}: {form!r} is translated differently in {before[0].rpartition(', ')[2]}",
                    hint="Put the forms that are allowed into one field, with | between them",
                )


def contradict(one: Term, other: Term) -> bool:
    """Return whether two terms with a common form have different translations."""
    if one is other:
        return False
    first, second = one.by_language, other.by_language
    shared = first.keys() & second.keys() - {other.key[0]}
    return one.kind != other.kind or any(first[tag] != second[tag] for tag in shared)


def merge(files: Sequence[tuple[str, Sequence[Term]]]) -> tuple[tuple[Term, ...], tuple[str, ...]]:
    """Merge the terms of several files; for a form in the later one's first language, the later wins.

    Returns:
        The terms, and a note for each that a later file changed.
    """
    merged: list[Term | None] = []
    notes = []
    for name, terms in files:
        known = _index(merged)
        for term in terms:
            places = dict.fromkeys(at for form in term.key[1] for at in known.get((term.key[0], form), ()))
            earlier = [at for at in places if merged[at] is not None]
            if any(contradict(one, term) for at in earlier if (one := merged[at]) is not None):
                notes.append(f"{name} changes the entry for {term.key[1][0]!r}")
            merged.append(_over(merged, earlier, term))
    return tuple(dict.fromkeys(term for term in merged if term is not None)), tuple(notes)


def _over(merged: list[Term | None], earlier: Sequence[int], later: Term) -> Term:
    """Take the forms of a later term from earlier ones; return it with the other forms of emptied ones."""
    whole = later
    for at in earlier:
        one = merged[at]
        if one is not None:
            merged[at] = _without(one, *later.key)
            whole = _joined(one, whole) if merged[at] is None else whole
    return whole


def _index(terms: Sequence[Term | None]) -> dict[tuple[str, str], list[int]]:
    found: dict[tuple[str, str], list[int]] = {}
    for at, term in enumerate(terms):
        for tag, forms in term.forms if term is not None else ():
            for form in forms:
                found.setdefault((tag, form), []).append(at)
    return found


def _without(term: Term, language: str, forms: Iterable[str]) -> Term | None:
    """Return a term without some of its forms in a language; None if no others are left there."""
    left = tuple(form for form in term.by_language[language] if form not in forms)
    if not left:
        return None
    return replace(term, forms=tuple((tag, left if tag == language else group) for tag, group in term.forms))


def _joined(earlier: Term, later: Term) -> Term:
    """Return the later term with additions of the earlier one."""
    forms = {**later.by_language, **{tag: group for tag, group in earlier.forms if tag not in later.by_language}}
    return Term(later.kind, tuple(forms.items()))


_OTHER: Final = frozenset({"kind", "note"})
"""Columns that are not languages."""
_BETWEEN: Final = "|"
_HINT: Final = "Give a glossary as a TSV or CSV file"
_DELIMITERS: Final = {".tsv": "\t", ".txt": "\t", ".csv": ","}


def load_glossary(*paths: Path | str) -> Glossary:
    """Read a glossary.

    A table (`.tsv`, `.txt`; `.csv` with commas) has a header of language tags and may have the columns `kind` and
    `note`. `|` separates the forms of one cell, the preferred one first. A row with one filled cell, or of kind `keep`,
    is not translated; one of kind `name` is a person, who is also found by surname. A line that starts with `#` is a
    comment.

    Args:
        paths: Files; if two translate one form differently, the later one counts.

    Raises:
        InputError: A file cannot be read, has no terms, or contradicts itself; the message names the place.
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
        raise InputError(f"{path.name} has no terms", hint="Each row below the header is one term")
    refuse_contradictions(placed)
    return [term for _, term in placed]


def _read_table(text: str, name: str, delimiter: str) -> list[GlossaryEntry]:
    """Parse a table in the format of spreadsheets (RFC 4180, any line ends); `name` is for messages."""
    rows = _rows(text, name, delimiter)
    place, header = next(rows, (name, []))
    columns = _columns(header, place)
    return [_entry(cells, columns, place) for place, cells in rows]


def _rows(text: str, name: str, delimiter: str) -> Iterator[tuple[str, list[str]]]:
    """Yield the non-empty rows, each with its position."""
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
    """Yield the lines; a comment outside a quoted cell becomes empty."""
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
        elif column == "note" or not cell.strip():
            continue
        elif column:
            entry.forms[column] = tuple(cell.split(_BETWEEN))
        else:
            raise InputError(f"{place}: {cell.strip()[:40]!r} is in a column without a name")
    return entry
