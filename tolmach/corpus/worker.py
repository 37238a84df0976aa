"""What does a block: the same object in a process of the pool and in an actor of Ray."""

import json
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from common.errors import TolmachError
from common.progress import SILENT
from tolmach.corpus.folder import BlockReport, CorpusFolder
from tolmach.corpus.plan import StoryBlock
from tolmach.corpus.records import open_source
from tolmach.corpus.schema import TableForm
from tolmach.corpus.steps import StoryWork
from tolmach.options.models import ModelOptions

MOST_DEATHS: Final = 3
"""How often a process may die at one story before it is given up: a death may have another cause, three hardly."""
_DIGITS: Final = 3
"""Decimals of seconds; the clock knows no more."""


@dataclass(frozen=True, kw_only=True)
class CorpusJob:
    """What is to be done to each article.

    Attributes:
        input: What is read.
        output: Folder of the results.
        steps: Some of `steps.STEPS`.
        targets: Languages to translate into.
        form: Form of the tables.
        models: Which model translates, and how; None where nothing is translated.
    """

    input: Path
    output: Path
    steps: tuple[str, ...]
    targets: tuple[str, ...] = ()
    form: TableForm = "parquet"
    models: ModelOptions | None = None

    @property
    def folder(self) -> CorpusFolder:
        """The results."""
        return CorpusFolder(self.output, self.form)


class BlockWorker:
    """Does blocks one after the other, with models that are loaded once.

    Args:
        job: What is to be done.
    """

    def __init__(self, job: CorpusJob) -> None:
        self._job = job
        self._source = open_source(job.input)
        self._translator = None
        if job.models:
            from tolmach.workflow.translators import load_translator_from  # noqa: PLC0415 - loads the engines

            self._translator = load_translator_from(job.models, SILENT)

    def do(self, block: StoryBlock) -> BlockReport:
        """Do a block and write its tables; a story at which processes died again and again is left out."""
        marker = _Marker(self._job.folder.running(block.number))
        work = StoryWork(self._source, frozenset(self._job.steps), self._translator, self._job.targets)
        for story in block.stories:
            if marker.deaths[story.name] >= MOST_DEATHS:
                for entry in story.entries:
                    work.fail(story.name, entry, "read", TolmachError("processes died while they worked on its story"))
                continue
            marker.move(story.name)
            work.do(story)
        report = BlockReport(
            block.number,
            block.size,
            {table: len(rows) for table, rows in work.rows.items()},
            {step: round(took, _DIGITS) for step, took in work.seconds.items()},
            [dict(row) for row in work.rows["failures"]],
        )
        self._job.folder.write(report, work.rows)
        marker.remove()
        return report


class _Marker:
    """Names the story that is being worked on, in a file; one that is there already counts as a death there."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.deaths: Counter[str] = Counter()
        try:
            left: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError):  # there is none, or its process died while it wrote
            return
        self.deaths.update(left["deaths"])
        self.deaths[left["story"]] += 1

    def move(self, story: str) -> None:
        """Note the story that is in work."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        self._path.write_text(json.dumps({"story": story, "deaths": self.deaths}), encoding="utf-8")

    def remove(self) -> None:
        """Remove the note: no story is in work."""
        self._path.unlink(missing_ok=True)
