"""The files of one run: translated articles, result.json and report.html."""

import json
from pathlib import Path

import click

from corpora.article import Article
from corpora.errors import UsageError
from corpora.files import write_text
from corpora.writers.markdown import to_markdown
from corpora.writers.plain import to_plain
from eval.types import MetricScore
from tolmach.report import write_report
from tolmach.result import Result, Version, write_result
from tolmach.strictness import flagged_sentences

_MARKDOWN = "md"


def write_run(folder: Path, result: Result) -> list[Path]:
    """Write the files of a run into `folder`, which is made; each appears whole or not at all.

    Returns:
        The paths written: translations, then result.json, then report.html.

    Raises:
        OutputError: One cannot be written.
    """
    paths = [write_version(folder, version) for version in result.versions if version.role == "translation"]
    result_path, report_path = folder / "result.json", folder / "report.html"
    write_result(result_path, result)
    write_report(report_path, result)
    return [*paths, result_path, report_path]


def write_version(folder: Path, version: Version) -> Path:
    """Write one version under its id, as Markdown where its source was Markdown, else as text; return the path.

    Raises:
        OutputError: It cannot be written.
    """
    suffix = _suffix(version)
    path = folder / f"{version.id}.{suffix}"
    write_text(path, render_version(version, suffix))
    return path


def render_version(version: Version, suffix: str) -> str:
    """Return a version as plain text (`txt`) or Markdown (`md`)."""
    article = Article(version.text, version.language, version.title, version.blocks, version.meta)
    return to_markdown(article) if suffix == _MARKDOWN else to_plain(article)


def deliver_translations(result: Result, output: Path | None) -> None:
    """Write the translations: one to a file or standard output, several into a folder.

    Raises:
        UsageError: There are several and no folder is named.
        OutputError: A file cannot be written.
    """
    versions = [version for version in result.versions if version.role == "translation"]
    if len(versions) > 1 and output is None:
        raise UsageError(
            "several languages cannot go to standard output", hint="Name a folder with -o, or use --format json"
        )
    for version in versions:
        text = render_version(version, _suffix(version))
        if output is None:
            click.echo(text, nl=False)
        elif len(versions) > 1 or output.is_dir():
            write_version(output, version)
        else:
            write_text(output, text)


def summary_json(result: Result, paths: list[Path]) -> str:
    """Return what a run did, in short, as JSON."""
    comparison = result.quotes
    verdicts = [pair.verdict for group in comparison.groups for pair in group.pairs] if comparison else []
    summary = {
        "schema": "tolmach-summary/1",
        "files": [str(path) for path in paths],
        "translations": {
            name: {
                "sentences": len(one.sentences),
                "flagged": sum(bool(sentence.checks) for sentence in one.sentences),
                "route": list(one.sentences[0].route) if one.sentences else [],
                "model": one.signature.get("model"),
                "warnings": list(one.warnings),
            }
            for name, one in result.translations.items()
        },
        "quotes": {"groups": len(comparison.groups) if comparison else 0}
        | {verdict: verdicts.count(verdict) for verdict in sorted(set(verdicts))},
        "scores": {name: _scores(one.metrics) for name, one in result.scores.items()},
        "flagged": flagged_sentences(result),
    }
    return json.dumps(summary, ensure_ascii=False, indent=2) + "\n"


def _scores(metrics: dict[str, MetricScore]) -> dict[str, dict[str, float | str]]:
    return {name: {"score": metric.score, "signature": metric.signature} for name, metric in metrics.items()}


def _suffix(version: Version) -> str:
    return _MARKDOWN if version.meta.format == "markdown" else "txt"
