"""Alignment of the sentences of two versions."""

import hashlib
import importlib.resources
import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, nullcontext
from dataclasses import asdict, dataclass
from functools import cache

from alignment.calibration import calibrated, first_confidence
from alignment.comparability import judge_relation
from alignment.encoders import Encoder, load_encoder
from alignment.encoders.base import SpanEncoder
from alignment.first_pass.coarse import CoarseAlignment, align_coarse
from alignment.first_pass.overlaps import Runs, encode_blocks
from alignment.multiway.common_windows import Candidates
from alignment.refinement.documents import SentenceList, read
from alignment.refinement.refine import Reader, Refined, Refiner
from alignment.types import Alignment, AlignOptions, Bead, IndexBead, order_beads
from alignment.windows import cut_windows
from corpora.article import Article
from corpora.languages import parse_language

Advance = Callable[[float], None]

_DEFAULTS = AlignOptions()
_MOST_THREADS = 4
_EVERY = 4  # of the drawn alignments used to make versions consistent
_LEARNED = ("first_pass/costs.toml", "refinement/weights.toml", "calibration.toml", "comparability.toml")
_MOST_KEPT = 2_000
"""Most sentences of a version whose embeddings are kept in memory, about 150 kB a sentence."""


def _unseen(sentences: float) -> None:
    """Ignore progress."""


@dataclass(frozen=True)
class Aligned:
    """An alignment and the data it was chosen from.

    Attributes:
        likeness: Score of any bead of the two versions.
    """

    alignment: Alignment
    refined: tuple[Refined, ...] = ()
    likeness: Callable[[IndexBead], float] = lambda link: 0.0  # noqa: ARG005 - nothing was compared

    def mirrored(self) -> "Aligned":
        """Return the same with source and target exchanged."""
        turned = tuple(one.mirrored() for one in self.refined)
        return Aligned(self.alignment.reversed(), turned, lambda link: self.likeness((link[1], link[0])))

    def candidates(self) -> Candidates:
        """Return the alignment and alternatives to it, for `multiway.reconcile`."""
        best = tuple((bead.source, bead.target) for bead in self.alignment.beads)
        if not self.refined:
            return Candidates(best, dict.fromkeys(best, 1.0), (best,))
        shares = {link: one.probability(link) for one in self.refined for link in one.votes}
        drawn = max(len(one.samples) for one in self.refined)
        samples = [
            tuple(link for one in self.refined for link in one.samples[number % len(one.samples)])
            for number in range(0, drawn, _EVERY)
        ]
        return Candidates(best, shares, samples)


def align_sentences(
    source: Sequence[str],
    target: Sequence[str],
    *,
    source_language: str,
    target_language: str,
    options: AlignOptions = _DEFAULTS,
    encoder: Encoder | None = None,
) -> Alignment:
    """Align two lists of sentences.

    Args:
        source: Sentences of one version, in order.
        target: Sentences of the other.
        source_language: BCP-47 tag.
        target_language: BCP-47 tag.
        options: How to align.
        encoder: Sentence encoder; None loads the embedded one.

    Returns:
        Beads that hold each sentence of either side exactly once.

    Raises:
        UsageError: A language is not known.
        TolmachError: The embedded encoder is not installed.

    Example:
        >>> alignment = align_sentences(["Yes."], ["Да."], source_language="en", target_language="ru")
        >>> [(bead.source, bead.target) for bead in alignment.beads]
        [((0,), (0,))]
    """
    versions = (
        SentenceList(source, parse_language(source_language)),
        SentenceList(target, parse_language(target_language)),
    )
    return align_lines(*versions, options, encoder or load_encoder()).alignment


def align(
    article_a: Article, article_b: Article, *, options: AlignOptions = _DEFAULTS, encoder: Encoder | None = None
) -> Alignment:
    """Align two articles by their sentences, the first as source; see `align_sentences`."""
    return align_sentences(
        [sentence.text for sentence in article_a.sentences],
        [sentence.text for sentence in article_b.sentences],
        source_language=article_a.language,
        target_language=article_b.language,
        options=options,
        encoder=encoder,
    )


def align_lines(source: SentenceList, target: SentenceList, options: AlignOptions, encoder: Encoder) -> Aligned:
    """Align two versions in any languages that the encoder knows."""
    with workers(encoder) as pool:
        opened = [open_document(one, options, encoder, pool) for one in (source, target)]
        return align_opened(opened[0], opened[1], options, pool)


@dataclass(frozen=True)
class OpenedDocument:
    """A version after embedding."""

    reader: Reader
    runs: Runs

    @property
    def key(self) -> tuple[int, str, tuple[str, ...]]:
        """Sort key of two versions: the lower is processed first, so that exchanging them mirrors the alignment."""
        version = self.reader.version
        return len(version.sentences), version.language, tuple(version.sentences)


def open_document(
    version: SentenceList, options: AlignOptions, encoder: Encoder, pool: ThreadPoolExecutor
) -> OpenedDocument:
    """Embed a version, and keep the embeddings if it is not too long."""
    longest = longest_run(version.sentences, options)
    if options.refine and 0 < len(version.sentences) <= _MOST_KEPT:
        whole = read(version, longest, encoder, pool.map)
        return OpenedDocument(Reader(version, encoder, whole), whole.runs)
    runs = encode_blocks(version.sentences, version.language, longest, encoder, pool.map)
    return OpenedDocument(Reader(version, encoder), runs)


def align_opened(
    source: OpenedDocument,
    target: OpenedDocument,
    options: AlignOptions,
    pool: ThreadPoolExecutor,
    *,
    advance: Advance = _unseen,
) -> Aligned:
    """Align two embedded versions; `advance` gets the number of refined sentences step by step."""
    if source.key > target.key:
        turned = align_opened(target, source, options, pool, advance=advance)
        return turned.mirrored()
    signed = signature(source.reader.encoder, options)
    if not (source.runs.count and target.runs.count):
        gaps = [Bead((at,), ()) for at in range(source.runs.count)]
        gaps += [Bead((), (at,)) for at in range(target.runs.count)]
        return Aligned(Alignment(tuple(gaps), signed, judge_relation(source.runs.count, target.runs.count, None)))
    seen = align_coarse(source.runs, target.runs, options)
    refined: list[Refined] = []
    if options.refine:
        refiner = Refiner(source.reader, target.reader, seen.plane.survey, options.allows)
        windows = list(cut_windows(seen.links, seen.sure()))
        for window, one in zip(windows, pool.map(refiner.refine, windows), strict=True):
            refined.append(one)
            advance(len(window.source) + len(window.target))
    relation = judge_relation(source.runs.count, target.runs.count, seen.plane.survey)
    return Aligned(Alignment(_beads(seen, refined), signed, relation), tuple(refined), seen.score)


@contextmanager
def workers(encoder: Encoder) -> Iterator[ThreadPoolExecutor]:
    """Yield a thread pool, of one thread if the encoder does not support more.

    It is one thread where the encoder may not bear more.
    """
    alone = encoder.one_thread() if isinstance(encoder, SpanEncoder) else nullcontext()
    most = _MOST_THREADS if isinstance(encoder, SpanEncoder) else 1
    with alone, ThreadPoolExecutor(min(os.cpu_count() or 1, most)) as pool:
        try:
            yield pool
        finally:
            pool.shutdown(wait=False, cancel_futures=True)  # an interrupted run does not wait for the rest


def signature(encoder: Encoder, options: AlignOptions) -> tuple[tuple[str, str], ...]:
    """Return the settings that affect an alignment, by name."""
    settings = {name: str(value) for name, value in asdict(options).items()}
    settings |= {"aligner": "tolmach/2", "weights": _weights(), "encoder": f"{encoder.name} {encoder.revision}"}
    if options.refine and not isinstance(encoder, SpanEncoder):
        embedded = load_encoder()
        settings["pieces"] = f"{embedded.name} {embedded.revision}"
    return tuple(settings.items())


@cache
def _weights() -> str:
    """Return the beginning of the digest of all trained weights."""
    folder = importlib.resources.files("alignment")
    return hashlib.sha256(b"".join(folder.joinpath(name).read_bytes() for name in _LEARNED)).hexdigest()[:12]


def longest_run(sentences: Sequence[str], options: AlignOptions) -> int:
    """Return the length of the longest run needed, in sentences, at least 1."""
    most = max((max(shape) for shape in options.first_shapes()), default=1)
    return max(min(most, len(sentences)), 1)


def _beads(seen: CoarseAlignment, refined: Sequence[Refined]) -> tuple[Bead, ...]:
    if not refined:
        return order_beads([Bead(*link, seen.score(link), first_confidence(link)) for link in seen.links])
    return order_beads([Bead(*link, seen.score(link), _confidence(one, link)) for one in refined for link in one.links])


def _confidence(one: Refined, link: IndexBead) -> float:
    if not one.drawn:
        return first_confidence(link)
    return calibrated(one.probability(link), link)
