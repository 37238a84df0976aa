"""Embeddings, each text encoded once."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from alignment.encoders import Encoder, WordEncoder, WordFeatureEncoder

if TYPE_CHECKING:
    from alignment.encoders.base import WordVectors
    from common.arrays import Floats


_LINKED = 400
"""Words of a text that are aligned; a quote of a page is compared by its beginning."""


class Vectors:
    """Remembers the vector of every text that was asked for, and which words correspond.

    Args:
        encoder: What encodes a text that is new.
    """

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder
        self._known: dict[str, Floats] = {}
        self._words: dict[tuple[str, ...], WordVectors] = {}
        self._links: dict[tuple[tuple[str, ...], ...], dict[tuple[int, int], float]] = {}

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
        if not isinstance(self._encoder, WordFeatureEncoder):
            return None
        new = [list(key) for key in dict.fromkeys(map(tuple, texts)) if key not in self._words]
        if new:
            self._words.update(zip(map(tuple, new), self._encoder.encode_word_features(new), strict=True))
        return [self._words[tuple(text)] for text in texts]

    def links(
        self, first: tuple[str, ...], second: tuple[str, ...], languages: tuple[str, str]
    ) -> dict[tuple[int, int], float]:
        """Return which words of two texts correspond; none where the encoder gives no vectors of words.

        Args:
            first: The words of a text; only the first 400 are looked at.
            second: The words of the other, likewise.
            languages: BCP-47 tags of the two.

        Returns:
            Index in `first` and index in `second`, with how surely they correspond, from 0 to 1.
        """
        if not isinstance(self._encoder, WordEncoder):
            return {}
        from alignment.words.align import align_words  # noqa: PLC0415 - heavy

        one, other = first[:_LINKED], second[:_LINKED]
        key = (one, other, languages)
        if key not in self._links:
            source, target = languages
            found = align_words(one, other, source_language=source, target_language=target, encoder=self._encoder)
            self._links[key] = {(i, j): score for i, j, score in found}
        return self._links[key]
