"""The plots of a benchmark's page as SVG; every mark has a distinct shape, and a text beside it or in its title."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape

from common.messages import message
from eval.bench.result import BenchResult, Breakdown, Table
from eval.significance import Interval
from tolmach.bench.rows import breakdown_title, labels_of, metric_name, number, system_rows

_NICE = (1.0, 2.0, 2.5, 5.0, 10.0)


@dataclass(frozen=True, slots=True)
class Scale:
    """Maps values to positions on a line.

    Attributes:
        low: Value at `start`.
        high: Value at `end`, above `low`.
        start: Place of `low`, in pixels.
        end: Place of `high`, in pixels; below `start` for an axis that grows upwards.
        logarithmic: Whether equal factors have equal distances; `low` is then above 0.
    """

    low: float
    high: float
    start: float
    end: float
    logarithmic: bool = False

    def place(self, value: float) -> float:
        """Return the position of a value, in pixels with one decimal."""
        low, high, at = (math.log(x) for x in (self.low, self.high, value)) if self.logarithmic else (
            self.low, self.high, value,
        )  # fmt: skip
        return round(self.start + (at - low) / (high - low) * (self.end - self.start), 1)

    def ticks(self, wanted: int = 5) -> list[float]:
        """Return round values within the scale, about `wanted` many."""
        if self.logarithmic:
            first, last = math.floor(math.log10(self.low)), math.ceil(math.log10(self.high))
            found = [digit * 10.0**power for power in range(first, last + 1) for digit in (1, 2, 5)]
        else:
            step = nice_step((self.high - self.low) / wanted)
            first = math.ceil(self.low / step - 1e-9)
            found = [round(number * step, 10) for number in range(first, math.floor(self.high / step + 1e-9) + 1)]
        return [value for value in found if self.low <= value <= self.high]


def nice_step(rough: float) -> float:
    """Return the smallest of 1, 2, 2.5 and 5 times a power of ten that is at least `rough`, which is above 0."""
    power = 10.0 ** math.floor(math.log10(rough))
    return next(power * digit for digit in _NICE if power * digit >= rough * (1 - 1e-9))


def fit(values: Sequence[float], start: float, end: float, *, zero: bool = False) -> Scale:
    """Return a scale for all values, with margins at both ends, optionally from 0."""
    low, high = min(values), max(values)
    room = (high - low) * 0.08 or max(abs(high) * 0.08, 0.5)
    return Scale(0.0 if zero else low - room, high + room, start, end)


def fit_logarithmic(values: Sequence[float], start: float, end: float) -> Scale:
    """Return a logarithmic scale for all values, which are above 0."""
    return Scale(min(values) / 1.4, max(values) * 1.4, start, end, logarithmic=True)


_WIDTH = 640
_LEFT = 196
_RIGHT = 24
_ROW = 26
_HEIGHT = 260
_TOP = 14
_BOTTOM = 40
SHAPES = 6
"""Shapes and colours of systems."""
FILLS = 3
"""Marks of a second round of systems are filled, of a third have a dot in the middle; then they repeat."""


@dataclass(frozen=True, slots=True)
class Series:
    """A system in a plot; `place` determines its shape and colour."""

    name: str
    place: int


def series_of(table: Table) -> list[Series]:
    """Return the systems of a table, each with its place."""
    return [Series(system.name, place) for place, system in enumerate(table.systems)]


_Row = tuple[int, str, float, Interval]
"""The place of a system, its name, a figure of it, and the interval of that."""


def intervals(result: BenchResult, table: Table, metric: str) -> str:
    """Plot each system's score by a metric with its interval, one above the other."""
    rows = [
        (place, row.label, cell.score.score, cell.score.interval)
        for place, row in enumerate(system_rows(result, table))
        for cell in row.cells
        if cell.score.metric == metric
    ]
    return _whiskers(rows, metric, message("benchmark.intervals_of", metric=metric_name(metric)))


def differences(result: BenchResult, table: Table, metric: str) -> str:
    """Plot each system's difference from the baseline with its interval, and a line at zero; empty without any."""
    rows = [
        (place, row.label, cell.comparison.difference, cell.comparison.interval)
        for place, row in enumerate(system_rows(result, table))
        for cell in row.cells
        if cell.comparison and cell.score.metric == metric
    ]
    baseline = labels_of(result).get(table.baseline, "")
    title = message("benchmark.differences_of", metric=metric_name(metric), system=baseline)
    return _whiskers(rows, metric, title, zero=True) if rows else ""


def _whiskers(rows: Sequence[_Row], metric: str, heading: str, *, zero: bool = False) -> str:
    ends = [end for *_, interval in rows for end in (interval.low, interval.high)]
    scale = fit([*ends, 0.0] if zero else ends, _LEFT, _WIDTH - _RIGHT)
    height = _TOP + _ROW * len(rows) + _BOTTOM
    parts = [*_bottom_axis(scale, height, metric_name(metric))]
    if zero:
        parts.append(f'<path class="axis" d="M{scale.place(0.0)} {_TOP}V{height - _BOTTOM}"/>')
    for at, (place, name, value, interval) in enumerate(rows):
        y = _TOP + _ROW * at + _ROW // 2
        low, high = scale.place(interval.low), scale.place(interval.high)
        told = [number(each) for each in (value, interval.low, interval.high)]
        title = message("benchmark.point_interval", system=name, score=told[0], low=told[1], high=told[2])
        parts.append(f'<text class="name" x="{_LEFT - 12}" y="{y + 4}">{escape(name)}</text>')
        parts.append(f'<path class="whisker" d="M{low} {y}H{high}M{low} {y - 4}v8M{high} {y - 4}v8"/>')
        parts.append(_mark(place, scale.place(value), y, title))
    return _svg(height, heading, parts)


def quality_by_speed(table: Table, metric: str, labels: Mapping[str, str]) -> str:
    """Plot quality against speed; empty if fewer than two systems were timed."""
    scores = {one.system: one.score for one in table.scores if one.metric == metric}
    timed = [(one, system) for one, system in zip(series_of(table), table.systems, strict=True)
             if system.segments_per_second]  # fmt: skip
    if len(timed) < 2:  # noqa: PLR2004 - one point shows nothing
        return ""
    speeds = [system.segments_per_second or 0.0 for _, system in timed]
    across = fit_logarithmic(speeds, 56, _WIDTH - 120)
    up = fit([scores[system.name] for _, system in timed], _HEIGHT - _BOTTOM, _TOP)
    parts = [*_bottom_axis(across, _HEIGHT, message("benchmark.speed")), *_left_axis(up, metric_name(metric))]
    for (one, system), speed in zip(timed, speeds, strict=True):
        x, y = across.place(speed), up.place(scores[system.name])
        name, score = labels[system.name], f"{metric_name(metric)} {number(scores[system.name])}"
        title = message("benchmark.point_speed", system=name, score=score, speed=number(speed))
        parts.append(_mark(one.place, x, y, title))
        parts.append(f'<text class="beside" x="{x + 10}" y="{y + 4}">{escape(name)}</text>')
    return _svg(_HEIGHT, message("benchmark.quality_by_speed"), parts)


def parts_plot(table: Table, breakdown: Breakdown, labels: Mapping[str, str]) -> str:
    """Plot the scores of all systems on each subset, one above the other; documents by the baseline's score."""
    parts = list(breakdown.parts)
    baseline = table.baseline
    if breakdown.property == "document":
        parts.sort(key=lambda part: part.scores[baseline])
    row = 9 if len(parts) > 24 else 20  # noqa: PLR2004 - names of more would cover each other
    scale = fit([score for part in parts for score in part.scores.values()], _LEFT, _WIDTH - _RIGHT)
    height = _TOP + row * len(parts) + _BOTTOM
    drawn = [*_bottom_axis(scale, height, metric_name(breakdown.metric))]
    for at, part in enumerate(parts):
        y = _TOP + row * at + row // 2
        drawn.append(f'<path class="guide" d="M{_LEFT} {y}H{_WIDTH - _RIGHT}"/>')
        if row > 9:  # noqa: PLR2004 - as above
            text = f"{_short(part.name)} ({part.segments})"
            drawn.append(f'<text class="name" x="{_LEFT - 12}" y="{y + 4}">{escape(text)}</text>')
        for one in series_of(table):
            name, score = labels[one.name], number(part.scores[one.name])
            title = message("benchmark.point_part", part.segments, part=part.name, system=name, score=score)
            drawn.append(_mark(one.place, scale.place(part.scores[one.name]), y, title))
    return _svg(height, breakdown_title(breakdown), drawn)


def legend_mark(place: int) -> str:
    """Return the mark of a system for a legend."""
    return (
        f'<svg class="key" viewBox="0 0 14 14" width="14" height="14" aria-hidden="true">{_mark(place, 7, 7, "")}</svg>'
    )


def _mark(place: int, x: float, y: float, title: str) -> str:
    kind, round_ = place % SHAPES, place // SHAPES % FILLS
    cross = f"M{x - 4} {y - 4}l8 8M{x - 4} {y + 4}l8 -8" if round_ else f"M{x - 5} {y}h10M{x} {y - 5}v10"
    shapes = (
        f'<circle cx="{x}" cy="{y}" r="4.5"/>',
        f'<path d="M{x - 4.5} {y - 4.5}h9v9h-9z"/>',
        f'<path d="M{x} {y - 5.5}l5.5 10h-11z"/>',
        f'<path d="M{x} {y - 6}l6 6l-6 6l-6 -6z"/>',
        f'<path d="M{x} {y + 5.5}l5.5 -10h-11z"/>',
        f'<path d="{cross}"/>',
    )
    told = f"<title>{escape(title)}</title>" if title else ""
    dot = f'<circle class="dot" cx="{x}" cy="{y}" r="1"/>' if round_ == 2 else ""  # noqa: PLR2004 - the third
    return f'<g class="mark mark-{kind} fill-{round_}">{told}{shapes[kind]}{dot}</g>'


def _bottom_axis(scale: Scale, height: int, title: str) -> Iterator[str]:
    base = height - _BOTTOM
    for value in scale.ticks():
        x = scale.place(value)
        yield f'<path class="grid" d="M{x} {_TOP}V{base}"/>'
        yield f'<text class="tick" x="{x}" y="{base + 16}">{_tick(value)}</text>'
    yield f'<path class="axis" d="M{scale.start} {base}H{scale.end}"/>'
    yield f'<text class="tick" x="{(scale.start + scale.end) / 2}" y="{base + 33}">{escape(title)}</text>'


def _left_axis(scale: Scale, title: str) -> Iterator[str]:
    for value in scale.ticks():
        y = scale.place(value)
        yield f'<path class="grid" d="M56 {y}H{_WIDTH - 120}"/>'
        yield f'<text class="name" x="48" y="{y + 4}">{_tick(value)}</text>'
    yield f'<text class="beside" x="4" y="{_TOP - 2}">{escape(title)}</text>'


def _tick(value: float) -> str:
    return f"{value:g}".replace("-", "\N{MINUS SIGN}")


def _short(text: str, most: int = 22) -> str:
    return text if len(text) <= most else f"{text[: most - 1]}\N{HORIZONTAL ELLIPSIS}"


def _svg(height: int, title: str, parts: Sequence[str]) -> str:
    return (
        f'<svg class="plot" viewBox="0 0 {_WIDTH} {height}" role="img" aria-label="{escape(title)}">'
        f"{''.join(parts)}</svg>"
    )
