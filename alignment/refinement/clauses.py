"""Clauses: the grains of a refined alignment.

What is in one line of a version is often more than one sentence, and one sentence of a version often tells what two
sentences of another tell. That they belong together shows when their parts are looked at. No grammar is used, only
stops and commas, so it works in any language that has them; a cut too many does no harm, since what is found for the
parts is put together again for the sentences.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

LEAST_CLAUSE: Final = 30
"""Letters and digits that a clause has at least; a Chinese sign counts for three."""

LEAST_SENTENCE: Final = 12
"""The same for what is between two stops."""

MOST_CLAUSES: Final = 40
"""Clauses of one sentence, however long: what is no sentence at all must not fill the memory."""

_CLOSING_MARKS = (
    "\"')\\]\N{RIGHT DOUBLE QUOTATION MARK}\N{RIGHT SINGLE QUOTATION MARK}"
    "\N{RIGHT-POINTING DOUBLE ANGLE QUOTATION MARK}\N{RIGHT CORNER BRACKET}\N{RIGHT WHITE CORNER BRACKET}"
    "\N{RIGHT DOUBLE ANGLE BRACKET}\N{FULLWIDTH RIGHT PARENTHESIS}"
)
_CLOSING = f"[{_CLOSING_MARKS}]*"
# German and Russian close with the mark that opens in English and Chinese; there white space follows it.
_CLOSING_BEFORE_SPACE = f"[{_CLOSING_MARKS}\N{LEFT DOUBLE QUOTATION MARK}]*"
_WIDE_STOP = (
    "[\N{IDEOGRAPHIC FULL STOP}\N{FULLWIDTH EXCLAMATION MARK}\N{FULLWIDTH QUESTION MARK}\N{FULLWIDTH SEMICOLON}]"
)
_WIDE_COMMA = "[\N{FULLWIDTH COMMA}\N{FULLWIDTH COLON}\N{IDEOGRAPHIC COMMA}]"
_DASH = "[-\N{EN DASH}\N{EM DASH}]"
_STOP = "[.!?;\N{HORIZONTAL ELLIPSIS}]"
_PLACE = re.compile(
    rf"(?P<stop>{_STOP} ?{_CLOSING_BEFORE_SPACE}\s+|{_WIDE_STOP}{_CLOSING})"
    rf"|[,:] ?{_CLOSING_BEFORE_SPACE}\s+|{_WIDE_COMMA}{_CLOSING}|\s{_DASH}\s+"
)
_LETTER = re.compile(r"[^\W_]")
_CHINESE = re.compile("[\N{CJK UNIFIED IDEOGRAPH-3400}-\N{CJK UNIFIED IDEOGRAPH-9FFF}]")


@dataclass(frozen=True, slots=True)
class Clause:
    """A piece of a sentence.

    Attributes:
        text: Its words, with the white space behind them.
        stops: Whether it ends at a stop or with its sentence, not only at a comma, colon or dash.
    """

    text: str
    stops: bool


def cut_clauses(sentence: str, least: int = LEAST_CLAUSE) -> list[Clause]:
    """Cut a sentence behind its stops, commas, colons and dashes.

    Args:
        sentence: Any text.
        least: Letters and digits that a clause has at least, a Chinese sign counting for three; a shorter one stays
            with its neighbour, or where it ends at a stop only if it has fewer than `LEAST_SENTENCE`.

    Returns:
        At least one clause and at most `MOST_CLAUSES`; joined, their texts are the sentence.
    """
    clauses: list[Clause] = []
    begin = counted = signs = 0  # signs of what is between the two, so that none is counted twice
    for end, stops in _places(sentence.rstrip()):
        signs += _signs(sentence[counted:end])
        counted = end
        if stops and signs < LEAST_SENTENCE and clauses and not clauses[-1].stops:
            clauses[-1] = Clause(clauses[-1].text + sentence[begin:end], stops=True)
            begin, signs = end, 0
        elif signs >= (LEAST_SENTENCE if stops else least):
            clauses.append(Clause(sentence[begin:end], stops))
            begin, signs = end, 0
    rest = sentence[begin:]
    signs += _signs(sentence[counted:])
    if clauses and (signs < LEAST_SENTENCE or (not clauses[-1].stops and signs < least)):
        clauses[-1] = Clause(clauses[-1].text + rest, stops=True)
    else:
        clauses.append(Clause(rest, stops=True))
    return _thinned(clauses)


def _thinned(clauses: list[Clause]) -> list[Clause]:
    """Join neighbours evenly where there are more clauses than any sentence has."""
    step = -(-len(clauses) // MOST_CLAUSES)
    if step <= 1:
        return clauses
    groups = [clauses[at : at + step] for at in range(0, len(clauses), step)]
    return [Clause("".join(one.text for one in group), group[-1].stops) for group in groups]


def _places(sentence: str) -> Iterator[tuple[int, bool]]:
    """Where a clause may end inside the sentence, and whether at a stop; no sentence ends before a small letter."""
    for found in _PLACE.finditer(sentence):
        if found.end() == len(sentence):
            return
        small = sentence[found.end() : found.end() + 1].islower()
        yield found.end(), found["stop"] is not None and not (small and not found.group().startswith(";"))


def _signs(text: str) -> int:
    return len(_LETTER.findall(text)) + 2 * len(_CHINESE.findall(text))
