"""Example translations for chat models, taken from Tolmach's sample articles.

An example never comes from the article that is being translated: samples that share sentences with it are left out.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from corpora.article import Bitext
from corpora.samples import sample_bitexts

_NGRAM_SIZE = 4
"""Characters; shorter n-grams are shared by all sentences of a language."""
_SHARED = 0.5
"""Share of common n-grams from which two sentences count as the same: above that of related news."""
_LEAST_NGRAMS = 12
"""Sentences with fewer distinct n-grams are too short to be distinguished."""
_MAX_SIDE = 2
"""Most sentences on one side of an example: longer beads are several statements."""


@dataclass(frozen=True, slots=True)
class TranslationExample:
    """A sentence (or two) and its translation."""

    source: str
    target: str
    origin: str


class ExamplePool:
    """Examples of one direction.

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
        self._grams = {origin: [_ngrams(text) for text in texts] for origin, texts in told.items()}

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
        asked = [_ngrams(sentence) for sentence in sentences]
        return frozenset(
            origin
            for origin, known in self._grams.items()
            if any(_are_one(sentence, other) for sentence in asked for other in known)
        )


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


def _ngrams(text: str) -> set[str]:
    folded = f" {text.casefold()} "
    return {folded[at : at + _NGRAM_SIZE] for at in range(len(folded) - _NGRAM_SIZE + 1)}


def _are_one(first: set[str], second: set[str]) -> bool:
    smaller = min(len(first), len(second))
    return smaller >= _LEAST_NGRAMS and len(first & second) >= _SHARED * smaller
