"""The rows of a benchmark's reports, independent of their format."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from common.messages import message, word
from eval.bench.result import BenchResult, Breakdown, ModelFigures, SystemFigures, Table
from eval.significance import Interval, SystemComparison, SystemScore

MINUS = "\N{MINUS SIGN}"
NOTHING = "\N{EN DASH}"
_NAMES = {"bleu": "BLEU", "spbleu": "spBLEU", "chrf": "chrF", "chrf++": "chrF++", "ter": "TER"}
_UNIT_SCALE = ("comet",)
"""Prefixes of metrics that range from 0 to 1."""
_FINE, _COARSE = 4, 2
_GIB = 2**30
_MIB = 2**20
_BILLION = 10**9


@dataclass(frozen=True, slots=True)
class ScoreCell:
    """A formatted score.

    Attributes:
        comparison: Its comparison with the baseline; None for the baseline itself.
        best: Whether no other system of the table is better.
    """

    score: SystemScore
    comparison: SystemComparison | None
    best: bool

    @property
    def text(self) -> str:
        """Score and half its interval."""
        return f"{self.value} ± {self.half_width}"

    @property
    def value(self) -> str:
        """The score."""
        return decimal(self.score.score, self.score.metric)

    @property
    def half_width(self) -> str:
        """Half the interval."""
        return decimal(self.score.interval.half_width, self.score.metric)

    @property
    def difference(self) -> str:
        """The difference from the baseline, with a star if significant; empty for the baseline."""
        if self.comparison is None:
            return ""
        return _difference(self.comparison)

    @property
    def p_value(self) -> str:
        """The corrected p-value of the randomisation; empty for the baseline."""
        return "" if self.comparison is None else p_text(self.comparison.p_holm)


@dataclass(frozen=True, slots=True)
class SystemRow:
    """A system in a table."""

    figures: SystemFigures
    label: str
    cells: tuple[ScoreCell, ...]

    @property
    def estimates(self) -> tuple[str, ...]:
        """The cells under `estimate_columns`: quality estimates, and segments per second."""
        one = self.figures
        return (
            NOTHING if one.adequacy is None else f"{one.adequacy:.3f}",
            NOTHING if one.agreement is None else f"{one.agreement:.3f}",
            NOTHING if one.flagged is None else f"{one.flagged:.1%}",
            NOTHING if one.segments_per_second is None else number(one.segments_per_second),
        )


_SIGNS = ("benchmark.worst_tenth", "benchmark.agreement", "benchmark.flagged", "benchmark.segments_per_second")


def estimate_columns() -> tuple[str, ...]:
    """Return the headings of a row's quality estimates."""
    return tuple(message(name) for name in _SIGNS)


def shown_estimates(table: Table) -> tuple[int, ...]:
    """Return which of `estimate_columns` a table has a figure for."""
    rows = [SystemRow(system, "", ()).estimates for system in table.systems]
    return tuple(at for at in range(len(_SIGNS)) if any(row[at] != NOTHING for row in rows))


def reference_row(table: Table) -> SystemRow | None:
    """Return the row of the reference, a scale for the quality estimates of systems; None if there is none."""
    return SystemRow(table.reference, table.reference.name, ()) if table.reference and table.systems else None


def metric_name(name: str) -> str:
    """Return a metric's name as in papers."""
    return _NAMES.get(name, name)


def breakdown_title(breakdown: Breakdown) -> str:
    """Return which metric is shown by which property."""
    by = word("benchmark_property", breakdown.property)
    return message("benchmark.metric_by", metric=metric_name(breakdown.metric), property=by)


def system_rows(result: BenchResult, table: Table) -> Iterator[SystemRow]:
    """Yield the systems of a table in order."""
    baseline, names = table.baseline, labels_of(result)
    scores = {(one.system, one.metric): one for one in table.scores}
    compared = {(one.system, one.metric): one for one in table.comparisons if one.baseline == baseline}
    best = {metric: _best(table, metric) for metric in result.metrics}
    for system in table.systems:
        cells = tuple(
            ScoreCell(
                scores[system.name, metric],
                compared.get((system.name, metric)),
                len(table.systems) > 1 and scores[system.name, metric].score == best[metric],
            )
            for metric in result.metrics
        )
        yield SystemRow(system, names[system.name], cells)


def _difference(one: SystemComparison) -> str:
    return f"{decimal(one.difference, one.metric, signed=True)}{'*' if one.significant else ''}"


def pair_texts(result: BenchResult, table: Table) -> dict[tuple[str, str], str]:
    """Return how each system compares with each other one, by all metrics."""
    names = labels_of(result)
    found: dict[tuple[str, str], list[str]] = {}
    for one in (mirror for found in table.comparisons for mirror in (found, _mirrored(found))):
        low, high = (decimal(end, one.metric, signed=True) for end in (one.interval.low, one.interval.high))
        told = message(
            "benchmark.pair_metric", metric=metric_name(one.metric), difference=_difference(one), low=low, high=high,
            p=p_text(one.p_holm),
        )  # fmt: skip
        found.setdefault((one.system, one.baseline), []).append(told)
    return {
        (one, other): message("benchmark.pair", system=names[one], other=names[other], scores="; ".join(told))
        for (one, other), told in found.items()
    }


def _mirrored(one: SystemComparison) -> SystemComparison:
    interval = Interval(-one.interval.high, -one.interval.low)
    return replace(one, system=one.baseline, baseline=one.system, difference=-one.difference, interval=interval)


def _best(table: Table, metric: str) -> float | None:
    values = [one for one in table.scores if one.metric == metric]
    if not values:
        return None
    choose = max if values[0].higher_is_better else min
    return choose(one.score for one in values)


def labels_of(result: BenchResult) -> dict[str, str]:
    """Return the names of models and systems in reports: without parent folders, if unambiguous."""
    names = [model.name for model in result.models]
    names += [system.name for table in result.tables for system in table.systems]
    names += [name for table in result.tables for name in table.missing]
    distinct = {name: name.rstrip("/").split("/") for name in names}
    return {name: _label(name, distinct) for name in distinct}


def _label(name: str, distinct: Mapping[str, Sequence[str]]) -> str:
    parts = distinct[name]
    for kept in range(1, len(parts) + 1):
        if sum(list(other[-kept:]) == list(parts[-kept:]) for other in distinct.values()) == 1:
            return "/".join(parts[-kept:])
    return name


def table_title(table: Table) -> str:
    """Return the title of a table."""
    parts = [message("benchmark.segments", table.segments)]
    if table.documents:
        parts.append(message("benchmark.documents", table.documents))
    if len(table.references) > 1:
        parts.append(message("benchmark.references", names=message("list.and").join(table.references)))
    return message("benchmark.table", set=table.set, pair=table.pair, facts=message("list.comma").join(parts))


def detectable_text(result: BenchResult, table: Table) -> str:
    """Return the baseline and the smallest detectable difference; empty without comparisons."""
    if not table.comparisons:
        return ""
    told = message("benchmark.baseline", system=labels_of(result)[table.baseline])
    parts = []
    for metric in result.metrics:
        own = [one for one in table.comparisons if one.metric == metric and one.baseline == table.baseline]
        found = [one.detectable for one in own if one.detectable is not None]
        if found:
            parts.append(f"{metric_name(metric)} {decimal(max(found), metric)}")
    smallest = message("list.comma").join(parts) or message("benchmark.unknown")
    power = f"{result.resampling.power:.0%}"
    return f"{told} {message('benchmark.detectable', power=power, differences=smallest)}"


def signatures(result: BenchResult, table: Table) -> dict[str, str]:
    """Return the signature of each metric in a table, by its name; all systems of a table share them."""
    return {metric_name(one.metric): one.signature for one in table.scores if one.metric in result.metrics}


def model_cells(model: ModelFigures) -> tuple[str, ...]:
    """Return licence, parameters, size on disk, start and peak memory."""
    licence = message("list.comma").join(filter(None, [model.licence, model.restriction]))
    return (
        licence or NOTHING,
        NOTHING if model.parameters is None else f"{model.parameters / _BILLION:.2f} B",
        NOTHING if model.size_bytes is None else size_text(model.size_bytes),
        NOTHING if model.start_seconds is None else f"{model.start_seconds:.1f} s",
        NOTHING if model.peak_bytes is None else size_text(model.peak_bytes),
    )


def model_columns() -> tuple[str, ...]:
    """Return the headings of `model_cells`."""
    names = ("benchmark.licence", "benchmark.parameters", "benchmark.on_disk", "benchmark.start", "benchmark.peak")
    return tuple(message(name) for name in names)


def size_text(size: int) -> str:
    """Return bytes in MiB or GiB."""
    return f"{size / _GIB:.1f} GiB" if size >= _GIB else f"{size / _MIB:.0f} MiB"


def number(value: float) -> str:
    """Return a number with its significant decimals."""
    text = f"{value:.2f}" if abs(value) < 10 else f"{value:.1f}"  # noqa: PLR2004 - three digits in all
    return text.replace("-", MINUS)


def decimal(value: float, metric: str, *, signed: bool = False) -> str:
    """Return a score, or with its sign a difference, with the decimals of the metric's scale."""
    places = _FINE if metric.startswith(_UNIT_SCALE) else _COARSE
    return f"{value:{'+' if signed else ''}.{places}f}".replace("-", MINUS)


def p_text(value: float) -> str:
    """Return a p-value with three decimals, or an upper bound."""
    return "< 0.001" if value < 0.001 else f"{value:.3f}"  # noqa: PLR2004 - the last that three decimals show
