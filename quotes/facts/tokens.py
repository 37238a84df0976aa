"""The words of a passage with their dictionary forms, and which words of two passages correspond."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Final

from alignment.words.segmentation import split_words
from common.data import load_table
from corpora.languages import ENGLISH, RUSSIAN, base_language
from corpora.offsets import Span
from quotes.facts.numbers.quantities import fold
from quotes.facts.passages import Passage, PassagePair
from quotes.facts.vectors import LinkedTexts
from quotes.lexicon import parse_russian

TokenLinks = dict[tuple[int, int], float]
"""Which words correspond: index on both sides, and how surely, from 0 to 1."""

_TEXTS_REMEMBERED: Final = 256
_READINGS: Final = 3
_LEAST_SCORE: Final = 0.1
"""Probability below which a reading of a Russian word is not looked at."""
_SHORTEST_STEM: Final = 3
_ENDINGS: Final = (
    ("ies", ("y",)), ("ied", ("y",)), ("iest", ("y",)), ("ier", ("y",)), ("ily", ("y",)),
    ("es", ("", "e")), ("s", ("",)), ("ed", ("", "e")), ("ing", ("", "e")),
    ("est", ("", "e")), ("er", ("", "e")), ("ly", ("", "le")),
)  # fmt: skip
"""English endings, and what stands for them in the dictionary form."""
_NOT_COMPARED: Final = frozenset({"never", "ever", "over", "only", "after", "under", "other", "number", "matter"})


@dataclass(frozen=True, slots=True)
class Token:
    """One word or sign.

    Attributes:
        start: Code points into the article's text.
        form: Lower case, ё as е.
        names: The form and all dictionary forms it may have.
    """

    start: int
    end: int
    form: str
    names: frozenset[str]

    @property
    def is_word(self) -> bool:
        """Tell a word or number from punctuation."""
        return self.form[:1].isalnum()


def tokens_of(passage: Passage) -> tuple[Token, ...]:
    """Return the words and signs of a passage in order."""
    return _tokens(passage.pieces, passage.article.language)


@lru_cache(_TEXTS_REMEMBERED)
def _tokens(pieces: tuple[tuple[int, str], ...], language: str) -> tuple[Token, ...]:
    return tuple(
        Token(offset + token.start, offset + token.end, token.form, token.names)
        for offset, piece in pieces
        for token in read_tokens(piece, language)
    )


@lru_cache(_TEXTS_REMEMBERED)
def read_tokens(text: str, language: str) -> tuple[Token, ...]:
    """Return the words and signs of a text in the BCP-47 `language`, places counted in `text`."""
    found, at = [], 0
    for word in split_words(text, language):
        start = text.index(word, at)
        at = start + len(word)
        form = fold(word)
        found.append(Token(start, at, form, _names(form, base_language(language))))
    return tuple(found)


def span_of(tokens: Iterable[Token]) -> Span:
    """Return where some neighbouring words stand."""
    listed = list(tokens)
    return listed[0].start, listed[-1].end


def linked(pair: PassagePair) -> TokenLinks:
    """Return which words of the two passages correspond; none where the encoder gives no vectors of words."""
    return pair.vectors.links(linked_texts(pair))


def linked_texts(pair: PassagePair) -> LinkedTexts:
    """Return what `linked` asks of the vectors."""
    return _forms(pair.first), _forms(pair.second), (pair.first.article.language, pair.second.article.language)


def _forms(passage: Passage) -> tuple[str, ...]:
    return tuple(passage.article.text[token.start : token.end] for token in tokens_of(passage))


@lru_cache(50_000)
def _names(form: str, language: str) -> frozenset[str]:
    if language == ENGLISH:
        return frozenset(_english_names(form))
    if language == RUSSIAN:
        readings = [reading for reading in parse_russian(form)[:_READINGS] if reading.score >= _LEAST_SCORE]
        return frozenset({form, *(fold(reading.normal_form) for reading in readings)})
    return frozenset({form})


def _english_names(form: str) -> set[str]:
    plain = form.replace("\N{RIGHT SINGLE QUOTATION MARK}", "'").removesuffix("'s")
    names = {form, plain, *_irregular().get(plain, ())}
    if plain in _NOT_COMPARED:
        return names
    for ending, others in _ENDINGS:
        stem = plain.removesuffix(ending)
        if stem == plain or len(stem) < _SHORTEST_STEM:
            continue
        names |= {stem + other for other in others}
        if stem[-1] == stem[-2]:
            names.add(stem[:-1])
    return names


@cache
def _irregular() -> dict[str, tuple[str, ...]]:
    """English forms that no ending tells, with their dictionary forms."""
    found: dict[str, tuple[str, ...]] = {}
    for line in load_table(__name__, "tokens.toml")["en"]["irregular"]:
        base, *forms = line.split()
        for form in forms:
            found[form] = (*found.get(form, ()), base)
    return found
