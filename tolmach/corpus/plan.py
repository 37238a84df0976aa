"""The plan of a run: which records are versions of one story, and which stories are done as one block."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import chain
from pathlib import Path
from typing import Any, Final

from common.files import replacing
from tolmach.corpus.records import CorpusRecord

BLOCK_TOKENS: Final = 50_000
"""Default size of a block: about a hundred articles, which a core finishes in less than a minute."""
BYTES_PER_TOKEN: Final = 4
"""Bytes of UTF-8 that count as a token: right for English, and more tokens than there are for the other two."""


@dataclass(frozen=True, slots=True)
class PlannedStory:
    """The records that are versions of one story.

    Attributes:
        name: Its name; one that was not given begins with a tilde.
        entries: The records, in the order of the input.
    """

    name: str
    entries: tuple[CorpusRecord, ...]

    @property
    def size(self) -> int:
        """Bytes of all its texts."""
        return sum(entry.size for entry in self.entries)


@dataclass(frozen=True, slots=True)
class StoryBlock:
    """Stories that are done together, and again together if the work is interrupted.

    Attributes:
        number: Its place in the plan, from 0.
        stories: The stories.
    """

    number: int
    stories: tuple[PlannedStory, ...]

    @property
    def size(self) -> int:
        """Number of its records that have no rows of their own yet."""
        return sum(not entry.done for story in self.stories for entry in story.entries)


def group_stories(entries: Iterable[CorpusRecord], found: Mapping[str, str]) -> list[PlannedStory]:
    """Group records by story, in the order in which the stories begin.

    Args:
        entries: The records.
        found: Story of each record that names none, by the record's id; one that is in neither is a story by itself.
    """
    groups: dict[str, list[CorpusRecord]] = {}
    for entry in entries:
        groups.setdefault(entry.story or found.get(entry.id) or f"~{entry.id}", []).append(entry)
    return [PlannedStory(name, tuple(group)) for name, group in groups.items()]


def write_plan(path: Path, stories: Iterable[PlannedStory], tokens: int, past: Iterable[StoryBlock] = ()) -> None:
    """Write the blocks of a run as JSON lines, in a file that appears whole.

    Args:
        path: The file.
        stories: The stories.
        tokens: Estimated size of a block; a larger story is a block by itself.
        past: Blocks that go before.
    """
    with replacing(path) as temporary, temporary.open("w", encoding="utf-8", newline="\n") as file:
        packed = _packed(stories, tokens * BYTES_PER_TOKEN)
        for stories_of_block in chain((block.stories for block in past), packed):
            file.write(json.dumps([asdict(story) for story in stories_of_block], ensure_ascii=False) + "\n")


def read_plan(path: Path) -> Iterator[StoryBlock]:
    """Yield the blocks of a plan; only one is in memory."""
    with path.open(encoding="utf-8") as file:
        for number, line in enumerate(file):
            yield StoryBlock(number, tuple(map(_story, json.loads(line))))


def _packed(stories: Iterable[PlannedStory], most: int) -> Iterator[Sequence[PlannedStory]]:
    block: list[PlannedStory] = []
    size = 0
    for story in stories:
        if block and size + story.size > most:
            yield block
            block, size = [], 0
        block.append(story)
        size += story.size
    if block:
        yield block


def _story(value: Mapping[str, Any]) -> PlannedStory:
    entries = [dict(entry) for entry in value["entries"]]
    for entry in entries:
        place = entry["place"]
        entry["place"] = place if isinstance(place, str) else tuple(place)
    return PlannedStory(value["name"], tuple(CorpusRecord(**entry) for entry in entries))
