"""Significance of differences between systems: paired resampling, with the same resamples for every metric.

Importing this package does not load numpy.
"""

from eval.significance.systems import compare_systems, holm
from eval.significance.types import Interval, Resampling, Significance, SystemComparison, SystemScore

__all__ = ["Interval", "Resampling", "Significance", "SystemComparison", "SystemScore", "compare_systems", "holm"]
