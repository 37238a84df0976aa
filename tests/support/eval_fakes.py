"""Articles with given sentences, and an encoder whose cosines can be read off the text."""

from collections.abc import Sequence

import numpy as np

from corpora.article import Article, Block, Sentence


def article(language: str, *sentences: str) -> Article:
    """An article of one block a sentence, so that no segmenter has a say."""
    text = "\n\n".join(sentences)
    made = Article(text, language, None, tuple(Block("paragraph", *span) for span in _spans(sentences)))
    made.__dict__["sentences"] = tuple(
        Sentence(number, words, *span, number)
        for number, (words, span) in enumerate(zip(sentences, _spans(sentences), strict=True))
    )
    return made


def _spans(sentences: Sequence[str]) -> list[tuple[int, int]]:
    spans, at = [], 0
    for words in sentences:
        spans.append((at, at + len(words)))
        at += len(words) + 2
    return spans


class LetterEncoder:
    """Counts of the letters a to z, normalised: the cosine of two texts is that of their counts."""

    name = "letters"
    revision = "1"
    dimension = 26

    def encode(self, texts: Sequence[str]) -> "np.ndarray[tuple[int, int], np.dtype[np.float32]]":
        counts = np.array([[text.count(chr(97 + k)) for k in range(26)] for text in texts], dtype=np.float32)
        return counts / np.linalg.norm(counts, axis=1, keepdims=True)
