"""All checks, in the order in which they are made, and how bad is what they find."""

import zlib
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

import regex

from alignment.encoders import Encoder
from common.data import load_table
from common.messages import message
from quotes.facts.vectors import Vectors
from translate.checks.content import (
    check_chatter,
    check_content,
    check_copied,
    check_cut,
    check_empty,
    check_length,
    check_unfinished,
)
from translate.checks.encoding import LazyEncoder, encode
from translate.checks.language import check_language, check_mixed, check_script, check_untranslated
from translate.checks.names import check_names
from translate.checks.numbers import check_numbers
from translate.checks.required import check_literals, check_quotes, check_terms
from translate.checks.types import CheckFunction, PairReading, SentencePair
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
        yield Check("loop", message("check.letter", letters=stretched.group()[:12]))
        return
    repeated = _repeated(hypothesis)
    if repeated and _repeated(source) is None and not _ECHO.search(source):
        yield Check("loop", message("check.loop", words=repeated))
    elif (ratio := _compression(hypothesis)) > options.max_compression and ratio > 1.5 * _compression(source):
        yield Check("loop", message("check.compresses", times=f"{ratio:.1f}"))


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
    """Return whether a run that follows itself does so as no language does."""
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


RETURNED: Final[tuple[CheckFunction, ...]] = (check_empty, check_copied, check_script, check_language)
"""Whether there is a translation at all; where one of them fires, the others have nothing to judge."""

ARRIVED: Final[tuple[CheckFunction, ...]] = (check_empty, check_unfinished)
"""Whether a translation is lost or cut: what is looked at even where no checks are wanted."""

FORM: Final[tuple[CheckFunction, ...]] = (
    check_chatter,
    check_mixed,
    check_untranslated,
    check_loop,
    check_cut,
    check_length,
    check_literals,
    check_terms,
    check_quotes,
)
"""What the letters alone tell."""

MEANING: Final[tuple[CheckFunction, ...]] = (check_numbers, check_names, check_content)
"""What both texts say."""

_PAIRS_AT_ONCE = 256


class Checker:
    """Checks translations against their sources.

    Args:
        options: What is looked at, and where a measure becomes suspicious.
        encoder: Gives vectors and features of words; None loads the embedded one when it is first needed.
    """

    def __init__(self, options: CheckOptions | None = None, encoder: Encoder | None = None) -> None:
        self._options = options or CheckOptions()
        self._encoder = encoder

    def check(self, pairs: Sequence[SentencePair]) -> list[tuple[Check, ...]]:
        """Return what looks wrong with each translation, empty where nothing does, in the order of `pairs`.

        Raises:
            UsageError: A language is not known, or the encoder gives no features of words.
            TolmachError: The embedded encoder is not installed.
        """
        found: list[tuple[Check, ...]] = []
        for start in range(0, len(pairs), _PAIRS_AT_ONCE):
            found += self._check(pairs[start : start + _PAIRS_AT_ONCE])
        return found

    def readings(self, pairs: Sequence[SentencePair]) -> list[PairReading]:
        """Return the pairs as the checks read them, those with words on both sides encoded."""
        vectors = Vectors(self._encoder or LazyEncoder())
        readings = [PairReading(pair, vectors) for pair in pairs]
        if self._options.meaning:
            encode([reading for reading in readings if reading.comparable], self._encoder)
        return readings

    def _check(self, pairs: Sequence[SentencePair]) -> list[tuple[Check, ...]]:
        vectors = Vectors(self._encoder or LazyEncoder())
        readings = [PairReading(pair, vectors) for pair in pairs]
        # The first of them says it all: a copied source is in the wrong script, too.
        first = [self._run(RETURNED, reading)[:1] if reading.pair.source.strip() else () for reading in readings]
        left = [
            reading
            for reading, checks in zip(readings, first, strict=True)
            if not checks and reading.pair.source.strip()
        ]
        if self._options.meaning:
            encode([reading for reading in left if reading.comparable], self._encoder)
        rest = {id(reading): self._run((*FORM, *MEANING), reading) for reading in left}
        return [checks or rest.get(id(reading), ()) for reading, checks in zip(readings, first, strict=True)]

    def _run(self, checks: Iterable[CheckFunction], reading: PairReading) -> tuple[Check, ...]:
        return tuple(found for check in checks for found in check(reading, self._options))


def check_translation(pair: SentencePair, options: CheckOptions | None = None) -> tuple[Check, ...]:
    """Return what looks wrong with one translation, empty where nothing does; many at once are faster by `Checker`."""
    return Checker(options).check([pair])[0]


def check_arrived(pairs: Sequence[SentencePair]) -> list[tuple[Check, ...]]:
    """Return whether translations are lost or cut, in the order of `pairs`; all that is checked under `--no-checks`."""
    options, vectors = CheckOptions(meaning=False), Vectors(LazyEncoder())
    readings = [PairReading(pair, vectors) for pair in pairs]
    return [
        tuple(found for check in ARRIVED for found in check(reading, options))[:1]
        if reading.pair.source.strip()
        else ()
        for reading in readings
    ]


def badness(checks: Iterable[Check]) -> float:
    """Return how much is wrong with a translation: 0 where no check fired; the higher, the worse.

    The weights of `severity.toml`, added up, so that of two attempts the one with fewer and lighter faults wins.
    """
    table: dict[str, float] = load_table(__name__, "severity.toml")
    return float(sum(table.get(check.kind, table["other"]) for check in checks))
