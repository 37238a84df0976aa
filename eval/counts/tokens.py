"""The words that BLEU counts, for many segments at once: sacrebleu's tokenizers, asked once for each piece of text.

`13a` and `zh` look at a character and its neighbours, so that white space parts what has to be looked at together. The
tokens of a segment are those of its pieces, and most pieces of a test set come again and again in what several systems
made of it. Whatever the tokenizer, the tokens are sacrebleu's own.
"""

from collections.abc import Sequence
from itertools import chain
from typing import Any, Final

import numpy as np

from eval.counts.ngrams import Tokens, Vocabulary

_EDGE: Final = "\n"
"""Stands where a piece begins or ends the segment; no piece holds white space itself."""
_SEPARATOR: Final = "\N{SYMBOL FOR UNIT SEPARATOR}"
_BETWEEN: Final = f"\t{_SEPARATOR}\t"
"""Stands between pieces. A tabulator, unlike a space, costs the tokenizers no replacement."""


class _Spaced(dict[int, str]):
    """What `zh` writes for a character, for `str.translate`: Chinese characters stand between spaces."""

    def __init__(self, tokenizer: Any) -> None:
        self._tokenizer = tokenizer

    def __missing__(self, code: int) -> str:
        character = chr(code)
        chinese = self._tokenizer._is_chinese_char(character)  # noqa: SLF001 - its own list of them
        self[code] = f" {character} " if chinese else character
        return self[code]


class SegmentTokens:
    """Tokens of segments as numbers, the same for the same token.

    Args:
        scorer: sacrebleu's BLEU, whose tokenizer and case it takes.
    """

    def __init__(self, scorer: Any) -> None:
        self._scorer = scorer
        self._cut = {"13a": self._cut_13a, "zh": self._cut_zh}.get(scorer.tokenizer.signature(), self._whole)
        self._spaced = _Spaced(scorer.tokenizer)
        self._vocabulary = Vocabulary()
        self._places: dict[str, int] = {}
        self._numbers = np.zeros(0, dtype=np.uint64)  # the tokens of each piece that was seen, one after the other
        self._sizes = np.zeros(0, dtype=np.int64)  # how many each of them has

    def __call__(self, lines: Sequence[str]) -> Tokens:
        """Return the tokens of each line."""
        pieces = [self._cut(line) for line in lines]
        flat = list(chain.from_iterable(pieces))
        self._learn([piece for piece in dict.fromkeys(flat) if piece not in self._places])
        places = np.fromiter(map(self._places.__getitem__, flat), dtype=np.int64, count=len(flat))
        sizes = self._sizes[places]
        # From where a piece's tokens stand among all that are known to where they stand in the lines.
        moves = (np.cumsum(self._sizes) - self._sizes)[places] - (np.cumsum(sizes) - sizes)
        values = self._numbers[np.repeat(moves, sizes) + np.arange(sizes.sum())]
        rows = np.repeat(np.arange(len(lines)), np.fromiter(map(len, pieces), dtype=np.int64, count=len(lines)))
        lengths = np.bincount(rows, weights=sizes, minlength=len(lines)).astype(np.int64)
        return Tokens(values, lengths)

    def _learn(self, pieces: Sequence[str]) -> None:
        """Tokenize pieces, most of them with one call."""
        apart: list[str] = []
        together: list[str] = []
        for piece in pieces:
            (apart if self._stands_alone(piece) else together).append(piece)
        texts = self._tokenize(_BETWEEN.join(together)).split(_SEPARATOR) if together else []
        found = [text.split() for text in chain(texts, map(self._tokenize, apart))]
        for piece, _ in zip(chain(together, apart), found, strict=True):
            self._places[piece] = len(self._places)
        numbers = self._vocabulary.numbers(chain.from_iterable(found))
        self._numbers = np.concatenate([self._numbers, np.array(numbers, dtype=np.uint64)])
        self._sizes = np.concatenate([self._sizes, np.array([len(each) for each in found], dtype=np.int64)])

    def _stands_alone(self, piece: str) -> bool:
        """Return whether a piece cannot be tokenized between others."""
        return _EDGE in piece or _SEPARATOR in piece or self._cut == self._whole

    def _whole(self, line: str) -> list[str]:
        return [line]

    def _cut_13a(self, line: str) -> list[str]:
        # A line break may join what stands around it.
        return [line] if "\n" in line else line.split()

    def _cut_zh(self, line: str) -> list[str]:
        text = line.strip().translate(self._spaced)
        pieces = text.split()
        if pieces and not text[0].isspace():
            pieces[0] = _EDGE + pieces[0]
        if pieces and not text[-1].isspace():
            pieces[-1] += _EDGE
        return pieces

    def _tokenize(self, text: str) -> str:
        if self._cut != self._cut_zh:
            return self._scorer._preprocess_segment(text)  # type: ignore[no-any-return]  # noqa: SLF001
        edged = f" {text} ".replace(f" {_EDGE}", "").replace(f"{_EDGE} ", "")
        return self._scorer.tokenizer._post_tokenizer(edged)  # type: ignore[no-any-return]  # noqa: SLF001
