"""Weights of the features and costs of the moves, from `costs.toml`."""

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from alignment.first_pass.features import FEATURES, RunFeatures
from common.data import load_table

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Costs:
    """Weights and costs; costs are added to a path's score, so most are negative.

    Attributes:
        weights: One for each of `FEATURES`.
        gap: For the first sentence without a counterpart in a row.
        more_gap: For each further one; not lower than `gap`.
        swap: For two neighbouring beads in exchanged order.
        move: For a passage that is elsewhere.
        same: For a bead whose sides have the same words.
    """

    weights: tuple[float, ...]
    gap: float
    more_gap: float
    swap: float
    move: float
    same: float = 0.0

    def scores(self, runs: RunFeatures, source: int, target: int) -> "NDArray[np.float32]":
        """Return the score of every bead of a shape in the area: shape (rows, columns), minus infinity for no bead."""
        features = runs.of(source, target)
        similarity = np.asarray(next(features))
        total = self.weights[0] * similarity + np.float32(self.same) * (similarity >= runs.same)
        for weight, feature in zip(self.weights[1:], features, strict=True):
            if weight:
                total = total + np.float32(weight) * feature
        return np.asarray(np.nan_to_num(total, nan=-np.inf, neginf=-np.inf))


@cache
def load_costs() -> Costs:
    """Load the trained costs; `training/aligner_costs.py` makes them."""
    table = load_table(__name__, "costs.toml")
    weights = tuple(float(table["weights"][name]) for name in FEATURES)
    return Costs(weights, **{name: float(value) for name, value in table["moves"].items()})
