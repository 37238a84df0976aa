"""Which words of two sentences correspond."""

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
        temperature: Likeness worth a factor e in the first guess.
        diagonal: Price of opposite places in the sentences, in likeness, in the first guess.
        later_temperature: As `temperature`, in the rounds with neighbours.
        later_diagonal: As `diagonal`, in the rounds with neighbours.
        rounds: How often neighbours are asked.
        reach: Words over which a neighbour's say falls by a factor e.
        neighbours: Power of the neighbours' say.
        stranger: What stands for the say of neighbours where there is none.
        frequent: Price of the most frequent word, as a logarithm.
        frequency_scale: Rarity, in nats, over which that cost falls by a factor e.
        least_share: Share of both words' choices that makes a link, from 0 to 1.
        least_likeness: A link needs this likeness, or
        least_neighbours: this say of its neighbours.
        grown_share: Share of its own choices with which a word left over joins its neighbour's link, from 0 to 1.
        grown_likeness: Likeness which that takes.
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
        rarity: Of the words of either side, in nats, not negative.
        options: Costs.

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
    """Share of the choices of both words, of the row's, of the column's."""
    tiny = np.float32(1e-30)
    by_row = weights / (weights.sum(axis=1, keepdims=True) + tiny)
    by_column = weights / (weights.sum(axis=0, keepdims=True) + tiny)
    return np.sqrt(by_row * by_column), by_row, by_column


def _distance(rows: int, columns: int) -> Floats:
    """How far apart relative places in two sentences are, from 0 to 1: shape (rows, columns)."""
    left, right = ((np.arange(size, dtype=np.float32) + 0.5) / size for size in (rows, columns))
    return np.abs(np.subtract.outer(left, right))


def _neighbours_say(shares: Floats, reach: float) -> Floats:
    """Shares of the pairs around each pair, that share at most one word with it, weighted by nearness.

    With K the weights of neighbours in a row or column, without the place itself: K shares (K + 1) + (K + 1) shares K.
    """
    rows, columns = shares.shape
    above = _decay(rows, reach) @ shares
    right = _decay(columns, reach)
    return np.asarray(2 * (above @ right) + above + shares @ right)


def _decay(size: int, reach: float) -> Floats:
    """Weights of neighbours by distance, none for the place itself: shape (size, size)."""
    places = np.arange(size, dtype=np.float32)
    weights = np.exp(np.abs(np.subtract.outer(places, places)) / -np.float32(reach))
    np.fill_diagonal(weights, 0)
    return np.asarray(weights)


def _beside(found: Mask) -> Mask:
    """Pairs whose column has no link yet, left or right of a link."""
    out = np.zeros_like(found)
    out[:, 1:] |= found[:, :-1]
    out[:, :-1] |= found[:, 1:]
    return out & ~found.any(axis=0)


__all__ = ["align_word_pairs", "align_words", "split_words"]

TextOrWords = str | Sequence[str]

SAME_FORM: Final = 0.35
"""Likeness added to two words written alike: the same letters, the same number."""

MISFIT: Final = 1.0
"""Likeness taken off a punctuation mark and a word, or an opening and a closing mark."""

MEAN_PRIOR: Final = 20
"""The mean of all words is taken off each; as many words of no direction are added, for sentences of few words."""

MOST_PAIRS: Final = 16_000_000
"""Pairs of words that are weighed against one another: two texts of 4,000 words take seconds and 0.7 GB."""

_PAIRS_AT_ONCE: Final = 32
_WORDS_REMEMBERED: Final = 8_192
_MARK: Final = regex.compile(r"[\p{P}--[%‰&@#*§/]]+", regex.VERSION1)
_WORD, _OPENING, _CLOSING, _EITHER, _OTHER = range(5)
_KINDS: Final = {"Ps": _OPENING, "Pi": _OPENING, "Pe": _CLOSING, "Pf": _CLOSING}
_STRAIGHT: Final = frozenset("\"'")
# Which kinds do not go together: a mark of either kind goes with those that open and those that close.
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
        encoder: An encoder that gives vectors of words; None loads the embedded one.

    Returns:
        Index of a word in `a`, index of a word in `b`, and how much of both words' choices the pair has, from 0 to 1;
        ascending. A word may be in several pairs, or in none. See `alignment.words.links` for how they are found.

    Raises:
        UsageError: A language is not known, or the encoder gives no vectors of words.
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
    """Return what `align_words` gives for each pair; many pairs at once take less time.

    Args:
        pairs: Sentences and their translations, each a text or its words.
        source_language: BCP-47 tag of the first of each pair.
        target_language: BCP-47 tag of the second.
        encoder: An encoder that gives vectors of words; None loads the embedded one.

    Raises:
        UsageError: A language is not known, or the encoder gives no vectors of words.
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
        # The matrices of a pair are small: a second thread would be waited for longer than it would help.
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
    """Cosines after the mean of all words of both sides is taken off each."""
    total = first.vectors.sum(axis=0) + second.vectors.sum(axis=0)
    mean = total / (len(first.vectors) + len(second.vectors) + MEAN_PRIOR)
    rows, columns = (_unit(each.vectors - mean) for each in (first, second))
    return np.asarray(rows @ columns.T)


def _form(first: list[str], second: list[str]) -> Floats:
    """What the writing of two words adds to their likeness: shape (words of `first`, words of `second`)."""
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
    """What sort of sign a word is: a word, or a mark that opens, that closes, that may do both, any other mark."""
    if not _MARK.fullmatch(word):
        return _WORD
    if all(character in _STRAIGHT for character in word):
        return _EITHER
    return _KINDS.get(unicodedata.category(word[0]), _OTHER)


@lru_cache(_WORDS_REMEMBERED)
def _written(word: str) -> str:
    """What a word is recognised by in any language: its first number, else its letters in lower case, else nothing."""
    plain = unicodedata.normalize("NFKC", word)
    if number := _NUMBER.search(plain):
        return number.group().replace(",", "")
    return plain.casefold() if _LETTER.search(plain) else ""


def _unit(rows: Floats) -> Floats:
    """Rows of length 1, or 0 where they have no direction: shape (words, dimension)."""
    return np.asarray(rows / np.maximum(np.linalg.norm(rows, axis=-1, keepdims=True), np.float32(1e-9)))
