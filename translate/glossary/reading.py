"""Read glossaries from TSV and CSV."""

from pathlib import Path
from typing import Final

from common.errors import InputError
from corpora.encoding import decode
from corpora.limits import read_file
from translate.glossary.entries import merge, refuse_contradictions, to_term
from translate.glossary.tables import read_table
from translate.glossary.types import Glossary, Term

_DELIMITERS: Final = {".tsv": "\t", ".txt": "\t", ".csv": ","}


def load_glossary(*paths: Path | str) -> Glossary:
    """Read a glossary.

    A table (`.tsv`, `.txt`; `.csv` with commas) has a header of language tags and may have the columns `kind` and
    `note`. `|` stands between forms of one cell, the preferred one first. A row with one filled cell, or of kind
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
    entries = read_table(decode(data, name=path.name).text, path.name, delimiter)
    placed = [(entry.place, to_term(entry)) for entry in entries]
    if not placed:
        raise InputError(f"{path.name} holds no terms", hint="Each row below the header is one term")
    refuse_contradictions(placed)
    return [term for _, term in placed]
