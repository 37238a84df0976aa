"""What `tolmach evaluate` found, for a terminal."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table

from tolmach.bench.rows import decimal, metric_name, p_text
from tolmach.evaluation.types import Evaluation

if TYPE_CHECKING:
    from eval.significance import Significance

_WORST = 10
"""Lines of the lowest scores that are shown; JSON has all."""


def scores_table(console: Console, evaluation: Evaluation) -> None:
    """Draw the scores of one translation or several, with their signatures."""
    if evaluation.significance:
        _draw_comparisons(console, evaluation.significance)
    elif evaluation.scores:
        table = _table("metric", "score", "signature")
        for name, metric in evaluation.scores.items():
            table.add_row(metric_name(name), decimal(metric.score, name), metric.signature)
        console.print(table)
    for line in _remarks(evaluation):
        console.print(line, soft_wrap=True)
    _draw_signs(console, evaluation)
    _draw_sentences(console, evaluation)


def _remarks(evaluation: Evaluation) -> list[str]:
    found = []
    if evaluation.significance:
        signatures = {metric_name(one.metric): one.signature for one in evaluation.significance.scores}
        found += [f"{name}: {signature}" for name, signature in signatures.items()]
    if evaluation.realigned:
        found.append("The sentences did not answer the reference's one to one: they were aligned first.")
    return found


def _draw_signs(console: Console, evaluation: Evaluation) -> None:
    if not evaluation.signs:
        return
    agreed = ["agreement"] if evaluation.agreement else []
    table = _table("system", "worst tenth", "mean", *agreed, "flagged", "length ratio", title="Adequacy")
    for name, signs in evaluation.signs.items():
        length = f"{signs.length_ratio:.2f} (usual: {signs.usual_length_ratio:.2f})"
        shares = [f"{signs.worst_tenth:.3f}", f"{signs.mean:.3f}"]
        shares += [f"{evaluation.agreement[name]:.3f}"] if evaluation.agreement else []
        table.add_row(name, *shares, f"{signs.flagged:.1%}", length)
    console.print(table)
    for name, signs in evaluation.signs.items():
        if signs.kinds:
            told = ", ".join(f"{kind} {count}" for kind, count in signs.kinds.items())
            console.print(f"Flagged in {name}, segments: {told}.", soft_wrap=True)
    if evaluation.reference_free:
        console.print(
            f"Sentences of the source that have a counterpart: {evaluation.reference_free.coverage:.0%}.",
            soft_wrap=True,
        )
    console.print(
        "Adequacy runs from 0 to 1 and needs no reference; it finds broken translations, but does not rank good ones."
        + (" Agreement ranks systems that were made apart." if evaluation.agreement else ""),
        soft_wrap=True,
    )


def _draw_sentences(console: Console, evaluation: Evaluation) -> None:
    """Draw the lines with the lowest scores."""
    if not evaluation.sentences:
        return
    own = next(iter(evaluation.signs.values()), None)
    names = list(evaluation.sentences[0])
    values = _values(evaluation, names)
    order = sorted(range(len(values)), key=lambda at: (values[at], at))
    title = f"Worst lines by {metric_name(names[-1]) if names else 'adequacy'}"
    table = _table("line", *map(metric_name, names), *(["adequacy"] if own else []), title=title)
    for at in order[:_WORST]:
        scores = [decimal(evaluation.sentences[at][name].score, name) for name in names]
        table.add_row(str(at + 1), *scores, *([f"{own.segments[at]:.3f}"] if own else []))
    console.print(table)


def _values(evaluation: Evaluation, names: Sequence[str]) -> Sequence[float]:
    """Return what lines are ordered by, lowest first: the last metric, or adequacy where there is none."""
    if not names:
        return next(iter(evaluation.signs.values())).segments
    scores = [one[names[-1]] for one in evaluation.sentences]
    return [one.score if one.higher_is_better else -one.score for one in scores]


def _draw_comparisons(console: Console, found: "Significance") -> None:
    by_name = {(one.system, one.metric): one for one in found.comparisons}
    # A table a metric: it would not fit into 80 columns otherwise.
    for metric in dict.fromkeys(score.metric for score in found.scores):
        table = _table("system", metric_name(metric), "\N{PLUS-MINUS SIGN}", "difference", "95 % of it", "p")
        for score in found.scores:
            if score.metric != metric:
                continue
            row = [score.system, *(decimal(one, metric) for one in (score.score, score.interval.half_width))]
            if compared := by_name.get((score.system, metric)):
                star = "*" if compared.significant else ""
                ends = (compared.interval.low, compared.interval.high)
                row.append(f"{decimal(compared.difference, metric, signed=True)}{star}")
                row.append(" to ".join(decimal(end, metric, signed=True) for end in ends))
                row.append(p_text(compared.p_holm))
            table.add_row(*row)
        console.print(table)
    smallest: dict[str, float] = {}
    for one in found.comparisons:
        if one.detectable is not None:
            smallest[one.metric] = max(one.detectable, smallest.get(one.metric, 0.0))
    told = ", ".join(f"{metric_name(metric)} {decimal(value, metric)}" for metric, value in smallest.items())
    console.print(
        f"Differences are to {found.scores[0].system}. * p < {found.options.alpha:g} (paired approximate "
        f"randomisation, Holm). Smallest difference that these {found.segments} segments show "
        f"{found.options.power:.0%} of the time: {told or 'cannot be told'}.",
        soft_wrap=True,
    )


def _table(*columns: str, title: str | None = None) -> Table:
    table = Table(title=title, title_justify="left")
    for place, column in enumerate(columns):
        table.add_column(column, justify="right" if place else "left", overflow="fold")
    return table
