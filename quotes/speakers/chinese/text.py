"""Chinese text made ready to be read: Simplified characters, words with their classes, and what reports speech."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from typing import Any

from corpora import chinese
from corpora.languages import CHINESE
from corpora.offsets import Span
from quotes.lexicon import Cue, Lexicon, load_lexicon
from quotes.speakers.names import MASK

NAME, QUOTE, TERM = "NAME", "QUOTE", "nz"
"""Classes beside those of the segmenter: a name that is known, a hidden quote, and one inside a noun phrase."""
_BRACKETS = r"[（(\[【][^（）()\[\]【】\n]{0,80}[）)\]】]"
_HIDDEN = re.compile(f"{MASK}+")
_SET_PHRASE = 4
_SPACE = re.compile(r"\s+")
_HAN = re.compile("[\u3400-\u9fff]")
_HALF = re.compile("[\ud800-\udfff]")
_UNKNOWN = "\N{REPLACEMENT CHARACTER}"
"""Stands for half a surrogate pair, which the segmenter cannot take."""
_MOST_KEPT = 4096
_LONGEST_KEPT = 64
"""Texts of more characters than this are seldom read twice, so that keeping them only takes up memory."""


@dataclass(frozen=True, slots=True)
class ChineseWord:
    """A word of a text: where it stands, its Simplified form, and its class as the segmenter writes it."""

    start: int
    end: int
    text: str
    tag: str


@cache
def _segmenter() -> Any:
    import rjieba  # noqa: PLC0415 - loads a dictionary

    return rjieba


@cache
def _asides() -> re.Pattern[str]:
    """Match what is no part of a sentence: brackets, and a dateline."""
    return re.compile(f"{_BRACKETS}|{load_lexicon(CHINESE).listed_text('dateline')}", re.MULTILINE)


def simplify(text: str) -> str:
    """Return a text in Simplified characters, code point for code point, that the segmenter can take."""
    return _HALF.sub(_UNKNOWN, chinese.simplify(text))


def tagged(text: str) -> tuple[tuple[str, str], ...]:
    """Cut text that `simplify` returned into words with their classes."""
    return _tagged(text) if len(text) <= _LONGEST_KEPT else tuple(_segmenter().tag(text))


@lru_cache(maxsize=_MOST_KEPT)
def _tagged(text: str) -> tuple[tuple[str, str], ...]:
    return tuple(_segmenter().tag(text))


@lru_cache(maxsize=_MOST_KEPT)
def in_dictionary(word: str) -> bool:
    """Tell whether the segmenter's dictionary has a word."""
    return bool(_segmenter().has_word(word))


@lru_cache(maxsize=2_000)
def ordinary(word: str) -> bool:
    """Tell whether the dictionary has a word that is no name of a person."""
    return in_dictionary(word) and not tagged(word)[0][1].startswith("nr")


def words(text: str, span: Span, known: re.Pattern[str] | None = None) -> list[ChineseWord]:
    """Cut a stretch of masked text into words, what `known` matches in one piece; brackets are left out."""
    plain = simplify(text[span[0] : span[1]])
    found: list[ChineseWord] = []
    place = 0
    for aside in [*_asides().finditer(plain), None]:
        end = aside.start() if aside else len(plain)
        found += _named(plain, (place, end), known)
        place = aside.end() if aside else end
    return [ChineseWord(span[0] + word.start, span[0] + word.end, word.text, word.tag) for word in found]


def _named(plain: str, span: Span, known: re.Pattern[str] | None) -> Iterator[ChineseWord]:
    place = span[0]
    for match in (known or _HIDDEN).finditer(plain, *span):
        yield from _cut(plain[place : match.start()], place)
        yield ChineseWord(match.start(), match.end(), match.group(), _hidden_as(plain, match) or NAME)
        place = match.end()
    yield from _cut(plain[place : span[1]], place)


def _hidden_as(plain: str, match: re.Match[str]) -> str:
    """Tell a quote from a term between words; an empty string where the match is no quote."""
    if match.group()[0] != MASK:
        return ""
    inside = _HAN.match(plain[match.start() - 1 : match.start()]) and _HAN.match(plain[match.end() : match.end() + 1])
    return TERM if inside else QUOTE


def _cut(plain: str, start: int) -> Iterator[ChineseWord]:
    glued = load_lexicon(CHINESE).listed_text("glued_verbs")
    ends = load_lexicon(CHINESE).words("time_ends")
    for word, tag in tagged(plain):
        end = start + len(word)
        if len(word) > 1 and word[-1] in glued and (not in_dictionary(word) or word[:-1] in ends):
            # The segmenter glues a lone verb of saying to what it does not know.
            yield from _cut(word[:-1], start)
            yield ChineseWord(end - 1, end, word[-1], "v")
        elif not _SPACE.fullmatch(word):
            yield ChineseWord(start, end, word, tag)
        start = end


@cache
def _cue_words() -> tuple[frozenset[str], frozenset[str]]:
    lexicon = load_lexicon(CHINESE)
    strong, weak = ({simplify(word) for word in lexicon.words(name)} for name in ("cues", "weak_cues"))
    return frozenset(strong), frozenset(weak)


@cache
def _phrase_cues() -> re.Pattern[str]:
    """Match words of saying that the segmenter takes for several words."""
    several = [word for words in _cue_words() for word in words if len(tagged(word)) > 1]
    return re.compile("|".join(map(re.escape, sorted(several, key=len, reverse=True))))


def speech_cues(text: str, cut: list[ChineseWord]) -> list[Cue]:
    """List the words that report speech, in order; behind a possessive or a light verb they are nouns."""
    strong, weak = _cue_words()
    cues = []
    inside = False
    for word in cut:
        inside = word.text == "《" or (inside and word.text != "》")
        known = not inside and word.tag != NAME and (word.text in strong or word.text in weak or _ends_in_cue(word))
        if known:
            cues.append(Cue(word.start, word.end, word.text not in weak, text[word.start : word.end]))
    if cut:
        cues += _several(text, cut)
    return sorted(cues, key=lambda cue: (cue.start, cue.end))


def _ends_in_cue(word: ChineseWord) -> bool:
    """Tell whether a set phrase of four characters ends in a verb of saying."""
    return len(word.text) == _SET_PHRASE and word.tag in {"l", "v"} and word.text[2:] in _cue_words()[0]


def _several(text: str, cut: list[ChineseWord]) -> Iterator[Cue]:
    starts, ends = {word.start for word in cut}, {word.end for word in cut}
    begin = cut[0].start
    for match in _phrase_cues().finditer(simplify(text[begin : cut[-1].end])):
        start, end = begin + match.start(), begin + match.end()
        if start in starts and end in ends:
            yield Cue(start, end, match.group() in _cue_words()[0], text[start:end])


DOTS = "\N{MIDDLE DOT}\N{BULLET}\N{KATAKANA MIDDLE DOT}\N{HYPHENATION POINT}\N{FULLWIDTH FULL STOP}"
HAN = r"[\u4e00-\u9fff]"
LONGEST_NAME = 8
_AHEAD = 8


@cache
def word_set(name: str) -> frozenset[str]:
    """Return a word list of the Chinese lexicon in Simplified characters."""
    return frozenset(simplify(word) for word in load_lexicon(CHINESE).words(name))


@cache
def endings(name: str) -> tuple[str, ...]:
    """Return a word list as what `str.endswith` takes."""
    return tuple(word_set(name))


@cache
def any_of(name: str) -> re.Pattern[str]:
    """Return a pattern for the words of a list, longest first."""
    return re.compile("|".join(map(re.escape, sorted(word_set(name), key=len, reverse=True))))


def is_body(word: ChineseWord) -> bool:
    """Tell whether a word ends the name of a body: a ministry, a company, the police."""
    if word.tag == NAME:
        return False
    if word.tag == "nt" or word.text.endswith(endings("bodies")):
        return True
    sure = len(word.text) > 2 and word.text[-1] in load_lexicon(CHINESE).listed_text("sure_body_ends")  # noqa: PLR2004
    rare = len(word.text) == 1 or not in_dictionary(word.text)
    return sure or (rare and word.text[-1] in load_lexicon(CHINESE).listed_text("body_ends"))


class NameShapes:
    """Tells which characters can be a name."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._lexicon = lexicon
        self.surnames = frozenset(simplify(lexicon.listed_text("surnames")))
        self._long_surnames = endings("long_surnames")
        self._foreign = frozenset(simplify(lexicon.listed_text("transcription")))
        familiar = frozenset(lexicon.listed_text("familiar"))
        self.starts = self.surnames | self._foreign | familiar | {name[0] for name in self._long_surnames}
        self._never = frozenset(lexicon.listed_text("function_characters"))
        self.middles = lexicon.listed_text("middles")
        self.familiar = re.compile(lexicon.listed_text("familiar"))
        self.stops = frozenset(lexicon.listed_text("name_stops"))

    @cached_property
    def dotted(self) -> re.Pattern[str]:
        """Match transcribed names with dots. Ordinary characters need one of transcriptions behind them."""
        foreign = "[" + "".join(sorted(self._foreign)) + "]"
        inside = f"[{self._lexicon.listed_text('transcription_inside')}]"
        inner = f"(?:{foreign}|{inside}(?={inside}?{foreign})"
        inner += f"|{self._lexicon.listed_text('transcription_pair')})"
        piece = rf"{inner}{{1,8}}(?:-{inner}{{1,6}})?"
        joined = rf"{foreign}{{2,6}}-{foreign}{{2,7}}"
        return re.compile(rf"{joined}|{inner}{{1,7}}(?:-{inner}{{1,6}})?(?:[{DOTS}](?:{piece}|[A-Z]\b|{HAN}{{1,4}}))+")

    def tail(self, plain: str, end: int) -> int:
        """Where the last part of a dotted name ends: in front of a character that no transcription has."""
        # One character that transcriptions seldom have may end the name.
        follows = self.ends_at(plain, end) > 1 or plain[end : end + 1] in word_set("single_followers")
        rare = re.match(HAN, plain[end : end + 1]) and not follows and self.ends_at(plain, end + 1)
        return end + int(bool(rare))

    def gender(self, name: str) -> str:
        """Tell by the first name whether somebody is a man or a woman: `m`, `f` or nothing."""
        first = re.split(f"[{DOTS}-]", name)[0]
        return "f" if first in word_set("first_names_f") else "m" if first in word_set("first_names_m") else ""

    def sizes(self, plain: str, start: int) -> list[int]:
        """List how many characters from `start` on can be a name."""
        long = plain.startswith(self._long_surnames, start)
        surname = next(len(s) for s in self._long_surnames if plain.startswith(s, start)) if long else 0
        surname = surname or int(plain[start : start + 1] in self.surnames)
        native = {surname + 1, surname + 2} if surname else set()
        run = 0
        while plain[start + run : start + run + 1] in self._foreign and run < LONGEST_NAME and start + run < len(plain):
            run += 1
        sizes = sorted(native | set(range(2, run + 1)))
        possible = [size for size in sizes if self._possible(plain[start : start + size], size, surname)]
        again = plain[start : start + 3]
        # A Korean given name may begin with a preposition; the whole name comes again.
        return [*possible, 3] if surname and again[1:2] in self.middles and plain.count(again) > 1 else possible

    def _possible(self, name: str, size: int, surname: int) -> bool:
        if len(name) < size or not re.fullmatch(f"{HAN}+", name) or name.startswith(endings("common_words")):
            return False
        seen = size > surname + 1 and tagged(name) == ((name, "nr"),)
        if (set(name[1:]) & self._never and not seen) or name[-1] in self.stops:
            return False
        foreign = set(name) <= self._foreign
        return (foreign or bool(surname)) and not (in_dictionary(name) and ordinary(name))

    def end(self, plain: str, start: int, *, count: int = 0) -> int:
        """Where the likeliest name that begins at `start` ends; 0 where none does.

        The characters have to occur `count` times where nothing behind them shows that the name ends there.
        """
        best = (0, 0, 0)
        for size in self.sizes(plain, start):
            behind = self.ends_at(plain, start + size)
            word, tag = tagged(plain[start : start + size])[0]
            known = int(len(word) == size and tag.startswith("nr"))
            if behind or (count and known and plain.count(plain[start : start + size]) >= count):
                best = max(best, (behind, known, size))
        return start + best[2] if best[2] else 0

    def begin(self, word: ChineseWord, previous: ChineseWord | None) -> int:
        """Where a name begins that the segmenter cut in two."""
        beside = previous is not None and previous.end == word.start and word.tag.startswith("nr")
        if not beside or previous is None or previous.tag == "NAME" or in_dictionary(previous.text):
            return word.start
        return previous.start if set(previous.text + word.text) <= self._foreign else word.start

    def ends_at(self, plain: str, place: int) -> int:
        """How sure it is that a word ends at a place: the length of the function word or verb that follows."""
        if place >= len(plain) or not re.match(HAN, plain[place]):
            return 2
        for name in ("name_followers", "cues", "weak_cues"):
            if (match := any_of(name).match(plain, place)) and (name == "name_followers" or len(match.group()) > 1):
                return max(2, len(match.group()))
        word, tag = tagged(plain[place : place + _AHEAD])[0]
        follows = tag[0] in "vdpctfuz" and in_dictionary(word)
        follows = follows or (tag[0] == "a" and len(word) > 1)
        lone = len(word) == 1 and (word in word_set("single_followers") or (follows and word not in self._foreign))
        return len(word) if follows and len(word) > 1 else int(lone)


@cache
def shapes() -> NameShapes:
    """Return what is made once of the lexicon."""
    return NameShapes(load_lexicon(CHINESE))
