"""Which words of two sentences answer each other."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

import numpy as np
import regex
from numpy.typing import NDArray

from alignment.encoders import Encoder, load_encoder
from alignment.encoders.base import WordEncoder
from corpora.errors import UsageError
from corpora.languages import parse_language

if TYPE_CHECKING:
    from alignment.encoders.base import Vectors

DISTANCE_PENALTY: Final = 0.3
"""Cosine taken off a pair of words that stand at opposite ends of their sentences."""

LEAST_COSINE: Final = 0.1
"""Pairs of words whose cosine is lower are left out."""

_WORD: Final = regex.compile(
    r"\p{Han}|[[\p{L}\p{M}\p{N}]--\p{Han}]+(?:['’\-.,][[\p{L}\p{M}\p{N}]--\p{Han}]+)*|[^\s]", regex.VERSION1
)


def align_words(
    a: str | Sequence[str],
    b: str | Sequence[str],
    *,
    source_language: str,
    target_language: str,
    encoder: Encoder | None = None,
) -> tuple[tuple[int, int, float], ...]:
    """Pair the words of a sentence and its translation.

    Words that are each other's nearest by the encoder's vectors in context are paired, after a penalty on the distance
    of their places in the sentences.

    Args:
        a: One sentence, or its words; a text is cut by `split_words`.
        b: The other.
        source_language: BCP-47 tag of `a`.
        target_language: BCP-47 tag of `b`.
        encoder: An encoder that gives vectors of words; None loads the embedded one.

    Returns:
        Index of a word in `a`, index of a word in `b`, and their cosine, from 0 to 1; ascending, each word
        at most once.

    Raises:
        UsageError: A language is not known, or the encoder gives no vectors of words.
    """
    first, second = _words(a, source_language), _words(b, target_language)
    encoder = encoder or load_encoder()
    if not isinstance(encoder, WordEncoder):
        raise UsageError(f"the encoder {encoder.name!r} gives no vectors of words", hint="Use the encoder 'use'")
    if not (first and second):
        return ()
    rows, columns = encoder.encode_words([first, second])
    cosines = rows @ columns.T
    scores = cosines - DISTANCE_PENALTY * _distance(len(first), len(second))
    return tuple((i, j, min(float(cosines[i, j]), 1.0)) for i, j in _mutual(scores) if cosines[i, j] >= LEAST_COSINE)


def split_words(text: str, language: str) -> list[str]:
    """Cut a text into words: runs of letters and digits, single Chinese characters, single other signs.

    Raises:
        UsageError: The language is not known.
    """
    parse_language(language)
    return [match.group() for match in _WORD.finditer(text)]


def _words(words: str | Sequence[str], language: str) -> list[str]:
    parse_language(language)
    return split_words(words, language) if isinstance(words, str) else list(words)


def _distance(rows: int, columns: int) -> NDArray[np.float64]:
    """How far apart relative places in two sentences are, from 0 to 1: shape (rows, columns)."""
    left, right = (np.arange(rows) + 0.5) / rows, (np.arange(columns) + 0.5) / columns
    return np.asarray(np.abs(left[:, None] - right[None, :]))


def _mutual(scores: "NDArray[np.float64] | Vectors") -> list[tuple[int, int]]:
    best, back = scores.argmax(axis=1), scores.argmax(axis=0)
    return [(i, int(j)) for i, j in enumerate(best) if back[j] == i]
