"""Which differences between systems are real: paired resampling over segments, the same resamples for every metric.

Importing this package loads numpy only when a test is made.
"""

from eval.significance.systems import compare_systems, holm
from eval.significance.types import Interval, Resampling, Significance, SystemComparison, SystemScore

__all__ = ["Interval", "Resampling", "Significance", "SystemComparison", "SystemScore", "compare_systems", "holm"]
