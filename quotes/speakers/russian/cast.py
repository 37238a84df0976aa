"""Whom Russian pronouns and nouns stand for: the people of an article, what they are called, and who spoke last."""

import re
from bisect import bisect_left, bisect_right, insort
from collections.abc import Sequence
from dataclasses import dataclass, replace

from corpora.languages import RUSSIAN
from corpora.offsets import Span
from quotes.lexicon import load_lexicon
from quotes.speakers.names import MASK, FoundSpeaker, Names
from quotes.speakers.russian.clauses import nominative, read_stretch
from quotes.speakers.russian.forms import forms, is_abbreviation, is_place, lemma, nominative_name
from quotes.speakers.russian.heads import RussianPhrase, belongs

_CASE_ENDINGS = tuple(load_lexicon(RUSSIAN).words("case_endings"))


@dataclass(frozen=True, slots=True)
class Appearance:
    """A person named somewhere.

    Attributes:
        gender: `m`, `f` or nothing.
        leads: Whether the name is a subject there.
        roles: What the person is called there: lemmas.
    """

    start: int
    name: str
    gender: str
    leads: bool
    sentence: int
    roles: tuple[str, ...]


class RussianPeople:
    """Reads an article, `text` with its quotes masked and `plain` without, once for whom and what it names."""

    def __init__(self, text: str, sentences: Sequence[Span], names: Names, *, plain: str) -> None:
        self._text = text
        self._plain = plain
        self._names = names
        self._abbreviations = read_abbreviations(text)
        self._words = load_lexicon(RUSSIAN).words
        self._starts = [start for start, _ in sentences]
        self._appearances: list[Appearance] = []
        self._genders: dict[str, str] = {}
        self._bodies: list[tuple[int, str, str]] = []
        self._papers: list[tuple[int, str, str]] = []
        for number, (start, end) in enumerate(sentences):
            if set(text[start:end]) - {MASK}:
                self._read(text[start:end], start, number)
        self._places = [one.start for one in self._appearances]
        for one in self._appearances:
            if one.gender:
                self._genders.setdefault(one.name, one.gender)
        self._people = {one.name for one in self._appearances}

    def _read(self, sentence: str, offset: int, number: int) -> None:
        phrases = read_stretch(sentence).phrases
        bodies, people = len(self._bodies), len(self._appearances)
        for phrase in phrases:
            if phrase.name:
                governed = phrase.preposition or belongs(sentence, phrases, phrase)
                self._appear(sentence, replace(phrase, preposition=governed), offset, number)
            elif self._is_body(sentence, phrase):
                name = nominative(read_stretch(sentence), phrase, phrase.end)
                span = (phrase.start + offset, phrase.end + offset)
                self._bodies.append((span[0], phrase.head, self._unmasked(span, name)))
            inner = phrase.complement
            # The people whom it names in the genitive.
            for other in phrase.others or ([inner] if inner and inner.name else []):
                self._appear(sentence, replace(other, cases=other.cases - {"nomn"}), offset, number)
        owners = [name for *_, name in self._bodies[bodies:]] + [
            one.name for one in self._appearances[people:] if one.leads
        ]
        papers = [p for p in phrases if p.head in self._words("documents")] if owners else ()
        self._papers += [(p.start + offset, p.head, owners[0]) for p in papers]

    def _is_body(self, sentence: str, phrase: RussianPhrase) -> bool:
        if phrase.animate or phrase.preposition or phrase.kind == "hole" or not (phrase.proper or phrase.complement):
            return False
        named = phrase.kind == "name" and phrase.subject and not is_place(sentence[phrase.start : phrase.end])
        return named or phrase.head in self._words("body_nouns")

    def _appear(self, sentence: str, phrase: RussianPhrase, offset: int, number: int) -> None:
        if phrase.name is None:
            return
        words = sentence[slice(*phrase.name)].split()
        full = self.full(nominative_name(words, phrase.cases, phrase.gender or "m"))
        gender = self._names.gender(full) or (phrase.gender if phrase.gender in {"m", "f"} else "")
        # «Моралеса»: an unknown name that stands elsewhere in the nominative, and here in another case, is no subject.
        leads = phrase.subject and (words[-1] in full.split() or not words[-1].endswith(_CASE_ENDINGS))
        roles = (*phrase.roles, *((phrase.head,) if phrase.head and phrase.kind == "noun" else ()))
        roles += tuple(role.split("-")[0] for role in roles if "-" in role)
        self._appearances.append(
            Appearance(phrase.name[0] + offset, full, gender, leads, number, tuple(dict.fromkeys(roles)))
        )

    def full(self, name: str) -> str:
        """Return the fullest form of a name in the nominative; the name itself where no longer one is known."""
        if name in self._abbreviations:
            return self._abbreviations[name]
        full = self._names.full(name)
        longer = len(full.split()) > len(name.split()) or any(word.endswith(".") for word in name.split())
        return full if longer else name

    def _unmasked(self, span: Span, name: str) -> str:
        """Put back what is masked in the name of a body: «компания „Норвик“»."""
        if MASK not in name:
            return name
        pairs = zip(self._plain[slice(*span)], self._text[slice(*span)], strict=True)
        hidden = iter([real for real, shown in pairs if shown == MASK])
        return "".join(next(hidden, "") if shown == MASK else shown for shown in name)


_BRACKETS = re.compile(r"\(([^\W\d_]{2,8})\)")
_WORD = re.compile(r"[^\W\d_][\w-]*")
_SMALL = 2
_FARTHEST = 120


def read_abbreviations(text: str) -> dict[str, str]:
    """Map the abbreviations that a text gives in brackets to the names in front of them, in the nominative."""
    found: dict[str, str] = {}
    for match in _BRACKETS.finditer(text):
        short = match.group(1)
        if is_abbreviation(short) and short not in found and (name := _spelt_out(text, match.start(), short)):
            found[short] = name
    return found


def _spelt_out(text: str, end: int, short: str) -> str | None:
    """Find the words right before an offset whose first letters make up an abbreviation, small words left out."""
    start = max(0, end - _FARTHEST)
    words = list(_WORD.finditer(text, start, end))
    letters = [word.group()[0].upper() for word in words]
    for first in range(len(words) - 1, -1, -1):
        if not words[first].group()[0].isupper():
            continue
        initials = [c for c, word in zip(letters[first:], words[first:], strict=True) if len(word.group()) > _SMALL]
        if "".join(initials) == short.upper():
            return _nominative(text[words[first].start() : end].strip())
    return None


def _nominative(name: str) -> str:
    stretch = read_stretch(name)
    first = next(iter(stretch.phrases), None)
    return nominative(stretch, first, len(name)) if first and first.start == 0 else name


_FAR = 4
_TITLE_REACH = 1


class RussianCast(RussianPeople):
    """The people of an article."""

    def __init__(self, text: str, sentences: Sequence[Span], names: Names, *, plain: str) -> None:
        super().__init__(text, sentences, names, plain=plain)
        self._spoken: list[tuple[int, str]] = []
        self._said: list[tuple[int, str]] = []

    def note(self, position: int, name: str) -> None:
        """Remember that somebody speaks at a place."""
        insort(self._spoken if name in self._people else self._said, (position, name))

    def meant(self, found: FoundSpeaker, words: str) -> str | None:
        """Return the full name that a pronoun or a noun stands for."""
        if found.span is None:
            return None
        if found.kind == "pronoun":
            return self.pronoun(found.span[0], found.gender, words.lower())
        if found.kind == "body":
            if self._text[found.span[0]] == MASK:
                return words
            name = self._unmasked(found.span, found.name)
            return self._abbreviations.get(name) or name or self._body(found.span[0], words)
        return self._noun(found.span[0], found.gender, lemma(words), found.name) if found.kind == "noun" else None

    def pronoun(self, position: int, gender: str, word: str = "", *, but: str | None = None) -> str | None:
        """Find whom a pronoun stands for: who spoke or was the subject last, in the sentence or before it."""
        if word in self._words("nobody_named"):
            return None
        if word in self._words("plural_pronouns"):
            return self._group(position) if word in self._words("they") else None
        here = self._sentence(position)
        earlier = [one for one in self._before(position) if one.name != but and self._fits(one.name, gender)]
        recent = self._recent(position)
        spoken = [(place, name) for place, name in recent if name != but and self._fits(name, gender)]
        leading = [(one.start, one.name) for one in earlier if one.leads]
        behind = [(one.start, one.name) for one in earlier if not one.leads and gender and one.gender == gender]
        weighed = [
            (self._sentence(place) - near, place, name)
            for pairs, near in ((spoken, here - 1), (leading, here), (behind, here + 1))
            for place, name in pairs
        ]
        if weighed:
            return max(weighed)[-1]
        return earlier[-1].name if earlier else None

    def _group(self, position: int) -> str | None:
        """Find whom "they" stands for: the body that spoke last."""
        oldest = self._start(self._sentence(position) - _FAR)
        return next((name for place, name in reversed(self._said) if oldest <= place < position), None)

    def _noun(self, position: int, gender: str, role: str, phrase: str) -> str | None:
        """Find whom a noun stands for: who was called so, else for a general noun who spoke last."""
        called = self._called_so(position, gender, role)
        before = [one for one in called if one.start < position]
        if before:
            return before[-1].name
        bare = " " not in phrase and role in self._words("known_people")
        if self._is_new(role, phrase, bare=bare):
            return None
        if self._sentence(position) <= _TITLE_REACH and called:
            return called[0].name
        last = self._spoke_last(position, gender) or self.pronoun(position, gender)
        last = last or (self.pronoun(position, "") if gender != "f" else None)
        return last or (called[0].name if called else None)

    def _spoke_last(self, position: int, gender: str) -> str | None:
        """Name who spoke last: a noun such as «президент» goes on with a speaker, not with whom he speaks about."""
        recent = self._recent(position)
        return next((name for _, name in reversed(recent) if self._fits(name, gender)), None)

    def _called_so(self, position: int, gender: str, role: str) -> Sequence[Appearance]:
        """List those who are called by a noun, where nobody is before a place by one like it; a man may be a woman."""
        named = [one for one in self._appearances if role in one.roles]
        if not any(one.start < position for one in named):
            alike = self._alike(role)
            named += [one for one in self._appearances if alike & set(one.roles)]
        return [one for one in named if self._fits(one.name, gender)] or (named if gender != "f" else [])

    def _is_new(self, role: str, phrase: str, *, bare: bool) -> bool:
        """Tell whether a noun brings in somebody whom the article does not name: a stranger, a spokesman."""
        first = phrase.split(maxsplit=1)[0].lower()
        if first in self._words("newcomers") or (role in self._words("strangers") and not bare):
            return True
        official = first.startswith(tuple(self._words("official")))
        return " " in phrase and phrase.islower() and role in self._words("spokesmen") and not official

    @staticmethod
    def _alike(role: str) -> frozenset[str]:
        """Nouns that may stand for the same person as another: «парламентарий» for «депутат»."""
        return frozenset(
            other
            for group in load_lexicon(RUSSIAN).listed("role_synonyms")
            if role in group.split()
            for other in group.split()
        )

    def _body(self, position: int, words: str) -> str | None:
        """Find whose a document is, or what body a noun stands for: the one called so, else the one that spoke last."""
        oldest = self._start(self._sentence(position) - _FAR)
        said = [(place, name) for place, name in self._said if oldest <= place < position]
        head = self._document_of(words) or lemma(words)
        named = [(place, name) for place, noun, name in self._bodies if place < position and noun == head]
        if not named and head in self._words("sole_bodies"):
            return head.capitalize()
        if owner := next(
            (name for place, noun, name in reversed(self._papers) if noun == head and place < position), ""
        ):
            return owner
        near = [(place, name) for place, _, name in self._bodies if oldest <= place < position]
        if head in self._words("documents"):
            said = sorted([*said, *self._recent(position)]) or near
        elif head in self._words("body_nouns"):
            said = named or said or (near if head in self._words("loose_bodies") else [])
        elif head in self._words("strangers") or not set(forms(words)[0].tags) & {"anim"}:
            return None
        return said[-1][1] if said else None

    def _document_of(self, words: str) -> str:
        """«Авторы доклада»: the document that people are named after."""
        phrase = next(iter(read_stretch(words).phrases), None) if " " in words else None
        paper = phrase.complement.head if phrase and phrase.complement else ""
        return paper if paper in self._words("documents") else ""

    def points_back(self, sentence: str) -> bool:
        """Tell whether a sentence says who said what stands in front of it: «Об этом сообщил …»."""
        return sentence.lower().lstrip().startswith(tuple(self._words("anaphors")))

    def last_speaker(self, position: int) -> str | None:
        """Who spoke last before a place, not too far from it."""
        recent = self._recent(position)
        return recent[-1][1] if recent else None

    def _recent(self, position: int) -> list[tuple[int, str]]:
        oldest = self._start(self._sentence(position) - _FAR)
        first, last = (bisect_left(self._spoken, (place, "")) for place in (oldest, position))
        return self._spoken[first:last]

    def _before(self, position: int) -> list[Appearance]:
        first = bisect_left(self._places, self._start(self._sentence(position) - _FAR))
        return self._appearances[first : bisect_left(self._places, position)]

    def _start(self, number: int) -> int:
        return self._starts[max(0, number)] if self._starts else 0

    def _sentence(self, position: int) -> int:
        return max(0, bisect_right(self._starts, position) - 1)

    def _fits(self, name: str, gender: str) -> bool:
        known = self._names.gender(name) or self._genders.get(name, "")
        return not gender or not known or known == gender
