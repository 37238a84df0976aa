"""Embeddings, each text encoded once."""

from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from alignment.encoders import Encoder, WordEncoder, WordFeatureEncoder

if TYPE_CHECKING:
    from alignment.encoders.base import WordVectors
    from common.arrays import Floats


_LINKED = 400
"""Words of a text that are aligned; a quote of a page is compared by its beginning."""


LinkedTexts = tuple[tuple[str, ...], tuple[str, ...], tuple[str, str]]
"""The words of a text, those of another, and the BCP-47 tags of the two."""


class Vectors:
    """Remembers the vector of every text that was asked for, and which words correspond."""

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder
        self._known: dict[str, Floats] = {}
        self._words: dict[tuple[str, ...], WordVectors] = {}
        self._links: dict[LinkedTexts, dict[tuple[int, int], float]] = {}

    # Asking whether an object has a protocol's methods takes as long as comparing the words of a pair, and loads it.
    @cached_property
    def _word_encoder(self) -> WordEncoder | None:
        return self._encoder if isinstance(self._encoder, WordEncoder) else None

    @cached_property
    def _feature_encoder(self) -> WordFeatureEncoder | None:
        return self._encoder if isinstance(self._encoder, WordFeatureEncoder) else None

    def add(self, texts: Iterable[str]) -> None:
        """Encode those of `texts` that are new, in one batch."""
        new = [text for text in dict.fromkeys(texts) if text not in self._known]
        if new:
            self._known.update(zip(new, self._encoder.encode(new), strict=True))

    def rows(self, texts: Sequence[str]) -> "Floats":
        """Return one row for each text; no texts give an array of shape (0, 1)."""
        import numpy as np  # noqa: PLC0415 - heavy

        self.add(texts)
        if not texts:
            return np.zeros((0, 1), dtype=np.float32)
        return np.stack([self._known[text] for text in texts])

    def cosines(self, first: Sequence[str], second: Sequence[str]) -> "Floats":
        """Return the similarity, -1 to 1, of every text of `first` (rows) with every text of `second` (columns)."""
        import numpy as np  # noqa: PLC0415 - heavy

        if not first or not second:
            return np.zeros((len(first), len(second)), dtype=np.float32)
        self.add([*first, *second])
        return self.rows(first) @ self.rows(second).T

    def cosine(self, first: str, second: str) -> float:
        """Return the similarity of two texts, from -1 to 1."""
        return float(self.cosines([first], [second])[0, 0])

    def word_features(self, texts: Sequence[Sequence[str]]) -> "list[WordVectors] | None":
        """Return the features of the words of each text; None where the encoder gives no such thing."""
        if self._feature_encoder is None:
            return None
        new = [list(key) for key in dict.fromkeys(map(tuple, texts)) if key not in self._words]
        if new:
            self._words.update(zip(map(tuple, new), self._feature_encoder.encode_word_features(new), strict=True))
        return [self._words[tuple(text)] for text in texts]

    def add_links(self, texts: Iterable[LinkedTexts]) -> None:
        """Find which words correspond in those pairs of texts that are new, those of two languages in one batch."""
        if self._word_encoder is None:
            return
        from alignment.words.align import align_word_pairs  # noqa: PLC0415 - heavy

        new: dict[tuple[str, str], list[LinkedTexts]] = {}
        for key in dict.fromkeys(map(_cut, texts)):
            if key not in self._links:
                new.setdefault(key[2], []).append(key)
        for (source, target), keys in new.items():
            pairs = [(one, other) for one, other, _ in keys]
            found = align_word_pairs(pairs, source_language=source, target_language=target, encoder=self._word_encoder)
            for key, links in zip(keys, found, strict=True):
                self._links[key] = {(i, j): score for i, j, score in links}

    def links(self, texts: LinkedTexts) -> dict[tuple[int, int], float]:
        """Return which words of two texts correspond; none where the encoder gives no vectors of words.

        Only the first 400 words of each are looked at.

        Returns:
            Index in the first and index in the second, with how surely they correspond, from 0 to 1.
        """
        self.add_links([texts])
        return self._links.get(_cut(texts), {})

    def keep_links(self, texts: LinkedTexts, links: Mapping[tuple[int, int], float]) -> None:
        """Remember which words of two texts correspond, for who has aligned them already."""
        self._links[_cut(texts)] = dict(links)

    def forget_words(self) -> None:
        """Forget what is known of words, a few kilobytes for each; what is asked again is computed again."""
        self._words.clear()
        self._links.clear()


def _cut(texts: LinkedTexts) -> LinkedTexts:
    one, other, languages = texts
    return one[:_LINKED], other[:_LINKED], languages
