"""Whose a Chinese statement, report or film is that stands without an owner: "the draft says"."""

import re
from collections.abc import Iterator

from corpora.offsets import Span
from quotes.speakers.chinese.names import NameList
from quotes.speakers.chinese.shapes import is_body, word_set
from quotes.speakers.chinese.text import NAME, ChineseWord, simplify, words

_FARTHEST = 600
_STOPS = "。！？\n"
_WORK = re.compile(r"《([^《》\n]{2,30})》")


class Issuers:
    """Looks through one article for who issued what is cited."""

    def __init__(self, text: str, names: NameList) -> None:
        self._text = text
        self._plain = simplify(text)
        self._names = names

    def find(self, span: Span, noun: str) -> str:
        """Find who was named beside the same noun, here or before, else the last title.

        Args:
            span: Where the noun stands.
            noun: The noun in Simplified characters.

        Returns:
            A name, or an empty string.
        """
        far = max(0, span[0] - _FARTHEST)
        before = self._plain.rfind(noun, far, span[0])
        beside = [*self._near(span[0], span[0]), *(self._near(before, span[0]) if before >= 0 else ())]
        named = next((name for word in beside if (name := self._name(word))), "")
        return named or next(reversed(_WORK.findall(self._text, far, span[0])), "")

    def _near(self, place: int, last: int) -> Iterator[ChineseWord]:
        """The words of a sentence in front of a place, nearest first, then those behind it."""
        far = max(0, place - _FARTHEST)
        begin = max([far, *(self._plain.rfind(stop, far, place) + 1 for stop in _STOPS)])
        ends = [self._plain.find(stop, place, last) for stop in _STOPS]
        yield from reversed(words(self._text, (begin, place), self._names.known))
        yield from words(self._text, (place, min([last, *(end for end in ends if end >= 0)])), self._names.known)

    def _name(self, word: ChineseWord) -> str:
        """The name of a person, or of a body where one word is all of it or the article named it before."""
        if word.tag == NAME and word.text in self._names.people:
            return self._text[word.start : word.end]
        if not is_body(word):
            return ""
        if word.text in word_set("bodies") and word.text not in word_set("proper_bodies"):
            return self._names.named_body(word.text, word.start)
        return self._text[word.start : word.end]
