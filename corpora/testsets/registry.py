"""The table of known test sets, and their types."""

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from common.data import load_table
from common.errors import UsageError
from corpora.languages import Direction

Layout = str
LINES: Final = "lines"
"""A file for each language, such as `en.txt`, with corresponding lines."""
PAIRS: Final = "pairs"
"""A folder for each direction, such as `en-ru`, with `src.en`, `ref.A.ru`, and optionally `hyp.SYSTEM.ru`."""
SAMPLES: Final = "samples"
"""The sample articles of Tolmach."""


@dataclass(frozen=True, slots=True)
class SetFile:
    """One file of a set.

    Attributes:
        url: Its address; empty if it is in the set's archive.
        member: Its path in the set's archive; empty if it has its own address.
    """

    name: str
    sha256: str
    url: str = ""
    member: str = ""


@dataclass(frozen=True, slots=True)
class SetEntry:
    """A set of the registry.

    Attributes:
        name: Name on the command line, and of its folder.
        layout: `lines`, `pairs` or `samples`.
        original: Language that its texts were written in, by tag; None if it differs between texts.
        segments: Number of segments, if it is the same for all directions.
        files: Files to download; none if sacrebleu has them.
        archive: Address of the archive of the files; empty if they have their own addresses.
        sacrebleu: sacrebleu's name for it; empty if it has none.
    """

    name: str
    title: str
    layout: Layout
    licence: str
    citation: str
    url: str
    directions: tuple[Direction, ...]
    original: str | None = None
    segments: int | None = None
    files: tuple[SetFile, ...] = ()
    archive: str = ""
    sacrebleu: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class EvaluationSet:
    """Segments of a test set in one direction.

    Attributes:
        name: Name of the set, or path of the user's file.
        references: Reference translations by name, each with one for every segment.
        documents: Document of each segment; none if unknown.
        origins: Language that each segment was written in, by tag; none if unknown.
        outputs: Outputs that systems submitted, by system.
        licence: SPDX identifier; empty for a user's file.
        citation: The paper that presents it; empty for a user's file.
        usual_references: Names of the references that it is usually scored against; none for all.
    """

    name: str
    direction: Direction
    sources: tuple[str, ...]
    references: Mapping[str, tuple[str, ...]]
    documents: tuple[str, ...] = ()
    origins: tuple[str, ...] = ()
    outputs: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    licence: str = ""
    citation: str = ""
    usual_references: tuple[str, ...] = ()

    @property
    def digest(self) -> str:
        """Checksum of sources and references: scores are comparable between sets with the same one."""
        return _checksum(self.sources, *self.references.values())

    @property
    def source_digest(self) -> str:
        """Checksum of the sources: sets with the same one give systems the same task."""
        return _checksum(self.sources)

    def __len__(self) -> int:
        return len(self.sources)

    def part(self, numbers: "range | list[int]") -> "EvaluationSet":
        """Return the set with only these segments, counted from 0, in the given order."""

        def pick(lines: tuple[str, ...]) -> tuple[str, ...]:
            """Return the chosen lines, in the order of their numbers."""
            return tuple(lines[number] for number in numbers) if lines else ()

        return replace(
            self,
            sources=pick(self.sources),
            references={name: pick(lines) for name, lines in self.references.items()},
            documents=pick(self.documents),
            origins=pick(self.origins),
            outputs={name: pick(lines) for name, lines in self.outputs.items()},
        )


def _checksum(*columns: Sequence[str]) -> str:
    text = "\f".join("\n".join(lines) for lines in columns)
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


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
