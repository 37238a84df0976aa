"""Checks of what must be in the translation: literals as they are and as often, terms as the glossary asks."""

from collections.abc import Iterator

import regex

from translate.checks.types import PairReading
from translate.glossary import missing_terms
from translate.options import CheckOptions
from translate.protected import Literal, missing_literals, surplus_literals
from translate.types import Check

_DOLLAR = regex.compile(r"\$\d(?![\d.,]*\d)")
"""A placeholder of some templates, or a few dollars; either way something of it must be there."""
_MONEY = regex.compile(r"\$|dollar|usd|долл|бакс|美元|美金|刀|块", regex.IGNORECASE)
_FIRM = frozenset({"url", "email", "placeholder"})
"""Kinds of which a translation has none that its source lacks."""


def check_literals(reading: PairReading, options: CheckOptions) -> Iterator[Check]:
    """A literal of the source is not there byte for byte, or one was made up."""
    del options
    pair = reading.pair
    missing = missing_literals(pair.source, pair.hypothesis, literals=reading.literals[0])
    if missing:
        yield Check("literal", f"Not repeated as it stands: {', '.join(each.text for each in missing)}")
        return
    if _DOLLAR.search(pair.source) and not _MONEY.search(pair.hypothesis):
        yield Check("literal", f"Not repeated as it stands: {_DOLLAR.findall(pair.source)[0]}")
        return
    doubled = tuple(_doubled(reading))
    if doubled:
        yield Check("literal", f"Repeated more often than in the source: {', '.join(doubled)}")
        return
    made_up = [each for each in surplus_literals(pair.source, pair.hypothesis) if each.kind in _FIRM]
    if made_up:
        yield Check("literal", f"Not in the source: {', '.join(each.text for each in made_up)}")


def _doubled(reading: PairReading) -> Iterator[str]:
    """Yield the literals that the translation has more often than the source."""
    pair = reading.pair
    for text, literal in {each.text: each for each in reading.literals[0]}.items():
        # In English a word of code may be one of the sentence, too.
        if text.isalpha() and reading.languages[1] == "en":
            continue
        times = sum(each.text == text for each in reading.literals[0])
        while _has(pair.source, literal, times + 1):
            times += 1
        if _has(pair.hypothesis, literal, times + 1):
            yield text


def _has(text: str, literal: Literal, times: int) -> bool:
    return not missing_literals("", text, literals=[literal] * times)


def check_terms(reading: PairReading, options: CheckOptions) -> Iterator[Check]:
    """A term of the glossary is not rendered as it asks."""
    del options
    pair = reading.pair
    if not pair.terms:
        return
    for use in missing_terms(pair.terms, pair.hypothesis, pair.target_language):
        wanted = " or ".join(f"“{target}”" for target in use.targets)
        yield Check("term", f"The glossary asks for {wanted} for “{use.source}”")
