"""From translations to figures: scores, tests, breakdowns, worst segments."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from itertools import permutations
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np

from common.errors import InputError, UsageError
from common.messages import message
from common.progress import SILENT, Progress
from corpora.languages import CHINESE, base_language, text_weight
from corpora.testsets import EvaluationSet
from eval.bench.models import describe_model, journal_path, read_measured
from eval.bench.plan import BenchPlan, Task
from eval.bench.result import BenchResult, Breakdown, Part, Property, Table, WorstSegment
from eval.bench.systems import System, SystemReader, archived_models
from eval.metrics import parse_metrics
from eval.qe.adequacy import weights_digest
from eval.qe.reference_free import embedded_encoder
from eval.significance import Resampling
from eval.significance.systems import MeasuredMetric, compare_measured, measure_texts, score_measured
from eval.types import Segments
from quotes.facts.places import find_places
from quotes.facts.proper_names import find_names

if TYPE_CHECKING:
    from common.arrays import Numbers

WORST: Final = 10
"""Number of worst segments of each system."""
_CONTRASTS: Final = 5
"""Number of segments kept in which a system is furthest ahead of another; `bench.js` shows as many."""
_ENOUGH: Final = 60
"""Number of such segments after which more than one for each two systems are not kept: that of four systems."""
_BREAKDOWN: Final = ("chrf", "chrf++")
"""Metrics of breakdowns: unlike BLEU they are meaningful for single sentences."""
_SHORT: Final = 20
"""Weight below which a source is too short for a meaningful sentence score, see `corpora.languages.text_weight`."""


def score_bench(plan: BenchPlan, folder: Path, *, progress: Progress = SILENT) -> BenchResult:
    """Score the translations in a benchmark's folder, without translating.

    Translations by models of earlier plans with the same settings are scored, too.

    Args:
        plan: The benchmark.
        folder: Folder of its translations.
        progress: Receives the progress, and notes on omissions.

    Raises:
        InputError: A set, a journal or a file of translations cannot be read.
        UsageError: A metric or the baseline is not known, or translations have other settings.
        OutputError: The folder cannot be written.
    """
    options = Resampling()
    beside, otherwise = check_plan(plan, folder)
    for path, why in otherwise.items():
        progress.note(f"{path.relative_to(folder)} is not in the report: {why}")
    tasks = list(dict.fromkeys([*plan.tasks(), *beside]))
    models = list(dict.fromkeys([*plan.models, *(model for names in beside.values() for model in names)]))
    measured = {model: read_measured(folder, model) for model in models}
    scorer = _Scorer(plan, SystemReader(plan, folder, measured), options, progress)
    tables = [scorer.table(task, beside.get(task, [])) for task in tasks]
    encoder = embedded_encoder()
    return BenchResult(
        command="",
        setting=plan.setting,
        metrics=parse_metrics(plan.metrics),
        resampling=options,
        models=tuple(describe_model(model, measured[model]) for model in models),
        tables=tuple(tables),
        adequacy=(("encoder", encoder.name), ("revision", encoder.revision), ("weights", weights_digest()[:12])),
    )


def check_plan(plan: BenchPlan, folder: Path) -> tuple[dict[Task, list[str]], dict[Path, str]]:
    """Refuse a plan that cannot be measured on its sets, and return the folder's additional models.

    Returns:
        As for `archived_models`.
    """
    beside, otherwise = archived_models(plan, folder)
    for task in plan.tasks():
        check_set(plan, plan.load(task), beside.get(task, []))
    for task in [task for task in beside if task not in plan.tasks()]:
        try:
            _check_references(plan.load(task))
        except InputError as error:
            otherwise |= {journal_path(folder, model, task): error.message for model in beside.pop(task)}
    return beside, otherwise


class _Scorer:
    """Builds the tables of one benchmark."""

    def __init__(self, plan: BenchPlan, reader: SystemReader, options: Resampling, progress: Progress) -> None:
        self._plan = plan
        self._reader = reader
        self._options = options
        self._progress = progress

    def table(self, task: Task, beside: Sequence[str]) -> Table:
        """Return the table of one set and direction; `beside` are models that are not in the plan."""
        loaded = self._plan.load(task)
        missing: dict[str, str] = {}
        planned = task in self._plan.tasks()
        models = list(dict.fromkeys([*(self._plan.models if planned else ()), *beside]))
        systems = self._reader.read(task, loaded, models, missing, progress=self._progress)
        table = Table(
            set=loaded.name,
            pair=task.pair,
            segments=len(loaded),
            documents=len(set(loaded.documents)),
            references=tuple(loaded.references),
            digest=loaded.digest,
            licence=loaded.licence,
            citation=loaded.citation,
            origins=tuple(sorted(set(loaded.origins))),
            baseline="",
            systems=(),
            reference=None,
            scores=(),
            comparisons=(),
            breakdowns=(),
            worst=(),
            missing=missing,
        )
        return self._scored(table, loaded, systems) if systems else table

    def _scored(self, table: Table, loaded: EvaluationSet, systems: list[System]) -> Table:
        texts = {system.name: system.texts for system in systems}
        references = [[line if line.strip() else None for line in lines] for lines in loaded.references.values()]
        segments = Segments(references, loaded.direction[1], loaded.sources)
        measured = []
        names = parse_metrics(self._plan.metrics)
        with self._progress.bar(f"Scoring by {', '.join(names)}", len(names), unit="metrics") as advance:
            for name in names:
                measured.append(measure_texts(name, texts, segments))
                advance(1)
        by_parts = next((one for one in measured if one.metric in _BREAKDOWN), None)
        by_parts = by_parts or measure_texts(_BREAKDOWN[0], texts, segments)
        baseline = self._baseline(systems, measured[0])
        several = len(texts) > 1
        found = compare_measured(measured, baseline=baseline, rest=True, options=self._options) if several else None
        sentences = {name: by_parts.formula(each).tolist() for name, each in by_parts.statistics.items()}
        worst, contrasts = _shown(loaded, systems, sentences)
        return replace(
            table,
            baseline=baseline,
            systems=tuple(system.figures for system in _ordered(systems, baseline, measured[0])),
            reference=self._reader.reference(loaded),
            scores=found.scores if found else score_measured(measured, options=self._options),
            comparisons=found.comparisons if found else (),
            breakdowns=break_down(loaded, by_parts),
            worst=worst,
            contrasts=contrasts,
        )

    def _baseline(self, systems: Sequence[System], measured: MeasuredMetric) -> str:
        """Return the baseline: the given one, else the first system; the best one if all are submitted."""
        names = [system.name for system in systems]
        if self._plan.baseline in names:
            return str(self._plan.baseline)
        own = [system.name for system in systems if system.figures.kind != "submitted"]
        return own[0] if own else _by_score(names, measured)[0]


def _by_score(names: Sequence[str], measured: MeasuredMetric) -> list[str]:
    """Return the systems, best first."""
    sign = -1.0 if measured.higher_is_better else 1.0
    return sorted(names, key=lambda name: sign * float(measured.formula(measured.statistics[name].sum(axis=0))))


def _ordered(systems: Sequence[System], baseline: str, measured: MeasuredMetric) -> list[System]:
    """Return the baseline, then models and named outputs, then submitted ones, best first."""
    by_name = {system.name: system for system in systems}
    own = [system.name for system in systems if system.figures.kind != "submitted"]
    submitted = _by_score([name for name in by_name if name not in own], measured)
    return [by_name[name] for name in dict.fromkeys([baseline, *own, *submitted])]


def check_set(plan: BenchPlan, loaded: EvaluationSet, beside: Sequence[str] = ()) -> None:
    """Refuse a set that a plan cannot be measured on.

    Raises:
        InputError: A segment has no reference, or submitted outputs are requested but missing.
        UsageError: Two systems would have one name, or none has the name of the baseline.
    """
    pair = "-".join(loaded.direction)
    if plan.submitted and not loaded.outputs:
        raise InputError(
            f"{loaded.name} {pair} comes without outputs of systems",
            hint="Leave --submitted out, or put them beside the sources as hyp.SYSTEM.LANGUAGE",
        )
    _check_references(loaded)
    names = [*plan.models, *beside, *(one.name for one in plan.outputs), *(loaded.outputs if plan.submitted else ())]
    if twice := next((name for name in names if names.count(name) > 1), None):
        raise UsageError(f"two systems are called {twice}", hint="Give each system a unique name")
    if plan.baseline is not None and plan.baseline not in names:
        raise UsageError(f"no system of {loaded.name} {pair} is called {plan.baseline!r}",
                         hint=f"There are: {', '.join(names)}")  # fmt: skip


def _check_references(loaded: EvaluationSet) -> None:
    for number, lines in enumerate(zip(*loaded.references.values(), strict=True), start=1):
        if not any(line.strip() for line in lines):
            raise InputError(
                f"segment {number} of {loaded.name} {'-'.join(loaded.direction)} has no reference",
                hint="Fill it, or drop it",
            )


def _shown(
    loaded: EvaluationSet, systems: Sequence[System], scores: Mapping[str, Sequence[float]]
) -> tuple[tuple[WorstSegment, ...], tuple[WorstSegment, ...]]:
    """Return the segments that reports show: the worst ones, and those in which two systems differ most."""
    references = [
        next(line for line in lines if line.strip()) for lines in zip(*loaded.references.values(), strict=True)
    ]
    short = [text_weight(source) < _SHORT for source in loaded.sources]

    def segment(system: System, at: int) -> WorstSegment:
        """Return one segment of a system with the outputs of all."""
        return WorstSegment(
            system=system.name,
            number=at + 1,
            source=loaded.sources[at],
            reference=references[at],
            outputs={one.name: one.texts[at] for one in systems},
            scores={name: each[at] for name, each in scores.items()},
            checks=tuple(check.message for check in system.checks[at]),
        )

    named = {system.name: system for system in systems}
    return (
        tuple(segment(one, at) for one in systems for at in _lowest(scores[one.name], short)),
        tuple(segment(named[name], at) for at, name in sorted(contrasts(scores).items())),
    )


def _lowest(scores: Sequence[float], short: Sequence[bool]) -> list[int]:
    """Return the segments with the lowest scores; those of a word or two come last."""
    return sorted(range(len(scores)), key=lambda at: (short[at], scores[at], at))[:WORST]


def contrasts(scores: Mapping[str, Sequence[float]]) -> dict[int, str]:
    """Return the segments in which a system is furthest ahead of another, each with that system."""
    ahead = {(one, other): _ahead(scores[one], scores[other]) for one, other in permutations(scores, 2)}
    found: dict[int, str] = {}
    for rank in range(_CONTRASTS):
        for (system, _), places in ahead.items():
            for at in places[rank : rank + 1]:
                found.setdefault(at, system)
        if len(found) >= _ENOUGH:
            break
    return found


def _ahead(scores: Sequence[float], others: Sequence[float]) -> list[int]:
    """Return the segments whose scores are furthest above others."""
    differences = [one - other for one, other in zip(scores, others, strict=True)]
    order = sorted(range(len(scores)), key=lambda at: (-differences[at], at))
    return [at for at in order[:_CONTRASTS] if differences[at] > 0]


_LENGTHS: Final = 4
"""Number of parts by length, each with equally many segments."""
_DIGIT: Final = re.compile(r"\d")
_QUOTE: Final = re.compile(
    '["'
    "\N{LEFT-POINTING DOUBLE ANGLE QUOTATION MARK}\N{RIGHT-POINTING DOUBLE ANGLE QUOTATION MARK}"
    "\N{LEFT DOUBLE QUOTATION MARK}\N{RIGHT DOUBLE QUOTATION MARK}\N{DOUBLE LOW-9 QUOTATION MARK}"
    "\N{LEFT CORNER BRACKET}\N{RIGHT CORNER BRACKET}\N{LEFT WHITE CORNER BRACKET}\N{RIGHT WHITE CORNER BRACKET}]"
)


def break_down(loaded: EvaluationSet, measured: MeasuredMetric) -> tuple[Breakdown, ...]:
    """Return the scores of all systems on subsets, by every property that the set provides."""
    found = []
    if loaded.documents:
        found.append(_breakdown("document", _by_value(loaded.documents), measured))
    found.append(_breakdown("length", by_length(loaded.sources, loaded.direction[0]), measured))
    found.append(_breakdown("content", by_content(loaded.sources, loaded.direction[0]), measured))
    if len(set(loaded.origins)) > 1:
        named = [message("part.written_in", language=origin) for origin in loaded.origins]
        found.append(_breakdown("origin", _by_value(named), measured))
    return tuple(found)


def by_length(sources: Sequence[str], language: str) -> dict[str, list[int]]:
    """Return the segments of each quartile by length, shortest first, named by the range of lengths.

    Segments of equal length are in one part, so the sizes are not exactly equal. Chinese is counted in characters,
    other languages in words.
    """
    chinese = base_language(language) == CHINESE
    lengths = [len("".join(text.split())) if chinese else len(text.split()) for text in sources]
    order = sorted(range(len(sources)), key=lambda at: (lengths[at], at))
    bounds = [lengths[order[len(order) * part // _LENGTHS]] for part in range(1, _LENGTHS)] if order else []
    parts: dict[int, list[int]] = {}
    for at in order:
        parts.setdefault(sum(lengths[at] >= bound for bound in bounds), []).append(at)
    return {_span(lengths[own[0]], lengths[own[-1]], chinese=chinese): own for own in parts.values()}


def _span(low: int, high: int, *, chinese: bool) -> str:
    if low == high:
        return message("part.characters" if chinese else "part.words", low)
    return message("part.characters_range" if chinese else "part.words_range", high, low=low)


def by_content(sources: Sequence[str], language: str) -> dict[str, list[int]]:
    """Return the segments with and without quotation marks, digits or names in the source."""
    tests: dict[str, Callable[[str], bool]] = {
        message("part.with_quotes"): lambda text: _QUOTE.search(text) is not None,
        message("part.with_numbers"): lambda text: _DIGIT.search(text) is not None,
        message("part.with_names"): lambda text: has_names(text, language),
    }
    found = {name: [at for at, text in enumerate(sources) if test(text)] for name, test in tests.items()}
    some = {at for numbers in found.values() for at in numbers}
    return found | {message("part.with_none"): [at for at in range(len(sources)) if at not in some]}


def has_names(text: str, language: str) -> bool:
    """Return whether a text names persons, organisations or places, judging by form and lists of places."""
    tag = base_language(language)
    return bool(find_names(text, tag) or find_places(text, tag))


def _by_value(values: Sequence[str]) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    for at, value in enumerate(values):
        found.setdefault(value, []).append(at)
    return found


def _breakdown(name: Property, parts: Mapping[str, Sequence[int]], measured: MeasuredMetric) -> Breakdown:
    return Breakdown(
        property=name,
        metric=measured.metric,
        parts=tuple(_part(label, numbers, measured) for label, numbers in parts.items() if numbers),
    )


def _part(label: str, numbers: Sequence[int], measured: MeasuredMetric) -> Part:
    chosen: Numbers = np.asarray(numbers, dtype=np.int64)
    scores = {
        system: float(measured.formula(statistics[chosen].sum(axis=0)))
        for system, statistics in measured.statistics.items()
    }
    return Part(label, len(numbers), scores)
