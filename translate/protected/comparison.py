"""Which literals a translation lost, and which it made up."""

from collections import Counter
from collections.abc import Sequence
from typing import Final

import regex

from translate.protected.finding import find_literals
from translate.protected.types import Literal, Span

_DOTTED_NAME: Final = regex.compile(r"\p{L}{2,}\.\p{L}{2,}")
_BARE_DOMAIN: Final = regex.compile(r"(?!www\.)[\p{L}\p{N}.-]+")
_WORD: Final = regex.compile(r"[a-zA-Z0-9_]")


def missing_literals(source: str, hypothesis: str, *, literals: Sequence[Literal] | None = None) -> tuple[Literal, ...]:
    """Return the literals of a source that its translation does not have, byte for byte and as often.

    Args:
        source: The text that was translated.
        hypothesis: Its translation.
        literals: Literals of `source`; None finds them.

    Returns:
        Literals of `source` in order. Of several alike, of which some are there, the last ones are missing.
    """
    wanted = find_literals(source) if literals is None else tuple(literals)
    if not wanted:
        return ()
    found = _counted(hypothesis, {literal.text for literal in wanted})
    missing = []
    for literal in wanted:
        found[literal.text] -= 1
        if found[literal.text] < 0:
            missing.append(literal)
    return tuple(missing)


def surplus_literals(source: str, hypothesis: str) -> tuple[Literal, ...]:
    """Return the literals of a translation that its source does not have, or not as often.

    Args:
        source: The text that was translated.
        hypothesis: Its translation.

    Returns:
        Literals of `hypothesis` in order. A bare domain, as Gazeta.ru for Газета.Ru, is none where the source has a
        name with a dot in it: it is a translation.
    """
    found = missing_literals(hypothesis, source)
    dotted = _DOTTED_NAME.search(source)
    return tuple(literal for literal in found if not (dotted and _BARE_DOMAIN.fullmatch(literal.text)))


def _counted(text: str, wanted: set[str]) -> Counter[str]:
    """Count what is wanted in a text; no place counts twice, and nothing counts that is part of a longer literal."""
    there = find_literals(text)
    counts = Counter(literal.text for literal in there if literal.text in wanted)
    taken = [literal.span for literal in there]
    # A suffix of the language, or a sign that no source has there, may hide a literal from `find_literals`.
    for literal in sorted(wanted, key=len, reverse=True):
        at = text.find(literal)
        while at >= 0:
            span = at, at + len(literal)
            if _stands_alone(text, span) and not any(first < span[1] and span[0] < last for first, last in taken):
                counts[literal] += 1
                taken.append(span)
            at = text.find(literal, at + 1)
    return counts


def _stands_alone(text: str, span: Span) -> bool:
    """Tell whether no Latin letter or digit goes on where the literal begins or ends with one."""
    start, end = span
    before = start > 0 and _WORD.match(text[start - 1]) and _WORD.match(text[start])
    behind = end < len(text) and _WORD.match(text[end]) and _WORD.match(text[end - 1])
    return not before and not behind
