"""Names in English text: runs of capitalised words, without titles and forms of address."""

import re
from collections.abc import Iterator, Sequence
from functools import cache

from corpora.languages import ENGLISH
from quotes.lexicon import Lexicon, load_lexicon
from quotes.speakers.names import Mention, gender_of

TOKEN = re.compile(r"[^\W_](?:[\w.&-]|['\N{RIGHT SINGLE QUOTATION MARK}](?=\w))*")
_POSSESSIVE = re.compile(r"['\N{RIGHT SINGLE QUOTATION MARK}]s$")
_NEXT_WORD = re.compile(r" ([a-z]+)")
_INITIAL_WORD = re.compile(r".*(?:ing|ed|ly)$")
_OF = re.compile(r" (?:of|for)(?: the)? (?=[A-Z])")
_AND = re.compile(r" and [A-Z][\w-]+(?! [A-Z])")
_PREFIXED = re.compile(r"(?:al|el|ul|ad|as|an|ash|ar|bin|ben|d|l)[-'\N{RIGHT SINGLE QUOTATION MARK}][A-Z]")
"""A name that begins with a small article: "al-Rashidi"."""
_PARENT = re.compile(r"(?:mum|mom|dad|mother|father|gran|grandmother|grandfather)-of-\w+\Z", re.IGNORECASE)
_LINKS = frozenset({"of", "for", "the", "and"})
_LONGEST_WORD = 40
_MINISTRIES = frozenset({"Ministry", "Department", "Office"})


class EnglishNames:
    """Finds names by their capitals."""

    def __init__(self, lexicon: Lexicon) -> None:
        words = lexicon.words
        self._words = words
        self._roles = words("roles")
        self._titles = words("honorifics") | self._roles
        self._given = _given_names()
        self._fronts = _fronts()
        self._nouns = _common_nouns()
        self._small: frozenset[str] = frozenset()
        self._inner: frozenset[str] = frozenset()

    def read(self, text: str) -> Sequence[Mention]:
        """List the names of a whole article, and remember which words it also writes small."""
        self._small = frozenset(re.findall(r"\b[a-z]{2,}\b", text))
        self._inner = frozenset(re.findall(r"(?<=[a-z,] )[A-Z][\w-]+", text))
        return self.within(text, 0, len(text))

    def within(self, text: str, start: int, end: int) -> list[Mention]:
        """List the names in a stretch of text."""
        return [name for name in self._names(text, start, end) if not self._is_word(text, name)]

    def is_short(self, word: str) -> bool:
        """Tell whether the stop behind a word marks an abbreviation: "Dr.", "U.S.", "J."."""
        plain = word.rstrip(".")
        return len(plain) == 1 or "." in plain or plain.lower() in self._words("honorifics")

    def closes_short(self, text: str, start: int, place: int) -> bool:
        """Tell whether the word that ends at `place`, and begins at `start` or behind it, is an abbreviation."""
        words = text[max(start, place - _LONGEST_WORD) : place].split()
        return bool(words) and self.is_short(words[-1])

    def _is_word(self, text: str, name: Mention) -> bool:
        """Tell whether a capital only shows that a sentence begins: "Elsewhere in his speech, …"."""
        before = text[max(0, name.start - 3) : name.start].rstrip(" ")
        if name.person or " " in name.text or (before and before[-1].isalnum()):
            return False
        word = name.text.lower()
        if name.text not in self._inner and word in self._nouns and word.endswith("s"):
            return True
        if word in self._words("adverbs") or (word in self._words("bare_nouns") and name.text not in self._inner):
            return True
        following = _NEXT_WORD.match(text, name.end)
        if following and following.group(1) in self._words("cues"):
            return False  # "Ahmed said"
        return name.text not in self._inner and (
            word in self._small or word in self._nouns or self._is_opener(name.text)
        )

    def _is_opener(self, word: str) -> bool:
        """Tell whether a word is likely a participle or an adverb: "Speaking", but not "Beijing"."""
        return bool(_INITIAL_WORD.match(word)) and word not in self._words("states") and word not in self._given

    def _names(self, text: str, start: int, end: int) -> Iterator[Mention]:
        run: list[re.Match[str]] = []
        for token in [*TOKEN.finditer(text, start, end), None]:
            joins = bool(token and run and self._joins(text[run[-1].end() : token.start()], run[-1].group()))
            if run and not (joins and token and _is_capital(token.group())):
                if joins and token and self._links(text, run, token.group()):
                    run.append(token)
                    continue
                yield from self._name(run)
                run = []
            if token and _is_capital(token.group()):
                run.append(token)

    def _joins(self, between: str, last: str) -> bool:
        return (
            between in (" ", " & ") and not _POSSESSIVE.search(last) and (not last.endswith(".") or self.is_short(last))
        )

    def _links(self, text: str, run: list[re.Match[str]], word: str) -> bool:
        """Tell whether a small word goes on with a name: "van", or "of" in the name of an institution."""
        if word in self._words("particles"):
            return True
        if word not in _LINKS:
            return False
        last = run[-1]
        if word == "and":
            linked = any(token.group() in _LINKS for token in run)
            return linked and run[0].group() in _MINISTRIES and bool(_AND.match(text, last.end()))
        if word == "the":
            return last.group() in ("of", "for")
        return last.group().lower() in self._words("institutions") and bool(_OF.match(text, last.end()))

    def _name(self, run: list[re.Match[str]]) -> Iterator[Mention]:
        """Cut titles off a run of capitalised words; what is left is a name."""
        while run and not _is_capital(run[-1].group()):
            run = run[:-1]
        if len(run) > 1 and (_PARENT.match(run[0].group()) or self._is_described(run)):
            run = run[1:]
        while len(run) > 1 and run[-1].group().lower().rstrip(".") in self._words("name_suffixes"):
            run = run[:-1]
        words = [token.group().lower().rstrip(".") for token in run]
        kept, gender, person = self._title(run, words)
        if kept == len(run) or self._is_role(run, words, kept):
            return
        last = _POSSESSIVE.sub("", run[-1].group()).rstrip(".")
        end = run[-1].start() + len(last)
        text = run[0].string[run[kept].start() : end]
        given = self._given.get(run[kept].group())
        if given is not None and not self._words("bodies") & set(text.split()[1:]):
            gender, person = gender or given, person or len(run) - kept > 1
        yield Mention(run[kept].start(), end, text, gender, person)

    def _is_described(self, run: list[re.Match[str]]) -> bool:
        """Tell whether a participle in front makes a sentence begin: "Outraged Paris"."""
        return bool(_INITIAL_WORD.match(run[0].group().lower())) and run[1].group() in self._words("states")

    def _title(self, run: list[re.Match[str]], words: list[str]) -> tuple[int, str, bool]:
        """Count the words of a title in front of a name, and tell what it says of the person."""
        kept, gender, person = 0, "", False
        behind = run[0].string[: run[0].start()] if run else ""
        if words and words[0] == "state" and behind[-13:].lower().endswith("secretary of "):
            kept, person = 1, True
        for place, word in enumerate(words):
            follows = words[place + 1] if place + 1 < len(words) else None
            if word in self._words("no_subject") and place == kept:
                kept = place + 1
            elif follows is None or word not in self._titles:
                continue
            elif self._is_title(run, words, place):
                gender = gender or gender_of(word, self._words("men"), self._words("women"))
                kept, person = place + 1, True
        return kept, gender, person

    def _is_title(self, run: list[re.Match[str]], words: list[str], place: int) -> bool:
        """Tell whether a word makes a title where it stands: "General Bell", but not "General Hospital"."""
        if words[place] not in self._words("person_adjectives") or words[place + 1] in self._roles:
            return True
        behind_title = place > 0 and words[place - 1] in self._titles
        named = run[place + 1].group() in self._given
        return words[place] == "general" and (behind_title or named or run[place + 1].group() not in self._fronts)

    def _is_role(self, run: list[re.Match[str]], words: list[str], kept: int) -> bool:
        """Tell whether the run ends in a role, not a name: "Foreign Secretary", but not "Stephen King"."""
        named = len(run) - kept > 1 and run[-2].group() in self._given
        return words[-1] in self._roles and not named and not _POSSESSIVE.search(run[-1].group())


def _is_capital(word: str) -> bool:
    return word[0].isupper() or bool(_PREFIXED.match(word))


@cache
def _given_names() -> dict[str, str]:
    """Map each given name to its gender, an empty string for those of both."""
    words = load_lexicon(ENGLISH).words
    names = dict.fromkeys(words("men_names"), "m") | dict.fromkeys(words("women_names"), "f")
    return names | dict.fromkeys(words("either_names"), "")


@cache
def _common_nouns() -> frozenset[str]:
    """Nouns that name somebody or something said, which a sentence may begin with."""
    words = load_lexicon(ENGLISH).words
    people = frozenset(word for word in words("speaker_nouns") if word.endswith("s"))
    return people | {"whistleblower"} | words("cue_nouns") | words("noun_cues") | words("document_nouns")


@cache
def _fronts() -> frozenset[str]:
    """Words of the body or place that may stand in front of a person's name."""
    words = load_lexicon(ENGLISH).words
    return words("bodies") | words("states") | words("nationalities") | {"of", "for"}
