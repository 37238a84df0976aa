"""Word alignment of two sentences."""

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Final

import numpy as np
import regex
from numpy.typing import NDArray
from threadpoolctl import ThreadpoolController

from alignment.encoders import Encoder, load_encoder
from alignment.encoders.base import WordEncoder, WordVectors
from alignment.words.segmentation import split_words
from common.arrays import Floats
from common.errors import InputError, UsageError
from corpora.languages import parse_language

Mask = NDArray[np.bool_]

Link = tuple[int, int, float]


@dataclass(frozen=True)
class LinkOptions:
    """Costs of the search for links, chosen on the even-numbered half of a Chinese-English development set.

    Attributes:
        temperature: Similarity that is worth a factor of e in the first estimate.
        diagonal: Cost of opposite positions in the sentences, as similarity, in the first estimate.
        later_temperature: As `temperature`, in the rounds with neighbours.
        later_diagonal: As `diagonal`, in the rounds with neighbours.
        rounds: Number of rounds that use neighbours.
        reach: Distance in words over which a neighbour's influence falls by a factor of e.
        neighbours: Exponent of the neighbours' influence.
        stranger: Influence assumed if there are no neighbours.
        frequent: Cost of the most frequent word, as a logarithm.
        frequency_scale: Rarity, in nats, over which that cost falls by a factor of e.
        least_share: Share of both words' choices that makes a link, from 0 to 1.
        least_likeness: A link needs this similarity, or
        least_neighbours: this influence of its neighbours.
        grown_share: Share of its own choices with which an unlinked word joins its neighbour's link, from 0 to 1.
        grown_likeness: Similarity required for that.
    """

    temperature: float = 0.028
    diagonal: float = 0.2
    later_temperature: float = 0.1
    later_diagonal: float = 0.2
    rounds: int = 2
    reach: float = 1.3
    neighbours: float = 2.4
    stranger: float = 0.002
    frequent: float = 4.5
    frequency_scale: float = 9.5
    least_share: float = 0.3
    least_likeness: float = 0.2
    least_neighbours: float = 0.2
    grown_share: float = 0.5
    grown_likeness: float = 0.1


DEFAULTS: Final = LinkOptions()


def link_words(likeness: Floats, rarity: tuple[Floats, Floats], options: LinkOptions = DEFAULTS) -> tuple[Link, ...]:
    """Return the links between the words of two texts.

    Args:
        likeness: Shape (words, words), about -1 to 1.
        rarity: Rarity of the words of either side, in nats, not negative.
        options: Costs of the search.

    Returns:
        Row, column, and the share of both words' choices that the pair has, from 0 to 1; ascending. A word may have
        several links.
    """
    if not likeness.size:
        return ()
    distance = _distance(*likeness.shape)
    shares = _shares(np.exp((likeness - options.diagonal * distance) / options.temperature))[0]
    fixed = (likeness - options.later_diagonal * distance) / options.later_temperature
    fixed -= options.frequent * np.add.outer(*(np.exp(each / -options.frequency_scale) for each in rarity))
    say = shares
    for _ in range(options.rounds):
        say = _neighbours_say(shares, options.reach)
        weights = np.exp(fixed) * (options.stranger + say) ** options.neighbours
        shares, by_row, by_column = _shares(weights)
    backed = (likeness > options.least_likeness) | (say > options.least_neighbours)
    found = (shares > options.least_share) & backed
    close = likeness > options.grown_likeness
    grown = _beside(found) & close & (by_column > options.grown_share)
    grown |= _beside(found.T).T & close & (by_row > options.grown_share)
    return tuple(
        (int(i), int(j), min(float(shares[i, j]), 1.0)) for i, j in zip(*np.nonzero(found | grown), strict=True)
    )


def _shares(weights: Floats) -> tuple[Floats, Floats, Floats]:
    """Return the share of the choices of both words, of the row's, of the column's."""
    tiny = np.float32(1e-30)
    by_row = weights / (weights.sum(axis=1, keepdims=True) + tiny)
    by_column = weights / (weights.sum(axis=0, keepdims=True) + tiny)
    return np.sqrt(by_row * by_column), by_row, by_column


def _distance(rows: int, columns: int) -> Floats:
    """Return the distance of relative positions in two sentences, from 0 to 1: shape (rows, columns)."""
    left, right = ((np.arange(size, dtype=np.float32) + 0.5) / size for size in (rows, columns))
    return np.abs(np.subtract.outer(left, right))


def _neighbours_say(shares: Floats, reach: float) -> Floats:
    """Return the shares of neighbouring pairs with at most one word in common, weighted by nearness.

    With K the weights of neighbours in a row or column, without the pair itself: K shares (K + 1) + (K + 1) shares K.
    """
    rows, columns = shares.shape
    above = _decay(rows, reach) @ shares
    right = _decay(columns, reach)
    return np.asarray(2 * (above @ right) + above + shares @ right)


def _decay(size: int, reach: float) -> Floats:
    """Return the weights of neighbours by distance, 0 for the pair itself: shape (size, size)."""
    places = np.arange(size, dtype=np.float32)
    weights = np.exp(np.abs(np.subtract.outer(places, places)) / -np.float32(reach))
    np.fill_diagonal(weights, 0)
    return np.asarray(weights)


def _beside(found: Mask) -> Mask:
    """Return the pairs left or right of a link whose column has no link yet."""
    out = np.zeros_like(found)
    out[:, 1:] |= found[:, :-1]
    out[:, :-1] |= found[:, 1:]
    return out & ~found.any(axis=0)


__all__ = ["align_word_pairs", "align_words", "split_words"]

TextOrWords = str | Sequence[str]

SAME_FORM: Final = 0.35
"""Similarity added for two words written alike: the same letters, the same number."""

MISFIT: Final = 1.0
"""Similarity subtracted for a punctuation mark and a word, or an opening and a closing mark."""

MEAN_PRIOR: Final = 20
"""Weight of a zero vector in the mean that is subtracted from all words, for sentences of few words."""

MOST_PAIRS: Final = 16_000_000
"""Most pairs of words: two texts of 4,000 words take seconds and 0.7 GB."""

_PAIRS_AT_ONCE: Final = 32
_WORDS_REMEMBERED: Final = 8_192
_MARK: Final = regex.compile(r"[\p{P}--[%‰&@#*§/]]+", regex.VERSION1)
_WORD, _OPENING, _CLOSING, _EITHER, _OTHER = range(5)
_KINDS: Final = {"Ps": _OPENING, "Pi": _OPENING, "Pe": _CLOSING, "Pf": _CLOSING}
_STRAIGHT: Final = frozenset("\"'")
# Incompatible kinds: a mark of either kind matches opening and closing ones.
_MISFIT: Final = ~np.eye(5, dtype=bool)
_MISFIT[_EITHER, [_OPENING, _CLOSING]] = _MISFIT[[_OPENING, _CLOSING], _EITHER] = False
_NUMBER: Final = regex.compile(r"\p{Nd}+(?:[.,]\p{Nd}+)*")
_LETTER: Final = regex.compile(r"\p{L}")


def align_words(
    a: TextOrWords,
    b: TextOrWords,
    *,
    source_language: str,
    target_language: str,
    encoder: Encoder | None = None,
) -> tuple[Link, ...]:
    """Pair the words of a sentence and its translation.

    Args:
        a: One sentence, or its words; a text is cut by `split_words`.
        b: The other.
        source_language: BCP-47 tag of `a`.
        target_language: BCP-47 tag of `b`.
        encoder: An encoder of words; None loads the embedded one.

    Returns:
        Index of a word in `a`, index of a word in `b`, and the pair's share of both words' choices, from 0 to 1;
        ascending. A word may be in several pairs, or in none.

    Raises:
        UsageError: A language is not known, or the encoder has no vectors of words.
        InputError: The texts are far too long to be sentences.

    Example:
        >>> links = align_words("New era.", "Новая эпоха.", source_language="en", target_language="ru")
        >>> [(i, j) for i, j, _ in links]
        [(0, 0), (1, 1), (2, 2)]
    """
    pairs = [(a, b)]
    return align_word_pairs(pairs, source_language=source_language, target_language=target_language, encoder=encoder)[0]


def align_word_pairs(
    pairs: Iterable[tuple[TextOrWords, TextOrWords]],
    *,
    source_language: str,
    target_language: str,
    encoder: Encoder | None = None,
) -> list[tuple[Link, ...]]:
    """Return the result of `align_words` for each pair; faster for many pairs at once.

    Args:
        pairs: Sentences and their translations, each a text or its words.
        source_language: BCP-47 tag of the first of each pair.
        target_language: BCP-47 tag of the second.
        encoder: An encoder of words; None loads the embedded one.

    Raises:
        UsageError: A language is not known, or the encoder has no vectors of words.
        InputError: The texts are far too long to be sentences.
    """
    languages = parse_language(source_language), parse_language(target_language)
    encoder = encoder or load_encoder()
    if not isinstance(encoder, WordEncoder):
        raise UsageError(f"the encoder {encoder.name!r} gives no vectors of words", hint="Use the encoder 'use'")
    cut = [tuple(map(_words, pair, languages)) for pair in pairs]
    for first, second in cut:
        if len(first) * len(second) > MOST_PAIRS:
            raise InputError(
                f"cannot align the words of texts of {len(first):,} and {len(second):,} words",
                hint="Align their sentences, then the words of each pair",
            )
    found: list[tuple[Link, ...]] = []
    for start in range(0, len(cut), _PAIRS_AT_ONCE):
        texts = [words for pair in cut[start : start + _PAIRS_AT_ONCE] for words in pair]
        vectors = encoder.encode_words(texts)
        # The matrices of a pair are small: waiting for a second thread would take longer than it saves.
        with _threads().limit(limits=1, user_api="blas"):
            found += [
                _links((texts[at], texts[at + 1]), (vectors[at], vectors[at + 1])) for at in range(0, len(texts), 2)
            ]
    return found


@cache
def _threads() -> ThreadpoolController:
    return ThreadpoolController()


def _words(words: TextOrWords, language: str) -> list[str]:
    return split_words(words, language) if isinstance(words, str) else list(words)


def _links(texts: tuple[list[str], list[str]], vectors: tuple[WordVectors, WordVectors]) -> tuple[Link, ...]:
    if not all(texts):
        return ()
    first, second = vectors
    return link_words(_likeness(first, second) + _form(*texts), (first.rarity, second.rarity))


def _likeness(first: WordVectors, second: WordVectors) -> Floats:
    """Return cosines after subtracting the mean of all words of both sides."""
    total = first.vectors.sum(axis=0) + second.vectors.sum(axis=0)
    mean = total / (len(first.vectors) + len(second.vectors) + MEAN_PRIOR)
    rows, columns = (_unit(each.vectors - mean) for each in (first, second))
    return np.asarray(rows @ columns.T)


def _form(first: list[str], second: list[str]) -> Floats:
    """Return the change of similarity by the form of two words: shape (words of `first`, words of `second`)."""
    kinds = [np.array([_kind(word) for word in words]) for words in (first, second)]
    out = np.where(_MISFIT[np.ix_(*kinds)], np.float32(-MISFIT), np.float32(0))
    places: dict[str, list[int]] = {}
    for j, word in enumerate(second):
        if form := _written(word):
            places.setdefault(form, []).append(j)
    for i, word in enumerate(first):
        out[i, places.get(_written(word), [])] += SAME_FORM
    return out


@lru_cache(_WORDS_REMEMBERED)
def _kind(word: str) -> int:
    """Return the kind of a token: a word, a mark that opens, closes, may do both, or any other mark."""
    if not _MARK.fullmatch(word):
        return _WORD
    if all(character in _STRAIGHT for character in word):
        return _EITHER
    return _KINDS.get(unicodedata.category(word[0]), _OTHER)


@lru_cache(_WORDS_REMEMBERED)
def _written(word: str) -> str:
    """Return the language-independent form of a word: its first number, else its letters in lower case, else ""."""
    plain = unicodedata.normalize("NFKC", word)
    if number := _NUMBER.search(plain):
        return number.group().replace(",", "")
    return plain.casefold() if _LETTER.search(plain) else ""


def _unit(rows: Floats) -> Floats:
    """Return rows of length 1, or 0 if they have no direction: shape (words, dimension)."""
    return np.asarray(rows / np.maximum(np.linalg.norm(rows, axis=-1, keepdims=True), np.float32(1e-9)))
