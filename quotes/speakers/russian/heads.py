"""Russian noun phrases without what belongs to them: modifiers with a noun, a name, a pronoun."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from corpora.languages import RUSSIAN
from quotes.lexicon import load_lexicon
from quotes.speakers.russian.forms import CASES, Form, forms, is_known, name_cases, noun_forms
from quotes.speakers.russian.names import Name, RussianWord, is_name_word, read_name, read_words, touch

_MODIFIERS = frozenset({"ADJF", "PRTF", "NUMR"})
_BETWEEN = re.compile(r"\s*(?:/|\d[\d.,]*)\s*\Z")
_READINGS, _RARE = 3, 0.1


@dataclass(frozen=True, slots=True)
class RussianPhrase:
    """A noun phrase.

    Attributes:
        kind: `name` (a person or what nobody knows), `noun`, `pronoun` or `hole` (words in marks alone).
        head: Lemma of its head noun, nothing for a bare name.
        gender: `m`, `f`, `n` or nothing.
        name: Where the name of the person stands.
        proper: Whether it is or holds a proper name.
        preposition: The preposition it depends on.
        complement: What its head governs: the first noun phrase in the genitive.
        roles: Lemmas of all head nouns said of one person.
        others: Other people named in it.
        stop: The place of the first word behind it.
    """

    start: int
    end: int
    kind: str
    head: str
    head_span: tuple[int, int]
    cases: frozenset[str]
    gender: str = ""
    plural: bool = False
    animate: bool = False
    name: tuple[int, int] | None = None
    proper: bool = False
    preposition: str = ""
    complement: "RussianPhrase | None" = None
    roles: tuple[str, ...] = ()
    others: tuple["RussianPhrase", ...] = ()
    stop: int = field(default=0, compare=False)

    @property
    def subject(self) -> bool:
        """Whether it may be a subject."""
        return "nomn" in self.cases and not self.preposition


def belongs(text: str, phrases: Sequence[RussianPhrase], phrase: RussianPhrase) -> str:
    """Return the preposition that a name alike in all cases depends on where it belongs to the noun in front of it.

    «Президент затронул вопрос о номинации Кавано».
    """
    before = next((p for p in reversed(phrases) if p.end <= phrase.start), None)
    if before is None or text[before.end : phrase.start].strip() or not {"nomn", "gent"} <= phrase.cases:
        return ""
    return before.preposition


class HeadReader:
    """Reads the words that noun phrases begin with."""

    def __init__(self, text: str) -> None:
        self._text = text
        self.words = read_words(text)
        self._lexicon = load_lexicon(RUSSIAN)

    def _capital(self, place: int) -> bool:
        word = self.words[place]
        return word.text[0].isupper() and not word.opens

    def _addressed(self, place: int) -> RussianPhrase | None:
        """Read a name behind a form of address: «г-н Смит»."""
        name = read_name(self._text, self.words, place + 1)
        if name is None or not touch(self._text, self.words[place], self.words[place + 1]):
            return self._headed(place, [])
        cases = frozenset(form.case for form in self.words[place].forms if form.case and not form.plural) or CASES
        span = (self.words[name.first].start, self.words[name.last - 1].end)
        words = self._lexicon.words
        low = self.words[place].low.rstrip(".")
        gender = "m" if low in words("men") else "f" if low in words("women") else name.gender
        return RussianPhrase(
            self.words[place].start, span[1], "name", "", span, cases & name.cases or cases, gender, animate=True,
            name=span, proper=True, stop=name.last,
        )  # fmt: skip

    def _pronoun(self, place: int) -> RussianPhrase | None:
        word = self.words[place]
        words = self._lexicon.words
        if word.low not in words("subject_pronouns"):
            return None
        gender = "m" if word.low in words("pronouns_m") else "f" if word.low in words("pronouns_f") else ""
        plural = word.low in words("plural_pronouns")
        return RussianPhrase(
            word.start, word.end, "pronoun", word.low, (word.start, word.end), frozenset({"nomn"}), gender, plural,
            stop=place + 1,
        )  # fmt: skip

    def _modifiers(self, place: int) -> list[RussianWord]:
        found: list[RussianWord] = []
        for word in self.words[place:]:
            likely = word.forms[:_READINGS] if not word.hole and not is_name_word(word, None) else ()
            if not any(
                form.pos in _MODIFIERS and form.score > _RARE for form in likely
            ) or word.low in self._lexicon.words("relatives"):
                break
            if found and not touch(self._text, found[-1], word):
                break
            found.append(word)
        return found

    def _headed(self, place: int, modifiers: Sequence[RussianWord]) -> RussianPhrase | None:
        """Read a phrase whose modifiers are given; the last of them is the head where no noun follows."""
        head = place + len(modifiers)
        adjacent = head < len(self.words) and (not modifiers or touch(self._text, modifiers[-1], self.words[head]))
        if adjacent and (name := read_name(self._text, self.words, head)):
            return self._name_phrase(place, name, self._agreeing(modifiers, name.cases))
        if adjacent and not self.words[head].hole and (readings := noun_forms(self.words[head].low)):
            fitting = [form for form in readings if self._agree(modifiers, form)]
            if fitting:
                return self._noun_phrase(place, head, fitting)
        if modifiers and (nominal := self._nominal(modifiers[-1])):
            fitting = [form for form in nominal if self._agree(modifiers[:-1], form)]
            return self._noun_phrase(place, head - 1, fitting) if fitting else None
        return None

    def _nominal(self, word: RussianWord) -> list[Form]:
        """Readings of an adjective or participle that stands for a person: «обвиняемый», «учёный»."""
        nouns = [form for form in word.forms if form.pos == "NOUN"]
        if nouns:
            return nouns
        if not {form.lemma for form in word.forms} & self._lexicon.words("nominal_adjectives"):
            return []
        return [replace(form, pos="NOUN", animate=True) for form in word.forms if form.pos in _MODIFIERS]

    @staticmethod
    def _agree(modifiers: Sequence[RussianWord], form: Form) -> bool:

        def fits(other: Form) -> bool:
            """Return whether a word agrees with the head in number, gender and case."""
            number = other.plural == form.plural or "Pltm" in form.tags or other.pos == "NUMR"
            gender = other.plural or not other.gender or not form.gender or other.gender == form.gender
            return other.pos in _MODIFIERS and (other.case == form.case or other.pos == "NUMR") and number and gender

        return all(any(fits(other) for other in word.forms) for word in modifiers)

    @staticmethod
    def _agreeing(modifiers: Sequence[RussianWord], cases: frozenset[str]) -> frozenset[str]:
        for word in modifiers:
            cases = (cases & {form.case for form in word.forms if form.pos in _MODIFIERS}) or cases
        return cases

    def _name_phrase(self, place: int, name: Name, cases: frozenset[str]) -> RussianPhrase:
        first, last = self.words[name.first], self.words[name.last - 1]
        span = (first.start, last.end)
        body = "" if name.person else forms(first.low)[0].lemma
        done = RussianPhrase(
            self.words[place].start, span[1], "name", body, span, cases, name.gender, proper=True,
            animate=name.person, name=span if name.person else None, stop=name.last,
        )  # fmt: skip
        if name.person and not any(map(self._capital, range(place, name.first))):
            return done
        # «Западный Беркшир»
        done = replace(done, animate=False, name=None)
        known = is_known(first.low) and first.forms[0].tags & {"Geox", "Orgn", "Abbr"}
        gender = next((form.gender for form in first.forms if form.gender and known), "")
        return self._complemented(replace(done, gender=gender, plural=False), name.last)

    def _noun_phrase(self, place: int, head: int, readings: Sequence[Form]) -> RussianPhrase:
        word = self.words[head]
        lists = self._lexicon.words
        animate = any(form.animate for form in readings) or readings[0].lemma in lists("strangers") | lists(
            "plain_roles"
        )
        animate = animate and readings[0].lemma not in self._lexicon.words("body_nouns")
        chosen = [form for form in readings if form.animate == animate] or list(readings)
        cases = frozenset(form.case for form in chosen if form.case)
        nominative = [form for form in chosen if form.case == "nomn"] or chosen
        gender = "" if "ms-f" in nominative[0].tags or "GNdr" in nominative[0].tags else nominative[0].gender
        plural = all(form.plural for form in nominative) and "Pltm" not in nominative[0].tags
        proper = any(self._capital(number) for number in range(place, head + 1))
        lemma = chosen[0].lemma
        done = RussianPhrase(
            self.words[place].start, word.end, "noun", lemma, (word.start, word.end), cases, gender, plural,
            animate, proper=proper, roles=(lemma,) if animate else (), stop=head + 1,
        )  # fmt: skip
        return self._complemented(done, head + 1)

    def _goes_on(self, place: int) -> bool:
        if place >= len(self.words):
            return False
        between = self._text[self.words[place - 1].end : self.words[place].start]
        return touch(self._text, self.words[place - 1], self.words[place]) or bool(_BETWEEN.match(between))

    def _short(self, place: int) -> RussianPhrase | None:
        """Read a phrase without its complements."""
        modifiers = self._modifiers(place)
        head = place + len(modifiers)
        if head >= len(self.words) or self.words[head].hole or read_name(self._text, self.words, head):
            if modifiers and head < len(self.words) and (name := read_name(self._text, self.words, head)):
                if (nominal := self._nominal(modifiers[-1])) and "gent" not in name_cases(
                    self.words[name.last - 1].text
                ):
                    return self._plain(place, head - 1, nominal)  # «друг погибшего Вон Смит»
                return self._name_phrase(place, name, self._agreeing(modifiers, name.cases))
            return None
        if modifiers and not touch(self._text, modifiers[-1], self.words[head]):
            return None
        fitting = [form for form in noun_forms(self.words[head].low) if self._agree(modifiers, form)]
        if not fitting:
            return None
        return self._plain(place, head, fitting)

    def _plain(self, place: int, head: int, fitting: Sequence[Form]) -> RussianPhrase:
        word = self.words[head]
        proper = any(self._capital(number) for number in range(place, head + 1))
        return RussianPhrase(
            self.words[place].start, word.end, "noun", fitting[0].lemma, (word.start, word.end),
            frozenset(form.case for form in fitting), fitting[0].gender, fitting[0].plural,
            any(form.animate for form in fitting), proper=proper, stop=head + 1,
        )  # fmt: skip

    def _relates(self, inner: RussianPhrase) -> bool:
        """Tell whether a noun is commonly followed by a person's name in the genitive."""
        words = self._lexicon.words
        if inner.kind != "noun":
            return False
        return inner.animate or inner.head in words("utterances") | words("documents") | words("body_nouns")

    def _name_follows(self, place: int) -> bool:
        return (
            place < len(self.words)
            and touch(self._text, self.words[place - 1], self.words[place])
            and read_name(self._text, self.words, place) is not None
        )

    def _complemented(self, head: RussianPhrase, place: int) -> RussianPhrase:
        """Take on what belongs to a head; nothing here."""
        return replace(head, stop=place)
