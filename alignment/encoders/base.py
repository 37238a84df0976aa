"""Interfaces of encoders."""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, runtime_checkable

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from common.arrays import Floats


class Encoder(Protocol):
    """Encodes texts as unit vectors; the cosine of two is the similarity of their meanings."""

    @property
    def name(self) -> str:
        """Name in `load_encoder`."""
        ...

    @property
    def revision(self) -> str:
        """Identifier of the weights, for signatures."""
        ...

    @property
    def dimension(self) -> int:
        """Number of components of a vector."""
        ...

    def encode(self, texts: Sequence[str]) -> "Floats":
        """Return one vector a text: float32, shape (texts, dimension), L2-normalised.

        The vector of a text does not depend on the other texts, except for rounding.
        """
        ...


@runtime_checkable
class RunEncoder(Encoder, Protocol):
    """An encoder that computes vectors of all runs of sentences for little more than those of single sentences."""

    def encode_runs(self, sentences: Sequence[str], longest: int) -> "Floats":
        """Return the vectors of all runs of 1 to `longest` sentences: float32, shape (longest, sentences, dimension).

        Entry `[k, i]` is the vector of sentences `i` to `i + k`; it is zero where the run would pass the end.
        """
        ...


@dataclass(frozen=True)
class WordVectors:
    """Contextual vectors of the words of one text, comparable between languages.

    Attributes:
        vectors: Unit vectors, in context: float32, shape (words, dimension).
        rarity: How rare each word is, in nats: minus the logarithm of its share of text; float32, shape (words,).
    """

    vectors: "Floats"
    rarity: "Floats"


@runtime_checkable
class WordEncoder(Encoder, Protocol):
    """An encoder that also computes vectors of words, comparable between languages."""

    def encode_words(self, texts: Sequence[Sequence[str]]) -> list[WordVectors]:
        """Return the contextual vectors of the words of each text."""
        ...


@runtime_checkable
class WordFeatureEncoder(Encoder, Protocol):
    """An encoder that also returns features of words before their projection to a common space."""

    def encode_word_features(self, texts: Sequence[Sequence[str]]) -> list[WordVectors]:
        """Return the contextual features of the words of each text; unlike vectors they have any length."""
        ...


@dataclass(frozen=True)
class Pieces:
    """Subword pieces of several texts, one text after the other.

    Attributes:
        vectors: Unit vectors, in context, comparable between languages: shape (pieces, dimension).
        weights: Weight of each piece, higher for rarer ones: float32, shape (pieces,), positive.
        starts: Where each text begins: shape (texts,). Every text has at least one piece.
    """

    vectors: "Floats"
    weights: "Floats"
    starts: "NDArray[np.int64]"

    def grouped(self, begins: "NDArray[np.int64]") -> "Pieces":
        """Return the same pieces for longer texts, each of which begins at one of the given texts."""
        return Pieces(self.vectors, self.weights, self.starts[begins])

    def upto(self, texts: int) -> "Pieces":
        """Return the pieces of the first `texts` texts."""
        end = int(self.starts[texts]) if texts < len(self.starts) else len(self.weights)
        return Pieces(self.vectors[:end], self.weights[:end], self.starts[:texts])

    def take(self, texts: "NDArray[np.int64]") -> "Pieces":
        """Return the pieces of these texts, in this order."""
        import numpy as np  # noqa: PLC0415 - a heavy library

        lengths = np.diff(self.starts, append=len(self.weights))[texts]
        begins = np.cumsum(lengths) - lengths
        places = np.arange(int(lengths.sum())) + np.repeat(self.starts[texts] - begins, lengths)
        return Pieces(self.vectors[places], self.weights[places], begins)

    @staticmethod
    def joined(parts: Sequence["Pieces"]) -> "Pieces":
        """Return the concatenated pieces of several texts, at least one."""
        import numpy as np  # noqa: PLC0415 - a heavy library

        before = np.cumsum([0, *(len(part.weights) for part in parts[:-1])])
        return Pieces(
            np.concatenate([part.vectors for part in parts]),
            np.concatenate([part.weights for part in parts]),
            np.concatenate([part.starts + at for part, at in zip(parts, before, strict=True)]),
        )


@dataclass(frozen=True)
class Parts:
    """A text in parts.

    Attributes:
        glued: Whether each follows the one before without white space, as inside a sentence: shape (parts,).
        glue: Separator of parts that are not glued and have no white space: a space, or nothing in Chinese.
    """

    texts: Sequence[str]
    glued: "NDArray[np.bool_]"
    glue: str

    def text(self, first: int, last: int) -> str:
        """Return the text from part `first` to part `last`."""
        found = self.texts[first]
        for at in range(first + 1, last + 1):
            found += ("" if self.glued[at] or found[-1:].isspace() else self.glue) + self.texts[at]
        return found.strip()


@dataclass(frozen=True)
class Spans:
    """A text split into parts, encoded as spans and as subword pieces.

    Attributes:
        vectors: Unit vector of each span of parts: float32, shape (spans, dimension).
    """

    vectors: "Floats"
    pieces: Pieces


@runtime_checkable
class SpanEncoder(Encoder, Protocol):
    """An encoder of any spans of a text and of its subword pieces."""

    def encode_spans(self, parts: Parts, first: "NDArray[np.int64]", last: "NDArray[np.int64]") -> Spans:
        """Return the vectors of the spans from part `first` to part `last`, and the pieces of all parts."""
        ...

    def one_thread(self) -> AbstractContextManager[None]:
        """Return a context in which the encoder uses one thread, for callers with their own threads."""
        ...


@dataclass(frozen=True, slots=True)
class EncoderSpec:
    """Description of an encoder before it is loaded.

    Attributes:
        licence: SPDX identifier of the licence of its weights; None if unknown.
        repository: Owner and name on the Hugging Face hub; None for one that is not from there.
        revision: Commit or branch of the repository; None for the default branch.
        dimension: Components of a vector; 0 if unknown before loading.
        size: Approximate download in bytes; 0 if unknown or none.
    """

    name: str
    licence: str | None = None
    repository: str | None = None
    revision: str | None = None
    prefix: str = ""
    dimension: int = 0
    size: int = 0
    citation: str = ""
    url: str = ""
