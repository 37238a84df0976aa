"""Scores of translations as tables, Markdown, LaTeX and CSV."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Final

from rich.console import Console

from tolmach.bench.markdown import plain
from tolmach.bench.rows import decimal, metric_name, p_text
from tolmach.terminal.grids import Grid, latex_text

if TYPE_CHECKING:
    from eval.significance import Significance
    from tolmach.evaluation import Evaluation

_WORST = 10
"""Number of lines with the lowest scores shown; JSON and CSV have all."""
SCORE_COLUMNS: Final = ("system", "against", "line", "metric", "value", "low", "high", "p")

CsvRow = tuple[str | float, ...]
"""The cells under `SCORE_COLUMNS`."""


def scores_table(console: Console, evaluation: "Evaluation") -> None:
    """Draw the scores of one or more translations, with their signatures."""
    for part in _parts(evaluation):
        if isinstance(part, Grid):
            part.draw(console)
        else:
            console.print(part, soft_wrap=True)


def scores_markdown(evaluation: "Evaluation") -> str:
    """Return the same in Markdown."""
    found = []
    for part in _parts(evaluation):
        if isinstance(part, Grid):
            found += [f"**{plain(part.title)}**"] if part.title else []
        found.append(part.markdown() if isinstance(part, Grid) else plain(part))
    return "\n\n".join(found) + "\n"


def scores_latex(evaluation: "Evaluation") -> str:
    """Return the same in LaTeX, with titles and remarks as comments."""
    found = []
    for part in _parts(evaluation):
        if isinstance(part, Grid):
            found += [f"% {latex_text(part.title)}"] if part.title else []
        found.append(part.latex() if isinstance(part, Grid) else f"% {latex_text(part)}")
    return "\n".join(found) + "\n"


def score_rows(evaluation: "Evaluation") -> Iterator[CsvRow]:
    """Yield a row for each figure: of a system, of two (`against`), or of a system's line, from 1."""
    return ((*row, *[""] * (len(SCORE_COLUMNS) - len(row))) for row in _rows(evaluation))


def _rows(evaluation: "Evaluation") -> Iterator[CsvRow]:
    if found := evaluation.significance:
        for score in found.scores:
            yield score.system, "", "", score.metric, score.score, score.interval.low, score.interval.high
        for one in found.comparisons:
            ends = one.interval.low, one.interval.high
            yield one.system, one.baseline, "", one.metric, one.difference, *ends, one.p_holm
    else:
        for name, metric in (evaluation.scores or {}).items():
            yield evaluation.system, "", "", name, metric.score
    yield from _estimate_rows(evaluation)
    for name, rows in evaluation.sentences.items():
        for line, row in enumerate(rows, start=1):
            for metric_key, value in row.items():
                yield name, "", line, metric_key, value


def _estimate_rows(evaluation: "Evaluation") -> Iterator[CsvRow]:
    for name, estimates in evaluation.estimates.items():
        yield name, "", "", "adequacy of the worst tenth", estimates.bottom_decile
        yield name, "", "", "adequacy", estimates.mean
        if evaluation.checked:
            yield name, "", "", "flagged", estimates.flagged
        if evaluation.agreement:
            yield name, "", "", "agreement", evaluation.agreement[name]


def _parts(evaluation: "Evaluation") -> Iterator[Grid | str]:
    """Yield tables and remarks in order."""
    if evaluation.significance:
        yield from _comparisons(evaluation.significance)
    elif evaluation.scores:
        rows = [(metric_name(name), decimal(one.score, name), one.signature) for name, one in evaluation.scores.items()]
        yield Grid(("metric", "score", "signature"), rows)
    if evaluation.realigned:
        yield "The sentences did not match the reference's one to one, so they were aligned first."
    if evaluation.estimates:
        yield from _estimates(evaluation)
    for name in evaluation.sentences:
        yield _sentences(evaluation, name)


def _comparisons(found: "Significance") -> Iterator[Grid | str]:
    metrics = list(dict.fromkeys(score.metric for score in found.scores))
    by_system: dict[str, list[str]] = {}
    for metric in metrics:
        for score in (each for each in found.scores if each.metric == metric):
            cells = by_system.setdefault(score.system, [])
            cells += [decimal(score.score, metric), decimal(score.interval.half_width, metric)]
    heads = [head for metric in metrics for head in (metric_name(metric), "\N{PLUS-MINUS SIGN}")]
    yield Grid(("system", *heads), [(name, *cells) for name, cells in by_system.items()])
    rows = []
    for one in found.comparisons:
        ends = " to ".join(decimal(end, one.metric, signed=True) for end in (one.interval.low, one.interval.high))
        difference = decimal(one.difference, one.metric, signed=True) + ("*" if one.significant else "")
        rows.append((one.system, one.baseline, metric_name(one.metric), difference, ends, p_text(one.p_holm)))
    yield Grid(("system", "against", "metric", "difference", "95 % of it", "p"), rows)
    yield from dict.fromkeys(f"{metric_name(one.metric)}: {one.signature}" for one in found.scores)
    smallest: dict[str, float] = {}
    for one in found.comparisons:
        if one.detectable is not None:
            smallest[one.metric] = max(one.detectable, smallest.get(one.metric, 0.0))
    told = ", ".join(f"{metric_name(metric)} {decimal(value, metric)}" for metric, value in smallest.items())
    yield (
        f"* p < {found.options.alpha:g} (paired approximate randomisation, Holm over all pairs). Segments: "
        f"{found.segments}. Smallest difference detected {found.options.power:.0%} of the time: {told or 'unknown'}."
    )


def _estimates(evaluation: "Evaluation") -> Iterator[Grid | str]:
    agreed = ["agreement"] if evaluation.agreement else []
    flagged = ["flagged"] if evaluation.checked else []
    rows, faults = [], []
    for name, estimates in evaluation.estimates.items():
        shares = [f"{estimates.bottom_decile:.3f}", f"{estimates.mean:.3f}"]
        shares += [f"{evaluation.agreement[name]:.3f}"] if agreed else []
        shares += [f"{estimates.flagged:.1%}"] if flagged else []
        rows.append((name, *shares, f"{estimates.length_ratio:.2f} (usual: {estimates.usual_length_ratio:.2f})"))
        if estimates.kinds:
            told = ", ".join(f"{kind} {count}" for kind, count in estimates.kinds.items())
            faults.append(f"Flagged in {name}, segments: {told}.")
    yield Grid(("system", "worst tenth", "mean", *agreed, *flagged, "length ratio"), rows, "Adequacy")
    yield from faults
    if evaluation.reference_free:
        yield f"Sentences of the source that have a counterpart: {evaluation.reference_free.coverage:.0%}."
    yield (
        "Adequacy runs from 0 to 1 and needs no reference; it finds broken translations, but does not rank good ones."
        + (" Agreement ranks systems that were made apart." if agreed else "")
    )


def _sentences(evaluation: "Evaluation", name: str) -> Grid:
    """Return the lines of a system with the lowest scores: by the last metric, or by adequacy without metrics."""
    rows = evaluation.sentences[name]
    metrics = [key for key in rows[0] if key in (evaluation.scores or {})]
    by = metrics[-1] if metrics else "adequacy"
    sign = -1 if evaluation.scores and metrics and not evaluation.scores[by].higher_is_better else 1
    order = sorted(range(len(rows)), key=lambda at: (sign * rows[at][by], at))[:_WORST]
    shown = [(str(at + 1), *_figures(rows[at])) for at in order]
    return Grid(("line", *map(metric_name, rows[0])), shown, f"Worst lines of {name} by {metric_name(by)}")


def _figures(row: Mapping[str, float]) -> list[str]:
    return [f"{value:.3f}" if name == "adequacy" else decimal(value, name) for name, value in row.items()]
