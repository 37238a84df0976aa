"""Neural metrics, run through transformers: COMET-22 (XLM-R and a small head) and MetricX-24 (an mT5).

unbabel-comet and the metricx package cannot share an environment with transformers 5; the published weights can. They
are fetched when a metric is asked for, and never otherwise.
"""

from eval.neural.loading import load_learned
from eval.neural.registry import LEARNED, LearnedMetric, LearnedSpec, Samples, known_learned

__all__ = ["LEARNED", "LearnedMetric", "LearnedSpec", "Samples", "known_learned", "load_learned"]
