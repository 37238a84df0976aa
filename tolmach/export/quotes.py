"""Results about quotes in all formats: JSON, pages, tables, and CSV for spreadsheets."""

from functools import partial
from typing import TYPE_CHECKING, Final

from common.messages import message
from tolmach.export.output import CsvForm, CsvValue, Output, write_csv
from tolmach.pages import render_report
from tolmach.pages.text import joined_parts
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
FINDING_COLUMNS: Final = ("finding_kind", "finding_severity", "finding")

_PLACES: Final = 4

_PLAIN: Final = CsvForm()


def deliver_quotes(result: "Result", output: Output, form: CsvForm = _PLAIN) -> None:
    """Write the quotes of every version."""
    if output.form() == "csv":
        output.write(quotes_csv(result, form))
    else:
        output.emit(to_json(result), lambda console: quotes_table(console, result))


def deliver_comparison(
    result: "Result", output: Output, form: CsvForm = _PLAIN, *, full: bool = False, names: bool = False
) -> None:
    """Write the differences between the quotes of the versions."""
    if output.form() == "csv":
        output.write(comparison_csv(result, form))
    elif output.form() == "html":
        output.write_page(render_report(result))
    else:
        more = message("quotes_table.all_shows")
        draw = comparison_table if full else partial(comparison_summary, more=more, names=names)
        output.emit(to_json(result), lambda console: draw(console, result))


def quotes_csv(result: "Result", form: CsvForm = _PLAIN) -> str:
    """Return the quotes of every version as CSV (RFC 4180) with a header, one row a quote; see `QUOTE_COLUMNS`.

    `start` and `end` count code points into the article's text; interruptions of the quote are included. `sentence` has
    the indices of the sentences, from 0, separated by spaces.
    """
    assert result.quotes is not None  # noqa: S101 - cannot happen, and tells the type checker
    rows = (
        _quote_row(version, quote)
        for version, found in zip(result.versions, result.quotes.quotes, strict=True)
        for quote in found
    )
    return write_csv(QUOTE_COLUMNS, rows, form)


def comparison_csv(result: "Result", form: CsvForm = _PLAIN) -> str:
    """Return the groups as CSV (RFC 4180) with a header, one row for each pair of versions; see `PAIR_COLUMNS`.

    A version without the quote has an empty text. Findings are written `kind:severity:message`, separated by ` | `. In
    the tidy form there is one row for each finding, which has columns of its own; see `FINDING_COLUMNS`.
    """
    assert result.quotes is not None  # noqa: S101 - cannot happen, and tells the type checker
    pairs = [(group, pair) for group in result.quotes.groups for pair in group.pairs]
    if form.tidy:
        tidy = (
            [*_pair_row(result, group, pair), finding.kind, finding.severity, finding.message]
            for group, pair in pairs
            for finding in pair.findings
        )
        return write_csv((*PAIR_COLUMNS[:-1], *FINDING_COLUMNS), tidy, form)
    rows = ([*_pair_row(result, group, pair), " | ".join(map(_finding, pair.findings))] for group, pair in pairs)
    return write_csv(PAIR_COLUMNS, rows, form)


def _quote_row(version: "Version", quote: "Quote") -> list[CsvValue]:
    sentences = " ".join(map(str, quote.sentences))
    article = version.article
    return [
        article.meta.source, article.language, quote.id, quote.kind, quote.speaker, quote.speaker_name, quote.cue,
        joined_parts(quote), quote.spans[0][0], quote.spans[-1][1], sentences, quote.nested_in,
    ]  # fmt: skip


def _pair_row(result: "Result", group: "QuoteGroup", pair: "QuotePair") -> list[CsvValue]:
    versions = [result.versions[at] for at in pair.versions]
    texts = [joined_parts(member) if member else None for member in (group.members[at] for at in pair.versions)]
    kind = next((member.kind for member in group.members if member), None)
    similarity = None if pair.similarity is None else round(pair.similarity, _PLACES)
    return [
        group.id, *(version.id for version in versions), *(version.article.language for version in versions),
        *(version.article.meta.source for version in versions), group.speaker_name, kind, group.verdict, pair.verdict,
        round(pair.altered, _PLACES), similarity, *texts,
    ]  # fmt: skip


def _finding(finding: "Finding") -> str:
    return f"{finding.kind}:{finding.severity}:{finding.message}"
