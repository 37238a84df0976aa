"""Noun phrases in Chinese: which words of a clause belong together."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from quotes.speakers.chinese.names import NameList
from quotes.speakers.chinese.text import NAME, QUOTE, ChineseWord, word_set

COMMAS = frozenset("，,：:；;")
_NOMINAL = frozenset("nrmqbajlizkgst")
_SET_PHRASE = 4
_SHORT = 2
"""Words of two characters that begin or end like a phrase are mostly nouns."""

_TITLED = 2
"""A person's name and the title behind it."""


@dataclass(frozen=True, slots=True)
class ChinesePhrase:
    """Words that form a noun phrase, the word in front of it, and the one behind it."""

    words: Sequence[ChineseWord]
    before: ChineseWord | None
    after: ChineseWord | None


def clauses(cut: Sequence[ChineseWord]) -> Iterator[list[ChineseWord]]:
    """Cut words at commas, colons and quotes; the last clause may be empty."""
    clause: list[ChineseWord] = []
    for word in cut:
        if word.text in COMMAS or word.tag == QUOTE:
            yield clause
            clause = []
        else:
            clause.append(word)
    yield clause


class PhraseCutter:
    """Cuts clauses of one article into noun phrases."""

    def __init__(self, names: NameList) -> None:
        self._names = names

    def phrases(self, cut: Sequence[ChineseWord]) -> Iterator[ChinesePhrase]:
        """List the noun phrases of a clause, in order."""
        run: list[ChineseWord] = []
        before: ChineseWord | None = None
        for place, word in enumerate(cut):
            if self.nominal(cut, place):
                run.append(word)
                continue
            if run:
                yield ChinesePhrase(run, before, word)
            run, before = [], word
        if run:
            yield ChinesePhrase(run, before, None)

    def nominal(self, cut: Sequence[ChineseWord], place: int) -> bool:
        """Tell whether a word of a clause belongs to a noun phrase."""
        word = cut[place]
        if word.tag in {NAME, "uj", "eng"} or word.text in word_set("noun_joiners"):
            return True
        if self._apart(cut, place):
            return False
        if word.text in word_set("roles") or word.text in word_set("bodies"):
            return True
        if word.tag[0] in "vaiz" and place and self._ends_person(cut[max(0, place - _TITLED) : place]):
            # What somebody does or is like, unless it is part of a title.
            return any(after.text in word_set("roles") for after in cut[place + 1 : place + 2])
        plain = word.tag[0] in _NOMINAL or word.tag in {"vn", "zg"}
        return self._inside_noun(cut, place) if word.tag == "v" else plain

    def _apart(self, cut: Sequence[ChineseWord], place: int) -> bool:
        """Tell whether a word is no part of a noun phrase, whatever its class."""
        word = cut[place]
        listed = any(word.text in word_set(name) for name in ("adverbs", "coverbs", "cues", "lead_ins"))
        return listed or word.tag == QUOTE or self._aside(word)

    @staticmethod
    def _aside(word: ChineseWord) -> bool:
        """Tell whether one word says when or where: a set phrase with a preposition, or one that ends in "before"."""
        glued = len(word.text) > _SHORT and (
            word.text[0] in word_set("aside_starts") or word.text[0] in word_set("objects")
        )
        phrase = word.tag in {"i", "l", "q"} and glued
        phrase = phrase or (len(word.text) == _SET_PHRASE and word.text[:2] in word_set("coverbs"))
        return phrase or (len(word.text) > _SHORT and word.text[-1] in word_set("time_ends"))

    def _inside_noun(self, cut: Sequence[ChineseWord], place: int) -> bool:
        """Tell whether a verb is part of a body's name or a title."""
        if cut[place].text in word_set("noun_verbs"):
            return True
        ahead = cut[place + 1 : place + 3]
        if not ahead or ahead[0].text in word_set("coverbs"):
            return False
        closing = any(ahead[0].text in word_set(name) for name in ("bodies", "role_ends", "roles"))
        return closing or (ahead[0].tag == "v" and len(ahead) > 1 and ahead[1].text in word_set("bodies"))

    def _ends_person(self, cut: Sequence[ChineseWord]) -> bool:
        """Tell whether words end in a person's name, maybe with the title behind it."""
        titled = len(cut) > 1 and cut[-1].text in word_set("roles") and self._is_person(cut[-2])
        return titled or self._is_person(cut[-1])

    def _is_person(self, word: ChineseWord) -> bool:
        return word.tag == NAME and word.text in self._names.people
