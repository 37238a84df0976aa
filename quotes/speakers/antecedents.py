"""Whom a pronoun, a noun or a quote without attribution stands for: the last person who fits."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from corpora.article import Article, Sentence
from corpora.languages import CHINESE, ENGLISH
from corpora.offsets import Span
from quotes.lexicon import load_lexicon
from quotes.marks.passages import MarkedPassage
from quotes.speakers.names import MASK, Finder, FoundSpeaker, Names

_FAR = 20


@dataclass(frozen=True, slots=True)
class Attribution:
    """Who says a quote, and how that is known.

    Attributes:
        speaker: The words that name the speaker, None where there are none.
        name: The fullest name in the article.
        place: `inside`, `after`, `before` (beside the quote), `sentence` (elsewhere in it), `carried` (from the text
            before), `extract` (a headline that repeats a quote), or an empty string.
        strong: Whether the cue reports whole utterances.
    """

    speaker: str | None = None
    span: Span | None = None
    name: str | None = None
    cue: str | None = None
    place: str = ""
    strong: bool = False


NOBODY = Attribution()


@dataclass(frozen=True, slots=True)
class Told:
    """What is known so far of who speaks; the two mappings grow while the article is read.

    Attributes:
        masked: The text with its quotes hidden.
        done: The attribution of each passage that has been read, by its id.
        leaders: Who speaks in a sentence outside quotes, by its number.
    """

    masked: str
    passages: Sequence[MarkedPassage]
    done: Mapping[int, Attribution]
    leaders: Mapping[int, str | None]


class Antecedents:
    """Looks back through an article for the person who is meant."""

    def __init__(self, article: Article, finder: Finder, names: Names, told: Told, *, reach: int) -> None:
        self._article = article
        self._text = article.text
        self._finder = finder
        self._names = names
        self._told = told
        self._reach = reach
        self._starts = [sentence.start for sentence in article.sentences]
        self._places = [passage.outer[0] for passage in told.passages]

    def find(self, position: int, gender: str) -> str | None:
        """Find whom a pronoun or a noun stands for: the subject of this sentence or an earlier one, a speaker first."""
        place = max(0, bisect_right(self._starts, position) - 1)
        start = self._starts[place] if self._starts else 0
        if inside := self._person((start, self._first_alike(start, position)), gender):
            return inside
        doubtful = None
        nearest = range(place - 1, max(-1, place - 1 - 3 * self._reach), -1)
        if self._says_more(position) and (again := self._last_leader(nearest, gender)):
            return again
        for back in nearest:
            if leader := self._last_leader([back], gender):
                return leader
            sentence = self._article.sentences[back]
            if found := self._person((sentence.start, sentence.end), gender):
                if self._names.language != CHINESE or self._names.is_sure(found) or self._leads(sentence, found):
                    return found
                doubtful = doubtful or found
        return doubtful or (self._surname(place, gender) if gender else None)

    def _last_leader(self, places: Iterable[int], gender: str) -> str | None:
        leaders = (self.leader(place) for place in places)
        return next((name for name in leaders if name and self._fits(name, gender)), None)

    def _first_alike(self, start: int, position: int) -> int:
        """Where a Chinese pronoun stands first in its sentence: "when he was asked about Miles, he said"."""
        gendered = load_lexicon(CHINESE).words("pronouns_m") | load_lexicon(CHINESE).words("pronouns_f")
        pronoun = self._text[position : position + 1]
        if self._names.language != CHINESE or pronoun not in gendered:
            return position
        alone = f"{pronoun}(?![{load_lexicon(CHINESE).listed_text('not_alone')}])"
        first = re.compile(alone).search(self._told.masked, start, position)
        return first.start() if first else position

    def _says_more(self, position: int) -> bool:
        """Tell whether a Chinese pronoun stands in front of "also": whoever spoke last goes on."""
        if self._names.language != CHINESE:
            return False
        return self._told.masked.startswith(tuple(load_lexicon(CHINESE).words("again")), position + 1)

    def _surname(self, place: int, gender: str) -> str | None:
        """Find the last speaker whom an English article calls by one word only."""
        for back in range(place - 1, max(-1, place - 1 - 3 * self._reach), -1):
            sentence = self._article.sentences[back]
            name = self._spoken(sentence.start, sentence.end) or self._told.leaders.get(back)
            if name and self._names.may_be_surname(name) and self._fits(name, gender):
                return name
        return None

    def leader(self, place: int) -> str | None:
        """Who speaks in a sentence: in a quote there, else in reported speech."""
        sentence = self._article.sentences[place]
        name = self._spoken(sentence.start, sentence.end) or self._told.leaders.get(place)
        return name if name and self._names.may_be_person(name, leads=True) else None

    def _spoken(self, start: int, end: int) -> str | None:
        """The last speaker of a quote in a stretch of text."""
        here = self._told.passages[bisect_left(self._places, start) : bisect_left(self._places, end)]
        names = [self._told.done[id(passage)].name for passage in here if id(passage) in self._told.done]
        return next((name for name in reversed(names) if name), None)

    def _person(self, span: Span, gender: str) -> str | None:
        subject = self._finder.subject(self._told.masked, span)
        names = [m for m in self._names.within(span) if self._told.masked[m.start] != MASK]
        if subject and self._names.language == ENGLISH and (subject.kind == "noun" or subject.name):
            name = self._bearer(subject)
            if name and self._fits(name, gender):
                return name
            subject = None
        leading = [subject.span] if subject and subject.span and subject.kind == "name" else []
        ordered = [*leading, *((m.start, m.end) for m in names)]
        fitting = []
        for start, end in ordered:
            full = self._names.full(self._text[start:end])
            leads = (start, end) in leading
            if self._names.may_be_person(full, leads=leads) and self._fits(full, gender):
                fitting.append(full)
        sure = [full for full in fitting if gender and self._names.gender(full) == gender]
        return next(iter([*sure, *fitting]), None)

    def _bearer(self, subject: FoundSpeaker) -> str | None:
        """Name whom an English subject that is a role stands for, as far as the text in front tells."""
        if subject.name:
            return self._names.full(subject.name)
        return self.office(subject.span) if subject.span else None

    def _leads(self, sentence: Sentence, name: str) -> bool:
        subject = self._finder.subject(self._told.masked, (sentence.start, sentence.end))
        if subject is None or subject.span is None or subject.kind != "name":
            return False
        return self._names.full(subject.name or self._text[slice(*subject.span)]) == name

    def _fits(self, name: str, gender: str) -> bool:
        known = self._names.gender(name)
        return not gender or not known or known == gender

    def reported(self, first: int, last: int) -> str | None:
        """Name the last person who is said to say something in some sentences, in reported speech."""
        names = [name for place in range(last - 1, first - 1, -1) if (name := self._told.leaders.get(place))]
        return names[0] if names and self._names.may_be_person(names[0], leads=True) else None

    def author(self, position: int) -> str | None:
        """Name whoever spoke last, a body too: the one behind "the statement"."""
        place = max(0, bisect_right(self._starts, position) - 1)
        for back in range(place, max(-1, place - 1 - 3 * self._reach), -1):
            sentence = self._article.sentences[back]
            if name := self._spoken(sentence.start, min(position, sentence.end)) or self._told.leaders.get(back):
                return name
        return None

    def office(self, span: Span) -> str | None:
        """Name who holds an office that an English article introduces nobody with, "the president": who spoke last."""
        head = self._text[slice(*span)].lower().rsplit(maxsplit=1)[-1]
        if self._names.language != ENGLISH or head not in load_lexicon(ENGLISH).words("offices"):
            return None
        place = max(0, bisect_right(self._starts, span[0]) - 1)
        for back in range(place, max(-1, place - 1 - 3 * self._reach), -1):
            sentence = self._article.sentences[back]
            name = self._spoken(sentence.start, min(span[0], sentence.end))
            if name and (self._names.may_be_person(name, leads=True) or self._names.may_be_surname(name)):
                self._names.note_person(name)
                return name
        return None

    def far_speaker(self, place: int) -> str | None:
        """Name who spoke last before a Chinese sentence, far back: a guess where nothing nearer tells."""
        if self._names.language != CHINESE:
            return None
        names = (self.leader(back) for back in range(place - 1, max(-1, place - 1 - _FAR), -1))
        return next((name for name in names if name), None)

    def last_speaker(self, position: int) -> str | None:
        """Name whoever spoke last before a fragment that nothing attributes."""
        place = max(0, bisect_right(self._starts, position) - 1)
        names = (self.leader(back) for back in range(place, max(-1, place - 1 - self._reach), -1))
        return next((name for name in names if name), None)
