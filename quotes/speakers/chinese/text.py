"""Chinese text made ready to be read: Simplified characters, words with their classes, and what reports speech."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

from corpora import chinese
from corpora.languages import CHINESE
from corpora.offsets import Span
from quotes.lexicon import Cue, load_lexicon
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
