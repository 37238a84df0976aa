"""Findings about words that differ between two versions in one language."""

import difflib
from collections.abc import Iterator

from quotes.findings.clauses import word_spans
from quotes.findings.evidence import Evidence, Pair, words_at
from quotes.findings.quantities import fold
from quotes.types import Finding, Span

Change = tuple[tuple[Span, ...], tuple[Span, ...]]


def word_changes(pair: Pair) -> list[Change]:
    """Return the runs of words that differ, on both sides: code points into each article's text; one side may be empty.

    Case, punctuation and ё do not count. The words are matched by difflib's longest common runs.
    """
    spans = word_spans(pair.first), word_spans(pair.second)
    words = [
        [fold(side.article.text[start:end]) for start, end in cut]
        for side, cut in zip((pair.first, pair.second), spans, strict=True)
    ]
    changes = []
    for tag, a, b, c, d in difflib.SequenceMatcher(a=words[0], b=words[1], autojunk=False).get_opcodes():
        if tag != "equal":
            changes.append((_run(spans[0][a:b]), _run(spans[1][c:d])))
    return changes


def compare_wording(pair: Pair) -> Iterator[Evidence]:
    """Give evidence for each run of words that differs; two languages give none."""
    if not pair.same_language:
        return
    for first, second in word_changes(pair):
        yield Evidence("wording", 1.0, Finding("wording", "note", _message(pair, (first, second)), first, second))


def _message(pair: Pair, change: Change) -> str:
    first, second = change
    if not second:
        return f"Only the first version says {words_at(pair.first, first)}."
    if not first:
        return f"Only the second version says {words_at(pair.second, second)}."
    return f"The first version says {words_at(pair.first, first)}, the second {words_at(pair.second, second)}."


def _run(spans: list[Span]) -> tuple[Span, ...]:
    return ((spans[0][0], spans[-1][1]),) if spans else ()
