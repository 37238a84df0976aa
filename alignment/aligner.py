"""Alignment of two versions, sentence by sentence."""

from collections.abc import Sequence
from dataclasses import asdict

import numpy as np

from alignment.anchors import plan_bands, survey
from alignment.crossings import recover_moved
from alignment.encoders import Encoder, load_encoder
from alignment.options import AlignOptions
from alignment.overlaps import Runs, encode_runs
from alignment.prices import Prices, load_prices
from alignment.search import Link, Plane, best_path, possible_moves
from alignment.types import Alignment, Bead, order_beads
from corpora.article import Article
from corpora.languages import parse_language

_DEFAULTS = AlignOptions()


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
    languages = parse_language(source_language), parse_language(target_language)
    encoder = encoder or load_encoder()
    runs = [
        encode_runs(sentences, language, longest_run(sentences, options), encoder)
        for sentences, language in zip((source, target), languages, strict=True)
    ]
    return align_runs(runs[0], runs[1], options, signature=signature(encoder, options))


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


def align_runs(
    source: Runs,
    target: Runs,
    options: AlignOptions = _DEFAULTS,
    *,
    prices: Prices | None = None,
    signature: tuple[tuple[str, str], ...] = (),
) -> Alignment:
    """Align two versions whose runs are encoded already; `prices` None takes those of the package."""
    if not (source.count and target.count):
        empty = [Bead((at,), ()) for at in range(source.count)] + [Bead((), (at,)) for at in range(target.count)]
        return Alignment(tuple(empty), signature)
    plane = Plane(source, target, survey(source, target))
    links = search(plane, options, prices or load_prices())
    return Alignment(order_beads([Bead(*link, _similarity(plane, link)) for link in links]), signature)


def search(plane: Plane, options: AlignOptions, prices: Prices) -> list[Link]:
    """Return the beads of the plane's two versions, in no particular order."""
    shapes = [
        shape for shape in options.shapes() if shape[0] <= plane.source.longest and shape[1] <= plane.target.longest
    ]
    moves = possible_moves(shapes, crossings=options.crossings)
    bands = plan_bands(plane.source.count, plane.target.count, plane.survey.pairs, options)
    links, _ = best_path(plane, bands, moves, prices)
    links = [kept for link in links for kept in _accepted(plane, link, options)]
    if options.crossings:
        plain = possible_moves(shapes, crossings=False)
        links = recover_moved(plane, links, plain, prices)
    return links


def signature(encoder: Encoder, options: AlignOptions) -> tuple[tuple[str, str], ...]:
    """Return what an alignment depends on, by name."""
    settings = {name: str(value) for name, value in asdict(options).items()}
    return (("aligner", "tolmach/1"), ("encoder", f"{encoder.name} {encoder.revision}"), *settings.items())


def longest_run(sentences: Sequence[str], options: AlignOptions) -> int:
    """Return how many sentences a run may need to have, at least 1."""
    return max(min(options.max_side, options.max_bead - 1, len(sentences)), 1)


def _accepted(plane: Plane, link: Link, options: AlignOptions) -> list[Link]:
    """Return the bead, or where its sides are not alike enough, each sentence as one without counterpart."""
    source, target = link
    least = plane.survey.unrelated + options.least * plane.survey.spread
    if not (source and target) or _cosine(plane, link) >= least:
        return [link]
    return [((at,), ()) for at in source] + [((), (at,)) for at in target]


def _similarity(plane: Plane, link: Link) -> float:
    return min(max(_cosine(plane, link), 0.0), 1.0) if all(link) else 0.0


def _cosine(plane: Plane, link: Link) -> float:
    source, target = link
    first = plane.source.vectors[len(source) - 1, source[0]]
    return float(np.dot(first, plane.target.vectors[len(target) - 1, target[0]]))
