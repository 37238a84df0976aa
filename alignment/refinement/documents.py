"""Versions at three levels: sentences, parts between stops, and clauses."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from alignment.encoders import load_encoder
from alignment.encoders.base import Encoder, Parts, Pieces, SpanEncoder, Spans
from alignment.first_pass.overlaps import Runs
from alignment.refinement.features import LONGEST, ClauseSide
from common.arrays import Floats, Numbers
from corpora.languages import CHINESE, base_language

LEAST_CLAUSE: Final = 30
"""Least letters and digits of a clause; a Chinese character counts three."""

LEAST_SENTENCE: Final = 12
"""The same for parts between two stops."""

MOST_CLAUSES: Final = 40
"""Most clauses of one sentence, so that an absurdly long one cannot fill the memory."""

_CLOSING_MARKS = (
    "\"')\\]\N{RIGHT DOUBLE QUOTATION MARK}\N{RIGHT SINGLE QUOTATION MARK}"
    "\N{RIGHT-POINTING DOUBLE ANGLE QUOTATION MARK}\N{RIGHT CORNER BRACKET}\N{RIGHT WHITE CORNER BRACKET}"
    "\N{RIGHT DOUBLE ANGLE BRACKET}\N{FULLWIDTH RIGHT PARENTHESIS}"
)
_CLOSING = f"[{_CLOSING_MARKS}]*"
# German and Russian close with the mark that opens in English and Chinese; white space follows it then.
_CLOSING_BEFORE_SPACE = f"[{_CLOSING_MARKS}\N{LEFT DOUBLE QUOTATION MARK}]*"
_WIDE_STOP = (
    "[\N{IDEOGRAPHIC FULL STOP}\N{FULLWIDTH EXCLAMATION MARK}\N{FULLWIDTH QUESTION MARK}\N{FULLWIDTH SEMICOLON}]"
)
_WIDE_COMMA = "[\N{FULLWIDTH COMMA}\N{FULLWIDTH COLON}\N{IDEOGRAPHIC COMMA}]"
_DASH = "[-\N{EN DASH}\N{EM DASH}]"
_STOP = "[.!?;\N{HORIZONTAL ELLIPSIS}]"
_PLACE = re.compile(
    rf"(?P<stop>{_STOP} ?{_CLOSING_BEFORE_SPACE}\s+|{_WIDE_STOP}{_CLOSING})"
    rf"|[,:] ?{_CLOSING_BEFORE_SPACE}\s+|{_WIDE_COMMA}{_CLOSING}|\s{_DASH}\s+"
)
_LETTER = re.compile(r"[^\W_]")
_CHINESE = re.compile("[\N{CJK UNIFIED IDEOGRAPH-3400}-\N{CJK UNIFIED IDEOGRAPH-9FFF}]")


@dataclass(frozen=True, slots=True)
class Clause:
    """A part of a sentence.

    Attributes:
        stops: Whether it ends at a stop or with its sentence, not only at a comma, colon or dash.
    """

    text: str
    stops: bool


def cut_clauses(sentence: str, least: int = LEAST_CLAUSE) -> list[Clause]:
    """Split a sentence after its stops, commas, colons and dashes.

    Args:
        sentence: Any text.
        least: Least letters and digits of a clause, Chinese characters counting three; a shorter one stays with its
            neighbour, at a stop only if it has fewer than `LEAST_SENTENCE`.

    Returns:
        At least one clause and at most `MOST_CLAUSES`; joined, their texts are the sentence.
    """
    clauses: list[Clause] = []
    begin = counted = weight = 0  # characters between the two, so that none is counted twice
    for end, stops in _places(sentence.rstrip()):
        weight += _weight(sentence[counted:end])
        counted = end
        if stops and weight < LEAST_SENTENCE and clauses and not clauses[-1].stops:
            clauses[-1] = Clause(clauses[-1].text + sentence[begin:end], stops=True)
            begin, weight = end, 0
        elif weight >= (LEAST_SENTENCE if stops else least):
            clauses.append(Clause(sentence[begin:end], stops))
            begin, weight = end, 0
    rest = sentence[begin:]
    weight += _weight(sentence[counted:])
    if clauses and (weight < LEAST_SENTENCE or (not clauses[-1].stops and weight < least)):
        clauses[-1] = Clause(clauses[-1].text + rest, stops=True)
    else:
        clauses.append(Clause(rest, stops=True))
    return _thinned(clauses)


def _thinned(clauses: list[Clause]) -> list[Clause]:
    """Join neighbours evenly if there are more clauses than a sentence may have."""
    step = -(-len(clauses) // MOST_CLAUSES)
    if step <= 1:
        return clauses
    groups = [clauses[at : at + step] for at in range(0, len(clauses), step)]
    return [Clause("".join(one.text for one in group), group[-1].stops) for group in groups]


def _places(sentence: str) -> Iterator[tuple[int, bool]]:
    """Yield possible ends of clauses, and whether each is at a stop; none is before a small letter."""
    for found in _PLACE.finditer(sentence):
        if found.end() == len(sentence):
            return
        small = sentence[found.end() : found.end() + 1].islower()
        yield found.end(), found["stop"] is not None and not (small and not found.group().startswith(";"))


def _weight(text: str) -> int:
    return len(_LETTER.findall(text)) + 2 * len(_CHINESE.findall(text))


_SENTENCES_AT_ONCE: Final = 128

BlockMapper = Callable[[Callable[["_Block"], Spans], Iterable["_Block"]], Iterable[Spans]]
"""Type of `map` and of a thread pool's method."""


@dataclass(frozen=True)
class SentenceList:
    """The sentences and the language of one version."""

    sentences: Sequence[str]
    language: str


@dataclass(frozen=True)
class Grain:
    """A version divided into clauses of one size.

    Attributes:
        vectors: Unit vector of each run of clauses: shape (longest, clauses, dimension); zero past the end.
        lengths: Characters of each clause without white space, plus one: shape (clauses,).
        sentence: Number of the sentence of each clause: shape (clauses,).
        begins: Clause of the finest grain that each clause begins with: shape (clauses,).
    """

    vectors: Floats
    lengths: NDArray[np.float64]
    sentence: Numbers
    begins: Numbers

    def side(self, places: Numbers, numbers: Numbers, pieces: Pieces) -> ClauseSide:
        """Return the clauses of selected sentences.

        Args:
            places: Numbers of the sentences here.
            numbers: Their numbers in the text, which determine adjacency.
            pieces: Pieces of the finest grain.
        """
        first = np.searchsorted(self.sentence, places)
        count = np.searchsorted(self.sentence, places, side="right") - first
        owner = np.repeat(np.arange(len(places)), count)
        taken = np.arange(len(owner)) + np.repeat(first - (np.cumsum(count) - count), count)
        together = (np.diff(owner) == 0) | ((np.diff(numbers[owner]) == 1) & (np.diff(taken) == 1))
        vectors = self.vectors[:, taken].copy()
        whole = np.ones(len(taken), bool)
        for extra in range(1, len(vectors)):
            fitting = max(len(taken) - extra, 0)
            whole[:fitting] &= together[extra - 1 : extra - 1 + fitting]
            whole[fitting:] = False
            vectors[extra, ~whole] = np.nan
        return ClauseSide(Runs(vectors, self.lengths[taken]), pieces.grouped(self.begins).take(taken), owner, together)


@dataclass(frozen=True)
class DocumentEmbeddings:
    """An embedded version.

    Attributes:
        runs: Runs of its sentences.
        coarse: Its clauses that end at stops.
        fine: Its clauses that end at commas too.
        pieces: Pieces of the latter.
    """

    runs: Runs
    coarse: Grain
    fine: Grain
    pieces: Pieces

    def sides(self, places: Sequence[int], numbers: Sequence[int]) -> tuple[ClauseSide, ClauseSide]:
        """Return selected sentences in coarse and in fine grain; see `Grain.side`."""
        at, known_as = np.array(places, np.int64), np.array(numbers, np.int64)
        return self.coarse.side(at, known_as, self.pieces), self.fine.side(at, known_as, self.pieces)


def read(version: SentenceList, longest: int, encoder: Encoder, each: BlockMapper = map) -> DocumentEmbeddings:
    """Embed a version, block by block.

    Args:
        version: At least one sentence.
        longest: Sentences of the longest run.
        encoder: Sentence encoder.
        each: Processes the blocks, sequentially or in parallel.
    """
    blocks = list(_blocks(version, longest))
    spans = list(each(lambda block: encode_spans(block.parts, block.first, block.last, encoder), blocks))
    lengths = np.concatenate([block.lengths for block in blocks])
    owner = np.concatenate([block.sentence for block in blocks])
    begins = [np.flatnonzero(np.diff(owner, prepend=-1)), np.concatenate([block.coarse for block in blocks])]
    begins.append(np.arange(len(owner)))
    tables = [_table(size, blocks, spans) for size in range(3)]
    grains = [
        Grain(table, np.add.reduceat(lengths, begin) + 1, owner[begin], begin)
        for table, begin in zip(tables, begins, strict=True)
    ]
    pieces = Pieces.joined([one.pieces.upto(len(block.lengths)) for one, block in zip(spans, blocks, strict=True)])
    return DocumentEmbeddings(Runs(grains[0].vectors, grains[0].lengths), grains[1], grains[2], pieces)


@dataclass(frozen=True)
class _Block:
    """Clauses of a block of sentences, and after them those into which their runs reach.

    Attributes:
        lengths: Characters of each of the block's own clauses, without white space.
        sentence: Number in the version of the sentence of each of its own.
        coarse: Number in the version of each of its own that begins behind a stop.
        first: First clause, counted in the block, of all spans: those of all sizes, of their runs.
        places: For each size, number of further clauses and beginning of its spans; the latter is counted in the block.
    """

    parts: Parts
    lengths: NDArray[np.float64]
    sentence: Numbers
    coarse: Numbers
    first: Numbers
    last: Numbers
    places: tuple[Numbers, ...]


def _blocks(version: SentenceList, longest: int) -> Iterator[_Block]:
    texts = version.sentences
    done = 0
    for start in range(0, len(texts), _SENTENCES_AT_ONCE):
        stop = min(start + _SENTENCES_AT_ONCE, len(texts))
        seen = texts[start : stop + max(longest, LONGEST)]
        block = _block(SentenceList(seen, version.language), stop - start, longest, (start, done))
        done += len(block.lengths)
        yield block


def _block(version: SentenceList, own: int, longest: int, offsets: tuple[int, int]) -> _Block:
    cut = [cut_clauses(text) for text in version.sentences]
    clauses = [clause for one in cut for clause in one]
    sentence = np.repeat(np.arange(len(cut)), [len(one) for one in cut])
    stops = np.array([clause.stops for clause in clauses])
    goes_on = np.diff(sentence, prepend=-1) == 0
    tight = np.array([False, *(not clause.text[-1:].isspace() for clause in clauses[:-1])])
    begins = np.flatnonzero(~goes_on), np.flatnonzero(np.append(True, stops[:-1])), np.arange(len(clauses))
    mine = int((sentence < own).sum())
    runs = [
        _runs(begin, int((begin < mine).sum()), size, len(clauses))
        for begin, size in zip(begins, (longest, LONGEST, LONGEST), strict=True)
    ]
    first, last = (np.concatenate([run[part] for run in runs]) for part in range(2))
    lengths = np.array([len("".join(clause.text.split())) for clause in clauses[:mine]], np.float64)
    coarse = begins[1][begins[1] < mine] + offsets[1]
    glue = "" if base_language(version.language) == CHINESE else " "
    parts = Parts([clause.text for clause in clauses], goes_on & tight, glue)
    places = tuple(run[2] for run in runs)
    return _Block(parts, lengths, sentence[:mine] + offsets[0], coarse, first, last, places)


def _runs(begins: Numbers, own: int, longest: int, clauses: int) -> tuple[Numbers, Numbers, Numbers]:
    """Return first clause, last clause, and (further, beginning) of the runs from the first `own` clauses."""
    ends = np.append(begins[1:], clauses) - 1
    extra, at = np.divmod(np.arange(longest * own), max(own, 1))
    inside = extra + at < len(begins)
    extra, at = extra[inside], at[inside]
    return begins[at], ends[at + extra], np.stack([extra, at])


def _table(size: int, blocks: Sequence[_Block], spans: Sequence[Spans]) -> Floats:
    """Return a table of the vectors of one size of all blocks: shape (longest, beginnings, dimension)."""
    parts = []
    for block, found in zip(blocks, spans, strict=True):
        before = sum(place.shape[1] for place in block.places[:size])
        extra, at = block.places[size]
        table = np.zeros((extra.max() + 1, at.max() + 1, found.vectors.shape[1]), np.float32)
        table[extra, at] = found.vectors[before : before + len(extra)]
        parts.append(table)
    longest = max(map(len, parts))
    padded = [np.pad(part, ((0, longest - len(part)), (0, 0), (0, 0))) for part in parts]
    return np.concatenate(padded, axis=1)


def encode_spans(parts: Parts, first: Numbers, last: Numbers, encoder: Encoder) -> Spans:
    """Encode spans of the parts of a text and the pieces of the parts.

    If an encoder has no pieces, those of the embedded one are used.
    """
    if isinstance(encoder, SpanEncoder):
        # A run of sentences often is a run of clauses, too.
        _, places, like = np.unique(first * len(parts.texts) + last, return_index=True, return_inverse=True)
        found = encoder.encode_spans(parts, first[places], last[places])
        return Spans(found.vectors[like], found.pieces)
    texts = [parts.text(low, high) for low, high in zip(first.tolist(), last.tolist(), strict=True)]
    embedded = load_encoder()
    assert isinstance(embedded, SpanEncoder)  # noqa: S101 - cannot happen; for the type checker
    pieces = embedded.encode_spans(parts, first[:0], last[:0]).pieces
    return Spans(np.asarray(encoder.encode(texts), np.float32), pieces)
