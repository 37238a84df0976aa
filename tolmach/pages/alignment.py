"""The page of an alignment: one HTML file that needs nothing else, no script either, and holds the document too."""

from dataclasses import dataclass
from itertools import pairwise

from tolmach.pages.aligned import AlignedText, make_aligned
from tolmach.pages.embedding import ELEMENT_ID, embed_result
from tolmach.pages.labels import version_name
from tolmach.pages.page import environment, make_policy, resource
from tolmach.pages.summary import Figure, make_facts
from tolmach.results.overview import DOUBTFUL, Overview, make_overview
from tolmach.results.result import Result, VersionAlignment

_METER = 5
"""Steps of the bar that shows a confidence."""

_MOST_LISTED = 100
"""Rows to check that the head of the page lists; all are marked in the text."""


@dataclass(frozen=True, slots=True)
class PairFacts:
    """One pair in the table of pairs.

    Attributes:
        name: Names of both versions.
        found: Its alignment.
        counts: The alignment in numbers.
    """

    name: str
    found: VersionAlignment
    counts: Overview


def render_alignment(result: Result) -> str:
    """Return the page of an alignment.

    It shows the versions side by side in the order of the first, says where another version has a passage elsewhere,
    and marks what is to be checked by shape and words, not by colour alone. `extract_result` reads the document back
    from it.

    Args:
        result: A document that fits together, with an alignment of every two of its versions.
    """
    from markupsafe import Markup  # noqa: PLC0415 - comes with jinja2

    text = make_aligned(result)
    style = resource("report.css") + resource("alignment.css")
    return (
        environment()
        .get_template("alignment.html")
        .render(
            result=result,
            facts=make_facts(result),
            figures=_figures(result, text),
            pairs=[_pair(result, found) for found in result.alignments.values()],
            text=text,
            to_check=text.to_check,
            most_listed=_MOST_LISTED,
            following=_following(text),
            threshold=DOUBTFUL,
            meter=_METER,
            element_id=ELEMENT_ID,
            # Our own style sheet, and JSON without a character that means anything to HTML.
            style=Markup(style),  # noqa: S704
            document=Markup(embed_result(result)),  # noqa: S704
            policy=make_policy(style),
        )
    )


def _pair(result: Result, found: VersionAlignment) -> PairFacts:
    first, second = (version_name(result.versions[index]) for index in found.versions)
    return PairFacts(f"{first} \N{EN DASH} {second}", found, make_overview(found.beads))


def _following(text: AlignedText) -> dict[int, int]:
    """Return, for each row to check but the last, the number of the next one."""
    return dict(pairwise(row.number for row in text.rows if row.doubts))


def _figures(result: Result, text: AlignedText) -> list[Figure]:
    sentences = " \N{MIDDLE DOT} ".join(str(len(version.article.sentences)) for version in result.versions)
    names = ", ".join(version.id for version in result.versions)
    single = sum(all(len(cell.sentences) == 1 for cell in row.cells) for row in text.rows)
    return [
        Figure(sentences, f"sentences ({names})", anchor="text"),
        Figure(str(len(text.rows)), "aligned rows", anchor="text"),
        Figure(f"{single / len(text.rows):.0%}" if text.rows else "\N{EN DASH}", "one to one", anchor="text"),
        Figure(str(len(text.to_check)), "to check", anchor="check"),
        Figure(str(sum(row.moved for row in text.rows)), "moved", anchor="text"),
        Figure(str(sum(row.gap for row in text.rows)), "with a gap", anchor="text"),
    ]
