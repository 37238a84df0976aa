"""How bad is what the checks found."""

from collections.abc import Iterable

from common.data import load_table
from translate.types import Check


def badness(checks: Iterable[Check]) -> float:
    """Return how much is wrong with a translation: 0 where no check fired; the higher, the worse.

    The weights of `severity.toml`, added up, so that of two attempts the one with fewer and lighter faults wins.
    """
    table: dict[str, float] = load_table(__name__, "severity.toml")
    return float(sum(table.get(check.kind, table["other"]) for check in checks))
