"""Roles and bodies in English: who bears a role, and which body the firm or Moscow stands for."""

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache

from corpora.languages import ENGLISH
from corpora.offsets import Span
from quotes.lexicon import Lexicon, load_lexicon
from quotes.speakers.english.cues import skip_dateline
from quotes.speakers.english.nouns import is_definite, single_roles
from quotes.speakers.names import MASK, FoundSpeaker, Mention

_FARTHEST, _FARTHEST_PHRASE = 400, 4000
_APOSTROPHE = "['\N{RIGHT SINGLE QUOTATION MARK}]"
_ABBREVIATION = re.compile(
    r"\b(?!The )((?:[A-Z][\w'-]*,? (?:(?:of|for|and|the|on|to|in) )*){2,9})\(([A-Z][A-Za-z]{1,9})\)"
)
_SHORT_FORM = re.compile(r"\b[A-Z](?:[A-Z]{2,5}|\d{1,2})\b")
_SMALL = r"(?:(?:of|for|and|the|on|to|in|&) )*"
_OWNED_BY = re.compile(
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
        return not other and not _OWNED_BY.search(self._text[max(0, one.start - 30) : one.start])

    def last(self, position: int) -> str | None:
        """Name the body mentioned last, for "it"."""
        best = max(self._near(position), default=None)
        return best[1] if best else None

    def _near(self, position: int) -> Iterator[tuple[int, str]]:
        """List bodies named or meant in front of a place, with where each stands."""
        for one in self._mentions:
            if position - _FARTHEST < one.start < position and not one.person:
                governed = _OWNED_BY.search(self._text[max(0, one.start - 30) : one.start])
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


_WORD = re.compile(r"[\w'\N{RIGHT SINGLE QUOTATION MARK}-]+")
_REACH = 90
_LONGEST_TITLE = 7
_FARTHEST_BODY = 400
_SHORT_ROLE = 2
_BRIEF = 3
_MOST_BEARERS = 100
_HEAD = re.compile(rf"(?:\n|[.!?][\"\N{{RIGHT DOUBLE QUOTATION MARK}}]?\s|{MASK}\s)(?:[A-Z][\w.]*\s){{0,2}}\Z")
_VERB = re.compile(r"\s+[a-z]+|,")
_BEHIND = re.compile(
    r"(?:\s+\([^)]{1,30}\))?(?:,\s+(?:\d{1,3},\s+)?(?:who\s+(?:is|was|has been|serves as|became|heads)\s+)?"
    r"|\s+(?:is|was|became|has been)\s+|\s+\(|\s+[\N{EN DASH}\N{EM DASH}-]\s+)"
)
"""What stands between a name and the role behind it."""
_PLACE = re.compile(r"\s+(?:of|for|at)\s+(?:the\s+)?([\w-]+(?:\s+[A-Z][\w-]*)*)")
_GOVERNED = re.compile(r"\b(?:in|at|from|to|near|across|outside|around|into|through)(?: the)? \Z")
_KIN = re.compile(
    r"\b(?:his|her|their|s)\s+(?:\w+\s+)?(husband|wife|mother|father|son|daughter|brother|sister|widow|aunt|uncle)\b"
    r"(?:,[^.;]{0,30})?\s\Z",
    re.IGNORECASE,
)
_OWNED = re.compile(r"(?:his|her|its|their|my|our)\b|.*['\N{RIGHT SINGLE QUOTATION MARK}]s?\s", re.IGNORECASE)
_CLOSED = re.compile(
    r"\s*(?:[,.;:)(\n\N{EN DASH}\N{EM DASH}-]|\Z|(?:of|for|at|in|from|on|with|and|to|who|whose|based|behind|since)\b)"
)
_TITLED = re.compile(r"\s+[A-Z]")
_CALLED = re.compile(r"\b(?:name(?: only)? as|named|called|identified (?:only |himself |herself )?as)(?: only)? \Z")
_AGED = re.compile(r",\s+(?:aged\s+)?\d{1,2}(?=[,.)\s])")
_BREAK = re.compile(r"[.;:!?\n](?=\s|\Z)|\b(?:and|but|said|says|told|that|when|after|while)\b")
_LOOSE = frozenset({"the", "a", "an", "its", "his", "her", "their", "former", "of", "in", "for", "and", "s", "current"})
_LOWER = frozenset({"deputy", "vice", "assistant"})
_ASIDE = re.compile(r"[,(\"\N{LEFT DOUBLE QUOTATION MARK}\N{RIGHT DOUBLE QUOTATION MARK}]")


@dataclass(frozen=True, slots=True)
class Bearer:
    """Somebody introduced with a role.

    Attributes:
        words: The words of the role, in lower case.
    """

    start: int
    name: str
    words: frozenset[str]


class EnglishRoles:
    """Remembers which names an article introduces with which roles."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._heads = single_roles() | {"executive"}
        self._impersonal = lexicon.words("pronouns_other") - {"who"}
        self._breaks = lexicon.words("role_breaks")
        self._shared = lexicon.words("shared_roles")
        self._telling = lexicon.words("telling_roles")
        self._documents = lexicon.words("authored_nouns")
        self._bodies = EnglishBodies(lexicon)
        self._men, self._women = lexicon.words("men"), lexicon.words("women")
        self._kin = _kin()
        self._persons = self._heads - self._shared
        self._title_words = self._heads | lexicon.words("body_nouns") | self._telling | _LOOSE
        self._bearers: list[Bearer] = []
        self._mentions: Sequence[Mention] = ()

    def read(self, text: str, mentions: Sequence[Mention]) -> Sequence[Mention]:
        """Collect the roles of an article and return its names, persons marked where a role shows them."""
        self._bearers, found = [], []
        for mention in mentions:
            dated = mention.text.isupper() and skip_dateline(text, (mention.start, mention.end + _REACH)) > mention.end
            roles = [] if dated else [words for words in self._roles(text, mention) if words]
            self._bearers += [Bearer(mention.start, mention.text, words) for words in roles]
            shown = any(words & self._persons for words in roles) or bool(_AGED.match(text, mention.end))
            shown = shown or bool(_CALLED.search(text[max(0, mention.start - _REACH) : mention.start]))
            person = mention.person or shown
            gender = next((g for g in (self._gender(words) for words in roles) if g), "") if person else ""
            found.append(replace(mention, person=person, gender=mention.gender or gender))
        self._mentions = found
        self._bodies.read(text, found)
        return found

    def _gender(self, words: frozenset[str]) -> str:
        return "f" if words & self._women else "m" if words & self._men else ""

    def _roles(self, text: str, mention: Mention) -> Iterator[frozenset[str]]:
        """List the roles that stand around a name."""
        before = text[max(0, mention.start - _REACH) : mention.start]
        border = max((found.end() for found in _BREAK.finditer(before)), default=0)
        title = before[border:]
        kin = _KIN.search(title)
        apposed = title.rstrip().endswith(",") and not _CLOSED.match(text, mention.end)
        yield (frozenset() if apposed else self._before(title)) | frozenset({kin.group(1).lower()} if kin else ())
        if not _GOVERNED.search(before):
            yield self._behind(text, mention.end)

    def _behind(self, text: str, start: int) -> frozenset[str]:
        """Read the role behind a name: ", the Foreign Secretary"."""
        begin = _BEHIND.match(text, start)
        if begin is None:
            return frozenset()
        words: list[str] = []
        last = begin.end()
        for word in list(_WORD.finditer(text, begin.end(), begin.end() + _REACH))[:_LONGEST_TITLE]:
            plain = word.group().lower()
            if text[last : word.start()].strip() or plain in self._breaks or (words and words[-1] in self._heads):
                break
            words.append(plain)
            last = word.end()
        while words and words[-1] not in self._heads:
            words.pop()
        if _TITLED.match(text, last):
            return frozenset()  # the role of another: "in Leeds, Mayor Anna Petrova"
        if words and not _CLOSED.match(text, last):
            return frozenset()  # a clause begins: "Later, the mayor said"
        place = _PLACE.match(text, last) if words else None
        return frozenset([*words, *(place.group(1).lower().split() if place else ())]) - _LOOSE

    def _before(self, before: str) -> frozenset[str]:
        """Read the role in front of a name: "Foreign Secretary ", "the mayor of Riverton, "."""
        words = _WORD.findall(before)
        if not words or before.rstrip()[-1:] in "\"'(":
            return frozenset()
        if not before.rstrip().endswith(","):
            if words[-1].lower().rstrip(".") not in self._heads and words[-1] != "State":
                return frozenset()
            return self._title(_WORD.findall(_ASIDE.split(before)[-1]))
        phrase = before.rstrip().rstrip(",").rsplit(",", 1)[-1]
        words = [word.lower() for word in _WORD.findall(phrase)]
        heads = [place for place, word in enumerate(words) if word in self._heads]
        following = words[heads[0] + 1 : heads[0] + 2] if heads else []
        if not heads or (following and following[0] not in ("of", "for", "at", "in", "to")):
            return frozenset()
        return frozenset(words[max(0, heads[0] - 3) :]) - _LOOSE

    def resolve(self, text: str, found: FoundSpeaker | None) -> FoundSpeaker | None:
        """Add the name that a noun or an abbreviation stands for, where the article tells."""
        name = self._bearer(text, found, found.span) if found and found.span else None
        if found and name:
            return replace(found, kind="name", name=name)
        if found and found.span and found.kind == "body" and self._is_authored(text[found.span[0] : found.span[1]]):
            return replace(found, kind="document")
        return replace(found, kind="body") if found and found.span and self._is_nobody(text, found) else found

    def _is_authored(self, words: str) -> bool:
        """Tell whether words mean a text by whoever spoke last: "the statement"."""
        return is_definite(words) and words.lower().rsplit(maxsplit=1)[-1] in self._documents

    def _is_nobody(self, text: str, found: FoundSpeaker) -> bool:
        """Tell whether words stand for no person named before: "her spokesman", "they"."""
        if found.span is None:
            return False
        if found.kind == "noun":
            return bool(_OWNED.match(text, *found.span))
        return found.kind == "pronoun" and text[found.span[0] : found.span[1]].lower() in self._impersonal

    def _bearer(self, text: str, found: FoundSpeaker, span: Span) -> str | None:
        words = text[span[0] : span[1]]
        if found.kind == "name":
            return self._bodies.full(words)
        if found.kind == "pronoun":
            return self._bodies.last(span[0]) if words.lower() == "it" else None
        phrase = [word.lower() for word in _WORD.findall(words)]
        return self._meant(text, found, phrase, span) if found.kind in ("noun", "body") and phrase else None

    def _meant(self, text: str, found: FoundSpeaker, phrase: list[str], span: Span) -> str | None:
        """Name whom a definite noun phrase stands for."""
        if found.kind == "body" and (inside := self._bodies.inside(span)):
            return inside
        named = self._introduced(frozenset(phrase) - _LOOSE, phrase[-1], span[0])
        if named is None and found.kind == "noun" and len(phrase) > _SHORT_ROLE:
            named = self._announced(text, span[1])
        if named or found.kind != "body":
            return named
        return self._bodies.noun(phrase[-1], span[0], brief=len(phrase) <= _BRIEF)

    def _title(self, words: list[str]) -> frozenset[str]:
        """Take the words of a title off the end of what stands before a name, and one word that modifies it."""
        first = len(words)
        while first and (words[first - 1][0].isupper() or words[first - 1].lower().split("'")[0] in self._title_words):
            first -= 1
        return frozenset(word.lower() for word in words[max(0, first - 1) :]) - _LOOSE

    def _introduced(self, words: frozenset[str], head: str, position: int) -> str | None:
        """Find who bears a role: the same head or its kin, most words in common, nearest before."""
        heads = self._kin.get(head, frozenset()) | {head}
        scored = []
        place = bisect_left(self._bearers, position, key=lambda bearer: bearer.start)
        for bearer in self._bearers[max(0, place - _MOST_BEARERS) : place + _MOST_BEARERS]:
            if head not in bearer.words and not heads & bearer.words:
                continue
            if (words & self._telling) - bearer.words - heads or (bearer.words & _LOWER) - words:
                continue
            shared = len(words & bearer.words) + (1 if head in bearer.words else 0)
            if not shared and len(words) > 1:
                continue  # another kind of chief
            scored.append(((shared, bearer.start < position, -abs(position - bearer.start)), bearer.name))
        return max(scored)[1] if scored else None

    def _announced(self, text: str, position: int) -> str | None:
        """Name the person whom the text first calls by a role and then, at the head of a sentence, by name."""
        if any(one.person and position - _FARTHEST_BODY < one.start < position for one in self._mentions):
            return None  # one who is known already
        known = {mention.text.split()[-1] for mention in self._mentions if mention.start < position}
        for mention in self._mentions:
            new = mention.person and position < mention.start < position + _FARTHEST_BODY
            if new and mention.text.split()[-1] not in known:
                heads = _HEAD.search(text[max(0, mention.start - 20) : mention.start])
                return mention.text if heads and _VERB.match(text, mention.end) else None
        return None


@cache
def _kin() -> dict[str, frozenset[str]]:
    """Map each role to those that may stand for it."""
    kin: dict[str, frozenset[str]] = {}
    for line in load_lexicon(ENGLISH).listed("role_kin"):
        for word in line.split():
            kin[word] = kin.get(word, frozenset()) | frozenset(line.split())
    return kin
