"""The user's translation memories, from TMX or XLIFF: sentences in them are not translated again."""

import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Final

from common.errors import UsageError
from corpora.exchange import read_bitext
from corpora.languages import CHINESE, Direction, base_language, parse_language
from corpora.limits import read_text
from translate.types import MemoryMatch

FORMATS: Final = {".tmx": "tmx", ".xliff": "xliff", ".xlf": "xliff"}
"""Formats by file extension."""

_LEAST_LIKE: Final = 0.75
"""Likeness from which a translation of the user's own is shown: what translation tools are usually set to."""

Unit = dict[str, list[str]]
"""The texts of one unit, by Tolmach's language tag."""


@dataclass(frozen=True, slots=True)
class UserMemory:
    """Pairs of texts that the user has translated, in any languages.

    Attributes:
        files: Format and content of each file; later ones take precedence.
        units: Their units, in order; without translations in XLIFF that failed a check and were not corrected.
        uncorrected: Number of the latter.
    """

    files: tuple[tuple[str, str], ...]
    units: tuple[Unit, ...] = field(repr=False, compare=False)
    uncorrected: int = 0
    _known: dict[Direction, dict[str, str]] = field(default_factory=dict, repr=False, compare=False)

    @property
    def sha256(self) -> str:
        """Checksum of all files, in hexadecimal."""
        return sha256("\0".join(part for file in self.files for part in file).encode("utf-8")).hexdigest()

    def lookup(self, text: str, source: str, target: str) -> str | None:
        """Return the user's translation of exactly `text`; None if there is none.

        Differences of white space and Unicode normal form do not count, everything else does. Of several translations
        of one text, the last counts.

        Args:
            text: A sentence.
            source: Tag of its language; `en` matches `en-US`, too.
            target: Tag of the target language.
        """
        return self._translations(source, target).get(_key(text))

    def nearest(self, text: str, source: str, target: str) -> MemoryMatch | None:
        """Return the user's translation of the text most like this one; None where none is alike enough."""
        from rapidfuzz import fuzz, process  # noqa: PLC0415 - a compiled module, only needed with a memory

        known = self._translations(source, target)
        found = process.extractOne(_key(text), known.keys(), scorer=fuzz.ratio, score_cutoff=100 * _LEAST_LIKE)
        return MemoryMatch(found[0], known[found[0]], round(found[1] / 100, 3)) if found else None

    def _translations(self, source: str, target: str) -> dict[str, str]:
        direction = source, target
        if direction not in self._known:
            self._known[direction] = dict(_pairs(self.units, direction))
        return self._known[direction]


def load_user_memory(paths: Sequence[Path]) -> UserMemory:
    """Read translation memories.

    Raises:
        UsageError: A file's extension is not in `FORMATS`.
        InputError: A file cannot be read or is not in its format.
    """
    return parse_user_memory(*map(_read, paths))


def parse_user_memory(*files: tuple[str, str]) -> UserMemory:
    """Parse a memory from files, each given as format and content."""
    units = [unit for file in files for unit in _units(*file)]
    return UserMemory(files, tuple(unit for unit in units if unit is not None), units.count(None))


def _read(path: Path) -> tuple[str, str]:
    kind = FORMATS.get(path.suffix.lower())
    if kind is None:
        raise UsageError(f"{path} is not a translation memory", hint=f"Give a file that ends in {', '.join(FORMATS)}")
    return kind, read_text(path)


def _units(kind: str, text: str) -> Iterator[Unit | None]:
    """Yield the units, None for those that failed a check and were not corrected."""
    if kind == "tmx":
        from corpora.exchange.tmx import read_units  # noqa: PLC0415 - loads lxml

        yield from map(_unit, read_units(text))
        return
    bitext = read_bitext(text, kind)
    for sides, note in zip(bitext.beads, bitext.notes or (None,) * len(bitext.beads), strict=True):
        if note:
            yield None
            continue
        yield _unit(
            (language, ("" if base_language(language) == CHINESE else " ").join(texts[at] for at in side))
            for side, texts, language in zip(
                sides,
                (bitext.source, bitext.target),
                (bitext.source_language or "", bitext.target_language or ""),
                strict=True,
            )
        )


def _unit(texts: Iterable[tuple[str, str]]) -> Unit:
    """Sort the texts of a unit by language; of two with one tag the first counts, as in other programs."""
    first: dict[str, str] = {}
    for tag, text in texts:
        first.setdefault(tag.casefold(), text.strip())
    found: Unit = {}
    for tag, text in first.items():
        language = _canonical(tag)
        if language is not None and text:
            found.setdefault(language, []).append(text)
    return found


@lru_cache(1000)
def _canonical(tag: str) -> str | None:
    """Return Tolmach's tag, so that zh-CN is Simplified and zh-TW Traditional; None for others."""
    try:
        return parse_language(tag)
    except UsageError:
        return None


def _pairs(units: Iterable[Unit], direction: Direction) -> Iterator[tuple[str, str]]:
    source, target = direction
    for unit in units:
        if target in unit:
            yield from ((_key(text), unit[target][-1]) for text in unit.get(source, ()))


def _key(text: str) -> str:
    return unicodedata.normalize("NFC", " ".join(text.split()))
