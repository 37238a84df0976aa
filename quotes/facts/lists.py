"""Searching text for the entries of a lexicon."""

from collections.abc import Iterable
from functools import cache
from typing import Any

import regex

from corpora.offsets import Span
from quotes.facts.numbers.quantities import fold


@cache
def _pattern(entries: tuple[str, ...], language: str) -> Any:
    if not entries:
        return regex.compile(r"(?!)")
    longest_first = sorted(entries, key=len, reverse=True)
    if language == "zh":
        return regex.compile("|".join(longest_first))
    # An entry may use [жг]; only the wild card is ours.
    words = "|".join(entry.replace("*", r"[\w’']*") for entry in longest_first)
    return regex.compile(rf"(?<![\w’'])(?:{words})(?![\w])")


def find_entries(text: str, language: str, entries: Iterable[str], *, masked: Iterable[str] = ()) -> list[Span]:
    """Find the entries of a lexicon in `text`.

    Args:
        text: Any text; case and ё do not matter.
        language: `en`, `ru` or `zh`.
        entries: Whole words with `*` for any ending, in Chinese substrings.
        masked: Entries whose words are not looked at, such as 不过 when looking for 不.

    Returns:
        Where they stand, in order.
    """
    folded = _pattern(tuple(masked), language).sub(
        lambda match: "\N{OBJECT REPLACEMENT CHARACTER}" * len(match.group()), fold(text)
    )
    return [match.span() for match in _pattern(tuple(entries), language).finditer(folded)]
