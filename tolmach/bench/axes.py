"""Scales and axes of the plots: from values to places, and where to put ticks."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

_NICE = (1.0, 2.0, 2.5, 5.0, 10.0)


@dataclass(frozen=True, slots=True)
class Scale:
    """Places values on a line.

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
        """Return where a value is, in pixels with one decimal."""
        low, high, at = (math.log(x) for x in (self.low, self.high, value)) if self.logarithmic else (
            self.low, self.high, value,
        )  # fmt: skip
        return round(self.start + (at - low) / (high - low) * (self.end - self.start), 1)

    def ticks(self, wanted: int = 5) -> list[float]:
        """Return round values within the scale, about as many as wanted."""
        if self.logarithmic:
            first, last = math.floor(math.log10(self.low)), math.ceil(math.log10(self.high))
            found = [digit * 10.0**power for power in range(first, last + 1) for digit in (1, 2, 5)]
        else:
            step = nice_step((self.high - self.low) / wanted)
            first = math.ceil(self.low / step - 1e-9)
            found = [round(number * step, 10) for number in range(first, math.floor(self.high / step + 1e-9) + 1)]
        return [value for value in found if self.low <= value <= self.high]


def nice_step(rough: float) -> float:
    """Return the smallest of 1, 2, 2.5 and 5 times a power of ten that is not below `rough`, which is above 0."""
    power = 10.0 ** math.floor(math.log10(rough))
    return next(power * digit for digit in _NICE if power * digit >= rough * (1 - 1e-9))


def fit(values: Sequence[float], start: float, end: float, *, zero: bool = False) -> Scale:
    """Return a scale that holds all values, with room at both ends; from 0 where asked."""
    low, high = min(values), max(values)
    room = (high - low) * 0.08 or max(abs(high) * 0.08, 0.5)
    return Scale(0.0 if zero else low - room, high + room, start, end)


def fit_logarithmic(values: Sequence[float], start: float, end: float) -> Scale:
    """Return a logarithmic scale that holds all values, which are above 0."""
    return Scale(min(values) / 1.4, max(values) * 1.4, start, end, logarithmic=True)
