"""Findings about "not": said on one side only."""

import re
from collections.abc import Iterator

from quotes.findings.evidence import Evidence, Pair, Passage, on_pieces, words_at
from quotes.findings.lexicon import find_entries, lexicon
from quotes.types import Finding, Span

_BORDER = re.compile(
    '["«»「」『』\N{LEFT DOUBLE QUOTATION MARK}\N{RIGHT DOUBLE QUOTATION MARK}\N{DOUBLE LOW-9 QUOTATION MARK}]'
)


def compare_negation(pair: Pair) -> Iterator[Evidence]:
    """Give evidence where one side denies and the other does not, or where one denies more often.

    Russian denies twice what English denies once, so words of one clause count as one denial.
    """
    first, second = denials(pair.first), denials(pair.second)
    if bool(first) != bool(second):
        has, lacks = (pair.first, pair.second) if first else (pair.second, pair.first)
        if _denies_otherwise(lacks):
            yield Evidence("negation_excused", 1.0)
            return
        excused = _implies(lacks)
        message = (
            f"The {has.language_name} version denies ({words_at(has, first or second)}); "
            f"the {lacks.language_name} one does not."
        )
        finding = Finding("negation", "warning" if excused else "serious", message, tuple(first), tuple(second))
        yield Evidence("negation_excused" if excused else "negation_flipped", 1.0, finding)
    elif len(first) != len(second):
        yield Evidence("negation_count", abs(len(first) - len(second)) / max(len(first), len(second)))


def denials(passage: Passage) -> list[Span]:
    """Return the first denying word of every clause that has one: code points into the article's text."""
    table = lexicon("negation", passage.language)
    spans = list(
        on_pieces(passage, lambda text: find_entries(text, passage.language, table["deny"], masked=table["not"]))
    )
    kept: list[Span] = []
    for span in spans:
        if not kept or _clause_ends(passage.article.text[kept[-1][1] : span[0]]):
            kept.append(span)
    return kept


def _clause_ends(between: str) -> bool:
    return any(mark in between for mark in ",.;:!?\N{IDEOGRAPHIC FULL STOP}，；：！？、—…")


def _denies_otherwise(passage: Passage) -> bool:
    """Tell whether a word denies by what it means ("I doubt it"), or the denial stands right outside the words found.

    Where a passage begins and ends is a guess where it has no marks, so its sentence is read, other quotes left out.
    """
    table = lexicon("negation", passage.language)
    if find_entries(passage.text, passage.language, table["deny_by_meaning"]):
        return True
    around = "".join(_around(passage, span) for span in passage.spans)
    return bool(find_entries(around, passage.language, table["deny"], masked=table["not"]))


def _around(passage: Passage, span: Span) -> str:
    """What stands before and behind a span in its sentence, up to any quotation mark."""
    start, end = span
    for sentence in passage.article.sentences:
        if sentence.start < end and start < sentence.end:
            before = _BORDER.split(passage.article.text[sentence.start : max(sentence.start, start)])[-1]
            after = _BORDER.split(passage.article.text[end : max(end, sentence.end)])[0]
            return f"{before} {after} "
    return ""


def _implies(passage: Passage) -> bool:
    return bool(find_entries(passage.text, passage.language, lexicon("negation", passage.language)["imply"]))
