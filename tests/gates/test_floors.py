"""No figure falls below its floor, and every figure has one."""

import pytest

from tests.gates.floors import MEASURES, raised, read_floors


@pytest.mark.slow
@pytest.mark.parametrize("name", MEASURES)
def test_a_figure_is_not_below_its_floor(name):
    assert MEASURES[name]()[0] >= read_floors()[name]


def test_every_figure_has_a_floor_and_every_floor_a_figure():
    assert list(read_floors()) == list(MEASURES)


def test_a_floor_is_raised_and_never_lowered():
    text = '# why\n"a" = 0.9  # note\n"b" = 0.5\n'
    assert raised(text, {"a": (0.8, 0.01), "b": (0.75004, 0.1)}) == '# why\n"a" = 0.9  # note\n"b" = 0.65\n'
