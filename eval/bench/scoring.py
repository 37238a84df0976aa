"""From translations to figures: scores, tests, breakdowns, worst segments, speed."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from corpora.errors import InputError, UsageError
from corpora.progress import SILENT, Progress
from corpora.testsets import EvaluationSet, load_set
from corpora.testsets.loading import read_lines
from eval.adequacy import sentence_adequacy, system_adequacy, weights_digest
from eval.bench.breakdowns import break_down
from eval.bench.journal import Chunk, Journal, signature_of
from eval.bench.models import Measured, describe_model, journal_path, read_measured
from eval.bench.plan import BenchPlan, Task
from eval.bench.result import BenchResult, Kind, SystemFigures, Table, WorstSegment
from eval.bench.worker import Work, identity_of
from eval.metrics import parse_metrics
from eval.reference_free import embedded_encoder
from eval.segments import Segments
from eval.significance import Resampling
from eval.significance.measures import measure_texts
from eval.significance.systems import compare_measured, score_measured
from translate.checks import Checker, Pair
from translate.types import Check

WORST: Final = 10
"""Worst segments that are kept of each system."""
_BREAKDOWN: Final = "chrf"
"""The metric of breakdowns: unlike BLEU it says something about one sentence."""


@dataclass(frozen=True)
class _System:
    """A system's translations of one set."""

    figures: SystemFigures
    texts: tuple[str, ...]
    checks: tuple[tuple[Check, ...], ...]


def score_bench(
    plan: BenchPlan, folder: Path, *, options: Resampling | None = None, progress: Progress = SILENT
) -> BenchResult:
    """Score what a benchmark's folder holds; nothing is translated.

    Args:
        plan: The benchmark.
        folder: Where its translations are.
        options: How systems are resampled.
        progress: Who is told how far it is.

    Raises:
        InputError: A set, a journal or a file of translations cannot be read.
        UsageError: A metric that is not known, or translations that were made otherwise.
    """
    options = options or Resampling()
    for task in plan.tasks():
        check_set(plan, plan.load(task))
    measured = {model: read_measured(folder, model) for model in plan.models}
    scorer = _Scorer(plan, folder, measured, options)
    tasks = plan.tasks()
    with progress.bar("Scoring", len(tasks), unit="sets") as advance:
        tables = []
        for task in tasks:
            tables.append(scorer.table(task))
            advance(1)
    encoder = embedded_encoder()
    return BenchResult(
        command="",
        setting=plan.setting,
        metrics=parse_metrics(plan.metrics),
        resampling=options,
        models=tuple(describe_model(model, measured[model]) for model in plan.models),
        tables=tuple(tables),
        adequacy=(("encoder", encoder.name), ("revision", encoder.revision), ("weights", weights_digest()[:12])),
    )


class _Scorer:
    """Makes the tables of one benchmark."""

    def __init__(self, plan: BenchPlan, folder: Path, measured: Mapping[str, Measured], options: Resampling) -> None:
        self._plan = plan
        self._folder = folder
        self._measured = measured
        self._options = options
        self._checker = Checker()

    def table(self, task: Task) -> Table:
        """Return the table of one set in one direction."""
        loaded = self._plan.load(task)
        missing: dict[str, str] = {}
        systems = [*self._models(task, loaded, missing), *self._others(loaded)]
        texts = {system.figures.name: system.texts for system in systems}
        references = [[line if line.strip() else None for line in lines] for lines in loaded.references.values()]
        segments = Segments(references, loaded.direction[1], loaded.sources)
        names = parse_metrics(self._plan.metrics)
        table = Table(
            set=loaded.name,
            pair=task.pair,
            segments=len(loaded),
            documents=len(set(loaded.documents)),
            references=tuple(loaded.references),
            digest=loaded.digest,
            licence=loaded.licence,
            citation=loaded.citation,
            systems=tuple(system.figures for system in systems),
            scores=(),
            comparisons=(),
            breakdowns=(),
            worst=(),
            missing=missing,
        )
        if not systems:
            return table
        measured = [measure_texts(name, texts, segments) for name in names]
        by_parts = next((one for one in measured if one.metric == _BREAKDOWN), None)
        by_parts = by_parts or measure_texts(_BREAKDOWN, texts, segments)
        found = (
            compare_measured(measured, baseline=next(iter(texts)), options=self._options) if len(texts) > 1 else None
        )
        return replace(
            table,
            scores=found.scores if found else score_measured(measured, options=self._options),
            comparisons=found.comparisons if found else (),
            breakdowns=break_down(loaded, by_parts),
            worst=_worst(
                loaded, systems, {name: by_parts.formula(each).tolist() for name, each in by_parts.statistics.items()}
            ),
        )

    def _models(self, task: Task, loaded: EvaluationSet, missing: dict[str, str]) -> list[_System]:
        found = []
        for model in self._plan.models:
            job = Work(self._plan, model, (), 0.0)
            chunks = Journal(journal_path(self._folder, model, task), identity_of(job, task)).read()
            texts = {one.number: one.text for chunk in chunks for one in chunk.segments}
            if texts.keys() == set(range(len(loaded))):
                ordered = tuple(texts[number] for number in range(len(loaded)))
                found.append(self._system(loaded, ordered, _timed(model, loaded, chunks)))
            else:
                measured = self._measured[model]
                reason = measured.refused.get(task.name) or measured.failed
                missing[model] = reason or f"{len(texts)} of {len(loaded)} segments are translated"
        return found

    def _others(self, loaded: EvaluationSet) -> list[_System]:
        named: list[tuple[str, Kind, tuple[str, ...]]] = [
            (one.name, "outputs", read_outputs(one.path, self._plan)) for one in self._plan.outputs
        ]
        if self._plan.submitted:
            named += [(name, "submitted", texts) for name, texts in loaded.outputs.items()]
        return [self._system(loaded, texts, SystemFigures(name, kind, 0.0, None, {})) for name, kind, texts in named]

    def _system(self, loaded: EvaluationSet, texts: tuple[str, ...], figures: SystemFigures) -> _System:
        source, target = loaded.direction
        pairs = [Pair(*one, source, target) for one in zip(loaded.sources, texts, strict=True)]
        checks = tuple(self._checker.check(pairs)) if self._plan.checks else ((),) * len(pairs)
        adequacy = sentence_adequacy(loaded.sources, texts, source_language=source, target_language=target)
        kinds = Counter(kind for each in checks for kind in sorted({check.kind for check in each}))
        figures = replace(
            figures,
            adequacy=system_adequacy(adequacy),
            flagged=sum(map(bool, checks)) / len(checks) if self._plan.checks else None,
            checks=dict(sorted(kinds.items())),
        )
        return _System(figures, texts, checks)


def _timed(model: str, loaded: EvaluationSet, chunks: Sequence[Chunk]) -> SystemFigures:
    seconds = sum(chunk.seconds for chunk in chunks)
    characters = sum(map(len, loaded.sources))
    return SystemFigures(
        name=model,
        kind="model",
        adequacy=0.0,
        flagged=None,
        checks={},
        seconds=seconds,
        segments_per_second=len(loaded) / seconds if seconds else None,
        characters_per_second=characters / seconds if seconds else None,
        signature=tuple(sorted(signature_of(chunks).items())),
    )


def check_set(plan: BenchPlan, loaded: EvaluationSet) -> None:
    """Refuse a set that a plan cannot be measured on.

    Raises:
        InputError: A segment has no reference, or there are no submitted outputs where they were asked for.
        UsageError: Two systems would have one name.
    """
    if plan.submitted and not loaded.outputs:
        raise InputError(
            f"{loaded.name} {'-'.join(loaded.direction)} comes without outputs of systems",
            hint="Leave --submitted out, or put them beside the sources as hyp.SYSTEM.LANGUAGE",
        )
    for number, lines in enumerate(zip(*loaded.references.values(), strict=True), start=1):
        if not any(line.strip() for line in lines):
            pair = "-".join(loaded.direction)
            raise InputError(f"segment {number} of {loaded.name} {pair} has no reference", hint="Fill it, or drop it")
    names = [*plan.models, *(one.name for one in plan.outputs), *(loaded.outputs if plan.submitted else ())]
    if twice := next((name for name in names if names.count(name) > 1), None):
        raise UsageError(f"two systems are called {twice}", hint="Give each system a name of its own")


def read_outputs(path: str, plan: BenchPlan) -> tuple[str, ...]:
    """Return the translations in a file, as many as the plan takes of its set.

    Raises:
        InputError: The file cannot be read, or does not have a line for each segment of the set or of its beginning.
    """
    (task,) = plan.tasks()
    whole, wanted = len(load_set(task.set, task.direction)), len(plan.load(task))
    lines = read_lines(Path(path))
    if len(lines) not in {whole, wanted}:
        first = min(len(lines), wanted) + 1
        told = "is missing" if len(lines) < wanted else "has no segment"
        raise InputError(
            f"{path} has {len(lines)} lines for {wanted} segments: line {first} {told}",
            hint="Each line must answer a segment of the set, in its order",
        )
    return lines[:wanted]


def _worst(
    loaded: EvaluationSet, systems: Sequence[_System], scores: Mapping[str, Sequence[float]]
) -> tuple[WorstSegment, ...]:
    references = [
        next(line for line in lines if line.strip()) for lines in zip(*loaded.references.values(), strict=True)
    ]
    return tuple(
        WorstSegment(
            system=system.figures.name,
            number=at,
            source=loaded.sources[at],
            reference=references[at],
            outputs={one.figures.name: one.texts[at] for one in systems},
            scores={name: each[at] for name, each in scores.items()},
            checks=tuple(check.message for check in system.checks[at]),
        )
        for system in systems
        for at in _lowest(scores[system.figures.name])
    )


def _lowest(scores: Sequence[float]) -> list[int]:
    return sorted(range(len(scores)), key=lambda at: (scores[at], at))[:WORST]
