"""The plan of a benchmark, and the tasks of each model in it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path
from typing import Final, Literal

from common.chat.options import ServerOptions
from common.errors import UsageError
from corpora.languages import Direction
from corpora.testsets import EvaluationSet, load_set, locate_set
from corpora.testsets.user_files import USER_FORMATS
from eval.metrics import parse_metrics
from translate.options import ArticleOptions, RetryPolicy, TranslatorOptions

Setting = Literal["plain", "full"]

_NOT_A_NAME: Final = re.compile(r"[^\w.+-]+")


@dataclass(frozen=True, slots=True)
class Outputs:
    """Translations by another program.

    Attributes:
        path: File with one translation a line, in the order of the set.
    """

    name: str
    path: str


@dataclass(frozen=True, slots=True)
class BenchPlan:
    """The systems, test sets and settings of a benchmark.

    Attributes:
        models: Names as `load_translator` takes them; the first system is the baseline of all comparisons.
        sets: Names of test sets, or paths of the user's files.
        directions: Source and target languages, by tag; none for all of a set.
        first: Number of segments from the beginning of each set; None for all.
        setting: `plain` is the model with its recommended prompt and search, direct, without retries or
            post-processing; `full` is `tolmach translate`: detours, examples, checks, retries, house style.
        outputs: Translations by other programs, scored with the models; they need one set and one direction.
        submitted: Whether to score the outputs in a set as well.
        references: Names of the references to score against; none for those that a set is usually scored against.
        baseline: Name of the baseline system; None for the first model, else the first of `outputs`, else the best
            submitted one by the first metric.
        checks: Whether to estimate quality without references: failed checks, adequacy, agreement, at about 20 ms a
            segment.
        server: Server that runs the models; start and memory are then those of the client.
        chunk: Segments per chunk; an interrupted benchmark repeats at most one chunk, so that batches and results are
            the same as without the interruption.
    """

    models: tuple[str, ...]
    sets: tuple[str, ...]
    directions: tuple[Direction, ...] = ()
    first: int | None = None
    setting: Setting = "plain"
    metrics: tuple[str, ...] = ("bleu", "chrf")
    outputs: tuple[Outputs, ...] = ()
    submitted: bool = False
    references: tuple[str, ...] = ()
    baseline: str | None = None
    checks: bool = True
    device: Literal["auto", "cpu", "cuda"] = "auto"
    engine: Literal["auto", "ctranslate2", "transformers"] = "auto"
    precision: str = "auto"
    threads: int | None = None
    beam_size: int | None = None
    batch_size: int | None = None
    server: str | None = None
    server_model: str | None = None
    chunk: int = 32

    def check(self) -> None:
        """Refuse an impossible plan.

        Raises:
            UsageError: There is nothing to compare, a metric, set or direction does not exist, or a number is below 1.
        """
        if not self.models and not self.outputs and not self.submitted:
            raise UsageError("there is no system to measure", hint="Name a model with --model, or --system NAME=FILE")
        if not self.sets:
            raise UsageError("there is no test set", hint="Name one with --set; `tolmach bench list` shows them")
        names = [*self.models, *(one.name for one in self.outputs)]
        if twice := next((name for name in names if names.count(name) > 1), None):
            raise UsageError(f"{twice} is named twice", hint="Give each system a unique name")
        if (self.first is not None and self.first < 1) or self.chunk < 1:
            raise UsageError("at least one segment must be translated")
        parse_metrics(self.metrics)
        tasks = self.tasks()
        if self.outputs and len(tasks) > 1:
            raise UsageError("outputs of another program need one set and one direction", hint="Name one --pair")

    def tasks(self) -> "tuple[Task, ...]":
        """Return each set in each direction.

        Raises:
            UsageError: A set or a direction does not exist.
        """
        # A set of the registry has one canonical name; duplicates are run once.
        names = dict.fromkeys(name if is_user_file(name) else locate_set(name).name for name in self.sets)
        return tuple(Task(name, direction) for name in names for direction in dict.fromkeys(self._directions_of(name)))

    def _directions_of(self, name: str) -> tuple[Direction, ...]:
        if is_user_file(name):
            if not self.directions:
                raise UsageError(f"which direction of {name} is meant?", hint="Name it, as in --pair en-ru")
            return self.directions
        entry = locate_set(name)
        wanted = self.directions or entry.directions
        if missing := next((one for one in wanted if one not in entry.directions), None):
            known = ", ".join("-".join(one) for one in entry.directions)
            raise UsageError(f"{entry.name} has no direction {'-'.join(missing)}", hint=f"It has {known}")
        return wanted

    def load(self, task: "Task") -> EvaluationSet:
        """Return the segments of a task.

        Raises:
            InputError: The set is missing or damaged.
            UsageError: It lacks a reference that the plan names.
        """
        found = load_set(task.set, task.direction, references=self.references)
        return found if self.first is None else found.part(range(min(self.first, len(found))))

    def translator_options(self) -> TranslatorOptions:
        """Return the options of the models."""
        options = TranslatorOptions(
            engine=self.engine,
            precision=self.precision,
            threads=self.threads,
            beam_size=self.beam_size,
            batch_size=self.batch_size,
            server=ServerOptions(self.server, self.server_model) if self.server else None,
            # No result may come from an earlier run, or it would have taken no time.
            remember=False,
        )
        if self.setting == "full":
            return options
        return plain(options)


def plain(options: TranslatorOptions) -> TranslatorOptions:
    """Return options for a model as recommended by its authors, without Tolmach's additions."""
    article = ArticleOptions(checks=None, retry=RetryPolicy(attempts=1), typography=None, detours=False)
    return replace(options, examples=0, article=article)


def is_user_file(name: str) -> bool:
    """Return whether a set is a file of the user's rather than one of the registry."""
    return Path(name).suffix.lower() in USER_FORMATS


@dataclass(frozen=True, slots=True)
class Task:
    """One set in one direction.

    Attributes:
        set: Name of the set, or path of the user's file.
        direction: Source and target language, by tag.
    """

    set: str
    direction: Direction

    @property
    def pair(self) -> str:
        """The direction, as in `en-ru`."""
        return "-".join(self.direction)

    @property
    def name(self) -> str:
        """Name for files."""
        return f"{file_name(self.set)}.{self.pair}"


def file_name(name: str) -> str:
    """Return a valid file name; different names stay different."""
    safe = _NOT_A_NAME.sub("-", name).strip("-.")
    return safe if safe == name else f"{safe}-{sha256(name.encode('utf-8', 'surrogatepass')).hexdigest()[:8]}"


def chunks_of(sources: Sequence[str], size: int) -> list[tuple[int, ...]]:
    """Return the chunks, as segment numbers from 0: segments of similar length, longest first.

    They depend only on the texts and the size, so that an interrupted benchmark resumes with the same chunks.
    """
    order = sorted(range(len(sources)), key=lambda number: (-len(sources[number]), number))
    return [tuple(order[start : start + size]) for start in range(0, len(order), size)]
