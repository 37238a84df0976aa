"""What is left to do when an input grows: what earlier runs did stays, but for the stories that changed."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Final

from tolmach.corpus.folder import BlockReport, CorpusFolder
from tolmach.corpus.plan import PlannedStory, StoryBlock, read_plan
from tolmach.corpus.schema import TableRow
from tolmach.corpus.steps import STORY_STEPS

_BY_ARTICLE: Final = ("articles", "quotes", "translations")
"""Tables whose rows are of one article; but for failures, those of the others are of a story."""

_NO_DIGEST: Final = "withdrawn"
"""Given instead of the digest of a record whose rows are gone."""


@dataclass(frozen=True)
class PastWork:
    """What earlier runs have done.

    Attributes:
        blocks: The blocks up to the last that is done; those among them that are not have lost their stories.
        stories: Ids of the records that were last done as a story, by its name.
        records: Digest and story of each record, by its id, as its own rows have them.
    """

    blocks: list[StoryBlock] = field(default_factory=list)
    stories: dict[str, set[str]] = field(default_factory=dict)
    records: dict[str, tuple[str, str]] = field(default_factory=dict)

    @classmethod
    def read(cls, folder: CorpusFolder) -> "PastWork":
        """Read the plan of a corpus, and what of it is done."""
        past, done = cls(), folder.numbers_done()
        for block in read_plan(folder.plan) if done else ():
            if block.number > max(done):
                break
            past.blocks.append(block if block.number in done else StoryBlock(block.number, ()))
            if block.number in done:
                past._add(block, folder.report(block.number))
        return past

    def _add(self, block: StoryBlock, report: BlockReport) -> None:
        """Add what a block has done, but for what was withdrawn since: the block that does that again may be undone."""
        for story in block.stories:
            self.stories.pop(story.name, None)
            if story.name not in report.again:
                self.stories[story.name] = {entry.id for entry in story.entries}
            for entry in story.entries:
                if not entry.done:
                    digest = _NO_DIGEST if entry.id in report.withdrawn else entry.digest
                    self.records[entry.id] = (digest, story.name)

    def fresh(self, stories: Iterable[PlannedStory]) -> list[PlannedStory]:
        """Return the stories that are new, or have articles that are new or others than before.

        Articles that have their rows already are marked as done. Those that are gone from the input keep them.
        """
        listed = list(stories)
        now = {entry.id: story.name for story in listed for entry in story.entries}
        fresh = []
        for story in listed:
            before = self.stories.get(story.name, set())
            entries = tuple(
                replace(entry, done=self.records.get(entry.id) == (entry.digest, story.name)) for entry in story.entries
            )
            left = any(now.get(one, story.name) != story.name for one in before)
            if left or not all(entry.done and entry.id in before for entry in entries):
                fresh.append(PlannedStory(story.name, entries))
        # A story whose articles are all in others now is done again with none of them.
        names = set(now.values())
        empty = (name for name, before in self.stories.items() if name not in names and not before.isdisjoint(now))
        return [*fresh, *(PlannedStory(name, ()) for name in empty)]


def withdraw_superseded(folder: CorpusFolder) -> int:
    """Remove the rows of stories and articles that a later block does again; return the number of records in the plan.

    What it does follows from the plan alone, so that it may be interrupted and done again.
    """
    stories: dict[str, int] = {}
    articles: dict[str, int] = {}
    for block in read_plan(folder.plan):
        for story in block.stories:
            stories[story.name] = block.number
            articles |= {entry.id: block.number for entry in story.entries if not entry.done}
    done = folder.numbers_done()
    for block in read_plan(folder.plan) if done else ():
        if block.number in done:
            again = {story.name for story in block.stories if stories[story.name] > block.number}
            own = {entry.id for story in block.stories for entry in story.entries if not entry.done}
            _withdraw(folder, block, again, {name for name in own if articles[name] > block.number})
    return len(articles)


def _withdraw(folder: CorpusFolder, block: StoryBlock, stories: set[str], articles: set[str]) -> None:
    def stays(table: str, row: TableRow) -> bool:
        """Return whether no later block has the row."""
        if table in _BY_ARTICLE:
            return row["article"] not in articles
        of_story = table != "failures" or row["step"] in STORY_STEPS
        return not ((of_story and row["story"] in stories) or row.get("article") in articles)

    report = folder.report(block.number)
    if not stories <= set(report.again) or not articles <= set(report.withdrawn):
        rows = folder.filter_rows(block.number, stays)
        folder.note(
            replace(
                report,
                records=block.size - len(articles),
                rows=rows,
                failures=[row for row in report.failures if stays("failures", row)],
                again=sorted(stories),
                withdrawn=sorted(articles),
            )
        )
