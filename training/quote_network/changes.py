"""Planted changes of meaning: one rule-based change in a passage."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from training.quote_network.examples import Words
from training.quote_network.grammar import WORD, can_be_denied, is_modifier, is_noun, opens_phrase, word_class
from training.quote_network.substitutes import Key, excluding, exclusive_key, load_lists, near

DIGITS = 0.5
"""Share of passages with figures in which a figure is changed."""
EXCLUSIVE, DENIAL, REPLACED, LEFT_OUT = 0.45, 0.62, 0.75, 0.87
"""Upper bounds of a random draw for each change; an inapplicable change leaves the draw to the next."""
DENIED = 0.12
"""Upper bound of the draw for an added negation."""
UNDONE = 0.6
"""Share of negations that are removed if the draw selects a change of negation."""
ONE = 0.75
"""Share of replacements of one word; the others replace two."""
MODIFIER = 0.4
"""Share of omissions of a single modifier, if there is one."""
PHRASE = 0.6
"""Share of other Russian omissions that begin at a preposition or conjunction."""
SHORT = 4
"""Least words of a passage for omissions or insertions."""
LONGEST_OMISSION, LONGEST_RUSSIAN_ADDITION, LONGEST_CHINESE_ADDITION = 6, 5, 4
ATTEMPTS = 5


@dataclass(frozen=True)
class Change:
    """Changed words of a passage.

    Attributes:
        words: All words, with the change.
        new: Indices of the new ones among them.
        gone: Indices of the old words that were replaced or left out.
    """

    words: Words
    new: frozenset[int]
    gone: frozenset[int]


@dataclass(frozen=True)
class Planter:
    """Plants changes in the words of one language.

    Args:
        language: `ru` or `zh`.
        known: Similar words, see `substitutes.neighbours`.
        texts: Texts in the language, at least one, from which insertions are taken.
        chance: Random generator.
    """

    language: str
    known: Mapping[Key, Sequence[str]]
    texts: Sequence[Words]
    chance: random.Random

    def plant(self, words: Words) -> Change | None:
        """Plant a change; None if the drawn one is not applicable."""
        if not any(self._means(word) for word in words):
            return None
        draw = self.chance.random()
        found = self._figure(words) if self.chance.random() < DIGITS else None
        if found is None and draw < EXCLUSIVE:
            found = self._excluded(words)
        if found is None and draw < DENIAL:
            found = self._denial(words, denied=draw < DENIED)
        if found is None:
            found = self._other(words, draw)
        return found

    def _other(self, words: Words, draw: float) -> Change | None:
        if draw < REPLACED or len(words) < SHORT:
            return self._replaced(words)
        return self._left_out(words) if draw < LEFT_OUT else self._put_in(words)

    def _means(self, word: str) -> bool:
        return word_class(word, self.language) is not None

    def _figure(self, words: Words) -> Change | None:
        places = [at for at, word in enumerate(words) if word[:1].isdecimal()]
        if not places:
            return None
        at = self.chance.choice(places)
        word = words[at]
        place = self.chance.choice([i for i, sign in enumerate(word) if sign.isdecimal()])
        digit = self.chance.choice([digit for digit in "123456789" if digit != word[place]])
        return _exchanged(words, {at: word[:place] + digit + word[place + 1 :]})

    def _excluded(self, words: Words) -> Change | None:
        places = [at for at, word in enumerate(words) if exclusive_key(word, self.language)]
        if not places:
            return None
        at = self.chance.choice(places)
        new = excluding(words[at], self.language, self.chance)
        return _exchanged(words, {at: new}) if new and new.lower() != words[at].lower() else None

    def _denial(self, words: Words, *, denied: bool) -> Change | None:
        lists = load_lists(self.language)
        places = [at for at, word in enumerate(words) if word.lower() in lists.denials]
        if places and len(words) > 1 and (denied or self.chance.random() < UNDONE):
            at = self.chance.choice(places)
            short = lists.shortened.get(words[at])
            return _exchanged(words, {at: short}) if short else _without(words, at, at + 1)
        places = [at for at, word in enumerate(words) if can_be_denied(word, self.language)]
        if not denied or not places:
            return None
        return _with(words, self.chance.choice(places), [self.chance.choice(lists.added)], {0})

    def _replaced(self, words: Words) -> Change | None:
        places = [at for at, word in enumerate(words) if self._means(word)]
        count = 1 if self.chance.random() < ONE else 2
        drawn = {
            at: near(words[at], self.language, self.known, self.chance)
            for at in self.chance.sample(places, min(count, len(places)))
        }
        new = {at: word for at, word in drawn.items() if word and word.lower() != words[at].lower()}
        return _exchanged(words, new) if new else None

    def _left_out(self, words: Words) -> Change | None:
        begin, end = self._omission(words)
        fits = end - begin < len(words) - 1 and any(self._means(word) for word in words[begin:end])
        return _without(words, begin, end) if fits else None

    def _omission(self, words: Words) -> tuple[int, int]:
        modifiers = [at for at, word in enumerate(words) if is_modifier(word, self.language)]
        if modifiers and self.chance.random() < MODIFIER:
            at = self.chance.choice(modifiers)
            return at, at + 1
        openers = [at for at, word in enumerate(words) if opens_phrase(word, self.language)]
        if openers and self.chance.random() < PHRASE:
            at = self.chance.choice(openers)
            return at, self._phrase_end(words, at, LONGEST_OMISSION)
        at = self.chance.choice([at for at, word in enumerate(words) if self._means(word)])
        size = self.chance.randint(2, max(2, min(LONGEST_OMISSION, len(words) // 2)))
        return at, min(len(words), at + size)

    def _phrase_end(self, words: Words, begin: int, longest: int) -> int:
        """Return the end of a phrase that ends at its first noun."""
        ends = (at + 1 for at in range(begin, len(words)) if is_noun(words[at], self.language))
        return min(next(ends, len(words)), begin + longest, len(words))

    def _put_in(self, words: Words) -> Change | None:
        for _ in range(ATTEMPTS):
            chunk = self._chunk(self.chance.choice(self.texts))
            new = {at for at, word in enumerate(chunk) if self._means(word)}
            if new:
                return _with(words, self.chance.randint(0, len(words)), chunk, new)
        return None

    def _chunk(self, text: Words) -> list[str]:
        """Take a phrase of a text; empty if it has none."""
        if len(text) < SHORT:
            return []
        begins = [at for at in range(len(text) - 1) if self._begins_addition(text[at])]
        if not begins:
            return []
        begin = self.chance.choice(begins)
        if self.language == "ru":
            alone = word_class(text[begin], "ru") == "ADVB"
            end = begin + 1 if alone else self._phrase_end(text, begin, LONGEST_RUSSIAN_ADDITION)
        else:
            end = begin + self.chance.randint(1, LONGEST_CHINESE_ADDITION)
        return [word for word in text[begin:end] if WORD.search(word)]

    def _begins_addition(self, word: str) -> bool:
        return self.language != "ru" or opens_phrase(word, "ru") or word_class(word, "ru") in {"ADVB", "ADJF"}


def _exchanged(words: Words, new: Mapping[int, str]) -> Change:
    return Change(tuple(new.get(at, word) for at, word in enumerate(words)), frozenset(new), frozenset(new))


def _without(words: Words, begin: int, end: int) -> Change:
    return Change((*words[:begin], *words[end:]), frozenset(), frozenset(range(begin, end)))


def _with(words: Words, at: int, chunk: Sequence[str], new: set[int]) -> Change:
    return Change((*words[:at], *chunk, *words[at:]), frozenset(at + i for i in new), frozenset())
