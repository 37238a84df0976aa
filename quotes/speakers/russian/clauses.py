"""A stretch of Russian text read once: its words, phrases, verbs of saying, and where its clauses end."""

import re
from collections.abc import Sequence
from dataclasses import replace
from functools import cached_property, lru_cache

from corpora.languages import RUSSIAN
from quotes.lexicon import load_lexicon, parse_russian
from quotes.speakers.names import MASK, FoundSpeaker
from quotes.speakers.russian.cues import RussianCue, read_cues
from quotes.speakers.russian.forms import CASES, forms, nominative_name
from quotes.speakers.russian.heads import HeadReader, RussianPhrase
from quotes.speakers.russian.names import Name, RussianWord, read_name

_AGE = re.compile(r"\d+-\Z")
_LONGEST_CHAIN = 10
_LONGEST_HOLE = 70
_Extended = tuple[RussianPhrase, RussianPhrase, int]
"""A phrase with one more part, the part, and the place of the first word behind it."""


def _governed(phrase: RussianPhrase, preposition: str) -> RussianPhrase:
    """Put a phrase behind its preposition; one unknown word behind «в» is a place rather than a person."""
    place = (
        preposition in load_lexicon(RUSSIAN).words("place_prepositions")
        and phrase.kind == "name"
        and phrase.start == phrase.head_span[0]
    )
    if place and phrase.name == (phrase.start, phrase.end) and not phrase.gender:
        return replace(phrase, preposition=preposition, name=None, animate=False)
    return replace(phrase, preposition=preposition, cases=phrase.cases - {"nomn"} or phrase.cases)


class PhraseReader(HeadReader):
    """Reads the noun phrases of one text from left to right."""

    def read(self) -> list[RussianPhrase]:
        """Return all phrases, those in apposition joined."""
        phrases: list[RussianPhrase] = []
        place = 0
        prepositions = self._lexicon.words("prepositions")
        while place < len(self.words):
            if self.words[place].low in prepositions and not self._capital(place):
                found = self.at(place + 1)
                if found:
                    phrases.append(_governed(found, self.words[place].low))
                place = found.stop if found else place + 1
                continue
            found = self.at(place)
            if found:
                phrases.append(found)
            place = found.stop if found else place + 1
        return self._joined(phrases)

    def at(self, place: int) -> RussianPhrase | None:
        """Read the phrase that begins at a word, None where none does."""
        if place >= len(self.words):
            return None
        word = self.words[place]
        if word.hole:
            return RussianPhrase(word.start, word.end, "hole", "", (word.start, word.end), CASES, stop=place + 1)
        return self._pronoun(place) or self._worded(place)

    def _worded(self, place: int) -> RussianPhrase | None:
        word = self.words[place]
        if word.low in self._lexicon.words("honorifics") and place + 1 < len(self.words):
            return self._addressed(place)
        modifiers = self._modifiers(place)
        for skipped in range(len(modifiers) + 1):
            if modifiers and skipped == len(modifiers) and not self._goes_on(place + skipped):
                return None
            if found := self._headed(place + skipped, modifiers[skipped:]):
                return found
        return None

    def _complemented(self, head: RussianPhrase, place: int) -> RussianPhrase:
        """Take on what a head noun governs, and the name in apposition to it."""
        done, inner = head, head
        for _ in range(_LONGEST_CHAIN):
            if place >= len(self.words) or not self._goes_on(place):
                break
            following = self._following(done, inner, place)
            if following is None:
                break
            done, inner, place = following
            if done.name:
                break
        return replace(done, stop=place)

    def _following(self, done: RussianPhrase, inner: RussianPhrase, place: int) -> _Extended | None:
        """Read one more part of a phrase."""
        word = self.words[place]
        if word.hole:
            fits = word.end - word.start <= _LONGEST_HOLE and done.kind != "name"
            return (replace(done, end=word.end, proper=True), inner, place + 1) if fits else None
        if name := read_name(self._text, self.words, place):
            return self._named(done, inner, name)
        lists = self._lexicon.words
        if word.low in lists("honorifics") and (owner := self._addressed(place)) and owner.name:
            return None
        if word.low in lists("role_prepositions") and done.animate and done.kind == "noun":
            return self._through(done, place)
        return self._governs(done, inner, place)

    def _governs(self, done: RussianPhrase, inner: RussianPhrase, place: int) -> _Extended | None:
        """Read a complement in the genitive, or an adjective behind a title."""
        part = self._short(place)
        if part and part.animate and done.animate and not done.name and "gent" not in part.cases:
            return None
        cases = {"gent", "ablt"} if inner.head in self._lexicon.words("rulers") else {"gent"}
        if part is None or not cases & part.cases:
            return None
        return self._with(done, part), part, part.stop

    @staticmethod
    def _with(done: RussianPhrase, part: RussianPhrase) -> RussianPhrase:
        owner = replace(part, cases=part.cases & {"gent"} or part.cases)
        return replace(done, end=part.end, complement=done.complement or owner, proper=done.proper or part.proper)

    def _named(self, done: RussianPhrase, inner: RussianPhrase, name: Name) -> _Extended | None:
        """Attach a name: to the head as an apposition, to the last complement, or as a complement."""
        span = (self.words[name.first].start, self.words[name.last - 1].end)
        if not name.person:
            return self._body_named(done, span, name)
        shared = done.cases & name.cases or (frozenset() if name.known or "gent" in name.cases else done.cases)
        particle = self.words[name.first].text.islower() and not name.known
        another = particle or (inner is not done and inner.animate and not inner.name)
        another = another and "gent" in name.cases
        if not name.known and name.last - name.first == 1 and "gent" in name.cases and self._name_follows(name.last):
            # «Мэра Ривертона Анны Петровой»: an unknown word in front of a name is a place.
            place = RussianPhrase(span[0], span[1], "name", "", span, frozenset({"gent"}), proper=True)
            return self._with(done, place), place, name.last
        alike = not done.gender or not name.gender or done.gender in {"m", name.gender}
        if done.animate and shared and alike and not (another and self._name_follows(name.last)):
            gender = name.gender or ("f" if done.gender == "f" else "")
            whole = replace(
                done, end=span[1], name=span, gender=gender, cases=shared, proper=True, animate=True,
                roles=done.roles or (done.head,),
            )  # fmt: skip
            return whole, inner, name.last
        return self._owner(done, inner, name)

    def _body_named(self, done: RussianPhrase, span: tuple[int, int], name: Name) -> _Extended | None:
        """Attach the name of a body or place: «директор Norvik Telecom»."""
        if "gent" not in name.cases and done.head not in self._lexicon.words("name_heads") | self._lexicon.words(
            "place_kinds"
        ):
            return None
        span, last = self._and_name(span, name)
        lemma = forms(self.words[name.first].low)[0].lemma
        bare = RussianPhrase(span[0], span[1], "name", lemma, span, name.cases, proper=True)
        return self._with(done, bare), bare, last

    def _owner(self, done: RussianPhrase, inner: RussianPhrase, name: Name) -> _Extended | None:
        """Attach a person's name in the genitive: to the last complement, or as a complement."""
        if "gent" not in name.cases or self.words[name.first - 1].hole:
            return None
        span = (self.words[name.first].start, self.words[name.last - 1].end)
        part = self._name_phrase(name.first, name, name.cases)
        foreign = not name.known and name.last - name.first == 1 and inner.kind == "name"
        if "nomn" in name.cases and not foreign and not self._relates(inner):
            return None
        alone = name.last - name.first == 1
        place = (
            alone and not name.known and self._text[slice(*span)].endswith(tuple(self._lexicon.words("place_endings")))
        )
        if place:
            part = replace(part, name=None, animate=False)
        likely = not place and (name.known or not alone or self._relates(inner))
        return replace(self._with(done, part), others=(*done.others, *([part] if likely else []))), part, name.last

    def _and_name(self, span: tuple[int, int], name: Name) -> tuple[tuple[int, int], int]:
        """Take on a second name: «исследование BioNTech и Pfizer»."""
        if name.last + 1 < len(self.words) and self.words[name.last].low in self._lexicon.words("and"):
            second = read_name(self._text, self.words, name.last + 1)
            if second and not second.person:
                return (span[0], self.words[second.last - 1].end), second.last
        return span, name.last

    def _through(self, done: RussianPhrase, place: int) -> _Extended | None:
        """Pass over a phrase with a preposition, where the name follows it: «посол России в США Антонов»."""
        part = self.at(place + 1)
        if part is None or part.kind == "pronoun":
            return None
        if done.plural and self.words[place].low in self._lexicon.words("origins") and part.kind in ("hole", "name"):
            return replace(done, end=part.end, proper=True), done, part.stop
        part = _governed(part, self.words[place].low)
        after = part.stop
        if part.name and part.name[0] > part.head_span[1] and "nomn" not in part.cases:
            return None
        if part.name is None and after < len(self.words) and self._goes_on(after):
            name = read_name(self._text, self.words, after)
            if name and name.person and name.cases & done.cases:
                return replace(done, end=part.end), done, after
        return None

    def _joined(self, phrases: Sequence[RussianPhrase]) -> list[RussianPhrase]:
        """Join phrases in apposition, with a comma between them, that are said of one person."""
        joined: list[RussianPhrase] = []
        for phrase in phrases:
            whole = phrase
            while joined and (longer := self._apposed(joined[-1], whole)):
                joined.pop()
                whole = longer
            joined.append(whole)
        return joined

    def _apposed(self, first: RussianPhrase, second: RussianPhrase) -> RussianPhrase | None:
        between = _AGE.sub("", self._text[first.end : second.start]).strip()
        joins = between in self._lexicon.words("and")
        if (between not in {",", "/"} and not joins) or second.preposition or first.kind not in ("noun", "name"):
            return None
        cases = first.cases & second.cases
        living = first.animate and second.animate and first.plural == second.plural
        if not cases or not living or (first.name and second.name) or second.kind not in ("noun", "name"):
            return None
        if joins and not (second.kind == "noun" and second.name):
            return None
        if not (first.name or second.name) or (second.kind == "name" and not second.name):
            return None
        return replace(
            first, end=second.end, name=first.name or second.name, gender=(first if first.name else second).gender,
            cases=cases, roles=first.roles + second.roles, proper=True, others=first.others + second.others,
            complement=first.complement or second.complement,
        )  # fmt: skip


_HARD = re.compile(rf"[;:]|[.!?](?=\s)|{MASK}(?=[.,]?\s*[\N{{EM DASH}}\N{{EN DASH}}])")
_SOFT = re.compile(r"[,()\[\]]|\s[\N{EM DASH}\N{EN DASH}-]\s")
_ASIDE = re.compile(r"\([^()]*\)")


class ClauseStretch:
    """A stretch of text; all offsets count in it."""

    def __init__(self, text: str) -> None:
        self.text = text
        reader = PhraseReader(text)
        self.words: Sequence[RussianWord] = reader.words
        self._reader = reader
        lists = load_lexicon(RUSSIAN).words
        self._subordinators, self._relatives = lists("subordinators"), lists("relatives")

    @cached_property
    def phrases(self) -> list[RussianPhrase]:
        """All noun phrases, in order."""
        return self._reader.read()

    @cached_property
    def cues(self) -> list[RussianCue]:
        """All words that report speech."""
        return read_cues(self.words)

    def phrases_from(self, start: int) -> Sequence[RussianPhrase]:
        """Read the phrases from an offset on, as if a text began there: what follows «по словам» is no part of it."""
        place = next((number for number, word in enumerate(self.words) if word.start >= start), None)
        if place is None:
            return ()
        first = self._reader.at(place)
        joined = [phrase for phrase in self.phrases if phrase.start == (first.start if first else -1)]
        return joined or ([first] if first else ())

    def count(self, start: int, end: int) -> int:
        """Count the words between two offsets."""
        return len(self.text[start:end].split())

    def clause_start(self, position: int) -> int:
        """Where the sentence, or what follows a colon or a quote with a dash, begins."""
        return max((border.end() for border in _HARD.finditer(self.text, 0, position)), default=0)

    def segments(self, start: int, end: int) -> list[tuple[int, int]]:
        """Cut a range at commas, brackets and dashes; what stands in brackets is left out."""
        aside = [match.span() for match in _ASIDE.finditer(self.text, start, end)]
        borders = [border.span() for border in _SOFT.finditer(self.text, start, end)]
        outside = [(a, b) for a, b in borders if not any(first < a and b < last for first, last in aside)]
        places = [start, *(place for border in outside for place in border), end]
        pairs = [(places[i], places[i + 1]) for i in range(0, len(places), 2)]
        return [pair for pair in pairs if not any(first < pair[0] and pair[1] < last for first, last in aside)] or pairs

    def embedded(self, start: int, end: int) -> bool:
        """Tell whether a segment is a relative, subordinate or adverbial one: its first or second word tells."""
        here = [word for word in self.words if start <= word.start < end][:2]
        if not here or here[0].hole:
            return False
        if here[0].low in self._subordinators or (len(here) > 1 and here[1].low in self._relatives):
            return True
        first = here[0].forms[0] if here[0].forms else None
        return first is not None and (first.pos == "GRND" or (first.pos == "PRTF" and first.score > 0.4))  # noqa: PLR2004


@lru_cache(maxsize=1024)
def read_stretch(text: str) -> ClauseStretch:
    """Read a stretch of text; the same one is asked for again and again."""
    return ClauseStretch(text)


def found_phrase(
    stretch: ClauseStretch, phrase: RussianPhrase, word: str, cue: RussianCue | None = None, *, end: int = 0
) -> FoundSpeaker:
    """Make an attribution of a phrase; `end` is where it ends if it was read without its complements."""
    strong = cue.strong if cue else True
    told = cue.gender if cue and cue.gender in {"m", "f"} else ""
    gender = phrase.gender if phrase.gender in {"m", "f"} else ""
    if phrase.name:
        said = stretch.text[slice(*phrase.name)]
        full = nominative_name(said.split(), phrase.cases, gender or "m") if "nomn" not in phrase.cases else ""
        return FoundSpeaker(phrase.name, word, "name", gender or told, strong, full)
    if phrase.kind == "pronoun":
        return FoundSpeaker(
            (phrase.start, phrase.end), word, "pronoun", gender or ("" if phrase.plural else told), strong
        )
    if phrase.kind == "hole":
        span = (phrase.start + 1, phrase.end - 1) if phrase.end - phrase.start > 2 else (phrase.start, phrase.end)  # noqa: PLR2004 - the marks
        return FoundSpeaker(span, word, "body", "", strong)
    if phrase.kind == "noun" and phrase.animate and not (phrase.plural and phrase.proper):
        if phrase.plural:
            return FoundSpeaker((phrase.head_span[0], phrase.end), word, "body", "", strong)
        before = stretch.text[: phrase.start].lower().split()[-1:]
        newcomer = set(before) & load_lexicon(RUSSIAN).words("newcomers")
        said = " ".join([*newcomer, stretch.text[phrase.start : phrase.end]])
        woman = phrase.gender == "f" and phrase.head not in load_lexicon(RUSSIAN).words("epicenes")
        return FoundSpeaker(phrase.head_span, word, "noun", "f" if woman else told, strong, said)
    span = (phrase.start, max(phrase.end, end))
    bare = span == phrase.head_span and not phrase.proper
    named = "" if bare else nominative(stretch, phrase, span[1])
    return FoundSpeaker(span, word, "name" if named and " " not in named else "body", "", strong, named)


def nominative(stretch: ClauseStretch, phrase: RussianPhrase, end: int) -> str:
    """Return a phrase with its head, and what agrees with it, in the nominative."""
    pieces = []
    last = phrase.start
    for word in stretch.words:
        if phrase.start <= word.start < phrase.head_span[1] and not word.hole:
            pieces += [stretch.text[last : word.start], _inflected(word.text, phrase)]
            last = word.end
    return "".join([*pieces, stretch.text[last:end]])


def _inflected(word: str, phrase: RussianPhrase) -> str:
    if word.isupper() or not word[0].isalpha() or "nomn" in phrase.cases:
        return word
    for reading in parse_russian(word.lower()):
        if reading.tag.case and str(reading.tag.case)[:4] in phrase.cases | {"loc2", "gen2"}:
            form = reading.inflect({"nomn", str(reading.tag.number or "sing")})
            if form is not None:
                made = str(form.word)
                return made.capitalize() if word[0].isupper() else made
    return word
