"""Correction for making many tests at once."""

from collections.abc import Sequence


def holm(p_values: Sequence[float]) -> list[float]:
    """Return p-values that hold together: comparing each with alpha keeps the chance of any false alarm at alpha.

    Holm's step-down procedure (1979, https://www.jstor.org/stable/4615733): the smallest p-value is multiplied by the
    number of tests, the next by one less, and so on; none may fall below the one before it. It assumes nothing about
    how the tests depend on each other, and never rejects less than Bonferroni's correction.

    Args:
        p_values: P-values from 0 to 1, in any order.

    Returns:
        One a value, in the same order, at most 1.
    """
    order = sorted(range(len(p_values)), key=p_values.__getitem__)
    corrected = [0.0] * len(p_values)
    least = 0.0
    for rank, at in enumerate(order):
        least = max(least, min(1.0, p_values[at] * (len(p_values) - rank)))
        corrected[at] = least
    return corrected
