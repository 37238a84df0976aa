"""What the licence of a model allows, read from the card that lies beside its weights."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from common.data import load_table

CARD: Final = "README.md"
UNKNOWN_TERMS: Final = "its terms are not known to Tolmach: read them first"
UNNAMED: Final = "nobody says what is allowed: ask whoever made it"

_FRONT_MATTER: Final = re.compile(r"\A\ufeff?---\r?\n(.*?)\r?\n---", re.DOTALL)
_NON_COMMERCIAL: Final = re.compile(r"\bnc\b|non-?commercial|research")
_NOT_AN_IDENTIFIER: Final = re.compile(r"[^A-Za-z0-9.-]+")
_LARGEST: Final = 1 << 20  # bytes of a card that are looked at


@dataclass(frozen=True, slots=True)
class Licence:
    """The licence of weights.

    Attributes:
        name: SPDX expression; empty where nobody named one.
        restriction: What it forbids or asks for beyond a permissive one, or that this is not known; None for a
            permissive one.
    """

    name: str
    restriction: str | None = None


def licence_named(word: str) -> Licence:
    """Return the licence that a model card means by `word`, in any case; one without a name for an empty word."""
    key = word.strip().lower()
    if not key:
        return Licence("", UNNAMED)
    known = _known().get(key)
    if known:
        return known
    # What is not on the list is never taken for permissive.
    forbids = "no commercial use" if _NON_COMMERCIAL.search(key) else UNKNOWN_TERMS
    return Licence("LicenseRef-" + _NOT_AN_IDENTIFIER.sub("-", word.strip()), forbids)


def licence_of(folder: Path) -> Licence:
    """Return the licence that the card in a folder of weights names in its front matter."""
    try:
        with (folder / CARD).open(encoding="utf-8", errors="replace") as file:
            head = _FRONT_MATTER.match(file.read(_LARGEST))
    except OSError:
        return licence_named("")
    words = _licence_words(head[1]) if head else []
    licences = [licence_named(word) for word in words] or [licence_named("")]
    restrictions = dict.fromkeys(one.restriction for one in licences if one.restriction)
    return Licence(" AND ".join(one.name for one in licences if one.name), "; ".join(restrictions) or None)


def _licence_words(front_matter: str) -> list[str]:
    """Return what stands under `license` (one or a list), or the name of a licence that is called `other`."""
    words = _values(front_matter, "license")
    if [word.lower() for word in words] == ["other"]:
        return _values(front_matter, "license_name") or words
    return words


def _values(front_matter: str, key: str) -> list[str]:
    found = re.search(rf"^{key}:[ \t]*(.*(?:\r?\n[ \t]*-[ \t].*)*)", front_matter, re.MULTILINE)
    if not found:
        return []
    # A list is written as `[a, b]` or as lines that begin with a hyphen.
    items = re.split(r"[\r\n,]+", found[1].strip().strip("[]"))
    return [word for word in (re.sub(r"^\s*-\s+", "", item).strip().strip("\"'") for item in items) if word]


@cache
def _known() -> Mapping[str, Licence]:
    table = load_table(__name__, "licences.toml")
    return {word: Licence(entry["name"], entry.get("forbids")) for word, entry in table.items()}
