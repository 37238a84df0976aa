"""What the tests of matching and comparison share: an encoder without weights, and quotes by their words."""

import hashlib
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from corpora.article import Article
from quotes.facts.passages import Passage, PassagePair
from quotes.facts.vectors import Vectors
from quotes.types import Quote

DICTIONARY = {
    "надежда": "hope",
    "希望": "hope",
    "мост": "bridge",
    "桥": "bridge",
}


class FakeEncoder:
    """Hashes words to random directions; the words of `DICTIONARY` share those of their translation."""

    name = "fake"
    revision = "1"
    dimension = 64

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        rows = np.stack([self._row(text) for text in texts]) if texts else np.zeros((0, self.dimension))
        return rows.astype(np.float32)

    def _row(self, text: str) -> NDArray[np.float64]:
        for word, translation in DICTIONARY.items():
            text = text.lower().replace(word, f" {translation} ")
        words = [word.strip(".,!?«»“”。，：—") for word in text.split()]
        total = sum((self._direction(word) for word in words if word), np.zeros(self.dimension))
        norm = float(np.linalg.norm(total))
        return total / norm if norm else self._direction("")

    def _direction(self, word: str) -> NDArray[np.float64]:
        seed = int.from_bytes(hashlib.sha256(word.encode()).digest()[:8], "big")
        return np.random.default_rng(seed).standard_normal(self.dimension)


def quote_of(
    article: Article, words: str, *, name: str = "q1", kind: str = "direct", speaker: str | None = None
) -> Quote:
    """Make the quote of `words` where they first stand in `article`."""
    start = article.text.index(words)
    span = (start, start + len(words))
    inside = tuple(s.index for s in article.sentences if s.start < span[1] and span[0] < s.end)
    return Quote(name, kind, words, (words,), (span,), "“”", speaker_name=speaker, sentences=inside)  # type: ignore[arg-type]


def pair_of(
    first: tuple[str, str], second: tuple[str, str], speakers: tuple[str | None, str | None] = (None, None)
) -> PassagePair:
    """Make a pair of two passages, each a language and its words."""
    sides = []
    for (language, words), speaker in zip((first, second), speakers, strict=True):
        article = Article(words, language)
        span = ((0, len(words)),)
        quote = Quote("q1", "direct", words, (words,), span, speaker_name=speaker, cue="said")
        sides.append(Passage.of(article, quote))
    return PassagePair(sides[0], sides[1], Vectors(FakeEncoder()))
