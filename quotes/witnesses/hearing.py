"""Asks the witnesses about the pairs of a comparison, and turns what they say into evidence."""

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TypeVar

from common.progress import SILENT, Progress
from quotes.facts.passages import Passage, PassagePair
from quotes.findings.evidence import Evidence
from quotes.types import Finding, Span
from quotes.witnesses.base import Question, Testimony, Witness, Wording

Key = TypeVar("Key", bound=Hashable)

WITNESS = "witness"
"""Kind of the finding that tells a witness's doubt."""
_LIKELY = 0.5
"""Answer from which a reader is told of a doubt; below it the answer only counts."""
_SPOKEN = frozenset({"direct", "partial", "slogan"})


def hear(
    witnesses: Sequence[Witness], pairs: Mapping[Key, PassagePair], progress: Progress = SILENT
) -> dict[Key, tuple[Evidence, ...]]:
    """Ask every witness once about all pairs that are worth a question.

    Names, terms and two equal wordings are not: a model that reads sentences knows nothing about them.

    Args:
        witnesses: Whom to ask.
        pairs: What to ask about, by any key.
        progress: Told by each witness how far it is.

    Returns:
        The evidence for each pair about which some witness said something. Every finding is a note.

    Raises:
        TolmachError: A witness cannot be asked at all.
    """
    asked = {key: pair for key, pair in pairs.items() if _worth_asking(pair)} if witnesses else {}
    questions = [Question(_wording(pair.first), _wording(pair.second)) for pair in asked.values()]
    found: dict[Key, list[Evidence]] = {}
    for witness in witnesses if questions else ():
        answers = witness.testify(questions, progress)
        for (key, pair), testimony in zip(asked.items(), answers, strict=True):
            if testimony:
                found.setdefault(key, []).append(_evidence(witness, pair, testimony))
    return {key: tuple(items) for key, items in found.items()}


def agreeing(heard: Iterable[Evidence], typed: Iterable[Evidence]) -> list[Evidence]:
    """Return what the witnesses say, as a warning where the typed evidence has something graver than a note, too."""
    shown = any(item.finding and item.finding.severity != "note" for item in typed)
    return [
        replace(item, finding=replace(item.finding, severity="warning"))
        if shown and item.strength > 0 and item.finding
        else item
        for item in heard
    ]


def _worth_asking(pair: PassagePair) -> bool:
    spoken = bool({pair.first.quote.kind, pair.second.quote.kind} & _SPOKEN)
    return spoken and not (pair.same_language and pair.first.text == pair.second.text)


def _wording(passage: Passage) -> Wording:
    return Wording(passage.language, passage.text)


def _evidence(witness: Witness, pair: PassagePair, testimony: Testimony) -> Evidence:
    strength = max(0.0, (testimony.altered - witness.neutral) / (1 - witness.neutral))
    return Evidence(witness.feature, min(1.0, strength), _finding(witness, pair, testimony))


def _finding(witness: Witness, pair: PassagePair, testimony: Testimony) -> Finding | None:
    """Tell what a witness says, if it thinks a change likelier than not or has something to show."""
    name = f"{witness.name[0].upper()}{witness.name[1:]}"
    doubt = (
        f"{name} doubts that the two say the same ({testimony.altered:.0%})." if testimony.altered >= _LIKELY else ""
    )
    message = " ".join(part for part in (doubt, testimony.note) if part)
    if not message:
        return None
    return Finding(
        WITNESS, "note", message, _places(pair.first, testimony.first), _places(pair.second, testimony.second)
    )


def _places(passage: Passage, spans: Sequence[Span]) -> tuple[Span, ...]:
    """Carry spans of a passage's text over to its article; without any, the whole passage is meant."""
    if not spans:
        return passage.spans
    joint = 0 if passage.language == "zh" else 1
    found, at = [], 0
    for offset, piece in passage.pieces:
        for start, end in spans:
            low, high = max(start - at, 0), min(end - at, len(piece))
            if low < high:
                found.append((offset + low, offset + high))
        at += len(piece) + joint
    return tuple(found)
