"""All checks, in order, and the severity of their findings."""

import zlib
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

import regex

from alignment.encoders import Encoder
from common.data import load_table
from common.messages import decimal_text, message
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
from translate.checks.negation import check_negation
from translate.checks.numbers import check_numbers
from translate.checks.required import check_literals, check_marked, check_quotes, check_terms
from translate.checks.types import CheckFunction, PairReading, SentencePair
from translate.options import CheckOptions
from translate.types import Check

_TOKEN = regex.compile(r"\p{Han}|[\p{L}\p{N}]+(?:[-'’][\p{L}\p{N}]+)*")
_LONGEST = 20
"""Most tokens of a repeated run."""
_ONE_CHARACTER = regex.compile(r"(\p{L})\1{4,}")
_ECHO = regex.compile(
    r"(?<!\p{L})(\p{Han}{1,4}|\p{L}+)(?:[\p{P}\s]+\1(?![\p{L}--\p{Han}]))+", regex.IGNORECASE | regex.VERSION1
)
"""Words that may repeat themselves, separated by punctuation or spaces, as a crowd calls "Yes, yes, yes"."""
_SPACED_TIMES = {1: 1, 2: 1}
"""Least repetitions of a run, by its number of words; longer runs once."""
_HAN_TIMES = {1: 4, 2: 2}


def check_loop(reading: PairReading, options: CheckOptions) -> Iterator[Check]:
    """Words repeat themselves more than in the source, or the whole text does."""
    source, hypothesis = reading.texts
    stretched = _ONE_CHARACTER.search(hypothesis)
    if stretched and not _ONE_CHARACTER.search(source):
        yield Check("loop", message("check.letter", letters=stretched.group()[:12]))
        return
    repeated = _repeated(hypothesis)
    if repeated and _repeated(source) is None and not _ECHO.search(source):
        yield Check("loop", message("check.loop", words=repeated))
    elif (ratio := _compression(hypothesis)) > options.max_compression and ratio > 1.5 * _compression(source):
        yield Check("loop", message("check.compresses", times=decimal_text(ratio, 1)))


def _compression(text: str) -> float:
    data = text.encode("utf-8", "replace")
    return len(data) / len(zlib.compress(data, 9))


def _repeated(text: str) -> str | None:
    """Return the longest run of words that is repeated immediately, None if there is none."""
    matches = list(_TOKEN.finditer(text))
    tokens = [match.group().casefold() for match in matches]
    for size in range(min(_LONGEST, len(tokens) // 2), 0, -1):
        for at in range(len(tokens) - 2 * size + 1):
            run = tokens[at : at + size]
            if run == tokens[at + size : at + 2 * size] and _counts(tokens, at, size):
                return text[matches[at].start() : matches[at + 2 * size - 1].end()]
    return None


def _counts(tokens: list[str], at: int, size: int) -> bool:
    """Return whether a repeated run is one that no language has."""
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
"""Checks for any translation at all; if one of them fires, the others have nothing to judge."""

ARRIVED: Final[tuple[CheckFunction, ...]] = (check_empty, check_unfinished)
"""Checks for lost or truncated translations, which run even without other checks."""

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
    check_marked,
)
"""Checks that look at letters only."""

MEANING: Final[tuple[CheckFunction, ...]] = (check_numbers, check_names, check_negation, check_content)
"""Checks that compare the contents of both texts."""

_PAIRS_AT_ONCE = 256


class Checker:
    """Checks translations against their sources."""

    def __init__(self, options: CheckOptions | None = None, encoder: Encoder | None = None) -> None:
        self._options = options or CheckOptions()
        self._encoder = encoder

    def check(self, pairs: Sequence[SentencePair]) -> list[tuple[Check, ...]]:
        """Return the findings for each translation, empty if none, in the order of `pairs`.

        Raises:
            UsageError: A language is not known, or the encoder has no features of words.
            TolmachError: The embedded encoder is not installed.
        """
        found: list[tuple[Check, ...]] = []
        for start in range(0, len(pairs), _PAIRS_AT_ONCE):
            found += self._check(pairs[start : start + _PAIRS_AT_ONCE])
        return found

    def readings(self, pairs: Sequence[SentencePair]) -> list[PairReading]:
        """Return the pairs as the checks read them, encoded if both sides have words."""
        vectors = Vectors(self._encoder or LazyEncoder())
        readings = [PairReading(pair, vectors) for pair in pairs]
        if self._options.meaning:
            encode([reading for reading in readings if reading.comparable], self._encoder)
        return readings

    def _check(self, pairs: Sequence[SentencePair]) -> list[tuple[Check, ...]]:
        vectors = Vectors(self._encoder or LazyEncoder())
        readings = [PairReading(pair, vectors) for pair in pairs]
        # The first finding suffices: a copied source is in the wrong script, too.
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
    """Return the findings for one translation, empty if none; `Checker` is faster for many."""
    return Checker(options).check([pair])[0]


def check_arrived(pairs: Sequence[SentencePair]) -> list[tuple[Check, ...]]:
    """Return lost or truncated translations, in the order of `pairs`: the only check under `--no-checks`."""
    options, vectors = CheckOptions(meaning=False), Vectors(LazyEncoder())
    readings = [PairReading(pair, vectors) for pair in pairs]
    return [
        tuple(found for check in ARRIVED for found in check(reading, options))[:1]
        if reading.pair.source.strip()
        else ()
        for reading in readings
    ]


def badness(checks: Iterable[Check]) -> float:
    """Return the severity of findings: 0 without any, higher is worse.

    It is the sum of the weights in `severity.toml`, so that the candidate with fewer and lighter faults wins.
    """
    table: dict[str, float] = load_table(__name__, "severity.toml")
    return float(sum(table.get(check.kind, table["other"]) for check in checks))
