"""A benchmark's report as one self-contained HTML page."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Final

import regex

from common.messages import message, word
from eval.bench.result import BenchResult, ModelFigures, SystemFigures, Table, WorstSegment
from tolmach.bench.plots import differences, intervals, legend_mark, parts_plot, quality_by_speed
from tolmach.bench.rows import (
    SystemRow,
    detectable_text,
    estimate_columns,
    labels_of,
    metric_name,
    model_cells,
    model_columns,
    pair_texts,
    reference_row,
    shown_estimates,
    signatures,
    system_rows,
    table_title,
)
from tolmach.pages.page import environment, make_policy, resource

_TOKEN: Final = regex.compile(r"\p{Han}|[\p{L}\p{N}\p{M}]+|[^\s\p{L}\p{N}]")
_LONGEST: Final = 4
"""Words of the longest run that counts, as in BLEU."""


def how_to_read(result: BenchResult) -> str:
    """Return an explanation of the columns."""
    options = result.resampling
    systems = [system for table in result.tables for system in table.systems]
    confidence, alpha = f"{options.confidence:.0%}", f"{options.alpha:g}"
    told = [
        message("benchmark.read_interval", confidence=confidence, resamples=options.resamples),
        message("benchmark.read_star", alpha=alpha, trials=options.trials),
    ]
    if any(system.adequacy is not None for system in systems):
        told.append(message("benchmark.read_adequacy"))
    if any(system.agreement is not None for system in systems):
        told.append(message("benchmark.read_agreement"))
    if any(model.peak_bytes for model in result.models):
        told.append(message("benchmark.read_memory"))
    return " ".join(told)


def model_facts(model: ModelFigures) -> str:
    """Return the machine and libraries of a model."""
    pairs = [*model.machine, *model.versions]
    return message("list.comma").join(f"{name} {value}" for name, value in pairs)


def system_facts(system: SystemFigures) -> str:
    """Return the signature of a system's translations; empty if unknown."""
    known = [(name, value) for name, value in system.signature if value not in {"", "None"}]
    return message("list.comma").join(f"{name} {value}" for name, value in known)


def table_facts(table: Table) -> Iterator[str]:
    """Yield the facts about the test set that are needed to cite the report."""
    source = table.pair.partition("-")[0]
    if table.citation:
        yield message("benchmark.citation", citation=table.citation)
    if table.licence:
        yield message("benchmark.set_licence", licence=table.licence)
    yield message("benchmark.checksum", checksum=table.digest[:16])
    foreign = [origin for origin in table.origins if origin != source]
    if foreign and table.origins == tuple(foreign):
        yield message("benchmark.translated_sources", languages=message("list.comma").join(foreign))


_SHOWN = "chrf"
"""The metric on the quality axis, if measured: unlike BLEU it is comparable between tokenizers."""


@dataclass(frozen=True, slots=True)
class Plot:
    """A drawing, its caption, and whether it needs a legend."""

    title: str
    svg: str
    legend: bool = False


@dataclass(frozen=True, slots=True)
class Section:
    """One set in one direction."""

    table: Table
    anchor: str
    title: str
    source: str
    target: str
    rows: tuple[SystemRow, ...]
    reference: SystemRow | None
    estimates: tuple[int, ...]
    facts: tuple[str, ...]
    keys: tuple[tuple[str, str], ...]
    plots: tuple[Plot, ...]
    signatures: dict[str, str]
    detectable: str
    worst: tuple[tuple[str, tuple[WorstSegment, ...]], ...]
    contrasts: tuple[WorstSegment, ...]
    pairs: tuple[tuple[int, int, str], ...]
    chosen: tuple[int, int]


def render_page(result: BenchResult) -> str:
    """Render the page."""
    from markupsafe import Markup  # noqa: PLC0415 - comes with jinja2

    style, script = resource("report.css") + resource("bench.css"), resource("bench.js")
    labels = labels_of(result)
    return (
        environment()
        .get_template("bench.html")
        .render(
            result=result,
            sections=[_section(result, table, number) for number, table in enumerate(result.tables, start=1)],
            models=[(labels[model.name], model, model_cells(model), model_facts(model)) for model in result.models],
            model_columns=model_columns(),
            estimate_columns=estimate_columns(),
            system_facts=system_facts,
            marked=mark_ngrams,
            metrics=[metric_name(metric) for metric in result.metrics],
            reading=how_to_read(result),
            labels=labels,
            # Our own files.
            style=Markup(style),  # noqa: S704
            script=Markup(script),  # noqa: S704
            policy=make_policy(style, script),
        )
    )


def _section(result: BenchResult, table: Table, number: int) -> Section:
    from markupsafe import Markup  # noqa: PLC0415 - comes with jinja2

    source, _, target = table.pair.partition("-")
    rows = tuple(system_rows(result, table))
    places = {system.name: at for at, system in enumerate(table.systems)}
    return Section(
        table=table,
        anchor=f"table-{number}",
        title=table_title(table),
        source=source,
        target=target,
        rows=rows,
        reference=reference_row(table),
        estimates=shown_estimates(table),
        facts=tuple(table_facts(table)),
        # Drawn by us; external text was escaped there.
        keys=tuple((row.label, Markup(legend_mark(place))) for place, row in enumerate(rows)),  # noqa: S704
        plots=tuple(replace(plot, svg=Markup(plot.svg)) for plot in _plots(result, table) if plot.svg),  # noqa: S704
        signatures=signatures(result, table),
        detectable=detectable_text(result, table),
        worst=tuple(
            (system.name, tuple(one for one in table.worst if one.system == system.name)) for system in table.systems
        ),
        # Older results have a segment once for each system that is compared with the baseline there.
        contrasts=tuple({one.number: one for one in table.contrasts}.values()),
        pairs=tuple((places[one], places[other], told) for (one, other), told in pair_texts(result, table).items()),
        chosen=(places.get(_best_other(table, result.metrics[0]), 0), places.get(table.baseline, 0)),
    )


def _best_other(table: Table, metric: str) -> str:
    """Return the best system that is not the baseline; empty without one."""
    others = [one for one in table.scores if one.metric == metric and one.system != table.baseline]
    best = max(others, key=lambda one: one.score if one.higher_is_better else -one.score, default=None)
    return best.system if best else ""


def _plots(result: BenchResult, table: Table) -> Sequence[Plot]:
    if not table.systems:
        return ()
    shown = _SHOWN if _SHOWN in result.metrics else result.metrics[0]
    found = [Plot(message("benchmark.quality_by_speed"), quality_by_speed(table, shown, labels_of(result)))]
    found += [
        Plot(message("benchmark.intervals", metric=metric_name(metric)), intervals(result, table, metric))
        for metric in result.metrics
    ]
    baseline = labels_of(result)[table.baseline]
    found += [
        Plot(
            message("benchmark.differences", metric=metric_name(metric), system=baseline),
            differences(result, table, metric),
        )
        for metric in result.metrics
    ]
    return found + [
        Plot(word("benchmark_by", one.property), parts_plot(table, one, labels_of(result)), legend=True)
        for one in table.breakdowns
    ]


def mark_ngrams(text: str, reference: str) -> list[tuple[int, str]]:
    """Return the pieces of a translation, each with the length of its runs that are in the reference.

    Args:
        text: The translation.
        reference: What it is compared with; case does not matter.

    Returns:
        Pieces that together are the text, each with 0 for words that the reference lacks, up to 4 for those in a run
        of four words or more that it has.
    """
    places = [found.span() for found in _TOKEN.finditer(text)]
    words = [text[start:end].casefold() for start, end in places]
    others = [found.group().casefold() for found in _TOKEN.finditer(reference)]
    levels = [0] * len(words)
    for size in range(1, _LONGEST + 1):
        known = {tuple(others[at : at + size]) for at in range(len(others) - size + 1)}
        for at in range(len(words) - size + 1):
            if tuple(words[at : at + size]) in known:
                levels[at : at + size] = [size] * size
    marks = [0] * len(text)
    for (start, end), level in zip(places, levels, strict=True):
        marks[start:end] = [level] * (end - start)
    # A space between two words of one run belongs to it.
    for (_, end), (start, _), level, following in zip(places, places[1:], levels, levels[1:], strict=False):
        marks[end:start] = [min(level, following)] * (start - end)
    pieces = groupby(range(len(text)), marks.__getitem__)
    return [(level, "".join(text[at] for at in run)) for level, run in pieces]
