"""The names in a Chinese article: transcribed with dots, in Latin letters, a surname with a given name, single ones."""

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from corpora.offsets import Span
from quotes.speakers.chinese.text import (
    DOTS,
    HAN,
    LONGEST_NAME,
    ChineseWord,
    any_of,
    endings,
    in_dictionary,
    is_body,
    ordinary,
    shapes,
    simplify,
    tagged,
    word_set,
    words,
)
from quotes.speakers.names import MASK, Mention

_LATIN = r"[A-Z][A-Za-z\u00c0-\u024f'’.-]*(?: [A-Z][A-Za-z\u00c0-\u024f'’.-]*)*"
_FUNCTION_WORDS = frozenset("pcdrumf")
"""Classes of words that may be a surname elsewhere, but here are a preposition, a conjunction, an adverb."""
_BESIDE = 14
"""How far in front of a name its title may begin."""
_LEAD = 6
_GIVEN = 3
_GAPS = (2, 3, 4)
_NEXT, _FAR = 4, 250


@dataclass(frozen=True, slots=True)
class NamedRole:
    """What somebody is called beside their name: at which offset, with which title."""

    place: int
    title: str
    name: str


class NameList:
    """All names of one article.

    Attributes:
        mentions: Where they stand, in the characters of the article.
        known: Matches them, and hidden quotes, in Simplified text.
        people: Names, in Simplified characters, that look like a person's.
        aliases: What short and Latin forms in brackets stand for, in Simplified characters.
        roles: Titles beside names, in order.
        bodies: Bodies that are named: offset and name, in order.
    """

    def __init__(self, text: str) -> None:
        self._text = text
        self._plain = simplify(text)
        self._shapes = shapes()
        self.aliases: dict[str, str] = {}
        self.bodies: list[tuple[int, str]] = []
        full = {self._cut_roles(self._whole(match)) for match in self._shapes.dotted.finditer(self._plain)}
        dotted = {name for name in full if len(re.split(f"[{DOTS}-]", name)) > 1}
        self._brief = {name[-1] for name in dotted if name[-2] in DOTS}
        self.people = dotted | self._parts(dotted)
        self._latin_names = latin = self._latin()
        self.people |= {name for name in latin if " " in name and not name.isupper()}
        self._compile(self.people | latin)
        single = {name for name in self._single() if not name.endswith(endings("bodies"))}
        # A verb of one character that was taken for the end of a given name.
        self.people |= {n for n in single if n[:-1] not in single or n[-1] not in word_set("single_followers")}
        self.bodies.sort()
        self._compile(self.people | latin)
        found = [*self.known.finditer(self._plain)]
        self.mentions: Sequence[Mention] = [self._mention(m) for m in found if m.group()[0] != MASK]
        self._starts = [mention.start for mention in self.mentions]
        self.roles = [role for mention in self.mentions for role in self._roles(mention)]

    def _compile(self, names: set[str]) -> None:
        longest = sorted(names - {""}, key=len, reverse=True)
        # A surname of one character stands alone in front of a verb of saying only.
        brief = [
            rf"(?<!{HAN}){re.escape(name)}(?={any_of('cues').pattern}|{any_of('name_followers').pattern}|\Z)"
            for name in sorted(self._brief)
        ]
        self.known = re.compile("|".join([f"{MASK}+", *map(re.escape, longest), *brief]))

    def _parts(self, dotted: set[str]) -> set[str]:
        """Last and first parts of dotted names that may stand alone."""
        split = [re.split(f"[{DOTS}-]", name) for name in dotted]
        last = {parts[-1] for parts in split if len(parts[-1]) > 1}
        first = {parts[0] for parts in split if len(parts[0]) > 2}  # noqa: PLR2004 - shorter ones are common words
        return {part for part in last | first if not ordinary(part) or part in last}

    def _latin(self) -> set[str]:
        """Names in Latin letters; those in brackets behind a Chinese name stand for it."""
        names = set()
        for match in re.finditer(_LATIN, self._plain):
            name = match.group().rstrip(".-'")
            before = self._plain[: match.start()].rstrip()
            if before.endswith(("(", "（")) and self._plain[match.start() + len(name) :].lstrip()[:1] in {")", "）"}:
                self._alias(before[:-1].rstrip(), name)
            elif len(name) > 1:
                names.add(name)
        return {name for name in names if name not in word_set("latin_words")}

    def _alias(self, before: str, name: str) -> None:
        """Note that a Latin name stands for what is in front of its brackets."""
        tail = before[-3 * LONGEST_NAME :]
        person = next((m for m in self._shapes.dotted.finditer(tail) if m.end() == len(tail)), None)
        if person:
            self.aliases.setdefault(name, self._cut_roles(person.group()))
        elif body := re.search(rf"(?:^|[^\u4e00-\u9fff、])((?:{HAN}|、)+)$", before[-30:]):
            self.aliases.setdefault(name, body.group(1).lstrip("、"))
            self.bodies.append((len(before) - len(body.group(1)), self.aliases[name]))

    def _whole(self, match: re.Match[str]) -> str:
        """A dotted name without the end of a title in front of it, and without a verb behind it."""
        near = any_of("roles").finditer(self._plain, max(0, match.start() - _LEAD), match.start() + 3)
        start = max((role.end() for role in near if role.start() < match.start() < role.end()), default=match.start())
        end = self._shapes.tail(self._plain, match.end())
        follows = any_of("name_followers")
        cut = next((size for size in (2, 1) if follows.match(self._plain, end - size)), 0)
        return self._plain[start : end - (cut or int(self._plain[end - 1] in self._shapes.stops))]

    def _cut_roles(self, name: str) -> str:
        head = re.split(f"[{DOTS}-]", name)[0]
        cut = max(
            (len(role) for role in word_set("roles") if head.startswith(role) and len(head) > len(role)), default=0
        )
        return name[cut:]

    def _single(self) -> Iterator[str]:
        """Names without dots: behind a title, at the head of a clause, or where the segmenter sees one."""
        latin = {word for word in self._latin_names if " " not in word}
        for block in re.finditer(r"[^\n]+", self._plain):
            previous: ChineseWord | None = None
            for word in words(self._plain, block.span(), self.known):
                if word.text in latin or (is_body(word) and len(word.text) > 2):  # noqa: PLR2004 - shorter ones are generic
                    self.bodies.append((word.start, self._text[word.start : word.end]))
                if name := self._beginning(word, previous):
                    yield name
                previous = word

    def _beginning(self, word: ChineseWord, previous: ChineseWord | None) -> str:
        """The name that begins with a word; an empty string where none does."""
        counted = previous is not None and previous.tag == "m"
        may_start = word.text[0] in self._shapes.starts and word.tag[0] not in "NQ" and not counted
        end = self._single_end(word, previous) if may_start else 0
        if end:
            return self._plain[self._shapes.begin(word, previous) : end]
        between = self._between(word, previous) if previous is not None else 0
        return self._plain[word.start : between] if between else ""

    def _between(self, word: ChineseWord, previous: ChineseWord) -> int:
        """Where a name with a rare surname ends that fills the gap between a title and a verb of saying; 0 for none."""
        beside = previous.text.endswith(endings("roles")) and previous.end == word.start
        if not beside or word.text in word_set("role_ends"):
            return 0
        for size in _GAPS:
            name = self._plain[word.start : word.start + size]
            if self._shapes.ends_at(self._plain, word.start + size) > 1 and not in_dictionary(name):
                pieces = tagged(name)
                plain = not set(name) & (word_set("single_followers") | word_set("time_ends"))
                plain = plain and all(
                    tag[0] not in _FUNCTION_WORDS and piece not in word_set("adverbs") for piece, tag in pieces
                )
                return word.start + size if plain and any(tag.startswith("nr") for _, tag in pieces) else 0
        return 0

    def _single_end(self, word: ChineseWord, previous: ChineseWord | None) -> int:
        """Where a name ends that begins with a word; 0 where none does."""
        if familiar := self._shapes.familiar.match(self._plain, word.start):
            return familiar.end() if self._shapes.ends_at(self._plain, familiar.end()) else 0
        titled = previous is not None and previous.text.endswith(endings("roles"))
        # The segmenter takes some surnames for numerals; a title in front of a number there is none.
        function = word.tag[0] in _FUNCTION_WORDS and len(word.text) == 1 and not (titled and word.tag == "m")
        if any_of("states").match(self._plain, word.start) or (function and self._governs(word)):
            return 0
        if titled:
            return self._titled_end(word)
        return 0 if function or (ordinary(word.text) and len(word.text) > 1) else self._untitled_end(word, previous)

    def _governs(self, word: ChineseWord) -> bool:
        """Tell whether what looks like a surname goes with the next word: "on Tuesday", "to reporters"."""
        rest = self._plain[word.end : word.end + 2]
        return in_dictionary(rest) and (word.tag == "p" or tagged(rest)[0][1] not in {"ns", "nr", "nz"})

    def _titled_end(self, word: ChineseWord) -> int:
        whole = word.tag in {"nz", "nrt"} and word.text[-1] not in word_set("single_followers")
        if whole and self._shapes.ends_at(self._plain, word.end):
            return word.end
        short = word.tag == "n" and len(word.text) <= _GIVEN and word.text[0] in self._shapes.surnames
        if short and self._opens_speech(word):
            return word.end
        end = self._shapes.end(self._plain, word.start, count=2)
        if not end and word.tag == "nr" and len(word.text) == _GIVEN and word.text[0] in self._shapes.surnames:
            return word.end  # A title, a surname and a given name need nothing behind them.
        noun = end == word.end and ordinary(word.text) and word.tag not in {"ns", "nz"}
        return 0 if noun else end

    def _opens_speech(self, word: ChineseWord) -> bool:
        """Tell whether a noun also stands alone in front of a verb of saying, as only a name does."""
        openings = re.finditer(rf"(?:^|[。，；\n]){re.escape(word.text)}", self._plain, re.MULTILINE)
        return any(any_of("cues").match(self._plain, opening.end()) for opening in openings)

    def _untitled_end(self, word: ChineseWord, previous: ChineseWord | None) -> int:
        if word.tag.startswith("nr"):
            return self._shapes.end(self._plain, word.start, count=1)
        heads = previous is None or previous.tag in {"x", "QUOTE", "t", "nt", "ns", "uj"}
        return self._shapes.end(self._plain, word.start) if heads else 0

    def _mention(self, match: re.Match[str]) -> Mention:
        start, end = match.span()
        name = match.group()
        after = any_of("honorifics").match(self._plain, end)
        title = after.group() if after else ""
        gender = self._shapes.gender(name)
        person = bool(gender or title) or name in self.people
        return Mention(start, end, self._text[start:end], gender, person)

    def _roles(self, mention: Mention) -> Iterator[NamedRole]:
        """Titles in front of a name and behind it."""
        lead = self._plain[max(0, mention.start - _BESIDE) : mention.start].rstrip()
        titles = [role for role in word_set("roles") if lead.endswith(role)]
        if called := any_of("namings").search(lead):
            titles += [noun for noun in word_set("role_ends") if lead[: called.start()].endswith(noun)]
        if titles:
            yield NamedRole(mention.start, max(titles, key=len), mention.text)

    def holder(self, title: str, place: int) -> str | None:
        """Who was introduced with a title before a place, else anywhere; the nearest one."""
        fitting = [role for role in self.roles if title.endswith(role.title) or role.title.endswith(title)]
        before = [role for role in fitting if role.place < place]
        return before[-1].name if before else fitting[0].name if fitting else None

    def introduced(self, place: int) -> str | None:
        """Who is named in the next sentences without a title: "the chief denied it. John Miles said"."""
        after = bisect_right(self._starts, place)
        for mention in self.mentions[after : after + _NEXT]:
            lead = self._plain[max(0, mention.start - 2) : mention.start].rstrip()
            new = self._plain.find(simplify(mention.text)) == mention.start
            if mention.start - place > _FAR or not new:
                return None
            if mention.person and lead[-1:] in {"", *"。！？”」"}:
                return mention.text
        return None

    def meant(self, span: Span) -> str:
        """What the words at a span stand for, where brackets told so; else nothing."""
        alias = self.aliases.get(simplify(self._text[span[0] : span[1]]))
        if alias is None:
            return ""
        place = self._plain.find(alias)
        return self._text[place : place + len(alias)] if place >= 0 else alias
