"""Encodes pairs of texts for the checks, all in one batch."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import regex

from alignment.encoders import Encoder, WordEncoder, WordFeatureEncoder, load_encoder
from alignment.words.segmentation import split_words
from common.errors import UsageError
from quotes.findings.divergence.model import WordFeatures, load_network
from translate.checks.content import trial_texts
from translate.checks.types import PairEncoding, PairReading, SideEncoding

if TYPE_CHECKING:
    from alignment.encoders.base import WordVectors
    from common.arrays import Floats

_WORD = regex.compile(r"\w")
_LONGEST = 400
"""Most words of a text that are encoded."""
_COMMON_NATS, _LEAST_WEIGHT, _MOST_WEIGHT = 5.0, 0.3, 8.0


class LazyEncoder:
    """The embedded encoder, loaded when the first text is encoded."""

    name = "use"
    dimension = 512

    @property
    def revision(self) -> str:
        """Version of the weights."""
        return load_encoder().revision

    def encode(self, texts: Sequence[str]) -> "Floats":
        """Return one unit vector a text."""
        return load_encoder().encode(texts)


def encode(readings: Sequence[PairReading], encoder: Encoder | None) -> None:
    """Encode both sides of all readings in one batch, and align their words.

    Raises:
        UsageError: The encoder has no vectors or features of words.
    """
    if not readings:
        return
    encoder = encoder or load_encoder()
    if not (isinstance(encoder, WordEncoder) and isinstance(encoder, WordFeatureEncoder)):
        raise UsageError(f"the encoder {encoder.name!r} gives no features of words", hint="Use the encoder 'use'")
    from alignment.encoders.threads import blas_threads  # noqa: PLC0415 - heavy

    words = [_words(reading) for reading in readings]
    flat = [side for pair in words for side in pair]
    with blas_threads().one():
        # With their literals, which make the two sides of a short text more similar.
        rows = encoder.encode([text for each in readings for text in (each.pair.source, each.pair.hypothesis)])
        _add_sentences(readings)
        features = encoder.encode_word_features(flat)
        links = _links(readings, words, encoder)
        for at, reading in enumerate(readings):
            both = slice(2 * at, 2 * at + 2)
            cosine = float(rows[2 * at] @ rows[2 * at + 1])
            reading.encoded = _read(flat[both], features[both], reading.languages, links[at], cosine)


def _add_sentences(readings: Sequence[PairReading]) -> None:
    """Encode the parts of texts of several sentences in one batch."""
    texts = []
    for reading in readings:
        listed = [[sentence.text for sentence in side.article.sentences] for side in reading.sides]
        if max(map(len, listed)) > 1:
            texts += [text for side in listed if len(side) > 1 for text in side]
        texts += trial_texts(reading)
    readings[0].vectors.add(texts)


def _words(reading: PairReading) -> tuple[list[str], list[str]]:
    tags = reading.pair.source_language, reading.pair.target_language
    source, hypothesis = (
        split_words(text, tag)[:_LONGEST] or ["."] for text, tag in zip(reading.texts, tags, strict=True)
    )
    return source, hypothesis


def _links(
    readings: Sequence[PairReading], words: Sequence[tuple[list[str], list[str]]], encoder: Encoder
) -> list[dict[tuple[int, int], float]]:
    """Return which words of each source and each translation the word alignment links, and how surely."""
    from alignment.words.align import align_word_pairs  # noqa: PLC0415 - heavy

    groups: dict[tuple[str, str], list[int]] = {}
    for at, reading in enumerate(readings):
        groups.setdefault((reading.pair.source_language, reading.pair.target_language), []).append(at)
    found: list[dict[tuple[int, int], float]] = [{}] * len(readings)
    for (source, target), places in groups.items():
        aligned = align_word_pairs(
            [words[at] for at in places], source_language=source, target_language=target, encoder=encoder
        )
        for at, links in zip(places, aligned, strict=True):
            found[at] = {(first, second): score for first, second, score in links}
    return found


def _read(
    words: Sequence[list[str]],
    features: "Sequence[WordVectors]",
    languages: tuple[str, str],
    links: Mapping[tuple[int, int], float],
    cosine: float,
) -> PairEncoding:
    first, second = (
        WordFeatures(language, each.vectors, each.rarity) for language, each in zip(languages, features, strict=True)
    )
    answers = load_network().read(first, second)
    return PairEncoding(
        cosine,
        answers.changed,
        links,
        (
            _side(words[0], first.rarity, {first for first, _ in links}, answers.first),
            _side(words[1], second.rarity, {second for _, second in links}, answers.second),
        ),
    )


def _side(words: Sequence[str], rarity: "Floats", linked: set[int], logits: "Floats") -> SideEncoding:
    import numpy as np  # noqa: PLC0415 - heavy

    spoken = np.array([_WORD.search(word) is not None for word in words], np.float32)
    weights = np.clip(rarity - _COMMON_NATS, _LEAST_WEIGHT, _MOST_WEIGHT) * spoken
    links = np.zeros(len(words), np.float32)
    links[list(linked)] = 1
    unanswered = 1 / (1 + np.exp(-np.clip(logits, -30, 30)))
    return SideEncoding(words, np.asarray(weights, np.float32), links, np.asarray(unanswered, np.float32))
