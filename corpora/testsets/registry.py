"""The table of known test sets."""

import difflib
from functools import cache
from pathlib import Path
from typing import Any

from common.data import load_table
from common.errors import UsageError
from corpora.languages import Direction
from corpora.testsets.types import SetEntry, SetFile


@cache
def known_sets() -> tuple[SetEntry, ...]:
    """Return all sets of the registry, in its order."""
    return tuple(_entry(row) for row in load_table(__name__, "registry.toml")["sets"])


def find_set(name: str) -> SetEntry:
    """Return the set of a name; case does not matter.

    Raises:
        UsageError: There is none.
    """
    names = [entry.name for entry in known_sets()]
    for entry in known_sets():
        if entry.name == name.lower():
            return entry
    if Path(name).exists():
        raise UsageError(
            f"{name} is no test set", hint="Files are read as .tsv, .jsonl and .tmx; for folders see TOLMACH_TESTSETS"
        )
    near = difflib.get_close_matches(name.lower(), names, n=1)
    guess = f"Did you mean {near[0]}? " if near else ""
    raise UsageError(
        f"no test set is called {name!r}", hint=f"{guess}Known: {', '.join(names)}; or give a .tsv, .jsonl or .tmx file"
    )


def parse_pair(pair: str) -> Direction:
    """Return the direction of a name such as `en-ru`.

    Raises:
        UsageError: It does not have two parts.
    """
    source, _, target = pair.lower().partition("-")
    if not source or not target or "," in pair:
        raise UsageError(f"{pair!r} is no direction", hint="Write one as en-ru; several as separate --pair options")
    return source, target


def _entry(row: dict[str, Any]) -> SetEntry:
    return SetEntry(
        **row
        | {
            "directions": tuple(parse_pair(pair) for pair in row["directions"]),
            "files": tuple(SetFile(**one) for one in row.get("files", ())),
        }
    )
