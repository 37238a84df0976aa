"""Planted changes of meaning: one rule-based change in a passage."""

import random
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from training.quote_network.examples import Words
from training.quote_network.grammar import (
    WORD,
    can_be_denied,
    is_modifier,
    is_noun,
    opens_phrase,
    retimed,
    word_class,
)
from training.quote_network.substitutes import Key, excluding, exclusive_key, load_lists, near

KINDS = {
    "number": 3.0,
    "polarity": 3.0,
    "entity": 4.0,
    "negation": 2.5,
    "softened": 1.5,
    "strengthened": 1.5,
    "tense_or_modality": 2.0,
    "omission": 3.0,
    "addition": 2.0,
}
"""Kinds of change and how often each is tried first; one that does not apply leaves the passage to another."""
UNDONE = 0.6
"""Share of denials that are taken away where there is one, and of degrees."""
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
        new: Numbers of those among them that are new.
        gone: Numbers of the old words that were replaced or left out.
        kind: What was done, one of `KINDS`.
    """

    words: Words
    new: frozenset[int]
    gone: frozenset[int]
    kind: str = ""


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
        """Change something; None where nothing can be changed."""
        if not any(self._means(word) for word in words):
            return None
        changes = ((kind, self._plant(kind, words)) for kind in self._kinds())
        return next((replace(change, kind=kind) for kind, change in changes if change), None)

    def _kinds(self) -> list[str]:
        """Draw an order of the kinds in which the likelier ones tend to come first."""
        places = {kind: self.chance.random() ** (1 / weight) for kind, weight in KINDS.items()}
        return sorted(KINDS, key=lambda kind: -places[kind])

    def _plant(self, kind: str, words: Words) -> Change | None:
        if len(words) < SHORT and kind in {"omission", "addition"}:
            return None
        lists = load_lists(self.language)
        makers = {
            "number": lambda: self._figure(words),
            "polarity": lambda: self._excluded(words),
            "entity": lambda: self._replaced(words),
            "negation": lambda: self._marked(words, lists.denials, lists.added),
            "softened": lambda: self._marked(words, lists.strong, lists.weak),
            "strengthened": lambda: self._marked(words, lists.weak, lists.strong),
            "tense_or_modality": lambda: self._retimed(words),
            "omission": lambda: self._left_out(words),
            "addition": lambda: self._put_in(words),
        }
        return makers[kind]()

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

    def _marked(self, words: Words, taken: Collection[str], added: Sequence[str]) -> Change | None:
        """Take away a word that denies or grades, or put one in before a verb or the like."""
        there = [at for at, word in enumerate(words) if word.lower() in taken]
        if there and len(words) > 1 and self.chance.random() < UNDONE:
            at = self.chance.choice(there)
            short = load_lists(self.language).shortened.get(words[at])
            return _exchanged(words, {at: short}) if short else _without(words, at, at + 1)
        before = [at for at, word in enumerate(words) if can_be_denied(word, self.language)]
        return _with(words, self.chance.choice(before), [self.chance.choice(added)], {0}) if before else None

    def _retimed(self, words: Words) -> Change | None:
        if self.language == "zh":
            lists = load_lists("zh")
            return self._marked(words, {*lists.past, *lists.future}, [*lists.past, *lists.future])
        found = {at: new for at, word in enumerate(words) if (new := retimed(word))}
        if not found:
            return None
        at = self.chance.choice(list(found))
        return _exchanged(words, {at: found[at]})

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
