"""What an encoder is."""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, runtime_checkable

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from common.arrays import Floats


class Encoder(Protocol):
    """Turns texts into unit vectors; the cosine of two of them tells how close their meanings are."""

    @property
    def name(self) -> str:
        """Name under which `load_encoder` knows it."""
        ...

    @property
    def revision(self) -> str:
        """SentenceList of the weights, for signatures."""
        ...

    @property
    def dimension(self) -> int:
        """Number of components of a vector."""
        ...

    def encode(self, texts: Sequence[str]) -> "Floats":
        """Return one vector a text: float32, shape (texts, dimension), L2-normalised.

        What else is in `texts` changes a vector by no more than floating-point rounding.
        """
        ...


@runtime_checkable
class RunEncoder(Encoder, Protocol):
    """An encoder that gives the vectors of all runs of neighbours for little more than those of each sentence."""

    def encode_runs(self, sentences: Sequence[str], longest: int) -> "Floats":
        """Return the vectors of all runs of 1 to `longest` sentences: float32, shape (longest, sentences, dimension).

        Entry `[k, i]` is the vector of sentences `i` to `i + k`; it is zero where the run would pass the end.
        """
        ...


@dataclass(frozen=True)
class WordVectors:
    """Vectors of the words of one text, comparable between languages.

    Attributes:
        vectors: Unit vectors, in context: float32, shape (words, dimension).
        rarity: How rare each word is, in nats: minus the logarithm of its share of text; float32, shape (words,).
    """

    vectors: "Floats"
    rarity: "Floats"


@runtime_checkable
class WordEncoder(Encoder, Protocol):
    """An encoder that also gives vectors of the words of a text, comparable between languages."""

    def encode_words(self, texts: Sequence[Sequence[str]]) -> list[WordVectors]:
        """Return the vectors of the words of each text, in context."""
        ...


@runtime_checkable
class WordFeatureEncoder(Encoder, Protocol):
    """An encoder that also gives what its network makes of each word before it is brought to a common space."""

    def encode_word_features(self, texts: Sequence[Sequence[str]]) -> list[WordVectors]:
        """Return the features of the words of each text, in context; unlike vectors they have any length."""
        ...


@dataclass(frozen=True)
class Pieces:
    """Pieces of words of several texts, one text after the other.

    Attributes:
        vectors: Unit vectors, in context, comparable between languages: shape (pieces, dimension).
        weights: How much each piece counts, more for rarer ones: float32, shape (pieces,), positive.
        starts: Where each text begins: shape (texts,). Every text has a piece.
    """

    vectors: "Floats"
    weights: "Floats"
    starts: "NDArray[np.int64]"

    def grouped(self, begins: "NDArray[np.int64]") -> "Pieces":
        """Return the same pieces for texts joined to longer ones, which begin with these texts."""
        return Pieces(self.vectors, self.weights, self.starts[begins])

    def upto(self, texts: int) -> "Pieces":
        """Return the pieces of so many texts from the first."""
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
        """Return the pieces of several texts after one another; at least one."""
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
        texts: The parts.
        glued: Whether each follows the one before without white space, as inside a sentence: shape (parts,).
        glue: What is between parts that are not glued and have no white space: a space, or nothing in Chinese.
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
    """A text, cut into parts, seen at two sizes.

    Attributes:
        vectors: Unit vector of each span of parts: float32, shape (spans, dimension).
        pieces: The pieces of the parts.
    """

    vectors: "Floats"
    pieces: Pieces


@runtime_checkable
class SpanEncoder(Encoder, Protocol):
    """An encoder that gives any spans of a text, and vectors of the pieces of words in it."""

    def encode_spans(self, parts: Parts, first: "NDArray[np.int64]", last: "NDArray[np.int64]") -> Spans:
        """Return the vectors of the spans from part `first` to part `last`, and the pieces of all parts."""
        ...

    def one_thread(self) -> AbstractContextManager[None]:
        """Return what keeps the encoder to one thread, for callers that bring threads of their own."""
        ...


@dataclass(frozen=True, slots=True)
class EncoderSpec:
    """What is known of an encoder before it is loaded.

    Attributes:
        name: What `load_encoder` calls it.
        licence: SPDX identifier of the licence of its weights; None where nothing is known.
        repository: Owner and name on the Hugging Face hub; None for one that is not fetched from there.
        revision: Commit or branch of the repository; None for the default branch.
        prefix: Put before every text.
        dimension: Components of a vector; 0 where it is known only after loading.
        size: Roughly what is fetched, in bytes; 0 where it is not known or nothing is.
        citation: Who made it.
        url: Where it is described.
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
