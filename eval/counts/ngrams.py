"""Counts shared n-grams of two texts, for all segments of a test set at once.

The statistics equal sacrebleu's, about ten times as fast. Every n-gram of a segment becomes one integer: the segment's
number in the high bits, a hash of its tokens, and its text in the low bits. One sort then groups equal ones. Two
different n-grams of one segment collide only if at least 40 bits of their hashes agree, for a whole test set expected
less than once in a million runs.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Integers = NDArray[np.int64]
    Hashes = NDArray[np.uint64]

_STEP: Final = np.uint64(0x9E3779B97F4A7C15)
_MIX: Final = np.uint64(0xBF58476D1CE4E5B9)
"""Odd multipliers with well-spread bits, as in Steele et al. 2014 (https://doi.org/10.1145/2660193.2660195)."""
_SHIFT: Final = np.uint64(31)
_BITS: Final = 64


@dataclass(frozen=True, slots=True)
class Tokens:
    """The tokens of all segments, one after the other.

    Attributes:
        values: A number for each token, the same for equal ones; shape (tokens,).
        lengths: Tokens of each segment, shape (segments,).
    """

    values: "Hashes"
    lengths: "Integers"


def characters(lines: Sequence[str]) -> Tokens:
    """Return the characters of each line, without white space."""
    packed = ["".join(line.split()) for line in lines]
    codes = np.frombuffer("".join(packed).encode("utf-32-le", "surrogatepass"), dtype="<u4").astype(np.uint64)
    return Tokens(codes, np.fromiter(map(len, packed), dtype=np.int64, count=len(packed)))


class Vocabulary:
    """Numbers words, the same word always with the same number."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}

    def words(self, lines: Iterable[Sequence[str]]) -> Tokens:
        """Return the words of each line."""
        rows = list(lines)
        lengths = np.fromiter(map(len, rows), dtype=np.int64, count=len(rows))
        flat = self.numbers(chain.from_iterable(rows))
        return Tokens(np.array(flat, dtype=np.uint64), lengths)

    def numbers(self, words: Iterable[str]) -> list[int]:
        """Return the number of each word."""
        numbers = self._numbers
        return [numbers.setdefault(word, len(numbers)) for word in words]


class Reference:
    """N-grams of the references, counted once for all systems."""

    def __init__(self, references: Sequence[Tokens], order: int) -> None:
        self._lengths = [tokens.lengths for tokens in references]
        self._order = order
        self._text_bits = len(references).bit_length()
        self._hash_bits = _BITS - self._text_bits - max(1, len(references[0].lengths).bit_length())
        keys = [
            [one | np.uint64(text) for one in self._ngrams(tokens)] for text, tokens in enumerate(references, start=1)
        ]
        self._keys = [np.concatenate(each) for each in zip(*keys, strict=True)]

    def overlaps(self, tokens: Tokens, *, together: bool = False) -> "Integers":
        """Return the numbers of n-grams that hypotheses share with the references.

        Args:
            tokens: Tokens of the hypotheses, as many segments as references.
            together: Whether to merge the references into one text with the maximum count of each n-gram.

        Returns:
            Shape (references or 1, segments, order, 3): for each length n-grams of the hypothesis, of the reference (of
            the first, for them together), and shared ones, where an n-gram counts as often as it occurs in both.
        """
        found = np.zeros((1 if together else len(self._lengths), *tokens.lengths.shape, self._order, 3), dtype=np.int64)
        for at, (own, others) in enumerate(zip(self._ngrams(tokens), self._keys, strict=True)):
            bounds, (mine, *theirs) = self._counted(own, others)
            counts = [np.maximum.reduce(theirs)] if together else theirs
            for place, (lengths, each) in enumerate(zip(self._lengths, counts, strict=False)):
                found[place, :, at, 0] = np.maximum(tokens.lengths - at, 0)
                found[place, :, at, 1] = np.maximum(lengths - at, 0)
                found[place, :, at, 2] = _summed(bounds, np.minimum(mine, each))
        return found

    def _ngrams(self, tokens: Tokens) -> "list[Hashes]":
        """Return a key for every n-gram of each length, with 0 in the bits of the text."""
        segments = np.repeat(np.arange(len(tokens.lengths), dtype=np.uint64), tokens.lengths)
        ends = np.repeat(np.cumsum(tokens.lengths), tokens.lengths)
        left = ends - np.arange(len(tokens.values))  # tokens up to the end of the segment
        hashes = np.zeros(len(tokens.values), dtype=np.uint64)
        found = []
        for length in range(1, self._order + 1):
            # There is no token past the end of the array, but n-grams that would reach there are left out anyway.
            following = np.zeros_like(hashes)
            there = tokens.values[length - 1 :]
            following[: len(there)] = there
            hashes = _mixed(hashes * _STEP + following + np.uint64(1))
            whole = left >= length
            key = segments[whole] << np.uint64(self._hash_bits + self._text_bits)
            found.append(key | (hashes[whole] >> np.uint64(_BITS - self._hash_bits) << np.uint64(self._text_bits)))
        return found

    def _counted(self, own: "Hashes", others: "Hashes") -> "tuple[Integers, list[Integers]]":
        """Return the bounds of each segment's distinct n-grams, and their counts in each text."""
        width, segments = len(self._lengths) + 1, len(self._lengths[0])
        merged = np.sort(np.concatenate([own, others]))
        if not len(merged):
            return np.zeros(segments + 1, dtype=np.int64), [merged.astype(np.int64)] * width
        grams = merged >> np.uint64(self._text_bits)
        texts = (merged & np.uint64((1 << self._text_bits) - 1)).astype(np.int64)
        new = np.ones(len(grams), dtype=bool)
        np.not_equal(grams[1:], grams[:-1], out=new[1:])
        # One cell for each distinct n-gram and text.
        cells = (np.cumsum(new) - 1) * width + texts
        counts = np.bincount(cells, minlength=int(new.sum()) * width).reshape(-1, width)
        # N-grams are in the order of their segments.
        firsts = np.arange(segments + 1, dtype=np.uint64) << np.uint64(self._hash_bits)
        return np.searchsorted(grams[new], firsts), list(counts.T)


def _summed(bounds: "Integers", counts: "Integers") -> "Integers":
    """Return the sums between consecutive bounds."""
    sums = np.concatenate([[0], np.cumsum(counts)])
    found: Integers = sums[bounds[1:]] - sums[bounds[:-1]]
    return found


def _mixed(hashes: "Hashes") -> "Hashes":
    return (hashes ^ (hashes >> _SHIFT)) * _MIX
