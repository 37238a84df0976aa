"""What a search of a corpus finds in all formats: a table, JSON, CSV for spreadsheets, a page."""

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass, fields
from typing import Final

from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from common.messages import word
from tolmach.corpus.index.page import search_page
from tolmach.corpus.index.search import SearchResult, Utterance, Wording
from tolmach.export.output import CsvForm, Output, write_csv
from tolmach.tables.quotes import Marking
from tolmach.terminal.console import one_line

SEARCH_FORMATS: Final = ("table", "json", "csv", "html")
_INDENT: Final = 4
"""Spaces before the words of a wording, below the facts about it."""
SEARCH_COLUMNS: Final = ("utterance", "score", *(field.name for field in fields(Wording)))


@dataclass(frozen=True, slots=True)
class WordingSpan:
    """Wordings of an utterance that are the same to the letter, for the timeline.

    Attributes:
        first: The earliest of them.
        last: Date of the last.
        count: Number of them.
    """

    first: Wording
    last: str | None
    count: int


def deliver_search(found: SearchResult, output: Output, form: CsvForm, *, timeline: bool = False) -> None:
    """Write what was found."""
    chosen = output.form()
    if chosen == "csv":
        output.write(search_csv(found, form))
    elif chosen == "html":
        output.write(search_page(found))
    else:
        text = json.dumps(asdict(found), ensure_ascii=False, indent=1) + "\n"
        output.emit(text, lambda console: draw_search(console, found, timeline=timeline))


def search_csv(found: SearchResult, form: CsvForm) -> str:
    """Return the wordings as CSV (RFC 4180) with a header, one row for each; see `SEARCH_COLUMNS`."""
    rows = (
        [utterance.id, round(utterance.score, 4), *asdict(wording).values()]
        for utterance in found.utterances
        for wording in utterance.wordings
    )
    return write_csv(SEARCH_COLUMNS, rows, form)


def draw_search(console: Console, found: SearchResult, *, timeline: bool = False) -> None:
    """Draw each utterance with its wordings, the earliest first; in a timeline, equal wordings as one."""
    marking = Marking.of(console)
    if not found.utterances:
        console.print("Nothing was found.")
    for number, utterance in enumerate(found.utterances):
        if number:
            console.print()
        speaker = one_line(utterance.speaker_name or "unknown speaker")
        console.print(Text(f"{speaker}  ({utterance.score:.2f})", style="bold"))
        for span in _spans(utterance) if timeline else (WordingSpan(one, one.date, 1) for one in utterance.wordings):
            one = span.first
            days = f"{one.date or '?'} to {span.last or '?'}" if span.last != one.date else one.date or ""
            times = f"{span.count} ×" if span.count > 1 else ""
            verdict = marking.verdict(one.verdict, word("verdict", one.verdict)) if one.verdict else Text("earliest")
            if timeline and one.altered is not None:
                verdict.append(f" {one.altered:.2f}")
            facts = (days, times, one.outlet or "", one.language, one.url or one.article)
            console.print(Text("  ").join([*(Text(one_line(fact)) for fact in facts if fact), verdict]))
            console.print(Padding(Text(one_line(one.text)), (0, 0, 0, _INDENT), expand=False))


def _spans(utterance: Utterance) -> Iterator[WordingSpan]:
    same: dict[tuple[str, str], list[Wording]] = {}
    for wording in utterance.wordings:
        same.setdefault((wording.language, wording.text.casefold()), []).append(wording)
    for wordings in same.values():
        yield WordingSpan(wordings[0], wordings[-1].date, len(wordings))
