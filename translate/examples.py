"""Example translations for chat models, taken from Tolmach's sample articles.

An example never comes from the article that is being translated: samples that share sentences with it are left out.
"""

import math
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from corpora.article import Bitext
from corpora.samples import sample_bitexts

_NGRAM_SIZES = (2, 3, 4)
_SHARED = 0.5
"""Share of common n-grams from which two sentences count as the same: above that of related news."""
_LEAST_NGRAMS = 12
"""Sentences with fewer distinct n-grams of the longest size are too short to be distinguished."""
_MAX_SIDE = 2
"""Most sentences on one side of an example: longer beads are several statements."""

Vector = dict[str, float]


@dataclass(frozen=True, slots=True)
class TranslationExample:
    """A sentence (or two) and its translation."""

    source: str
    target: str
    origin: str


class ExamplePool:
    """Examples of one direction, with a search for those most similar to a sentence.

    Similarity is the cosine of character n-gram counts (2 to 4) weighted by inverse document frequency.

    Args:
        examples: The examples.
        sentences: All source sentences of each origin, even those in no example; None for the examples'.
    """

    def __init__(
        self, examples: Sequence[TranslationExample], sentences: Mapping[str, Sequence[str]] | None = None
    ) -> None:
        self.examples = tuple(examples)
        told = sentences or {
            one.origin: [each.source for each in examples if each.origin == one.origin] for one in examples
        }
        self._grams = {origin: [_traits(text) for text in texts] for origin, texts in told.items()}
        counts = [Counter(_ngrams(example.source)) for example in examples]
        documents = Counter(gram for count in counts for gram in count)
        self._weights = {gram: math.log((1 + len(counts)) / number) for gram, number in documents.items()}
        self._vectors = [self._vector(count) for count in counts]

    def nearest(self, text: str, count: int, *, exclude: Collection[str] = ()) -> tuple[TranslationExample, ...]:
        """Return the `count` examples most similar to `text`, the best last, without origins in `exclude`."""
        query = self._vector(Counter(_ngrams(text)))
        allowed = [at for at, example in enumerate(self.examples) if example.origin not in exclude]
        allowed.sort(key=lambda at: (-_dot(query, self._vectors[at]), at))
        return tuple(self.examples[at] for at in reversed(allowed[:count]))

    def spread(self, count: int, *, exclude: Collection[str] = ()) -> tuple[TranslationExample, ...]:
        """Return `count` examples of evenly spread lengths, the longest last, without origins in `exclude`.

        They are the same for every sentence of an article, so that an engine reads the prompt only once.
        """
        allowed = sorted(
            (example for example in self.examples if example.origin not in exclude),
            key=lambda example: (len(example.source), example.source),
        )
        step = len(allowed) / (count + 1)
        return tuple(allowed[int(step * (place + 1))] for place in range(min(count, len(allowed))))

    def origins_of(self, sentences: Sequence[str]) -> frozenset[str]:
        """Return the samples with one of `sentences` or a near-duplicate, which must not be its examples."""
        asked = [_traits(sentence) for sentence in sentences]
        return frozenset(
            origin
            for origin, known in self._grams.items()
            if any(_are_one(sentence, other) for sentence in asked for other in known)
        )

    def _vector(self, counts: Counter[str]) -> Vector:
        raw = {gram: number * self._weights[gram] for gram, number in counts.items() if gram in self._weights}
        norm = math.sqrt(sum(value * value for value in raw.values())) or 1.0
        return {gram: value / norm for gram, value in raw.items()}


@cache
def load_pool(source: str, target: str) -> ExamplePool:
    """Return the examples of the samples for two base languages."""
    bitexts = sample_bitexts(source, target)
    examples = [example for name, bitext in bitexts.items() for example in _examples(name, bitext, source, target)]
    return ExamplePool(examples, {name: bitext.source for name, bitext in bitexts.items()})


def _examples(name: str, bitext: Bitext, source: str, target: str) -> list[TranslationExample]:
    short = [bead for bead in bitext.beads if 0 < len(bead[0]) <= _MAX_SIDE and 0 < len(bead[1]) <= _MAX_SIDE]
    return [
        TranslationExample(_join(bitext.source, first, source), _join(bitext.target, second, target), name)
        for first, second in short
    ]


def _join(sentences: Sequence[str], indices: Sequence[int], language: str) -> str:
    return ("" if language == "zh" else " ").join(sentences[index] for index in indices)


def _ngrams(text: str) -> list[str]:
    folded = f" {text.casefold()} "
    return [folded[at : at + size] for size in _NGRAM_SIZES for at in range(len(folded) - size + 1)]


def _traits(text: str) -> set[str]:
    """Return the longest n-grams only: shorter ones are shared by all sentences of a language."""
    return {gram for gram in _ngrams(text) if len(gram) == _NGRAM_SIZES[-1]}


def _dot(first: Vector, second: Vector) -> float:
    return sum(value * second.get(gram, 0.0) for gram, value in first.items())


def _are_one(first: set[str], second: set[str]) -> bool:
    smaller = min(len(first), len(second))
    return smaller >= _LEAST_NGRAMS and len(first & second) >= _SHARED * smaller
