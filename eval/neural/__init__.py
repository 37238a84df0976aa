"""Neural metrics, run through transformers: COMET-22 (XLM-R and a small head) and MetricX-24 (an mT5).

unbabel-comet and the metricx package cannot share an environment with transformers 5; the published weights can. They
are downloaded only when a metric is requested.
"""

from eval.neural.registry import NEURAL_METRICS, NeuralMetric, NeuralMetricSpec, Samples, known_neural_metrics
from eval.neural.scoring import load_neural_metric

__all__ = [
    "NEURAL_METRICS",
    "NeuralMetric",
    "NeuralMetricSpec",
    "Samples",
    "known_neural_metrics",
    "load_neural_metric",
]
