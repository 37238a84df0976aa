"""Writes languages that the embedded encoder was not trained on like the related language that it knows."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from common.data import load_table

_WORD = re.compile(r"[^\W\d_]+(?:['’ʼ][^\W\d_]+)*")


@dataclass(frozen=True, slots=True)
class Respelling:
    """How one language is respelt.

    Attributes:
        letters: Matches a letter that tells the language.
        alphabet: Letters by code point, for `str.translate`.
        words: Whole words, in lower case.
    """

    letters: re.Pattern[str]
    alphabet: dict[int, str]
    words: dict[str, str]

    def of(self, text: str) -> str:
        """Return a text with its words and letters respelt."""
        return _WORD.sub(lambda match: self._word(match[0]), text)

    def _word(self, word: str) -> str:
        known = self.words.get(word.lower().replace("’", "'").replace("ʼ", "'"))
        if known is None:
            return word.translate(self.alphabet)
        return known[0].upper() + known[1:] if word[0].isupper() else known


@cache
def _respellings() -> tuple[Respelling, ...]:
    made = []
    for table in load_table(__name__, "respelling.toml").values():
        letters, words = table["alphabet"], (pair.split(":") for pair in table["words"].split())
        both = {**letters, **{letter.upper(): other.upper() for letter, other in letters.items()}}
        known = {word: other.replace("_", " ") for word, other in words}
        made.append(Respelling(re.compile(f"[{table['letters']}]", re.IGNORECASE), str.maketrans(both), known))
    return tuple(made)


def respell(parts: Sequence[str]) -> Sequence[str]:
    """Return the parts of one text as the encoder knows their language; all others as they are."""
    for respelling in _respellings():
        if any(map(respelling.letters.search, parts)):
            return [respelling.of(part) for part in parts]
    return parts
