"""Training examples: labelled pairs of passages, one a line in files of the work folder."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from common.files import replacing

PAIRS = (("en", "ru"), ("en", "zh"), ("ru", "zh"))
"""The pairs of languages, in the order in which their passages stand."""
SAME = (("ru", "ru"), ("zh", "zh"))
"""Two wordings in one language."""

Words = tuple[str, ...]


@dataclass(frozen=True)
class Passages:
    """A faithful pair: languages, texts, the line it is from, and whether it is a `line`, `clause` or `phrase`."""

    languages: tuple[str, str]
    first: str
    second: str
    source: str
    cut: str


@dataclass(frozen=True)
class PassageExample:
    """A labelled pair.

    Attributes:
        languages: Of the first and the second passage.
        first: Tokens of the first passage, at least one.
        second: The same of the second.
        unanswered: For each word of the first and of the second passage 1 if it is part of the change, else 0.
        changed: Whether the meaning differs.
        source: `planted`, or the written set: `w1`.
        group: What it was made from: a line of a test set or a written record's id.
        treatment: `same`, `paraphrase_ok` or `altered`; of planted changes their kind.
    """

    languages: tuple[str, str]
    first: Words
    second: Words
    unanswered: tuple[tuple[int, ...], tuple[int, ...]]
    changed: bool
    source: str
    group: str
    treatment: str


def write_records(path: Path, records: Iterable[Any]) -> int:
    """Write dataclasses as JSON, one a line; return their number."""
    with replacing(path) as temporary, temporary.open("w", encoding="utf-8", newline="\n") as file:
        return sum(1 for record in records if file.write(json.dumps(vars(record), ensure_ascii=False) + "\n"))


def read_passages(path: Path) -> list[Passages]:
    return [Passages(**record | {"languages": _pair(record)}) for record in read_lines(path)]


def read_examples(path: Path) -> Iterator[PassageExample]:
    for record in read_lines(path):
        changes: dict[str, Any] = {"languages": _pair(record), "unanswered": tuple(map(tuple, record["unanswered"]))}
        yield PassageExample(**record | changes | {side: tuple(record[side]) for side in ("first", "second")})


def read_lines(path: Path) -> Iterator[Any]:
    """Read a JSON value from every line."""
    with path.open(encoding="utf-8") as file:
        yield from map(json.loads, file)


def _pair(record: dict[str, Any]) -> tuple[str, str]:
    first, second = record["languages"]
    return first, second
