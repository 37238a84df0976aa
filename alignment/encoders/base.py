"""What an encoder is."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol, runtime_checkable

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Vectors = NDArray[np.float32]


class Encoder(Protocol):
    """Turns texts into unit vectors; the cosine of two of them tells how close their meanings are."""

    @property
    def name(self) -> str:
        """Name under which `load_encoder` knows it."""
        ...

    @property
    def revision(self) -> str:
        """Version of the weights, for signatures."""
        ...

    @property
    def dimension(self) -> int:
        """Number of components of a vector."""
        ...

    def encode(self, texts: Sequence[str]) -> "Vectors":
        """Return one vector a text: float32, shape (texts, dimension), L2-normalised.

        What else is in `texts` changes a vector by no more than floating-point rounding.
        """
        ...


@runtime_checkable
class RunEncoder(Encoder, Protocol):
    """An encoder that gives the vectors of all runs of neighbours for little more than those of each sentence."""

    def encode_runs(self, sentences: Sequence[str], longest: int) -> "Vectors":
        """Return the vectors of all runs of 1 to `longest` sentences: float32, shape (longest, sentences, dimension).

        Entry `[k, i]` is the vector of sentences `i` to `i + k`; it is zero where the run would pass the end.
        """
        ...


@runtime_checkable
class WordEncoder(Encoder, Protocol):
    """An encoder that also gives vectors of the words of a text, comparable between languages."""

    def encode_words(self, texts: Sequence[Sequence[str]]) -> "list[Vectors]":
        """Return, for each list of words, their unit vectors in context: float32, shape (words, dimension)."""
        ...
