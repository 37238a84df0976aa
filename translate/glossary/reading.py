"""Read glossaries: TSV and CSV (`tables.py`), TBX (`tbx.py`)."""

from collections.abc import Callable
from pathlib import Path
from typing import Final

from common.errors import InputError
from corpora.encoding import decode
from corpora.limits import read_file
from translate.glossary.entries import Entry, merge, refuse_contradictions, to_term
from translate.glossary.tables import read_table
from translate.glossary.tbx import read_tbx
from translate.glossary.types import Glossary, Term

_READERS: Final[dict[str, Callable[[str, str], tuple[list[Entry], list[str]]]]] = {
    ".tsv": lambda text, name: read_table(text, name, "\t"),
    ".txt": lambda text, name: read_table(text, name, "\t"),
    ".csv": lambda text, name: read_table(text, name, ","),
    ".tbx": read_tbx,
    ".xml": read_tbx,
}


def load_glossary(*paths: Path | str) -> Glossary:
    """Read a glossary.

    A table (`.tsv`, `.txt`; `.csv` with commas) has a header of language tags and may have the columns `kind` and
    `note`. `|` stands between forms of one cell, the preferred one first. A row with one filled cell, or of kind
    `keep`, is not translated; one of kind `name` is a person, whose surname alone is found too. A line that starts with
    `#` is a comment. In TBX (`.tbx`, `.xml`; versions 2 and 3) languages that Tolmach does not know are passed over,
    and where two concepts share a term, the translations of both are allowed.

    Args:
        paths: One file or more; where two translate one form differently, the later one counts.

    Raises:
        InputError: A file cannot be read, holds no terms, or contradicts itself; the message says where.
    """
    files, notes = [], []
    for path in map(Path, paths):
        terms, noticed = _load(path)
        files.append((path.name, terms))
        notes += noticed
    merged, changed = merge(files)
    return Glossary(merged, (*notes, *changed))


_HINT = "Give a glossary as a TSV, CSV or TBX file"


def _load(path: Path) -> tuple[list[Term], list[str]]:
    reader = _READERS.get(path.suffix.lower())
    if reader is None:
        raise InputError(f"{path.name}: no glossary format is called {path.suffix!r}", hint="Known: .tsv, .csv, .tbx")
    data = read_file(path)
    if not data.strip():
        raise InputError(f"{path.name} is empty")
    entries, notes = reader(decode(data, name=path.name, hint=_HINT).text, path.name)
    placed = [(entry.place, to_term(entry)) for entry in entries]
    if not placed:
        raise InputError(f"{path.name} holds no terms", hint="Each row below the header is one term")
    if reader is not read_tbx:
        refuse_contradictions(placed)
    return [term for _, term in placed], notes
