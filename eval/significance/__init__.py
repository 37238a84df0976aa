"""Significance of differences between systems: paired resampling, with the same resamples for every metric.

Importing this package does not load numpy.
"""

from eval.significance.measures import Interval, Resampling, Significance, SystemComparison, SystemScore
from eval.significance.systems import compare_systems, holm

__all__ = ["Interval", "Resampling", "Significance", "SystemComparison", "SystemScore", "compare_systems", "holm"]
