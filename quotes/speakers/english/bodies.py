"""Which body an English article means by "it", "the firm", "the G7" or "Moscow"."""

import re
from collections.abc import Iterator, Sequence
from functools import cache

from corpora.languages import ENGLISH
from corpora.offsets import Span
from quotes.lexicon import Lexicon, load_lexicon
from quotes.speakers.names import Mention

_FARTHEST, _FARTHEST_PHRASE = 400, 4000
_APOSTROPHE = "['\N{RIGHT SINGLE QUOTATION MARK}]"
_ABBREVIATION = re.compile(
    r"\b(?!The )((?:[A-Z][\w'-]*,? (?:(?:of|for|and|the|on|to|in) )*){2,9})\(([A-Z][A-Za-z]{1,9})\)"
)
_SHORT_FORM = re.compile(r"\b[A-Z](?:[A-Z]{2,5}|\d{1,2})\b")
_SMALL = r"(?:(?:of|for|and|the|on|to|in|&) )*"
_GOVERNED = re.compile(
    r"\b(?:in|at|from|to|near|across|outside|around|into|through|(?:head|leader|chief|member|chairman|founder) of)"
    r"(?: the)?(?: self-styled)? \Z"
)
_LEADS = re.compile(r"(?:^|\n|[.!?]\s)(?:The )?\Z")
_ARTICLE = re.compile(r"\A(?:the|an?|its|local|this|that)\s+", re.IGNORECASE)
_MODIFIED = re.compile(r"[A-Z]")
_COMPOUND = re.compile(r"\w+-[a-z]+\Z")
_PHRASE = (
    rf"\b(?!(?:The|An?|Its|His|Her|Their|Our|This|That)\b)"
    rf"(?:[A-Z][\w.&-]*(?:{_APOSTROPHE}s)?[ ]){{1,3}}(?!(?:of|in|at|and|or|to|by|said|says|has|was|is)\b)"
    r"(?:(?!(?:of|in|at|and|or|to|by|the|a|said|says|has|was|is|with|for|from|that)\b)[\w-]+[ ]){0,3}?HEAD\b"
)
_NUMBERS = {
    "2": "Two",
    "3": "Three",
    "4": "Four",
    "5": "Five",
    "6": "Six",
    "7": "Seven",
    "8": "Eight",
    "10": "Ten",
    "20": "Twenty",
}


class EnglishBodies:
    """Remembers which bodies an article names."""

    def __init__(self, lexicon: Lexicon) -> None:
        words = lexicon.words
        self._nouns = words("body_nouns")
        self._companies = words("company_nouns")
        self._institutions = words("bodies")
        self._places = words("states") | words("place_nouns") | words("nationalities")
        self._kin = _body_kin()
        self._capitals = _capitals()
        self._text = ""
        self._mentions: Sequence[Mention] = ()
        self._people: frozenset[str] = frozenset()
        self._long: dict[str, str] = {}
        self._states: dict[str, str | None] = {}

    def read(self, text: str, mentions: Sequence[Mention]) -> None:
        """Take in the names of an article, persons marked."""
        self._text, self._mentions = text, mentions
        self._people = frozenset(word for one in mentions if one.person for word in one.text.split())
        self._states = {}
        self._long = {short: full for short in set(_SHORT_FORM.findall(text)) if (full := _spelt_out(text, short))}
        self._long |= {m.group(2): m.group(1).strip() for m in _ABBREVIATION.finditer(text)}

    def full(self, name: str) -> str | None:
        """Return what an abbreviation, or a capital that stands for its state, means in this article."""
        if name in self._capitals and name not in self._states:
            named = (state for state in self._capitals[name] if re.search(rf"\b{state}\b", self._text))
            self._states[name] = next(named, None)
        return self._long.get(name) or self._states.get(name)

    def inside(self, span: Span) -> str | None:
        """Name the body in a noun phrase: "the Unite union", "the French army"."""
        words = _ARTICLE.sub("", self._text[span[0] : span[1]], count=1)
        within = [one for one in self._mentions if one.start < span[1] and one.end > span[0] and one.end < span[1]]
        for one in within[:1]:
            parts = set(one.text.split())
            if not parts & self._places and not _COMPOUND.match(one.text):
                return self._long.get(one.text, one.text)
        named = _MODIFIED.match(words) and not _COMPOUND.match(words.split()[0])
        return words if within and named and words.split()[-1].lower() in self._nouns else None

    def noun(self, head: str, position: int, *, brief: bool = True) -> str | None:
        """Find the body whose name holds the noun ("the commission"), or for a company the one named last.

        Where it is `brief`, little describes the noun, so that any company may be meant.
        """
        earlier = [one for one in reversed(self._mentions) if one.start < position]
        heads = self._kin.get(head, frozenset()) | {head}
        named = next((one for one in earlier if heads & set(one.text.lower().split())), None)
        phrases = list(_phrase_pattern(head).finditer(self._text, max(0, position - _FARTHEST_PHRASE), position))
        if phrases and (named is None or phrases[-1].end() > named.end):
            start = phrases[-1].start()
            return self.inside((start, phrases[-1].end())) or phrases[-1].group()
        if named or head not in self._companies or not brief:
            return named.text if named else None
        firms = [one for one in earlier if self._is_firm(one)]
        leads = (one for one in firms if _LEADS.search(self._text[max(0, one.start - 10) : one.start]))
        best = next(leads, next(iter(firms), None))
        return self._long.get(best.text, best.text) if best else None

    def _is_firm(self, one: Mention) -> bool:
        words = set(one.text.split())
        other = one.person or self._people & words or words & self._places or _COMPOUND.match(one.text)
        return not other and not _GOVERNED.search(self._text[max(0, one.start - 30) : one.start])

    def last(self, position: int) -> str | None:
        """Name the body mentioned last, for "it"."""
        best = max(self._near(position), default=None)
        return best[1] if best else None

    def _near(self, position: int) -> Iterator[tuple[int, str]]:
        """List bodies named or meant in front of a place, with where each stands."""
        for one in self._mentions:
            if position - _FARTHEST < one.start < position and not one.person:
                governed = _GOVERNED.search(self._text[max(0, one.start - 30) : one.start])
                if not governed and one.text.split()[-1] in self._institutions:
                    yield one.start, self._long.get(one.text, one.text)


def _spelt_out(text: str, short: str) -> str | None:
    """Find the name whose capitals an abbreviation consists of: "World Food Programme", "Group of Seven"."""
    letters = [re.escape(letter) + r"[\w'-]+" for letter in short if letter.isalpha()]
    if number := short.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ"):
        letters.append(_NUMBERS.get(number, number))
    pattern = rf"\b{letters[0]}" + "".join(rf",? {_SMALL}{letter}" for letter in letters[1:]) + r"\b"
    found = re.search(pattern, text) if len(letters) > 1 else None
    return found.group() if found else None


@cache
def _phrase_pattern(head: str) -> re.Pattern[str]:
    """Match a noun for a body behind a name that modifies it: "French electoral commission"."""
    return re.compile(_PHRASE.replace("HEAD", re.escape(head)))


@cache
def _body_kin() -> dict[str, frozenset[str]]:
    """Map each noun for a body to words in the names of those that it may stand for."""
    kin: dict[str, frozenset[str]] = {}
    for line in load_lexicon(ENGLISH).listed("body_kin"):
        noun, *others = line.split()
        kin[noun] = frozenset(others)
    return kin


@cache
def _capitals() -> dict[str, list[str]]:
    """Map each capital that stands for a state to the state's names."""
    lines = (line.split(", ") for line in load_lexicon(ENGLISH).listed("capitals"))
    return {city: states for city, *states in lines}
