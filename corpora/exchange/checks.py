"""Checks of a bitext before writing, and of a file against what the caller expects."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import regex

from common.errors import InputError, UsageError
from corpora.article import Bitext

# Well-formed tags of RFC 5646, section 2.1, without the few grandfathered ones of odd shape. Whether a subtag is
# registered is not checked: the registry grows, and a file in a language that we do not know is still a file.
_TAG: Final = regex.compile(
    r"""(?: [a-z]{2,3} (?:-[a-z]{3}){0,3} | [a-z]{4,8} )  # language, with its extensions
        (?: -[a-z]{4} )?                                  # script
        (?: -(?:[a-z]{2}|[0-9]{3}) )?                     # region
        (?: -(?:[a-z0-9]{5,8}|[0-9][a-z0-9]{3}) )*        # variants
        (?: -[0-9a-wy-z](?:-[a-z0-9]{2,8})+ )*            # extensions
        (?: -x(?:-[a-z0-9]{1,8})+ )?                      # private use
        | x(?:-[a-z0-9]{1,8})+""",
    regex.VERBOSE | regex.IGNORECASE | regex.ASCII,
)
_UNNAMEABLE: Final = regex.compile(r"[\p{Cc}\ud800-\udfff\ufffe\uffff]")
_SURROGATE: Final = regex.compile(r"[\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class ReadOptions:
    """What the caller knows about the two versions; None where unknown.

    Attributes:
        source: Sentences of the first version. A file of indices needs them to give a whole bitext; a file with
            sentences of its own must hold the same.
        source_language: BCP-47 tag of the first version. It picks the language out of a TMX file that has several; `en`
            finds `en-US` too.
    """

    source: tuple[str, ...] | None = None
    target: tuple[str, ...] | None = None
    source_language: str | None = None
    target_language: str | None = None


def names_language(asked: str, tag: str) -> bool:
    """Return whether `tag` is the given language or a variety of it: `en` names `en` and `EN-us`, not the other way."""
    wanted, given = asked.casefold(), tag.casefold().replace("_", "-")
    return given == wanted or given.startswith(f"{wanted}-")


def check_expected(bitext: Bitext, options: ReadOptions) -> None:
    """Refuse a bitext whose sentences or languages are not those that the caller named."""
    _check_language("source", bitext.source_language, options.source_language)
    _check_language("target", bitext.target_language, options.target_language)
    _check_sentences("source", bitext.source, options.source)
    _check_sentences("target", bitext.target, options.target)


def _check_language(side: str, tag: str | None, asked: str | None) -> None:
    if asked is not None and tag is not None and not names_language(asked, tag):
        raise InputError(f"the {side} is in {tag}, not in {asked}", hint="Swap or correct the languages")


def _check_sentences(side: str, found: Sequence[str], expected: Sequence[str] | None) -> None:
    for index, (one, wanted) in enumerate(zip(found, expected or (), strict=False)):
        if one != wanted:
            raise InputError(f"{side} sentence {index} is {one[:40]!r}, not {wanted[:40]!r}: not the same version")
    if expected is not None and len(found) != len(expected):
        raise InputError(f"the file has {len(found)} {side} sentences, not {len(expected)}: not the same version")


def is_language_tag(tag: str) -> bool:
    """Return whether a tag is well-formed BCP 47."""
    return _TAG.fullmatch(tag) is not None


def check_bitext(bitext: Bitext, *, complete: bool) -> None:
    """Refuse a bitext that would not read back unchanged.

    Args:
        bitext: The bitext to write.
        complete: Whether each sentence must be in a bead.

    Raises:
        UsageError: As `corpora.exchange.write_bitext` says; the message names the bead or the sentence.
    """
    for number, (source, target) in enumerate(bitext.beads):
        if not source and not target:
            raise UsageError(f"bead {number} is empty on both sides")
    _check_beads("source", bitext.source, [bead[0] for bead in bitext.beads], complete=complete)
    _check_beads("target", bitext.target, [bead[1] for bead in bitext.beads], complete=complete)
    _check_numbers("score", bitext.scores, len(bitext.beads))
    _check_numbers("confidence", bitext.confidences, len(bitext.beads))
    for number, value in enumerate(bitext.confidences):
        if value is not None and not 0 <= value <= 1:
            raise UsageError(f"the confidence of bead {number} is {value}, not between 0 and 1")
    _check_notes(bitext.notes, len(bitext.beads))
    _check_labels(bitext)


def _check_beads(side: str, sentences: Sequence[str], beads: Sequence[Sequence[int]], *, complete: bool) -> None:
    homes: dict[int, int] = {}
    for number, indices in enumerate(beads):
        for index in indices:
            if not 0 <= index < len(sentences) and (complete or sentences or index < 0):
                raise UsageError(f"bead {number} names {side} sentence {index}; there are {len(sentences)}")
            if index in homes:
                raise UsageError(f"{side} sentence {index} is in bead {homes[index]} and again in bead {number}")
            homes[index] = number
    for index, sentence in enumerate(sentences):
        if complete and index not in homes:
            raise UsageError(
                f"{side} sentence {index} is in no bead", hint="Put it in its own bead with an empty other side"
            )
        if _SURROGATE.search(sentence):
            raise UsageError(f"{side} sentence {index} holds half of a character, a lone surrogate")


def _check_numbers(kind: str, numbers: Sequence[float | None], beads: int) -> None:
    if numbers and len(numbers) != beads:
        raise UsageError(f"{len(numbers)} {kind}s for {beads} beads")
    for place, number in enumerate(numbers):
        if number is not None and not math.isfinite(number):
            raise UsageError(f"the {kind} of bead {place} is {number}, not a finite number")


def _check_notes(notes: Sequence[str | None], beads: int) -> None:
    if notes and len(notes) != beads:
        raise UsageError(f"{len(notes)} notes for {beads} beads")
    for number, note in enumerate(notes):
        wrong = next(filter(None, map(_UNNAMEABLE.search, (note or "").split("\n"))), None)
        if wrong is not None:
            raise UsageError(f"the note of bead {number} holds {wrong[0]!r}", hint="Write it in plain characters")


def _check_labels(bitext: Bitext) -> None:
    for tag in (bitext.source_language, bitext.target_language):
        if tag is not None and not is_language_tag(tag):
            raise UsageError(f"{tag!r} is not a language tag", hint="Write it as BCP 47 does: en, ru, zh-Hant")
    for name in (bitext.source_name, bitext.target_name):
        wrong = _UNNAMEABLE.search(name or "")
        if wrong is not None:
            raise UsageError(f"the name {name!r} holds {wrong[0]!r}, which XML cannot hold", hint="Use a plain name")
