"""The files of one run: translated articles, result.json and report.html."""

import json
from collections.abc import Iterable, Sequence
from pathlib import Path

import click

from corpora.article import Article, ArticleMeta
from corpora.errors import OutputError, UsageError
from corpora.files import require_writable, write_texts
from corpora.writers.markdown import to_markdown
from corpora.writers.plain import to_plain
from eval.types import MetricScore
from tolmach.report import render_report
from tolmach.result import Result, Version, to_json
from tolmach.strictness import flagged_sentences

RESULT = "result.json"
REPORT = "report.html"
_MARKDOWN = "md"


def write_run(folder: Path, result: Result) -> list[Path]:
    """Write the files of a run into `folder`, which is made: all of them, or where one cannot be written, none.

    Returns:
        The paths written: translations, then result.json, then report.html.

    Raises:
        OutputError: One cannot be written.
    """
    texts = {folder / name: text for name, text in _translations(result).items()}
    texts |= {folder / RESULT: to_json(result), folder / REPORT: render_report(result)}
    write_texts(texts)
    return list(texts)


def planned_paths(folder: Path, article: Article, targets: Sequence[str]) -> list[Path]:
    """Return the files that a run will write, before anything is translated."""
    names = [f"{target}.{_suffix(article.meta)}" for target in targets]
    return [folder / name for name in (*names, RESULT, REPORT)]


def check_outputs(outputs: Iterable[Path], inputs: Iterable[str]) -> None:
    """Make sure, before the long work, that the results can be written and that no input would be replaced.

    Args:
        outputs: Files that will be written.
        inputs: What was read, by path, URL or `-`.

    Raises:
        OutputError: An output is an input, or its folder cannot be written.
    """
    read = {Path(name).resolve(): name for name in inputs}
    for path in outputs:
        require_writable(path)
        if path.resolve() in read:
            raise OutputError(
                f"{path} is an input and would be overwritten", hint="Name another folder or file with -o"
            )


def _translations(result: Result) -> dict[str, str]:
    """Return the text of each translation by the name of its file."""
    made = [version for version in result.versions if version.role == "translation"]
    return {f"{version.id}.{_suffix(version.meta)}": render_version(version) for version in made}


def render_version(version: Version) -> str:
    """Return a version as Markdown where its source was Markdown, else as plain text."""
    article = Article(version.text, version.language, version.title, version.blocks, version.meta)
    return to_markdown(article) if _suffix(version.meta) == _MARKDOWN else to_plain(article)


def check_destination(targets: Sequence[str], output: Path | None) -> None:
    """Refuse to send several translations to standard output.

    Raises:
        UsageError: There are several and no folder is named.
    """
    if len(targets) > 1 and output is None:
        raise UsageError(
            "several languages cannot go to standard output", hint="Name a folder with -o, or use --format json"
        )


def deliver_translations(result: Result, output: Path | None) -> None:
    """Write the translations: one to a file or standard output, several into a folder.

    Raises:
        OutputError: A file cannot be written.
    """
    texts = _translations(result)
    if output is None:
        click.echo("".join(texts.values()), nl=False)
    elif len(texts) > 1 or output.is_dir():
        write_texts({output / name: text for name, text in texts.items()})
    else:
        write_texts({output: "".join(texts.values())})


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


def _suffix(meta: ArticleMeta) -> str:
    return _MARKDOWN if meta.format == "markdown" else "txt"
