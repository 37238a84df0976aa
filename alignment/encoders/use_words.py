"""Vectors of words from the embedded encoder's token features."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from itertools import chain
from typing import Any, Final, TypeVar

import numpy as np

from alignment.encoders.base import WordVectors
from alignment.encoders.network import (
    BRANCH,
    BRANCHES,
    EMBEDDING,
    LEFT,
    OUTSIDE,
    Ids,
    Kinds,
    TokenNetwork,
    convolve,
    layernorm,
    window_of,
)
from alignment.encoders.respelling import respell
from common.arrays import Floats

# The widest convolution costs as much as the others together, and words align equally well without it.
_BRANCHES: Final = BRANCHES[:2]
_SIZE: Final = len(_BRANCHES) * BRANCH
_FEATURES: Final = EMBEDDING + _SIZE

UNKNOWN, BEGIN, END, SPACE = 0, 1, 2, 6
"""Ids of pieces with a meaning."""

_WORDS_AT_ONCE: Final = 1_500
_UNKNOWN_NATS: Final = 20.0
_WORDS_REMEMBERED: Final = 16_384
"""Words whose pieces are known: few words of an article stand in it once, and a call of SentencePiece takes 20 µs."""
_WORTH_A_THREAD: Final = 200  # words

Part = TypeVar("Part", bound=Sequence[Sequence[str]])
Result = TypeVar("Result")


class WordNetwork(TokenNetwork):
    """Features of tokens from the two narrow convolutions only, 1024 of the 1280."""

    def project(self, features: Floats, count: Floats | float = 1.0) -> Floats:
        """Return features of single tokens, or their sums over `count` tokens, in the space before the head."""
        projected: Floats = features @ self._weights.cnn_W[:_FEATURES] + count * self._weights.cnn_b
        return projected

    def _piece(self, ids: Ids, first: Ids, last: Ids) -> Floats:
        weights, window = self._weights, window_of(len(ids), first, last)
        kinds = self.kinds(ids)
        out = np.empty((len(ids), _FEATURES), np.float32)
        out[:, :EMBEDDING] = kinds.embedded[kinds.places]
        once = self._once(kinds, np.append(kinds.places, OUTSIDE)[window])
        for branch, (width, left) in enumerate(_BRANCHES):
            columns = slice(branch * BRANCH, (branch + 1) * BRANCH)
            slots = window[:, LEFT - left : LEFT - left + width]
            twice = convolve(once[:, columns], slots, weights.w2[branch], weights.b2[branch])
            out[:, EMBEDDING:][:, columns] = twice
        return layernorm(out, weights.ln_g[:_FEATURES], weights.ln_b[:_FEATURES], weights.eps)

    def _once(self, kinds: Kinds, around: Ids) -> Floats:
        """Return the output of the first convolutions: shape (tokens, 512)."""
        out = np.repeat(np.concatenate(self._weights.b1[: len(_BRANCHES)])[None], len(around), axis=0)
        tables = iter(kinds.outputs)
        for branch, (width, left) in enumerate(_BRANCHES):
            sums = out[:, branch * BRANCH : (branch + 1) * BRANCH]
            for slot in range(LEFT - left, LEFT - left + width):
                sums += next(tables)[around[:, slot]]
        np.maximum(out, 0, out=out)
        out += kinds.narrow[kinds.places, :_SIZE]
        return np.asarray(out)


class WordEmbedder:
    """Computes the vector and the rarity of each word in its sentence.

    The vector is the mean of the features of the word's pieces before the head.
    """

    def __init__(self, processor: Any, network: WordNetwork) -> None:
        self._processor = processor
        self._network = network
        self._pieces = lru_cache(_WORDS_REMEMBERED)(self._cut)

    def embed(self, texts: Sequence[Sequence[str]]) -> list[WordVectors]:
        """Return the vectors of the words of each text, as one batch."""
        return self._words(texts, self._projected, 512)

    def features(self, texts: Sequence[Sequence[str]]) -> list[WordVectors]:
        """Return the features of the words of each text before projection, the mean over the word's pieces."""
        return self._words(texts, lambda sums, counts: sums / counts, 1024)

    def _projected(self, sums: Floats, counts: Floats) -> Floats:
        rows = self._network.project(sums, counts)
        rows /= np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), np.float32(1e-9))
        return rows

    def _words(
        self, texts: Sequence[Sequence[str]], finish: Callable[[Floats, Floats], Floats], size: int
    ) -> list[WordVectors]:
        words = [word for text in texts for word in respell(text)]
        if not words:
            return [WordVectors(np.zeros((0, size), np.float32), np.zeros(0, np.float32)) for _ in texts]
        pieces = list(map(self._pieces, words))
        counts = np.array([len(ids) for ids in pieces], np.float32)[:, None]
        rows = finish(self._sums(pieces, [len(text) for text in texts]), counts)
        borders = np.cumsum([len(text) for text in texts])[:-1]
        split = zip(np.split(rows, borders), np.split(self._rarity(pieces), borders), strict=True)
        return [WordVectors(vectors, rarity) for vectors, rarity in split]

    def _cut(self, word: str) -> list[int]:
        # A lone surrogate counts as a question mark.
        ids: list[int] = self._processor.encode(word.encode("utf-8", "replace").decode("utf-8"))
        # A single word begins with the mark of a space, in Chinese as a separate piece without meaning.
        return (ids[1:] if len(ids) > 1 and ids[0] == SPACE else ids) or [UNKNOWN]

    def _sums(self, pieces: list[list[int]], sizes: list[int]) -> Floats:
        """Return the sums of the features of each word's pieces, in texts of these sizes: shape (words, 1024)."""
        sequences: list[Ids] = []
        lengths: list[int] = []
        inner: list[bool] = []
        at = 0
        for size in sizes:
            mine = pieces[at : at + size]
            at += size
            sequences.append(np.array([BEGIN, *chain.from_iterable(mine), END], np.int64))
            lengths += [1, *map(len, mine), 1]
            inner += [False, *[True] * size, False]
        rows = np.concatenate([piece for _, piece in self._network.features(sequences)])
        counts = np.array(lengths)
        starts = np.cumsum(counts) - counts
        return _group_sums(rows, starts[inner], counts[inner])

    def _rarity(self, pieces: list[list[int]]) -> Floats:
        """Return the rarity of each word, by the tokenizer's share of each piece; 0 for the unknown piece."""
        shares = self._processor.get_score([piece for ids in pieces for piece in ids])
        nats = np.where(np.equal(shares, 0), _UNKNOWN_NATS, np.negative(shares))
        starts = np.cumsum([0, *map(len, pieces)])[:-1]
        return np.asarray(np.add.reduceat(nats, starts), np.float32)


def _group_sums(rows: Floats, starts: Ids, counts: Ids) -> Floats:
    """Return the sums of `counts` neighbouring rows from each of `starts`.

    Groups are few rows each, and so many that `np.add.reduceat` along the first axis takes several times as long.
    """
    sums = rows[starts]
    for at in range(1, int(counts.max())):
        longer = np.flatnonzero(counts > at)
        sums[longer] += rows[starts[longer] + at]
    return sums


def in_halves(texts: Sequence[Sequence[str]]) -> Iterator[tuple[Sequence[Sequence[str]], Sequence[Sequence[str]]]]:
    """Yield groups of bounded size, each split into two parts with about equally many words; a part may be empty."""
    ends = np.cumsum([len(words) for words in texts])
    start = 0
    while start < len(texts):
        done = ends[start - 1] if start else 0
        stop = max(int(np.searchsorted(ends, done + _WORDS_AT_ONCE, side="right")), start + 1)
        middle = start + 1 + int(np.searchsorted(ends[start : stop - 1], (done + ends[stop - 1]) / 2))
        yield texts[start:middle], texts[middle:stop]
        start = stop


def in_parallel(work: Callable[[Part], list[Result]], first: Part, second: Part) -> list[Result]:
    """Return the results of `work` for two parts, one after the other; computed in two threads if worthwhile."""
    if min(sum(map(len, part)) for part in (first, second)) < _WORTH_A_THREAD:
        return work(first) + work(second)
    # A new thread per call, as a waiting one would be missing in a forked process.
    with ThreadPoolExecutor(1) as helper:
        later = helper.submit(work, second)
        return work(first) + later.result()
