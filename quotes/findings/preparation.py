"""Encodes in one batch what the detectors ask for piece by piece: many small batches take several times as long."""

from collections.abc import Iterable

from quotes.findings.answers import cut_words
from quotes.findings.boundary import boundary_texts
from quotes.findings.clauses import clause_runs
from quotes.findings.evidence import Pair, Passage


def prepare(pairs: Iterable[Pair]) -> None:
    """Let the vectors of `pairs` know the texts that will be asked for; without it the same comes out, later."""
    listed = [pair for pair in pairs if not pair.same_language]
    if not listed:
        return
    passages: dict[tuple[str, ...], Passage] = {}
    for pair in listed:
        for passage in (pair.first, pair.second):
            passages[passage.article.language, *map(str, passage.spans)] = passage
    vectors = listed[0].vectors
    texts = [text for passage in passages.values() for text in (passage.text, *clause_runs(passage))]
    vectors.add([*texts, *(text for pair in listed for text in boundary_texts(pair))])
    vectors.word_features([words for passage in passages.values() if (words := cut_words(passage))])
