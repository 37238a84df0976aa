"""How the confidence of a bead follows from the share of the drawn alignments that have it."""

import random
import tomllib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from alignment.calibration import (
    KINDS,
    LogOddsLine,
    bead_kind,
    calibrated,
    load_calibration,
    log_odds,
)
from benchmarks.alignment import calibration as benchmark
from common.errors import UsageError
from training import calibration as training

LINKS = {"pair": ((4,), (7,)), "merge": ((4,), (7, 8)), "lone": ((), (7,))}


@pytest.mark.parametrize("kind", KINDS)
@given(shares=st.tuples(st.integers(0, 257), st.integers(0, 257)))
def test_more_votes_never_mean_less(kind, shares):
    low, high = sorted(shares)
    few, many = (calibrated(votes / 257, LINKS[kind]) for votes in (low, high))
    assert 0 < few <= many < 1
    assert (few < many) == (low < high)


@pytest.mark.parametrize("share", [0.0, 1.0])
@pytest.mark.parametrize("kind", KINDS)
def test_nothing_is_certain(kind, share):
    assert abs(calibrated(share, LINKS[kind]) - share) > 1e-4


@pytest.mark.parametrize(
    ("link", "kind"),
    [
        (((1,), (2,)), "pair"),
        (((1, 2), (2,)), "merge"),
        (((1, 2), (2, 3)), "merge"),
        (((), (2,)), "lone"),
        (((1,), ()), "lone"),
        (((), ()), "lone"),
    ],
)
def test_a_bead_is_of_one_kind(link, kind):
    assert bead_kind(link) == kind


def test_exchanging_the_sides_changes_nothing():
    for source, target in LINKS.values():
        assert calibrated(0.7, (source, target)) == calibrated(0.7, (target, source))


@pytest.mark.parametrize("share", [-0.01, 1.01, float("nan"), float("inf")])
def test_what_is_no_share_is_an_error(share):
    with pytest.raises(UsageError, match="is not a share"):
        calibrated(share, LINKS["pair"])


def test_log_odds_are_those_of_the_share():
    assert log_odds(0.5) == 0
    assert log_odds(0.9) == pytest.approx(np.log(9))
    assert log_odds(0.0) == pytest.approx(-log_odds(1.0))


# The lines.


def test_the_lines_are_those_of_the_file():
    lines = load_calibration()
    assert tuple(lines) == KINDS
    assert all(line.slope > 0 for line in lines.values())  # so that more votes never give a lower probability
    written = tomllib.loads(training.render(dict(lines)))
    assert {kind: LogOddsLine(**written[kind]) for kind in KINDS} == lines


# The benchmark.


def _votes(kind, share, right, wrong):
    return [benchmark.Vote(kind, share, right=True)] * right + [benchmark.Vote(kind, share, right=False)] * wrong


def _drawn(distort, count=4000):
    """Votes of all kinds whose true probability is known, and the shares that `distort` makes of it."""
    chance = random.Random(2)  # noqa: S311 - no secret
    votes = []
    for _ in range(count):
        true = chance.uniform(0.02, 0.98)
        votes.append(benchmark.Vote(chance.choice(KINDS), distort(true), chance.random() < true))
    return votes


def test_the_fit_finds_what_the_shares_hide():
    votes = _drawn(lambda true: 1 / (1 + ((1 - true) / true) ** 2))  # twice the log-odds: overconfident
    lines = training.fit([votes])
    assert [line.slope for line in lines.values()] == pytest.approx([0.5] * 3, abs=0.08)
    found = benchmark.report(votes, lines)
    assert found["after"]["ece"] < 0.03 < found["before"]["ece"]
    assert found["after"]["brier"] < found["before"]["brier"]


def test_shares_that_can_be_trusted_are_left_as_they_are():
    for line in training.fit([_drawn(lambda true: true)]).values():
        assert (line.slope, line.bias) == pytest.approx((1, 0), abs=0.12)


def test_groups_weigh_the_same_whatever_their_size():
    small, large = _votes("pair", 0.8, 10, 0) * 10, _votes("pair", 0.8, 0, 10) * 1000
    others = [*_votes("merge", 0.5, 1, 1), *_votes("lone", 0.5, 1, 1)]
    line = training.fit([small + others * 10, large + others * 1000])["pair"]
    probability = benchmark.probabilities(small[:1], {"pair": line})
    assert probability == pytest.approx(0.5, abs=0.02)


def test_the_curve_and_its_error_count_beads():
    probability, right = np.array([0.95, 0.95, 1.0, 0.95, 0.2]), np.array([1.0, 1, 1, 0, 0])
    assert benchmark.reliability(probability, right) == [
        {"probability": 0.2, "right": 0.0, "beads": 1},
        {"probability": 0.9625, "right": 0.75, "beads": 4},
    ]
    errors = benchmark.errors(probability, right)
    assert errors["ece"] == pytest.approx((0.2 + 4 * 0.2125) / 5, abs=1e-4)
    assert errors["brier"] == pytest.approx((2 * 0.05**2 + 0.95**2 + 0.2**2) / 5, abs=1e-4)
