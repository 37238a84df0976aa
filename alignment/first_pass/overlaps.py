"""Vectors and lengths of all runs of neighbouring sentences of one version."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from alignment.encoders.base import Encoder, RunEncoder
from corpora.languages import CHINESE, base_language

if TYPE_CHECKING:
    from common.arrays import Floats


_BLOCK = 512  # sentences

RunMapper = Callable[[Callable[[int], "Runs"], Iterable[int]], Iterable["Runs"]]
"""Type of `map` and of a thread pool's method."""


@dataclass(frozen=True)
class Runs:
    """One version as seen by the search.

    Attributes:
        vectors: Unit vector of each run: float32, shape (longest, sentences, dimension); entry `[k, i]` is that of
            sentences `i` to `i + k`, zero where the run would pass the end.
        lengths: Characters of each sentence without white space, plus one: float64, shape (sentences,).
    """

    vectors: "Floats"
    lengths: NDArray[np.float64]

    @property
    def count(self) -> int:
        """Number of sentences."""
        return len(self.lengths)

    @property
    def longest(self) -> int:
        """Number of sentences in the longest run."""
        return len(self.vectors)

    @property
    def upto(self) -> NDArray[np.float64]:
        """Characters before each sentence, and in total: shape (sentences + 1,)."""
        return np.concatenate([[0.0], np.cumsum(self.lengths)])


def encode_runs(sentences: Sequence[str], language: str, longest: int, encoder: Encoder) -> Runs:
    """Encode all runs of 1 to `longest` neighbours.

    For encoders that cannot share work between runs, each run is joined and encoded separately.
    """
    lengths = np.array([1 + len("".join(sentence.split())) for sentence in sentences], np.float64)
    if isinstance(encoder, RunEncoder):
        return Runs(encoder.encode_runs(sentences, longest), lengths)
    glue = "" if base_language(language) == CHINESE else " "
    places = [(extra, at) for extra in range(longest) for at in range(len(sentences) - extra)]
    vectors = np.zeros((longest, len(sentences), encoder.dimension), np.float32)
    if places:
        texts = [glue.join(sentences[at : at + extra + 1]) for extra, at in places]
        vectors[tuple(np.array(places).T)] = encoder.encode(texts)
    return Runs(vectors, lengths)


def encode_blocks(
    sentences: Sequence[str], language: str, longest: int, encoder: Encoder, each: RunMapper = map
) -> Runs:
    """Encode all runs of a long version block by block; `each` may process several blocks in parallel."""
    starts = range(0, len(sentences), _BLOCK)

    def block(start: int) -> Runs:
        """Return the runs that begin in one block of sentences."""
        reached = encode_runs(sentences[start : start + _BLOCK + longest - 1], language, longest, encoder)
        return Runs(reached.vectors[:, :_BLOCK], reached.lengths[:_BLOCK])

    if len(starts) <= 1:
        return encode_runs(sentences, language, longest, encoder)
    blocks = list(each(block, starts))
    vectors = np.concatenate([one.vectors for one in blocks], axis=1)
    return Runs(vectors, np.concatenate([one.lengths for one in blocks]))
