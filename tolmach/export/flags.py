"""Translations with their failed checks marked: a number behind each flagged sentence, and notes at the end."""

from dataclasses import replace
from typing import TYPE_CHECKING

from common.messages import message
from corpora.article import Article, Block, Inline

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tolmach.results.result import Result

_LEVEL = 2
"""Level of the heading of the notes, which are the last section of the article."""


def mark_flags(result: "Result", target: str) -> Article:
    """Return a translated version with a raised number behind what failed a check, and what was seen as a list."""
    translation = result.translations[target]
    article = next(version.article for version in result.versions if version.id == target)
    beads = result.alignments[f"{translation.source}-{target}"].beads
    notes: list[str] = []
    places: list[int] = []
    last = 0
    for bead in beads:
        last = bead.target[-1] if bead.target else last
        checks = dict.fromkeys(check for at in bead.source for check in translation.sentences[at].checks)
        if checks and article.sentences:
            places.append(article.sentences[last].end)
            notes.append("; ".join(f"{' '.join(check.message.split())} ({check.kind})" for check in checks))
    return _with_notes(_with_numbers(article, places), notes) if notes else article


def _with_numbers(article: Article, places: "Sequence[int]") -> Article:
    """Return the article with `[1]`, `[2]`, … put in at the places, which are numbered in order."""
    for number, place in reversed(list(enumerate(places, 1))):
        article = _with_mark(article, place, f"[{number}]")
    return article


def _with_mark(article: Article, place: int, mark: str) -> Article:
    size = len(mark)
    blocks = tuple(
        replace(block, start=block.start + size * (block.start >= place), end=block.end + size * (block.end >= place))
        for block in article.blocks
    )
    inlines = [
        replace(one, start=one.start + size * (one.start >= place), end=one.end + size * (one.end > place))
        for one in article.inlines
    ]
    raised = [*inlines, Inline("superscript", place, place + size)]
    return replace(
        article,
        text=article.text[:place] + mark + article.text[place:],
        blocks=blocks,
        inlines=tuple(sorted(raised, key=lambda one: (one.start, -one.end))),
    )


def _with_notes(article: Article, notes: "Sequence[str]") -> Article:
    text, blocks = article.text, [*article.blocks]
    kinds = [
        Block("heading", 0, 0, _LEVEL),
        *(Block("list_item", 0, 0, 1, number) for number in range(1, 1 + len(notes))),
    ]
    for block, words in zip(kinds, [message("page.to_check"), *notes], strict=True):
        start = len(text) + 2
        text += f"\n\n{words}"
        blocks.append(replace(block, start=start, end=len(text)))
    return replace(article, text=text, blocks=tuple(blocks))
