"""Results about quotes in all formats: JSON, pages, tables, and CSV for spreadsheets."""

import csv
import io
from collections.abc import Iterable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Final

from common.errors import UsageError
from tolmach.export.output import Output
from tolmach.pages import render_report
from tolmach.results.result import to_json
from tolmach.tables.quotes import comparison_summary, comparison_table, quotes_table

if TYPE_CHECKING:
    from quotes.types import Finding, Quote, QuoteGroup, QuotePair
    from tolmach.results.result import Result, Version

QUOTE_FORMATS: Final = ("table", "json", "csv")
COMPARISON_FORMATS: Final = (*QUOTE_FORMATS, "html")

QUOTE_COLUMNS: Final = (
    "file", "language", "id", "kind", "speaker", "speaker_name", "cue", "text", "start", "end", "sentence", "nested_in",
)  # fmt: skip
PAIR_COLUMNS: Final = (
    "group", "first_version", "second_version", "first_language", "second_language", "first_file", "second_file",
    "speaker", "kind", "group_verdict", "verdict", "altered", "similarity", "first_text", "second_text", "findings",
)  # fmt: skip

_FORMULA: Final = tuple(
    "=+-@\t\r\n\N{FULLWIDTH EQUALS SIGN}\N{FULLWIDTH PLUS SIGN}\N{FULLWIDTH HYPHEN-MINUS}\N{FULLWIDTH COMMERCIAL AT}"
)
"""Characters at the start of a cell that a spreadsheet may take for a formula (owasp.org, "CSV Injection")."""
_PLACES: Final = 4

_MORE: Final = "--all shows them all, side by side"

CsvValue = str | int | float | None


def check_options(output: Output, *, escape: bool, full: bool = False) -> None:
    """Refuse options that do not apply to the format.

    Raises:
        UsageError: The file's extension is of another format, or an option is about another one.
    """
    chosen = output.form()
    for given, name, form in ((escape, "--escape-formulas", "csv"), (full, "--all", "table")):
        if given and chosen != form:
            raise UsageError(f"{name} is about {form}, not {chosen}", hint=f"Add --format {form}, or leave it out")


def deliver_quotes(result: "Result", output: Output, *, escape: bool = False) -> None:
    """Write the quotes of every version.

    Args:
        result: A document with quotes.
        output: Destination and format, one of `QUOTE_FORMATS`.
        escape: Whether to escape formulas in CSV.

    Raises:
        OutputError: The file cannot be written.
    """
    if output.form() == "csv":
        output.write(quotes_csv(result, escape=escape))
    else:
        output.emit(to_json(result), lambda console: quotes_table(console, result))


def deliver_comparison(result: "Result", output: Output, *, full: bool = False, escape: bool = False) -> None:
    """Write the differences between the quotes of the versions.

    Args:
        result: A document with compared quotes.
        output: Destination and format, one of `COMPARISON_FORMATS`.
        full: Whether a table shows the wordings of all quotes, not a summary.
        escape: Whether to escape formulas in CSV.

    Raises:
        OutputError: The file cannot be written.
    """
    if output.form() == "csv":
        output.write(comparison_csv(result, escape=escape))
    elif output.form() == "html":
        output.write(render_report(result))
    else:
        draw = comparison_table if full else partial(comparison_summary, more=_MORE)
        output.emit(to_json(result), lambda console: draw(console, result))


def quotes_csv(result: "Result", *, escape: bool = False) -> str:
    """Return the quotes of every version as CSV (RFC 4180) with a header, one row a quote; see `QUOTE_COLUMNS`.

    `start` and `end` count code points into the article's text; interruptions of the quote are included. `sentence` has
    the indices of the sentences, from 0, separated by spaces.

    Args:
        result: A document with quotes.
        escape: Whether to put an apostrophe before texts that a spreadsheet may take for a formula.
    """
    assert result.quotes is not None  # noqa: S101 - cannot happen, and tells the type checker
    rows = (
        _quote_row(version, quote)
        for version, found in zip(result.versions, result.quotes.quotes, strict=True)
        for quote in found
    )
    return _write(QUOTE_COLUMNS, rows, escape=escape)


def comparison_csv(result: "Result", *, escape: bool = False) -> str:
    """Return the groups as CSV (RFC 4180) with a header, one row for each pair of versions; see `PAIR_COLUMNS`.

    A version without the quote has an empty text. Findings are written `kind:severity:message`, separated by ` | `.

    Args:
        result: A document with compared quotes.
        escape: Whether to put an apostrophe before texts that a spreadsheet may take for a formula.
    """
    assert result.quotes is not None  # noqa: S101 - cannot happen, and tells the type checker
    rows = (_pair_row(result, group, pair) for group in result.quotes.groups for pair in group.pairs)
    return _write(PAIR_COLUMNS, rows, escape=escape)


def _quote_row(version: "Version", quote: "Quote") -> list[CsvValue]:
    sentences = " ".join(map(str, quote.sentences))
    article = version.article
    return [
        article.meta.source, article.language, quote.id, quote.kind, quote.speaker, quote.speaker_name, quote.cue,
        quote.text, quote.spans[0][0], quote.spans[-1][1], sentences, quote.nested_in,
    ]  # fmt: skip


def _pair_row(result: "Result", group: "QuoteGroup", pair: "QuotePair") -> list[CsvValue]:
    versions = [result.versions[at] for at in pair.versions]
    texts = [member.text if member else None for member in (group.members[at] for at in pair.versions)]
    kind = next((member.kind for member in group.members if member), None)
    similarity = None if pair.similarity is None else round(pair.similarity, _PLACES)
    return [
        group.id, *(version.id for version in versions), *(version.article.language for version in versions),
        *(version.article.meta.source for version in versions), group.speaker_name, kind, group.verdict, pair.verdict,
        round(pair.altered, _PLACES), similarity, *texts, " | ".join(map(_finding, pair.findings)),
    ]  # fmt: skip


def _finding(finding: "Finding") -> str:
    return f"{finding.kind}:{finding.severity}:{finding.message}"


def _write(columns: Sequence[str], rows: Iterable[Sequence[CsvValue]], *, escape: bool) -> str:
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(columns)
    writer.writerows([_guarded(cell) for cell in row] if escape else row for row in rows)
    return text.getvalue()


def _guarded(cell: CsvValue) -> CsvValue:
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_FORMULA) else cell
