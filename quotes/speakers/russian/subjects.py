"""The speaker of a Russian verb of saying: its subject, the agent of a participle, or the body that it is said in."""

from collections.abc import Sequence
from dataclasses import replace

from corpora.languages import RUSSIAN
from quotes.lexicon import load_lexicon
from quotes.speakers.names import MASK, FoundSpeaker
from quotes.speakers.russian.clauses import ClauseStretch, found_phrase
from quotes.speakers.russian.cues import RussianCue
from quotes.speakers.russian.heads import RussianPhrase, belongs

_LONGEST_HOLE = 60
_CLASHES, _NOWHERE = 6, 9
_OWNERS = (("m", "pronouns_m"), ("f", "pronouns_f"))


class Subjects:
    """Finds whose words a verb of saying reports."""

    def __init__(self) -> None:
        self._words = load_lexicon(RUSSIAN).words

    def find(self, stretch: ClauseStretch, cue: RussianCue, *, behind: bool) -> FoundSpeaker | None:
        """Find the speaker; if `behind`, look behind the verb first, as after a quote."""
        if cue.lemma in self._words("quoting_cues") and (found := self._quoted(stretch, cue)):
            return found
        if cue.mood == "document":
            return self._document(stretch, cue)
        if cue.mood == "active":
            return self._antecedent(stretch, cue)
        return self._subject(stretch, cue, behind=behind)

    def _quoted(self, stretch: ClauseStretch, cue: RussianCue) -> FoundSpeaker | None:
        """«Цитирует его агентство», «приводит слова министра»: whose words somebody else hands on."""
        for word in stretch.words:
            if word.start >= cue.end and word.low in self._words("possessives"):
                gender = next((g for g, name in _OWNERS if word.low in self._words(name)), "")
                return FoundSpeaker((word.start, word.end), cue.word, "pronoun", gender)
            if word.start >= cue.end:
                break
        near = [p for p in stretch.phrases if p.start >= cue.end and not p.preposition]
        for phrase in near:
            if phrase.head in self._words("utterances") and phrase.complement:
                return self.author(stretch, phrase, cue.word, cue)
            if phrase.cases & {"accs", "gent"} and "nomn" not in phrase.cases and (phrase.name or phrase.animate):
                return found_phrase(stretch, phrase, cue.word, cue)
        return None

    def _subject(self, stretch: ClauseStretch, cue: RussianCue, *, behind: bool) -> FoundSpeaker | None:
        own = stretch.segments(stretch.clause_start(cue.start), cue.start)
        alone = not stretch.text[own[-1][0] : cue.start].strip() and len(own) > 1
        here = self._best(stretch, cue, own[-1], last=True) or self._related(stretch, cue, own[-1])
        follows = self._behind(stretch, cue, holes=behind)
        back = None if here else self._back(stretch, cue, own)
        living = back is not None and back.kind != "body" and (follows is None or follows.kind == "body")
        first = behind or (alone and follows is not None and not living)
        order = (follows, here, back) if first else (here, back, follows)
        found = next((one for one in order if one), None)
        if found and (found.kind != "body" or not cue.plural):
            return found
        # «В Кремле заявили»: a verb in the plural without a subject.
        return (self._document(stretch, cue) if cue.plural else None) or found

    def _behind(self, stretch: ClauseStretch, cue: RussianCue, *, holes: bool) -> FoundSpeaker | None:
        first, *more = stretch.segments(cue.end, self._limit(stretch, cue))
        if found := self._best(stretch, cue, first, last=False):
            masked = found.span is not None and stretch.text.startswith(MASK, *found.span)
            return found if holes or not masked else None
        for segment in more:
            if not stretch.embedded(*segment) and (found := self._best(stretch, cue, segment, last=False, living=True)):
                return found
            if stretch.embedded(*segment) and self._links(stretch, segment):
                return None
        return None

    def _links(self, stretch: ClauseStretch, segment: tuple[int, int]) -> bool:
        """Whether a segment begins what is reported: «что …»."""
        return bool(set(stretch.text[slice(*segment)].split()[:1]) & self._words("reporters"))

    @staticmethod
    def _limit(stretch: ClauseStretch, cue: RussianCue) -> int:
        colon = stretch.text.find(":", cue.end)
        return colon if colon >= 0 else len(stretch.text)

    def _back(self, stretch: ClauseStretch, cue: RussianCue, own: Sequence[tuple[int, int]]) -> FoundSpeaker | None:
        """Look before the segment of the verb, past what is put in between commas."""
        for segment in reversed(own[:-1]):
            if stretch.embedded(*segment):
                continue
            if found := self._best(stretch, cue, segment, last=False):
                return found
        return None

    def _related(self, stretch: ClauseStretch, cue: RussianCue, own: tuple[int, int]) -> FoundSpeaker | None:
        """«X, который сказал»: whom the relative pronoun stands for."""
        here = [word for word in stretch.words if own[0] <= word.start < cue.start][:2]
        if not here or here[0].low not in self._words("relative_subjects"):
            return None
        if here[0].low in self._words("who"):
            anybody = replace(cue, gender="", plural=None)
            return self._best(stretch, anybody, (stretch.clause_start(cue.start), own[0]), last=False)
        return self._antecedent(stretch, cue, here[0].start)

    def _antecedent(self, stretch: ClauseStretch, cue: RussianCue, place: int | None = None) -> FoundSpeaker | None:
        position = cue.start if place is None else place
        before = [p for p in stretch.phrases if p.end <= position and _agrees(p, cue, loose=True)]
        near = [p for p in before[-2:] if p.animate or p.name] or before[-1:]
        if near and near[-1] is before[-1] and (owner := self._apposed(stretch, near[-1])):
            return found_phrase(stretch, owner, cue.word, cue)
        return found_phrase(stretch, near[-1], cue.word, cue) if near else None

    def _apposed(self, stretch: ClauseStretch, phrase: RussianPhrase) -> RussianPhrase | None:
        """«Norvik, группа …»: the name of the body that a noun is put behind."""
        if phrase.proper or phrase.animate:
            return None
        return next((p for p in stretch.phrases if p.end < phrase.start and p.kind == "name" and not p.name
                        and stretch.text[p.end : phrase.start].strip() == ","), None)  # fmt: skip

    def _best(
        self, stretch: ClauseStretch, cue: RussianCue, segment: tuple[int, int], *, last: bool, living: bool = False
    ) -> FoundSpeaker | None:
        """Choose among the nominatives of a segment that agree with the verb."""
        here = [
            p
            for p in stretch.phrases
            if segment[0] <= p.start < segment[1] and p.subject and _agrees(p, cue, named=True)
        ]
        if living:
            here = [p for p in here if p.animate or p.name]
        ranked = [(self._rank(stretch, phrase, cue), phrase) for phrase in here]
        best = min((rank for rank, _ in ranked), default=_NOWHERE)
        fitting = [phrase for rank, phrase in ranked if rank == best]
        if best >= _NOWHERE or not fitting:
            return None
        fitting = [p for p in fitting if p.name and " " in stretch.text[slice(*p.name)]] or fitting
        chosen = fitting[-1 if last else 0]
        return found_phrase(stretch, chosen, cue.word, cue)

    def _rank(self, stretch: ClauseStretch, phrase: RussianPhrase, cue: RussianCue) -> int:
        """How likely a nominative speaks: 0 is best, `_NOWHERE` never."""
        if not _agrees(phrase, cue):
            return _CLASHES
        if phrase.name and belongs(stretch.text, stretch.phrases, phrase):
            return 1
        if phrase.kind == "pronoun" or phrase.name or (phrase.animate and not phrase.plural):
            return 0
        if phrase.animate:
            return 1
        if phrase.kind == "name":
            return 2
        return self._thing_rank(stretch, phrase, cue)

    def _thing_rank(self, stretch: ClauseStretch, phrase: RussianPhrase, cue: RussianCue) -> int:
        """How likely a name in marks, a body, a document or anything else speaks."""
        follows = phrase.start >= cue.end
        between = (cue.end, phrase.start) if follows else (phrase.end, cue.start)
        beside = not stretch.text[slice(*between)].strip()
        if phrase.kind == "hole":
            leads = follows or phrase.start == stretch.clause_start(cue.start)
            fits = beside and leads and cue.strong and phrase.end - phrase.start <= _LONGEST_HOLE
            return 4 if fits else _NOWHERE
        if phrase.head in self._words("body_nouns") | self._words("documents"):
            return 3
        speaks = cue.strong and cue.mood == "verb" and phrase.head not in self._words("no_speakers")
        leads = not follows and not phrase.plural and phrase.start <= stretch.clause_start(cue.start) + 1
        return 5 if (beside or leads) and speaks else _NOWHERE

    def _document(self, stretch: ClauseStretch, cue: RussianCue) -> FoundSpeaker | None:
        """Find the document or body that something is said in, and whose it is."""
        start, end = stretch.clause_start(cue.start), self._limit(stretch, cue)
        near = [p for p in stretch.phrases if start <= p.start < end and self._holds(p)]
        near.sort(key=lambda p: (p.start < cue.start, abs(p.start - cue.end)))
        for phrase in near:
            if phrase.head in self._words("documents"):
                return self.author(stretch, phrase, cue.word, cue)
            return found_phrase(stretch, phrase, cue.word, cue)
        if cue.mood == "document":
            return self._best(stretch, cue, (start, end), last=True)
        return None

    def _holds(self, phrase: RussianPhrase) -> bool:
        occasion = phrase.head in self._words("occasions") and not (phrase.proper and phrase.complement is None)
        if phrase.preposition not in self._words("document_prepositions") or occasion:
            return False
        if not {"loct", "gent", "datv"} & phrase.cases or phrase.kind in ("pronoun", "hole"):
            return False
        known = phrase.head in self._words("documents") or phrase.head in self._words("body_nouns")
        return (
            known
            or (phrase.kind == "name" and not phrase.name)
            or (phrase.proper and not phrase.animate and not phrase.name)
        )

    def author(
        self, stretch: ClauseStretch, phrase: RussianPhrase, word: str, cue: RussianCue | None = None
    ) -> FoundSpeaker | None:
        """Return whose a document is; the document itself where nothing tells."""
        part = next(iter(phrase.others), phrase.complement)
        if part is None:
            return FoundSpeaker(phrase.head_span, word, "body")
        return found_phrase(stretch, part, word, cue, end=0 if phrase.others else phrase.end)


def _agrees(phrase: RussianPhrase, cue: RussianCue, *, loose: bool = False, named: bool = False) -> bool:
    """Tell whether a phrase may be the subject of a verb, by number and gender.

    Number does not count if `loose`; the gender of a person's name, which may be a wrong guess, not if `named`.
    """
    if named and phrase.name:
        return not cue.plural
    person = bool(phrase.name) or phrase.kind == "name"
    clash = phrase.plural != cue.plural and (phrase.plural or phrase.kind != "hole")
    if clash and cue.plural is not None and not loose:
        return False
    if not cue.gender or not phrase.gender or cue.gender == phrase.gender:
        return True
    if person and phrase.kind == "name" and not phrase.name:
        return phrase.cases != frozenset({"nomn"}) and cue.gender != phrase.gender and phrase.gender == ""
    return cue.gender == "f" and phrase.gender == "m" and phrase.kind == "noun" and phrase.animate and not phrase.name
