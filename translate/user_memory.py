"""Translations of the user's own, from TMX or XLIFF files: a sentence exactly like theirs is not translated again."""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Final

from corpora.article import Bitext
from corpora.errors import InputError, UsageError
from corpora.exchange import ReadOptions, read_bitext
from corpora.languages import CHINESE, base_language, parse_language
from corpora.limits import read_text

FORMATS: Final = {".tmx": "tmx", ".xliff": "xliff", ".xlf": "xliff"}
"""Formats by the ending of a file's name."""

Direction = tuple[str, str]

_TAG: Final = re.compile(
    r"""\b(?:xml:lang|lang|srcLang|trgLang|source-language|target-language)\s*=\s*["']([^"']+)["']"""
)


@dataclass(frozen=True, slots=True)
class UserMemory:
    """Pairs of texts that the user has translated, in whatever languages the files have.

    Attributes:
        files: Format and content of each file, the last one counts most.
    """

    files: tuple[tuple[str, str], ...]
    _known: dict[Direction, dict[str, str]] = field(default_factory=dict, repr=False, compare=False)

    @property
    def sha256(self) -> str:
        """Checksum of all files, in hexadecimal."""
        return sha256("\0".join(part for file in self.files for part in file).encode("utf-8")).hexdigest()

    def lookup(self, text: str, source: str, target: str) -> str | None:
        """Return the user's translation of exactly `text`; None where there is none.

        Differences of white space and Unicode normal form do not count, everything else does. Of several translations
        of one text, the last counts.

        Args:
            text: A sentence.
            source: Tag of its language; `en` finds what is marked `en-US`, too.
            target: Tag of the language wanted.
        """
        direction = source, target
        if direction not in self._known:
            self._known[direction] = dict(pair for file in self.files for pair in _pairs(file, direction))
        return self._known[direction].get(_key(text))


def load_user_memory(paths: Sequence[Path]) -> UserMemory:
    """Read memories.

    Raises:
        UsageError: A file's name does not end as one of `FORMATS`.
        InputError: A file cannot be read or is not in its format.
    """
    return UserMemory(tuple(map(_read, paths)))


def _read(path: Path) -> tuple[str, str]:
    kind = FORMATS.get(path.suffix.lower())
    if kind is None:
        raise UsageError(f"{path} is no translation memory", hint=f"Give a file that ends in {', '.join(FORMATS)}")
    text = read_text(path)
    read_bitext(text, kind)  # what is wrong with it shows now, not in the middle of the work
    return kind, text


def _pairs(file: tuple[str, str], direction: Direction) -> Iterator[tuple[str, str]]:
    kind, text = file
    tags = list(dict.fromkeys(_TAG.findall(text)))
    sources, targets = ([tag for tag in tags if _canonical(tag) == wanted] for wanted in direction)
    for source in sources:
        for target in targets:
            yield from _between(kind, text, (source, target))


def _between(kind: str, text: str, tags: tuple[str, str]) -> Iterator[tuple[str, str]]:
    for (source, target), turned in ((tags, False), (tags[::-1], True)):
        try:
            bitext = read_bitext(text, kind, ReadOptions(source_language=source, target_language=target))
        except InputError:  # the file is sound, so it has them the other way round
            continue
        for one, other in _texts(bitext, source, target):
            yield (_key(other), one) if turned else (_key(one), other)
        return


def _canonical(tag: str) -> str | None:
    """Return the tag as Tolmach knows it, so that zh-CN is Simplified and zh-TW Traditional; None for others."""
    try:
        return parse_language(tag)
    except UsageError:
        return None


def _texts(bitext: Bitext, source: str, target: str) -> Iterator[tuple[str, str]]:
    for sources, targets in bitext.beads:
        one, other = _joined(bitext.source, sources, source), _joined(bitext.target, targets, target)
        if one and other:
            yield one, other


def _joined(sentences: Sequence[str], places: Sequence[int], language: str) -> str:
    return ("" if base_language(language) == CHINESE else " ").join(sentences[place] for place in places).strip()


def _key(text: str) -> str:
    return unicodedata.normalize("NFC", " ".join(text.split()))
