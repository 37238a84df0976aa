"""Benchmarks of translation models: resumable translation, scores, tests, speed and memory.

Example:
    >>> from eval.bench import BenchPlan, run_bench
    >>> plan = BenchPlan(models=("opus-mt", "t5-enruzh-small"), sets=("ntrex",), directions=(("en", "ru"),))
    >>> result = run_bench(plan, Path("bench"))  # doctest: +SKIP
"""

from eval.bench.plan import BenchPlan, Outputs
from eval.bench.result import BenchResult, Breakdown, ModelFigures, Part, SystemFigures, Table, WorstSegment
from eval.bench.runner import run_bench
from eval.bench.scoring import score_bench

__all__ = [
    "BenchPlan",
    "BenchResult",
    "Breakdown",
    "ModelFigures",
    "Outputs",
    "Part",
    "SystemFigures",
    "Table",
    "WorstSegment",
    "run_bench",
    "score_bench",
]
