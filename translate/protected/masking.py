"""Masks literals by tokens that a model copies, and restores them.

Which token survives depends on the model's vocabulary, so there are several forms to try in turn (`forms.toml`).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from typing import Any, Final

import regex

from common.data import load_table
from common.errors import UsageError
from corpora.languages import CHINESE
from corpora.offsets import Span
from corpora.segmentation.lexicon import alphabetic_lexicon

CLOSING: Final = r"[\"'\p{Pf}\p{Pe}\N{LEFT DOUBLE QUOTATION MARK}]"
"""Marks that may close a quotation or a bracket; German and Russian close with the mark that opens in English."""

_STOPS: Final = (
    r".!?\N{IDEOGRAPHIC FULL STOP}\N{FULLWIDTH FULL STOP}\N{FULLWIDTH EXCLAMATION MARK}\N{FULLWIDTH QUESTION MARK}"
    r"\N{HORIZONTAL ELLIPSIS}"
)
_ENDS_IN_STOP: Final = regex.compile(rf"(?P<stop>[{_STOPS}]+)(?P<closing>{CLOSING}*)$")
_LAST_WORD: Final = regex.compile(r"(?P<word>\p{L}[\p{L}.]*)\.$")
_FIRST_WORD: Final = regex.compile(r"(?P<lead>[\p{Ps}\p{Pi}\"']*)(?P<word>[\p{L}'’]+)")


def ends_in_stop(text: str) -> bool:
    """Return whether a text ends as a sentence does, ignoring closing marks."""
    return bool(_ENDS_IN_STOP.search(text))


def without_stop(text: str, base: str) -> str:
    """Return a translation without the stop at its end, unless it is of an abbreviation.

    Args:
        text: Any text without white space at its end.
        base: Its language, without script.
    """
    found = _ENDS_IN_STOP.search(text)
    if found is None or _abbreviated(text, base):
        return text
    return f"{text[: found.start()].rstrip()}{found['closing']}" or text


def _abbreviated(text: str, base: str) -> bool:
    """Return whether the stop at the end is of an abbreviation: a single letter, or a listed one."""
    found = _LAST_WORD.search(text)
    if found is None or base == CHINESE:
        return False
    word = found["word"]
    known = alphabetic_lexicon(base)
    lists = (known.final, known.before, known.either, known.other, known.after_number, known.date_units)
    return len(word.split(".")[-1]) == 1 or any(word in words or word.lower() in words for words in lists)


def begun_small(text: str, base: str) -> str:
    """Return a translation with a small first letter, if its first word is hardly ever a name.

    Args:
        text: Any text.
        base: Its language, without script.
    """
    if base == CHINESE:
        return text
    found = _FIRST_WORD.match(text)
    if found is None or not _is_common(found["word"], base):
        return text
    start = found.start("word")
    return f"{text[:start]}{text[start].lower()}{text[start + 1 :]}"


def _is_common(word: str, base: str) -> bool:
    """Return whether a capitalised word often begins sentences, and is neither a name nor the English "I"."""
    small = word.lower().replace("\N{RIGHT SINGLE QUOTATION MARK}", "'")
    titled = word[1:].islower() or (len(word) == 1 and word != "I")
    return titled and small.split("'")[0] != "i" and small in alphabetic_lexicon(base).openers


_DIGIT: Final = r"[0-9\uff10-\uff19]"
_FULL_WIDTH: Final = 0xFEE0
_SPACES: Final = r"[\s\u200b]{0,2}"
_FIRST_NUMBERS: Final = 20


@dataclass(frozen=True, slots=True)
class MaskForm:
    """A form of tokens: a number between two marks."""

    name: str
    opening: str
    closing: str

    def token(self, number: int) -> str:
        """Return the token of a number."""
        return f"{self.opening}{number}{self.closing}"


@dataclass(frozen=True, slots=True)
class Masked:
    """A text with tokens in place of spans.

    Attributes:
        first: Number of the first token; the others count up.
    """

    text: str
    form: MaskForm
    originals: tuple[str, ...]
    first: int = 1

    @property
    def tokens(self) -> tuple[str, ...]:
        """The tokens, in order."""
        return tuple(self.form.token(self.first + at) for at in range(len(self.originals)))

    def restore(self, hypothesis: str, fillers: Sequence[str] | None = None) -> str | None:
        """Restore the text that the tokens of a translation replace.

        Args:
            hypothesis: A translation of `text`. Tokens may have changed case, got spaces inside, full-width characters,
                or characters of another alphabet that look the same; they may be in any order.
            fillers: Replacement of each token, in the order of the spans; None for the originals.

        Returns:
            The translation without tokens; None if one is lost, repeated, or has a number that is not in `text`.

        Raises:
            UsageError: There are more or fewer fillers than tokens.
        """
        fillers = self.originals if fillers is None else fillers
        if len(fillers) != len(self.originals):
            raise UsageError(f"{len(fillers)} fillers cannot replace {len(self.originals)} tokens")
        found = list(_find_tokens(hypothesis, self.form))
        issued = range(self.first, self.first + len(self.originals))
        known = {number for number, _ in _find_tokens(self.text, self.form)}
        numbers = [number for number, _ in found]
        if any(number not in known for number in numbers) or any(numbers.count(number) != 1 for number in issued):
            return None
        pieces, at = [], 0
        for number, (start, end) in found:
            if number in issued:
                pieces += [hypothesis[at:start], fillers[number - self.first]]
                at = end
        return "".join([*pieces, hypothesis[at:]])


@cache
def mask_forms() -> tuple[MaskForm, ...]:
    """Return the forms of tokens in the order to try."""
    return tuple(MaskForm(**entry) for entry in _data()["form"])


def mask(text: str, spans: Sequence[Span], *, form: MaskForm | str) -> Masked:
    """Replace spans by tokens.

    Args:
        text: Any text.
        spans: Spans to replace: in order, not empty, without overlap.
        form: Form of the tokens, or its name.

    Returns:
        The masked text. No token resembles any of the remaining text.

    Raises:
        UsageError: The spans overlap, are out of order or out of the text, or no form has that name.
    """
    form = form if isinstance(form, MaskForm) else _named(form)
    check_spans(text, spans)
    originals = tuple(text[start:end] for start, end in spans)
    tries = (Masked(_replaced(text, spans, form, first), form, originals, first) for first in _numbers(text))
    return next(masked for masked in tries if masked.restore(masked.text) == text)


def check_spans(text: str, spans: Sequence[Span]) -> None:
    """Raise UsageError unless spans are in order, in the text, not empty, and without overlap."""
    edges = [0, *(edge for span in spans for edge in span), len(text)]
    if any(second < first for first, second in pairwise(edges)) or any(start == end for start, end in spans):
        raise UsageError("spans must be in order, inside the text, not empty, and must not overlap")


def _named(name: str) -> MaskForm:
    for form in mask_forms():
        if form.name == name:
            return form
    raise UsageError(f"unknown form of masks {name!r}", hint=f"Known: {', '.join(form.name for form in mask_forms())}")


def _numbers(text: str) -> Iterator[int]:
    """Yield first numbers: small ones, which models copy best, and finally one that cannot be in the text."""
    yield from range(1, _FIRST_NUMBERS)
    longest = max(map(len, regex.findall(rf"{_DIGIT}+", text)), default=0)
    yield int(10**longest)


def _replaced(text: str, spans: Sequence[Span], form: MaskForm, first: int) -> str:
    pieces, at = [], 0
    for number, (start, end) in enumerate(spans, first):
        pieces += [text[at:start], form.token(number)]
        at = end
    return "".join([*pieces, text[at:]])


def _find_tokens(text: str, form: MaskForm) -> Iterator[tuple[int, Span]]:
    """Yield the number and span of all possible tokens, even if two share a mark."""
    for match in _pattern(form).finditer(text, overlapped=True):
        yield int(match["number"].translate(_NARROW)), match.span()


_NARROW: Final = {ord("0") + digit + _FULL_WIDTH: str(digit) for digit in range(10)}


@cache
def _pattern(form: MaskForm) -> regex.Pattern[str]:
    opening, closing = (
        _SPACES.join(f"[{regex.escape(_alike(character))}]" for character in part)
        for part in (form.opening, form.closing)
    )
    return regex.compile(rf"{opening}{_SPACES}(?P<number>{_DIGIT}{{1,9}}){_SPACES}{closing}")


def _alike(character: str) -> str:
    return str(_data()["alike"].get(character, character))


@cache
def _data() -> dict[str, Any]:
    return load_table(__name__, "forms.toml")
