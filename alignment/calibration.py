"""Calibration of votes to probabilities: how often a bead with a given share of the drawn alignments is right.

The log-odds of the share are scaled linearly for each kind of bead (Platt 1999; with the bias left out it is
temperature scaling, Guo et al. 2017, https://arxiv.org/abs/1706.04599), so that a higher share never gives a lower
probability.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Final

from alignment.types import IndexBead
from common.data import load_table
from common.errors import UsageError

KINDS: Final = ("pair", "merge", "lone")
"""1-1 beads, other beads with both sides, and beads without counterpart."""

# Shares of the beads of a coarse pass that are right, in the undisturbed documents of the training set
# (training/aligner_weights.py): of 1,116, 349 and 158 beads. Held out they are .97, .84 and .77.
_FIRST_PASS_SHARES: Final = {"pair": 0.96, "merge": 0.86, "lone": 0.90}

# Half a vote of the 257 that a bead can have: no share counts as certain.
_HALF_A_VOTE = 0.5 / 258


@dataclass(frozen=True, slots=True)
class LogOddsLine:
    """Linear calibration of the log-odds of one kind of bead.

    Attributes:
        slope: Above 0; below 1 shares are overconfident.
        bias: Added.
    """

    slope: float
    bias: float


def calibrated(share: float, link: IndexBead) -> float:
    """Return the probability that exactly this bead is right.

    Args:
        share: Share of the drawn alignments that have the bead, from 0 to 1.
        link: The bead.

    Returns:
        A probability above 0 and below 1.

    Example:
        >>> calibrated(0.5, ((3,), (4,))) < calibrated(0.9, ((3,), (4,)))
        True
    """
    line = load_calibration()[bead_kind(link)]
    return 1.0 / (1.0 + math.exp(-line.slope * log_odds(share) - line.bias))


def first_confidence(link: IndexBead) -> float:
    """Return the probability that a bead of the coarse pass is right, by its kind, as nothing was drawn."""
    return _FIRST_PASS_SHARES[bead_kind(link)]


def log_odds(share: float) -> float:
    """Return the log-odds of a share of votes, at least half a vote away from 0 and 1.

    Raises:
        UsageError: The share is not from 0 to 1.
    """
    if not 0.0 <= share <= 1.0:
        raise UsageError(f"{share} of the drawn alignments is not a share", hint="Give a number from 0 to 1")
    kept = min(max(share, _HALF_A_VOTE), 1.0 - _HALF_A_VOTE)
    return math.log(kept / (1.0 - kept))


def bead_kind(link: IndexBead) -> str:
    """Return the kind of a bead, one of `KINDS`."""
    if not (link[0] and link[1]):
        return "lone"
    return "pair" if len(link[0]) == len(link[1]) == 1 else "merge"


@cache
def load_calibration() -> Mapping[str, LogOddsLine]:
    """Load the trained lines; `training.calibration` fits them."""
    table = load_table(__name__, "calibration.toml")
    return {kind: LogOddsLine(**table[kind]) for kind in KINDS}
