"""The people, bodies and documents that a Russian article names."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from corpora.languages import RUSSIAN
from corpora.offsets import Span
from quotes.lexicon import load_lexicon
from quotes.speakers.names import MASK, Names
from quotes.speakers.russian.clauses import read_stretch
from quotes.speakers.russian.forms import is_abbreviation, is_place, nominative_name
from quotes.speakers.russian.found import nominative
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
