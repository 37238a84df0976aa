"""The systems of a benchmark on one set: models, other programs, and submitted outputs of the set."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from functools import cache
from hashlib import sha256
from importlib import resources
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

from common.errors import InputError, TolmachError
from common.files import write_text
from common.json_text import parse_json
from common.messages import message
from common.progress import SILENT, Progress
from corpora.limits import read_text
from corpora.testsets import EvaluationSet, load_set
from corpora.testsets.loading import read_lines
from eval.bench.journal import Journal, JournalChunk, read_identity, signature_of
from eval.bench.models import MeasuredModel, journal_path
from eval.bench.plan import BenchPlan, Task
from eval.bench.result import Kind, SystemFigures
from eval.bench.worker import identity_of
from eval.qe.adequacy import weights_digest
from eval.qe.reference_free import embedded_encoder
from eval.qe.segments import LEAST_SYSTEMS, SegmentEstimates, agreement, assess_segments
from translate.types import Check

_Translated = tuple[SystemFigures, tuple[str, ...]]


@dataclass(frozen=True)
class System:
    """A system's translations of one set.

    Attributes:
        checks: Failed checks of each; empty without checks.
    """

    figures: SystemFigures
    texts: tuple[str, ...]
    checks: tuple[tuple[Check, ...], ...]

    @property
    def name(self) -> str:
        """Its name."""
        return self.figures.name


class SystemReader:
    """Reads and assesses the systems of a benchmark."""

    def __init__(self, plan: BenchPlan, folder: Path, measured: Mapping[str, MeasuredModel]) -> None:
        self._plan = plan
        self._folder = folder
        self._measured = measured

    def read(
        self,
        task: Task,
        loaded: EvaluationSet,
        models: Sequence[str],
        missing: dict[str, str],
        *,
        progress: Progress = SILENT,
    ) -> list[System]:
        """Return all complete systems of a task.

        Args:
            task: Set and direction.
            loaded: Its segments.
            models: Models to look for.
            missing: Receives the reason why a model is missing, by name.
            progress: Receives the progress.

        Raises:
            InputError: A journal or a file of translations cannot be read.
            UsageError: Translations have other settings.
        """
        found = [*self._models(task, loaded, models, missing), *self._others(task, loaded)]
        total = len(found) * len(loaded)
        with progress.bar(f"Scoring {loaded.name} {task.pair}", total, unit="segments") as advance:
            systems = [self._assess(loaded, texts, figures, advance) for figures, texts in found]
        if not self._plan.checks or len(systems) < LEAST_SYSTEMS:
            return systems
        agreed = agreement({system.name: system.texts for system in systems})
        return [replace(system, figures=replace(system.figures, agreement=agreed[system.name])) for system in systems]

    def reference(self, loaded: EvaluationSet) -> SystemFigures | None:
        """Return the quality estimates of the first reference, as a scale for the systems; None without checks."""
        name, lines = next(iter(loaded.references.items()))
        filled = [at for at, line in enumerate(lines) if line.strip()]
        if not self._plan.checks or not filled:
            return None
        part = loaded.part(filled)
        texts = tuple(lines[at] for at in filled)
        return self._assess(part, texts, SystemFigures(message("part.reference", name=name), "reference")).figures

    def _models(
        self, task: Task, loaded: EvaluationSet, models: Sequence[str], missing: dict[str, str]
    ) -> list[_Translated]:
        found = []
        for model in models:
            identity = identity_of(self._plan, model, task)
            chunks = Journal(journal_path(self._folder, model, task), identity).read()
            texts = {one.number: one.text for chunk in chunks for one in chunk.segments}
            if texts.keys() == set(range(len(loaded))):
                ordered = tuple(texts[number] for number in range(len(loaded)))
                found.append((_timed(model, loaded, chunks), ordered))
            else:
                measured = self._measured[model]
                reason = measured.refused.get(task.name) or measured.failed
                missing[model] = reason or f"{len(texts)} of {len(loaded)} segments are translated"
        return found

    def _others(self, task: Task, loaded: EvaluationSet) -> list[_Translated]:
        if task not in self._plan.tasks():
            return []
        named: list[tuple[str, Kind, tuple[str, ...]]] = [
            (one.name, "outputs", read_outputs(one.path, self._plan)) for one in self._plan.outputs
        ]
        if self._plan.submitted:
            named += [(name, "submitted", texts) for name, texts in loaded.outputs.items()]
        return [(SystemFigures(name, kind), texts) for name, kind, texts in named]

    def _assess(
        self,
        loaded: EvaluationSet,
        texts: tuple[str, ...],
        figures: SystemFigures,
        advance: Callable[[float], None] = lambda _segments: None,
    ) -> System:
        if not self._plan.checks:
            advance(len(texts))
            return System(figures, texts, ((),) * len(texts))
        estimates = cached_estimates(self._folder, loaded.sources, texts, loaded.direction, advance=advance)
        figures = replace(figures, adequacy=estimates.bottom_decile, flagged=estimates.flagged, checks=estimates.kinds)
        return System(figures, texts, estimates.checks)


def _timed(model: str, loaded: EvaluationSet, chunks: Sequence[JournalChunk]) -> SystemFigures:
    seconds = sum(chunk.seconds for chunk in chunks)
    characters = sum(map(len, loaded.sources))
    return SystemFigures(
        name=model,
        kind="model",
        seconds=seconds,
        segments_per_second=len(loaded) / seconds if seconds else None,
        characters_per_second=characters / seconds if seconds else None,
        signature=tuple(sorted(signature_of(chunks).items())),
    )


def read_outputs(path: str, plan: BenchPlan) -> tuple[str, ...]:
    """Return the translations in a file, as many as the plan uses of its set.

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
            hint="Each line must correspond to a segment of the set, in order",
        )
    return lines[:wanted]


_FOLDER: Final = "estimates"
_PACKAGES: Final = ("alignment", "eval", "translate.checks")
_CODE: Final = (".py", ".toml", ".txt", ".tsv", ".json")


def cached_estimates(
    folder: Path,
    sources: Sequence[str],
    hypotheses: Sequence[str],
    direction: tuple[str, str],
    *,
    advance: Callable[[float], None] = lambda _segments: None,
) -> SegmentEstimates:
    """Return `assess_segments` of the arguments, cached in the folder."""
    encoder = embedded_encoder()
    made_by = [version("tolmach"), _code_digest(), weights_digest(), encoder.name, encoder.revision]
    asked = [*made_by, *direction, list(sources), list(hypotheses)]
    key = sha256(json.dumps(asked).encode("ascii")).hexdigest()
    path = folder / _FOLDER / f"{key}.json"
    try:
        kept = _decoded(parse_json(read_text(path), str(path)), len(sources))
    except (InputError, ValueError, KeyError, TypeError):
        pass  # missing or damaged: it is computed again
    else:
        advance(len(sources))
        return kept
    found = assess_segments(sources, hypotheses, direction, advance=advance)
    write_text(path, json.dumps(asdict(found), ensure_ascii=False) + "\n")
    return found


@cache
def _code_digest() -> str:
    """Return the checksum of the code of quality estimation, which changes more often than the version."""
    found = sha256()
    for package in _PACKAGES:
        folder = Path(str(resources.files(package)))
        for file in sorted(path for path in folder.rglob("*") if path.suffix in _CODE):
            found.update(file.read_bytes())
    return found.hexdigest()


def _decoded(data: Any, segments: int) -> SegmentEstimates:
    checks = tuple(tuple(Check(**one) for one in each) for each in data["checks"])
    if not len(data["segments"]) == len(checks) == segments:
        raise ValueError("it is about other segments")
    return SegmentEstimates(
        tuple(map(float, data["segments"])), checks, float(data["length_ratio"]), float(data["usual_length_ratio"])
    )


def archived_models(plan: BenchPlan, folder: Path) -> tuple[dict[Task, list[str]], dict[Path, str]]:
    """Return the models in a folder that earlier plans ran with the same settings.

    Returns:
        The models besides the plan's own, by task; and the reasons why other journals are left out.
    """
    found: dict[Task, list[str]] = {}
    otherwise: dict[Path, str] = {}
    planned = plan.tasks()
    for path in sorted(folder.glob("*/*.jsonl")):
        identity = read_identity(path)
        if not {"model", "set", "source language", "target language"} <= identity.keys():
            otherwise[path] = "it is not a journal of a benchmark"
            continue
        model = identity["model"]
        task = Task(identity["set"], (identity["source language"], identity["target language"]))
        if task in planned and model in plan.models:
            continue
        try:
            same = identity == identity_of(plan, model, task)
        except TolmachError as error:
            otherwise[path] = error.message
            continue
        if same:
            found.setdefault(task, []).append(model)
        else:
            otherwise[path] = "it was made with other settings"
    return found, otherwise
