"""Translation quality: scores against references through sacrebleu, and quality estimation without them.

Importing this package loads neither sacrebleu nor numpy; the functions that need them do.
"""

from eval.articles import ArticleScores, evaluate_articles
from eval.metrics import METRICS, evaluate, evaluate_sentences
from eval.qe.reference_free import ReferenceFree, assess, assess_translation
from eval.types import MetricScore, Scores

__all__ = [
    "METRICS",
    "ArticleScores",
    "MetricScore",
    "ReferenceFree",
    "Scores",
    "assess",
    "assess_translation",
    "evaluate",
    "evaluate_articles",
    "evaluate_sentences",
]
