"""The page of a search: each utterance with all its wordings, in the order of their dates."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Final

from common.errors import TolmachError
from common.messages import message
from corpora.article import Article
from corpora.languages import base_language
from corpora.offsets import Span
from quotes.facts.passages import Passage
from quotes.findings.wording import word_changes
from quotes.types import Quote
from tolmach.corpus.index.search import SearchResult, Utterance, Wording
from tolmach.pages.page import environment, make_policy, resource
from tolmach.pages.text import Fragment, Highlight, cut

_EARLIEST: Final = "same"
"""Verdict by whose colour the chart shows the earliest wording."""


@dataclass(frozen=True, kw_only=True)
class SearchForm:
    """What the fields of a search page suggest.

    Attributes:
        speakers: Names, the most quoted first.
        languages: Language tags of the corpus.
        outlets: Outlets of the corpus.
    """

    speakers: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    outlets: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _ShownWording:
    """A wording, and its words with those marked that differ."""

    said: Wording
    number: int
    anchor: str
    fragments: tuple[Fragment, ...]


@dataclass(frozen=True, slots=True)
class _Point:
    """A wording on the chart.

    Attributes:
        place: Its date, 0 for the first day of the chart and 1 for the last.
        altered: How likely its meaning differs from the earliest.
    """

    place: float
    altered: float
    verdict: str


@dataclass(frozen=True, slots=True)
class _ShownUtterance:
    """An utterance as the page shows it.

    Attributes:
        points: Its dated wordings; none where all are of one day.
        first: The first day of the chart.
        last: The last.
    """

    speaker: str | None
    wordings: tuple[_ShownWording, ...]
    points: tuple[_Point, ...]
    first: str
    last: str


def search_page(found: SearchResult, *, form: SearchForm | None = None, problem: TolmachError | None = None) -> str:
    """Return the page of a search, which loads nothing from elsewhere.

    Args:
        found: What was found; without a query, nothing was asked yet.
        form: What the fields suggest, on a page of `tolmach corpus serve`; None for a page without fields.
        problem: What prevented the search.
    """
    from markupsafe import Markup  # noqa: PLC0415 - comes with jinja2

    asked = {"q": found.query, **asdict(found.filters)}
    words = message("version.named", name=found.query) if found.query else message("search.heading")
    return (
        environment()
        .get_template("search.html")
        .render(
            heading=words,
            asked=asked,
            form=form,
            problem=f"{problem}." if problem else None,
            utterances=[_show(number, one) for number, one in enumerate(found.utterances, 1)],
            style=Markup(search_style()),  # noqa: S704 - our own file
            policy=search_policy(forms=form is not None),
        )
    )


def search_style() -> str:
    """Return the style sheet of the page."""
    return resource("report.css") + resource("search.css")


def search_policy(*, forms: bool) -> str:
    """Return the content security policy of the page."""
    return make_policy(search_style(), forms=forms)


def _show(number: int, utterance: Utterance) -> _ShownUtterance:
    wordings = [
        _ShownWording(one, place, f"w-{number}-{place}", _fragments(one, utterance.wordings[: place - 1]))
        for place, one in enumerate(utterance.wordings, 1)
    ]
    points = _points(utterance.wordings)
    dates = sorted(one.date for one in utterance.wordings if one.date)
    first, last = (dates[0][:10], dates[-1][:10]) if points else ("", "")
    return _ShownUtterance(utterance.speaker_name, tuple(wordings), points, first, last)


def _fragments(wording: Wording, earlier: Sequence[Wording]) -> tuple[Fragment, ...]:
    """Return the words, those marked that the earliest wording in the same language does not have."""
    language = base_language(wording.language)
    model = next((one for one in earlier if base_language(one.language) == language), None)
    spans = _differing(model, wording) if model else ()
    marks = [Highlight(start, end, "changed") for start, end in spans]
    return cut(wording.text, (0, len(wording.text)), marks)


def _differing(model: Wording, wording: Wording) -> Iterable[Span]:
    return [span for _, spans in word_changes(_passage(model), _passage(wording)) for span in spans]


def _passage(wording: Wording) -> Passage:
    text = wording.text
    quote = Quote(id=wording.quote, kind="direct", text=text, parts=(text,), spans=((0, len(text)),))
    return Passage.of(Article(text, wording.language), quote)


def _points(wordings: Sequence[Wording]) -> tuple[_Point, ...]:
    days = {at: day for at, one in enumerate(wordings) if (day := _day(one.date)) is not None}
    if len(set(days.values())) < 2:  # noqa: PLR2004 - a time has two ends
        return ()
    first, last = min(days.values()), max(days.values())
    return tuple(
        _Point((day - first) / (last - first), wordings[at].altered or 0.0, wordings[at].verdict or _EARLIEST)
        for at, day in days.items()
    )


def _day(text: str | None) -> int | None:
    """Return the number of a day; a date without month or day counts as its first."""
    try:
        return date.fromisoformat(f"{(text or '')[:10]}-01-01"[:10]).toordinal()
    except ValueError:
        return None
