"""All checks of many pairs."""

from collections.abc import Iterable, Sequence

from alignment.encoders import Encoder
from quotes.facts.vectors import Vectors
from translate.checks.encoding import LazyEncoder, encode
from translate.checks.options import CheckOptions
from translate.checks.registry import ARRIVED, FORM, MEANING, RETURNED
from translate.checks.types import CheckFunction, Pair, Reading
from translate.types import Check

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

    def check(self, pairs: Sequence[Pair]) -> list[tuple[Check, ...]]:
        """Return what looks wrong with each translation, empty where nothing does, in the order of `pairs`.

        Raises:
            UsageError: A language is not known, or the encoder gives no features of words.
            TolmachError: The embedded encoder is not installed.
        """
        found: list[tuple[Check, ...]] = []
        for start in range(0, len(pairs), _PAIRS_AT_ONCE):
            found += self._check(pairs[start : start + _PAIRS_AT_ONCE])
        return found

    def readings(self, pairs: Sequence[Pair]) -> list[Reading]:
        """Return the pairs as the checks read them, those with words on both sides encoded."""
        vectors = Vectors(self._encoder or LazyEncoder())
        readings = [Reading(pair, vectors) for pair in pairs]
        if self._options.meaning:
            encode([reading for reading in readings if reading.comparable], self._encoder)
        return readings

    def _check(self, pairs: Sequence[Pair]) -> list[tuple[Check, ...]]:
        vectors = Vectors(self._encoder or LazyEncoder())
        readings = [Reading(pair, vectors) for pair in pairs]
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

    def _run(self, checks: Iterable[CheckFunction], reading: Reading) -> tuple[Check, ...]:
        return tuple(found for check in checks for found in check(reading, self._options))


def check_translation(pair: Pair, options: CheckOptions | None = None) -> tuple[Check, ...]:
    """Return what looks wrong with one translation, empty where nothing does; many at once are faster by `Checker`."""
    return Checker(options).check([pair])[0]


def check_arrived(pairs: Sequence[Pair]) -> list[tuple[Check, ...]]:
    """Return whether translations are lost or cut, in the order of `pairs`; all that is checked under `--no-checks`."""
    options, vectors = CheckOptions(meaning=False), Vectors(LazyEncoder())
    readings = [Reading(pair, vectors) for pair in pairs]
    return [
        tuple(found for check in ARRIVED for found in check(reading, options))[:1]
        if reading.pair.source.strip()
        else ()
        for reading in readings
    ]
