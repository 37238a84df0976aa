"""Rows of beads with their sentences, and how they form a bitext again."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple, TypeVar

import regex

from common.errors import InputError
from corpora.article import Bitext
from corpora.exchange.checks import ReadOptions, check_expected, is_language_tag

_LINE: Final = regex.compile(r"\[([^\[\]]*)\]\s*:\s*\[([^\[\]]*)\]\s*(?::(.*))?")
_MARK: Final = "\N{BYTE ORDER MARK}"


def write(bitext: Bitext) -> str:
    """Return one line per bead; without the third field if the score is not known."""
    scores = bitext.scores or (None,) * len(bitext.beads)
    return "".join(_line(source, target, score) for (source, target), score in zip(bitext.beads, scores, strict=True))


def _line(source: tuple[int, ...], target: tuple[int, ...], score: float | None) -> str:
    tail = "" if score is None else f":{float(score)!r}"
    return f"{list(source)}:{list(target)}{tail}\n"


def read(text: str, options: ReadOptions) -> Bitext:
    """Return the beads, with the sentences of the options, if any.

    Raises:
        InputError: A line is malformed, or a sentence is in two beads or beyond the last.
    """
    beads, scores, places = [], [], []
    for number, line in enumerate(text.removeprefix(_MARK).split("\n"), start=1):
        if line.strip():
            source, target, score = _parse(line.strip(), f"line {number}")
            beads.append((source, target))
            scores.append(score)
            places.append(f"line {number}")
    _check("source", [source for source, _ in beads], places, options.source)
    _check("target", [target for _, target in beads], places, options.target)
    return Bitext(
        options.source or (),
        options.target or (),
        tuple(beads),
        or_empty(scores),
        source_language=options.source_language,
        target_language=options.target_language,
    )


def _parse(line: str, place: str) -> tuple[tuple[int, ...], tuple[int, ...], float | None]:
    match = _LINE.fullmatch(line)
    if match is None:
        raise InputError(f"{place}: {line[:40]!r} is not a bead", hint="One looks like [0]:[0, 1]:0.15")
    source, target = parse_indices(match[1], place), parse_indices(match[2], place)
    if not source and not target:
        raise InputError(f"{place}: the bead has no sentence on either side")
    return source, target, parse_number(match[3] or "", place, "score")


def _check(side: str, beads: list[tuple[int, ...]], places: list[str], sentences: tuple[str, ...] | None) -> None:
    seen: dict[int, str] = {}
    for place, indices in zip(places, beads, strict=True):
        for index in indices:
            if index in seen:
                raise InputError(f"{place}: {side} sentence {index} is already in {seen[index]}")
            if sentences is not None and index >= len(sentences):
                raise InputError(f"{place}: {side} sentence {index} is beyond the last, {len(sentences) - 1}")
            seen[index] = place


UNDETERMINED: Final = "und"
"""BCP-47 tag of an unknown language, for formats that require a tag."""

_UNSPACED: Final = frozenset({"zh", "ja", "yue"})
"""Languages without a space between sentences."""

# Nine digits: more is no sentence number, and an absurd one must not cost time or memory.
_INDEX: Final = regex.compile(r"[0-9]{1,9}")
_Value = TypeVar("_Value", float, str)
_NUMBER: Final = regex.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")


@dataclass(frozen=True, slots=True)
class BeadSide:
    """One side of a bead, with as many sentences as indices, in the bead's order."""

    indices: tuple[int, ...] = ()
    sentences: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class BeadRow:
    """One bead.

    Attributes:
        place: Position in the file, for messages: `line 3`.
        confidence: Its confidence, from 0 to 1, None where the file has none.
        note: What to check about it, None if nothing.
    """

    place: str
    source: BeadSide
    target: BeadSide
    score: float | None = None
    confidence: float | None = None
    note: str | None = None


class Labels(NamedTuple):
    """Names and languages of the versions; None where unknown."""

    source_language: str | None = None
    target_language: str | None = None
    source_name: str | None = None
    target_name: str | None = None


def rows_of(bitext: Bitext) -> list[BeadRow]:
    """Return the beads of a bitext with their sentences."""
    scores = bitext.scores or (None,) * len(bitext.beads)
    confidences = bitext.confidences or (None,) * len(bitext.beads)
    notes = bitext.notes or (None,) * len(bitext.beads)
    return [
        BeadRow(
            f"bead {number}",
            BeadSide(tuple(source), tuple(bitext.source[index] for index in source)),
            BeadSide(tuple(target), tuple(bitext.target[index] for index in target)),
            score,
            confidence,
            note or None,
        )
        for number, ((source, target), score, confidence, note) in enumerate(
            zip(bitext.beads, scores, confidences, notes, strict=True)
        )
    ]


def assemble(rows: Sequence[BeadRow], labels: Labels, options: ReadOptions) -> Bitext:
    """Put the sentences of all beads back in order.

    Raises:
        InputError: A bead is empty, a sentence is in two beads or missing, or the versions are not those that the
            options name.
    """
    empty = next((row for row in rows if not row.source.indices and not row.target.indices), None)
    if empty is not None:
        raise InputError(f"{empty.place}: the bead has no sentence on either side")
    bitext = Bitext(
        _sentences("source", [(row.place, row.source) for row in rows]),
        _sentences("target", [(row.place, row.target) for row in rows]),
        tuple((row.source.indices, row.target.indices) for row in rows),
        or_empty([row.score for row in rows]),
        or_empty([row.confidence for row in rows]),
        labels.source_language or options.source_language,
        labels.target_language or options.target_language,
        labels.source_name,
        labels.target_name,
        or_empty([row.note for row in rows]),
    )
    check_expected(bitext, options)
    return bitext


def or_empty(values: Sequence[_Value | None]) -> tuple[_Value | None, ...]:
    """Return the values, or nothing if all are unknown."""
    return tuple(values) if any(value is not None for value in values) else ()


def joint(language: str | None) -> str:
    """Return the separator of two sentences of a language in running text."""
    return "" if (language or "").casefold().split("-")[0] in _UNSPACED else " "


def parse_indices(text: str, place: str) -> tuple[int, ...]:
    """Read sentence numbers from 0, between spaces or commas.

    Raises:
        InputError: An entry is not a number.
    """
    words = text.replace(",", " ").split()
    wrong = next((word for word in words if not _INDEX.fullmatch(word)), None)
    if wrong is not None:
        raise InputError(f"{place}: {wrong[:40]!r} is not the number of a sentence", hint="They count from 0")
    return tuple(int(word) for word in words)


def parse_number(text: str, place: str, kind: str) -> float | None:
    """Read a score; None where the field is empty.

    Raises:
        InputError: It is not a finite number.
    """
    word = text.strip()
    if not word:
        return None
    number = float(word) if _NUMBER.fullmatch(word) else math.nan
    if not math.isfinite(number):
        raise InputError(f"{place}: the {kind} {word[:40]!r} is not a finite number")
    return number


def parse_confidence(text: str, place: str) -> float | None:
    """Read a confidence; None where the field is empty.

    Raises:
        InputError: It is not a number from 0 to 1.
    """
    number = parse_number(text, place, "confidence")
    if number is not None and not 0 <= number <= 1:
        raise InputError(f"{place}: the confidence {text.strip()} is not between 0 and 1")
    return number


def parse_tag(text: str, place: str) -> str | None:
    """Read a language tag; None for the tag of an unknown language.

    Raises:
        InputError: It is not a tag.
    """
    tag = text.strip().replace("_", "-")
    if not is_language_tag(tag):
        raise InputError(f"{place}: {text[:40]!r} is not a language tag", hint="BCP 47: en, ru, zh-Hant")
    return None if tag.casefold() == UNDETERMINED else tag


def _sentences(side: str, listed: Sequence[tuple[str, BeadSide]]) -> tuple[str, ...]:
    found: dict[int, tuple[str, str]] = {}
    for place, one in listed:
        for index, sentence in zip(one.indices, one.sentences, strict=True):
            if index in found:
                raise InputError(f"{place}: {side} sentence {index} is already in {found[index][0]}")
            found[index] = (place, sentence)
    missing = next((index for index in range(len(found)) if index not in found), None)
    if missing is not None:
        raise InputError(
            f"{side} sentence {missing} is missing: the beads name {len(found)} sentences, the last being {max(found)}",
            hint="The file has lost beads",
        )
    return tuple(found[index][1] for index in range(len(found)))
