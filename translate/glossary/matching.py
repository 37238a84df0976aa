"""Forms of terms as patterns: words with what is between them, or characters in a row for Chinese."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import regex

from corpora.languages import CHINESE, base_language
from corpora.offsets import Span
from translate.glossary.forms import agrees, fold, same_case
from translate.script import to_script

WORD: Final = regex.compile(r"[\p{L}\p{M}\p{N}]+")
_HAN: Final = regex.compile(r"\p{Han}")
_DASHES: Final = regex.compile(r"\p{Pd}")
_APOSTROPHES: Final = regex.compile("[\N{RIGHT SINGLE QUOTATION MARK}\N{MODIFIER LETTER APOSTROPHE}]")
_DOTS: Final = "·•・‧"
DOT: Final = regex.compile(f" ?[{_DOTS}] ?")
"""The dot between the parts of a foreign name in Chinese."""


@dataclass(frozen=True, slots=True)
class FormPattern:
    """A form of a term in a language that sets spaces.

    Attributes:
        words: Its words.
        gaps: The text before, between and behind them, with variants of spaces and marks made one.
        exact: Whether only the form itself counts, capitals aside.
    """

    words: tuple[str, ...]
    gaps: tuple[str, ...]
    exact: bool = False

    def match(self, text: str, found: Sequence[Span], at: int, language: str, *, lenient: bool = False) -> Span | None:
        """Return the span of this form where it begins at a word, None where it does not.

        Args:
            text: Any text.
            found: Spans of its words.
            at: Index of the word that the form would begin with.
            language: Tag of the language of both.
            lenient: As `forms.agrees` has it; a first word of the text may have a capital of its own too.
        """
        spans = found[at : at + len(self.words)]
        if len(spans) < len(self.words):
            return None
        for number, (term, (start, end)) in enumerate(zip(self.words, spans, strict=True)):
            word = text[start:end]
            free = lenient and at == 0 and number == 0
            if not (free or same_case(term, word)) or not self._agrees(term, word, language, lenient=lenient):
                return None
            if number and _gap(text[spans[number - 1][1] : start]) != self.gaps[number]:
                return None
        return self._outer(text, (spans[0][0], spans[-1][1]))

    def _agrees(self, term: str, word: str, language: str, *, lenient: bool) -> bool:
        return fold(term) == fold(word) if self.exact else agrees(term, word, language, lenient=lenient)

    def _outer(self, text: str, span: Span) -> Span | None:
        start, end = span[0] - len(self.gaps[0]), span[1] + len(self.gaps[-1])
        if start < 0 or _gap(text[start : span[0]]) != self.gaps[0] or _gap(text[span[1] : end]) != self.gaps[-1]:
            return None
        return start, end


def words_of(form: str, *, exact: bool = False) -> FormPattern:
    """Return the pattern of a form; it has a letter or a digit."""
    spans = [match.span() for match in WORD.finditer(form)]
    edges = [0, *(edge for span in spans for edge in span), len(form)]
    gaps = tuple(_gap(form[edges[at] : edges[at + 1]]) for at in range(0, len(edges), 2))
    return FormPattern(tuple(form[start:end] for start, end in spans), gaps, exact)


def _gap(between: str) -> str:
    return _APOSTROPHES.sub("'", _DASHES.sub("-", regex.sub(r"\s+", " ", between)))


@lru_cache(10_000)
def signs_of(form: str) -> "regex.Pattern[str]":
    """Return the pattern of a form in Chinese, for texts that `simplified` folded."""
    parts = []
    for before, sign in zip(" " + form, form, strict=False):
        # Some set a space between Chinese and Latin, some do not.
        mixed = before != " " and sign != " " and bool(_HAN.match(before)) != bool(_HAN.match(sign))
        escaped = f"[{_DOTS}]" if sign in _DOTS else r"\s?" if sign == " " else regex.escape(sign)
        parts.append(rf"\s?{escaped}" if mixed or sign in _DOTS else escaped)
    left = r"(?<![\p{Latin}\p{Nd}])" if regex.match(r"[\p{Latin}\p{Nd}]", form) else ""
    right = r"(?![\p{Latin}\p{Nd}])" if regex.match(r"[\p{Latin}\p{Nd}]", form[-1]) else ""
    return regex.compile(left + "".join(parts) + right, 0 if form != form.lower() else regex.IGNORECASE)


@lru_cache(1_000)
def simplified(text: str) -> str:
    """Return a text in Simplified Chinese, sign for sign, so that offsets stay."""
    if not _HAN.search(text):
        return text
    # Half of a surrogate pair is no character, and the converter takes none.
    plain = text.encode("utf-8", "replace").decode("utf-8")
    found = to_script(plain, CHINESE)
    return found if len(found) == len(text) else "".join(_one(to_script(sign, CHINESE), sign) for sign in plain)


def _one(found: str, sign: str) -> str:
    return found if len(found) == 1 else sign


def occurrences(form: str, text: str, language: str) -> Iterator[Span]:
    """Yield where a text has a form of a term, inflected or not; in doubt it has.

    Args:
        form: A form as a glossary gives it.
        text: Any text.
        language: Tag of the language of both.
    """
    if base_language(language) == CHINESE:
        for match in signs_of(simplified(form)).finditer(simplified(text)):
            yield match.span()
        return
    found = [match.span() for match in WORD.finditer(text)]
    pattern = words_of(form)
    for at in range(len(found)):
        span = pattern.match(text, found, at, language, lenient=True)
        if span is not None:
            yield span
