"""From summed statistics to scores, for many sums at once: sacrebleu's formulas over arrays.

Each function takes an array of shape (..., columns) of statistics summed over segments, in sacrebleu's order, and
returns scores of shape (...). `tests/eval/counts/test_significance_formulas.py` compares them with sacrebleu's own.
"""

from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from common.arrays import Doubles

_ORDER: Final = 4
_BETA_SQUARED: Final = 4.0
_NO_LOG: Final = -9999999999.0
"""sacrebleu's value for the logarithm of 0."""


def bleu(totals: "Doubles") -> "Doubles":
    """Return BLEU with exponential smoothing, from 0 to 100, higher is better.

    Columns: hypothesis length, reference length, matching n-grams of orders 1 to 4, hypothesis n-grams of orders 1 to
    4.

    Source: Papineni et al. 2002 (https://aclanthology.org/P02-1040); smoothing: Chen and Cherry 2014, method 3
    (https://aclanthology.org/W14-3346).
    """
    length, reference = totals[..., 0], totals[..., 1]
    correct, total = totals[..., 2 : 2 + _ORDER], totals[..., 2 + _ORDER : 2 + 2 * _ORDER]
    # Each order without a match halves the count used for it.
    smoothing = 2.0 ** np.cumsum((correct == 0) & (total > 0), axis=-1)
    counted = np.where(correct > 0, correct, 1.0 / smoothing)
    # From the first order without n-grams on, the precision stays 0.
    possible = np.cumprod(total > 0, axis=-1).astype(bool)
    precisions = np.divide(100.0 * counted, total, out=np.zeros_like(counted), where=possible)
    logs = np.log(precisions, out=np.full_like(precisions, _NO_LOG), where=precisions > 0)
    longer = np.divide(reference, length, out=np.ones(length.shape), where=length > 0)
    penalty = np.where(length >= reference, 1.0, np.where(length > 0, np.exp(1.0 - np.maximum(longer, 1.0)), 0.0))
    return np.where(correct.any(axis=-1), penalty * np.exp(logs.mean(axis=-1)), 0.0)


def chrf(totals: "Doubles") -> "Doubles":
    """Return chrF (or chrF++) with beta 2 and the effective order, from 0 to 100, higher is better.

    Columns: for each order n-grams of the hypothesis, of the reference, and those of both.

    Source: Popović 2015 (https://aclanthology.org/W15-3049), 2017 (https://aclanthology.org/W17-4770).
    """
    own, others, both = totals[..., 0::3], totals[..., 1::3], totals[..., 2::3]
    used = (own > 0) & (others > 0)
    orders = np.maximum(used.sum(axis=-1), 1)
    precision = np.divide(both, own, out=np.zeros_like(both), where=used).sum(axis=-1) / orders
    recall = np.divide(both, others, out=np.zeros_like(both), where=used).sum(axis=-1) / orders
    bottom = _BETA_SQUARED * precision + recall
    top = (1.0 + _BETA_SQUARED) * precision * recall
    score: Doubles = 100.0 * np.divide(top, bottom, out=np.zeros(top.shape), where=bottom > 0)
    return score


def ter(totals: "Doubles") -> "Doubles":
    """Return TER, from 0 up, lower is better.

    Columns: edits, words of the reference.

    Source: Snover et al. 2006 (https://aclanthology.org/2006.amta-papers.25).
    """
    edits, words = totals[..., 0], totals[..., 1]
    without_words = np.asarray(edits > 0, dtype=np.float64)
    score: Doubles = 100.0 * np.divide(edits, words, out=without_words, where=words > 0)
    return score


def mean(totals: "Doubles") -> "Doubles":
    """Return the mean of segment scores.

    Columns: sum of the scores, number of segments.
    """
    total, number = totals[..., 0], totals[..., 1]
    score: Doubles = np.divide(total, number, out=np.zeros(number.shape), where=number > 0)
    return score
