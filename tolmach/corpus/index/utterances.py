"""Which quotes are one utterance, and what the comparison says of two of its wordings."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

from corpora.article import Article
from corpora.blocks import Block
from quotes.comparison import judge_pair
from quotes.facts.names import name_similarity
from quotes.facts.passages import Passage, PassagePair
from quotes.facts.vectors import Vectors
from quotes.findings.measure import prepare
from quotes.matching.links import weighted_length
from quotes.matching.members import Member
from quotes.types import MatchOptions, Quote, QuoteKind, VerdictOptions

if TYPE_CHECKING:
    from common.arrays import Floats

SPEECH: Final = ("direct", "partial")
"""Kinds of quotes that are somebody's words."""
ACCEPT: Final = 0.72
"""Least score of two passages that are one utterance, chosen on half of `benchmarks.corpora.quote_index`."""
_SHORTEST: Final = 25
"""Characters of the shortest sentence of a quote that is compared by itself; shorter ones say little."""
_KINDS_DIFFER: Final = 0.9
_UNKNOWN: Final = 0.5
_AT_ONCE: Final = 32
_DIGITS: Final = 6
"""Decimals of scores: more depend on what is compared at once."""
_MOST: Final = 50
"""Passages that are scored beside one: more than these are copies of one another."""
_OPTIONS: Final = MatchOptions()
_TOTAL: Final = _OPTIONS.text + _OPTIONS.kind + _OPTIONS.length + _OPTIONS.speaker

_name_fit = lru_cache(65_536)(name_similarity)


@dataclass(frozen=True, slots=True)
class IndexedPassage:
    """A quote, or a sentence of one, as it is compared with others.

    Attributes:
        number: Number of the quote in the index.
        text: The words.
        kind: Kind of the quote.
        speaker: Name of the speaker.
    """

    number: int
    text: str
    kind: str
    speaker: str | None


def passage_texts(text: str, language: str) -> list[str]:
    """Return a quote and, where it has several, its sentences: another article may have quoted one of them."""
    sentences = _article(text, language).sentences
    long = [one.text for one in sentences if weighted_length(one.text) >= _SHORTEST]
    return [text, *(long if len(sentences) > 1 else ())]


def passage_score(one: IndexedPassage, other: IndexedPassage, cosine: float) -> float:
    """Score two passages as one utterance, from 0 to 1.

    It is the score of two quotes of one story (`quotes.types.MatchOptions`) without their places: what the words of
    a short passage do not say, nothing says here, so that short ones are never joined.
    """
    lengths = sorted((max(1, weighted_length(one.text)), max(1, weighted_length(other.text))))
    trust = min(1.0, max(_OPTIONS.least_reliability, lengths[0] / _OPTIONS.reliable_length))
    named = one.speaker is not None and other.speaker is not None
    speakers = _name_fit(one.speaker, other.speaker) if named else _UNKNOWN
    found: float = _OPTIONS.text * trust * max(0.0, cosine)
    found += _OPTIONS.kind * (1.0 if one.kind == other.kind else _KINDS_DIFFER)
    found += _OPTIONS.length * math.sqrt(lengths[0] / lengths[1]) + _OPTIONS.speaker * speakers
    return found / _TOTAL


def least_cosine(accept: float) -> float:
    """Return the cosine below which no two passages score enough."""
    return (accept * _TOTAL - _TOTAL + _OPTIONS.text) / _OPTIONS.text


def near(cosines: "Floats", least: float) -> Iterator[tuple[int, int]]:
    """Yield rows and columns of those that are near enough, only the nearest of very many in a row."""
    import numpy as np  # noqa: PLC0415 - heavy

    rows, columns = np.nonzero(cosines >= least)
    for row in np.unique(rows):
        own = columns[rows == row]
        if len(own) > _MOST:
            own = own[np.argsort(-cosines[row, own], kind="stable")[:_MOST]]
        yield from ((int(row), int(column)) for column in own)


def compare_wordings(pairs: Sequence[tuple[Mapping[str, Any], Mapping[str, Any]]]) -> list[tuple[str, float]]:
    """Return verdict and measure of alteration of pairs of rows with `text`, `language`, `kind` and `speaker_name`.

    The words are compared by themselves: what stands around them differs between two stories anyway.
    """
    vectors = _vectors()
    found: list[tuple[str, float]] = []
    for start in range(0, len(pairs), _AT_ONCE):
        sides = [(_passage(one), _passage(other)) for one, other in pairs[start : start + _AT_ONCE]]
        listed = [PassagePair(one, other, vectors) for one, other in sides]
        prepare(listed)
        for pair in listed:
            members = [Member(side.quote, side.spans) for side in (pair.first, pair.second)]
            judged = judge_pair((0, 1), pair, (members[0], members[1]), VerdictOptions())
            found.append((judged.verdict, round(judged.altered, _DIGITS)))
    return found


def _vectors() -> Vectors:
    from alignment import load_encoder  # noqa: PLC0415 - loads the encoder

    return Vectors(load_encoder())


def _passage(row: Mapping[str, Any]) -> Passage:
    text: str = row["text"]
    kind: QuoteKind = row["kind"]
    article = _article(text, row["language"])
    places = tuple(range(len(article.sentences)))
    # The name is taken to be that of the attribution itself, as where a cue and nothing else is known.
    name = row["speaker_name"]
    quote = Quote("q1", kind, text, (text,), ((0, len(text)),), speaker_name=name, cue="", sentences=places)
    return Passage.of(article, quote)


def _article(text: str, language: str) -> Article:
    return Article(text, language, None, (Block("paragraph", 0, len(text)),))
