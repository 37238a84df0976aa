"""The files of one run: translated articles, result.json and report.html."""

import json
from collections.abc import Sequence
from pathlib import Path

from common.files import write_texts
from common.names import printable
from corpora.article import Article
from eval.types import MetricScore
from tolmach.export.translations import RESULT, SUFFIXES, own_format, translated_texts
from tolmach.options.strict import flagged_sentences
from tolmach.pages import render_report
from tolmach.results.result import Result, VersionTranslation, to_json
from tolmach.results.translation_counts import count_sentences

REPORT = "report.html"


def write_run(folder: Path, result: Result) -> list[Path]:
    """Write the files of a run into `folder`, which is made: all of them, or where one cannot be written, none.

    Returns:
        The paths written: translations, then result.json, then report.html.

    Raises:
        OutputError: One cannot be written.
    """
    texts = {folder / name: text for name, text in translated_texts(result).items()}
    texts |= {folder / RESULT: to_json(result), folder / REPORT: render_report(result)}
    write_texts(texts)
    return list(texts)


def planned_paths(folder: Path, article: Article, targets: Sequence[str]) -> list[Path]:
    """Return the files that a run will write, before anything is translated."""
    names = [f"{target}.{SUFFIXES[own_format(article.meta)]}" for target in dict.fromkeys(targets)]
    return [folder / name for name in (*names, RESULT, REPORT)]


def foreign_files(folder: Path, planned: Sequence[Path]) -> list[Path]:
    """Return the files that a run will replace in a folder that holds no results of an earlier run."""
    return [] if (folder / RESULT).exists() else [path for path in planned if path.exists()]


def summary_json(result: Result, paths: list[Path]) -> str:
    """Return what a run did, in short, as JSON."""
    comparison = result.quotes
    verdicts = [pair.verdict for group in comparison.groups for pair in group.pairs] if comparison else []
    summary = {
        "schema": "tolmach-summary/1",
        "files": [printable(path) for path in paths],
        "translations": {name: _translation(one) for name, one in result.translations.items()},
        "quotes": {"groups": len(comparison.groups) if comparison else 0}
        | {verdict: verdicts.count(verdict) for verdict in sorted(set(verdicts))},
        "scores": {name: _scores(one.metrics) for name, one in result.scores.items()},
        "flagged": flagged_sentences(result),
    }
    return json.dumps(summary, ensure_ascii=False, indent=2) + "\n"


def _translation(one: VersionTranslation) -> dict[str, object]:
    counts = count_sentences(one)
    return {
        "sentences": counts.sentences,
        "flagged": counts.flagged,
        "checks": counts.checks,
        "attempts": counts.attempts,
        "tried_again": counts.tried_again,
        "methods": counts.methods,
        "route": list(one.sentences[0].route) if one.sentences else [],
        "model": one.signature.get("model"),
        "warnings": list(one.warnings),
    }


def _scores(metrics: dict[str, MetricScore]) -> dict[str, dict[str, float | str]]:
    return {name: {"score": metric.score, "signature": metric.signature} for name, metric in metrics.items()}
