"""The check for a model that goes round in a circle."""

import zlib
from collections.abc import Iterator

import regex

from common.data import load_table
from translate.checks.types import PairReading
from translate.options import CheckOptions
from translate.types import Check

_TOKEN = regex.compile(r"\p{Han}|[\p{L}\p{N}]+(?:[-'’][\p{L}\p{N}]+)*")
_LONGEST = 20
"""Tokens of the longest run that is looked for."""
_ONE_CHARACTER = regex.compile(r"(\p{L})\1{4,}")
_ECHO = regex.compile(
    r"(?<!\p{L})(\p{Han}{1,4}|\p{L}+)(?:[\p{P}\s]+\1(?![\p{L}--\p{Han}]))+", regex.IGNORECASE | regex.VERSION1
)
"""Words that follow themselves with a sign or space between, as a crowd calls "Yes, yes, yes"."""
_SPACED_TIMES = {1: 1, 2: 1}
"""How often again a run of so many words must follow itself; longer runs once."""
_HAN_TIMES = {1: 4, 2: 2}


def check_loop(reading: PairReading, options: CheckOptions) -> Iterator[Check]:
    """Words follow themselves as they do not in the source, or the whole text repeats itself."""
    source, hypothesis = reading.texts
    stretched = _ONE_CHARACTER.search(hypothesis)
    if stretched and not _ONE_CHARACTER.search(source):
        yield Check("loop", f"The translation repeats one letter: “{stretched.group()[:12]}”")
        return
    repeated = _repeated(hypothesis)
    if repeated and _repeated(source) is None and not _ECHO.search(source):
        yield Check("loop", f"The translation repeats itself: “{repeated}”")
    elif (ratio := _compression(hypothesis)) > options.max_compression and ratio > 1.5 * _compression(source):
        yield Check("loop", f"The translation repeats itself: it compresses {ratio:.1f} times")


def _compression(text: str) -> float:
    data = text.encode("utf-8", "replace")
    return len(data) / len(zlib.compress(data, 9))


def _repeated(text: str) -> str | None:
    """Return the longest words that follow themselves at once, None where none do."""
    matches = list(_TOKEN.finditer(text))
    tokens = [match.group().casefold() for match in matches]
    for size in range(min(_LONGEST, len(tokens) // 2), 0, -1):
        for at in range(len(tokens) - 2 * size + 1):
            run = tokens[at : at + size]
            if run == tokens[at + size : at + 2 * size] and _counts(tokens, at, size):
                return text[matches[at].start() : matches[at + 2 * size - 1].end()]
    return None


def _counts(tokens: list[str], at: int, size: int) -> bool:
    """Tell whether a run that follows itself does so as no language does."""
    run = tokens[at : at + size]
    han = all(regex.match(r"\p{Han}", token) for token in run)
    if all(token.isdecimal() for token in run) or (size == 1 and run[0] in _doubled()):
        return False
    times = 0
    while tokens[at + (times + 1) * size : at + (times + 2) * size] == run:
        times += 1
    return times >= (_HAN_TIMES if han else _SPACED_TIMES).get(size, 1)


def _doubled() -> frozenset[str]:
    return frozenset(load_table(__name__, "repetition.toml")["doubled"].split())
