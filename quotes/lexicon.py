"""Word lists of a language, read from `lexicons/*.toml`, and the verbs of saying found with them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

from common.data import load_table
from corpora.languages import CHINESE, RUSSIAN, base_language

WORD = re.compile(r"[^\W\d_][\w\N{RIGHT SINGLE QUOTATION MARK}'-]*\.?")
_KNOWN_SCRIPT = re.compile(r"[\u0000-\u04ff\N{RIGHT SINGLE QUOTATION MARK}]*\Z")
_NEVER = re.compile(r"(?!)")


@dataclass(frozen=True, slots=True)
class Cue:
    """A word that reports speech.

    Attributes:
        start: Offset in the text that was searched.
        strong: Whether it reports whole utterances ("said"), not only fragments ("called").
        word: The word as printed, in lower case except in Russian.
    """

    start: int
    end: int
    strong: bool
    word: str


class Lexicon:
    """The word lists of one language; `words(name)` gives one of them as a set."""

    def __init__(self, language: str) -> None:
        self.language = language
        self._data: dict[str, Any] = load_table(__name__, f"lexicons/{language}.toml")
        self._sets: dict[str, frozenset[str]] = {}
        self._patterns: dict[str, re.Pattern[str]] = {}

    def words(self, name: str) -> frozenset[str]:
        """Return the list `name` as a set; empty where this language has none."""
        if name not in self._sets:
            self._sets[name] = frozenset(form for entry in self._data.get(name, ()) for form in _forms(entry, name))
        return self._sets[name]

    def pattern(self, name: str) -> re.Pattern[str]:
        """Return a pattern that finds a word of the list `name`, in lower case, that begins where a word does."""
        if name not in self._patterns:
            words = sorted(self.words(name), key=len, reverse=True)
            self._patterns[name] = re.compile(r"\b(?:" + "|".join(map(re.escape, words)) + ")") if words else _NEVER
        return self._patterns[name]

    def listed(self, name: str) -> list[Any]:
        """Return the list `name` in the order of the file; empty where this language has none."""
        return list(self._data.get(name, ()))

    def listed_text(self, name: str) -> str:
        """Return an entry that is one string of characters; empty where this language has none."""
        return str(self._data.get(name, ""))


def _forms(entry: Any, name: str) -> list[str]:
    # A string of the cue lists holds all forms of one verb, in Russian its lemma.
    return str(entry).split() if name in {"cues", "weak_cues"} else [str(entry)]


@cache
def load_lexicon(language: str) -> Lexicon:
    """Return the lexicon for a BCP-47 tag."""
    return Lexicon(base_language(language))


@cache
def _analyzer() -> Any:
    import pymorphy3  # noqa: PLC0415 - loads a dictionary of 10 MB

    return pymorphy3.MorphAnalyzer()


@lru_cache(maxsize=50_000)
def parse_russian(word: str) -> tuple[Any, ...]:
    """Return pymorphy3's readings of a Russian word, the likeliest first."""
    # The analyser fails on letters that Unicode gives no name of their own; like Latin ones they are no Russian.
    return tuple(_analyzer().parse(word if _KNOWN_SCRIPT.match(word) else "x"))


def is_verb(reading: Any) -> bool:
    """Return whether a reading by pymorphy3 is a verb, a participle or an adverbial participle."""
    return reading.tag.POS in {"VERB", "GRND", "INFN", "PRTF", "PRTS"}


def find_cues(text: str, language: str) -> list[Cue]:
    """List the words of `text` that report speech, in order."""
    lexicon = load_lexicon(language)
    if lexicon.language == CHINESE:
        return list(_chinese_cues(text, lexicon))
    find = _russian_cue if lexicon.language == RUSSIAN else _listed_cue
    address = lexicon.words("honorifics") & (lexicon.words("men") | lexicon.words("women"))
    cues, before = [], ""
    for match in WORD.finditer(text):
        word = match.group()
        addressed = word[0].isupper() and before in address  # "Mr. Savage" is no verb
        if not addressed and (cue := find(word, match.start(), lexicon)):
            cues.append(cue)
        before = word.rstrip(".").lower()
    return cues


def _listed_cue(word: str, start: int, lexicon: Lexicon) -> Cue | None:
    plain = word.rstrip(".").lower()
    for name, strong in (("cues", True), ("weak_cues", False)):
        if plain in lexicon.words(name):
            return Cue(start, start + len(word.rstrip(".")), strong, plain)
    return None


def _russian_cue(word: str, start: int, lexicon: Lexicon) -> Cue | None:
    plain = word.rstrip(".")
    for reading in parse_russian(plain.lower())[:2]:
        if not is_verb(reading):
            continue
        for name, strong in (("cues", True), ("weak_cues", False)):
            if reading.normal_form in lexicon.words(name):
                return Cue(start, start + len(plain), strong and reading.tag.POS != "PRTF", plain)
    return None


@cache
def _chinese_pattern(language: str) -> re.Pattern[str]:
    lexicon = load_lexicon(language)
    words = sorted(lexicon.words("cues") | lexicon.words("weak_cues"), key=len, reverse=True)
    return re.compile("|".join(map(re.escape, words)))


def _chinese_cues(text: str, lexicon: Lexicon) -> Iterator[Cue]:
    strong = lexicon.words("cues")
    for match in _chinese_pattern(lexicon.language).finditer(text):
        yield Cue(match.start(), match.end(), match.group() in strong, match.group())
