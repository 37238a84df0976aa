"""Fills the template."""

from pathlib import Path

from common.files import write_text
from tolmach.pages.groups import make_cards, quote_marks
from tolmach.pages.labels import labels
from tolmach.pages.page import environment, make_policy, resource
from tolmach.pages.rows import make_rows
from tolmach.pages.summary import count_speakers, count_verdicts, make_cautions, make_facts, make_figures
from tolmach.pages.text import make_text
from tolmach.results.result import Result


def render_report(result: Result) -> str:
    """Return the report as one HTML page.

    The page loads nothing: styles and script are inside, and its content security policy allows only these. All text
    of the articles is escaped.

    Args:
        result: A document that fits together, see `tolmach.results.reading.check_references`.
    """
    from markupsafe import Markup  # noqa: PLC0415 - comes with jinja2

    facts, rows = make_facts(result), make_rows(result)
    cards = make_cards(result, rows)
    style, script = resource("report.css"), resource("report.js")
    return (
        environment()
        .get_template("report.html")
        .render(
            result=result,
            facts=facts,
            cautions=make_cautions(facts),
            figures=make_figures(result, rows, cards),
            cards=cards,
            verdict_counts=count_verdicts(cards),
            speakers=count_speakers(cards),
            text=make_text(result, rows, quote_marks(result)),
            labels=labels(),
            # Our own files, not the articles': they stand in the page as they are, or their digests would not match.
            style=Markup(style),  # noqa: S704
            script=Markup(script),  # noqa: S704
            policy=make_policy(style, script),
        )
    )


def write_report(path: Path, result: Result) -> None:
    """Write the report, whole or not at all.

    Raises:
        OutputError: The file cannot be written.
    """
    write_text(path, render_report(result))
