"""Second opinions: what a judge is asked about a comparison, what it answers, and what that counts as."""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol, TypeVar

from common.messages import message
from common.progress import SILENT, Progress
from corpora.offsets import Span
from quotes.facts.passages import Passage, PassagePair
from quotes.findings.evidence import Evidence
from quotes.types import Finding

Key = TypeVar("Key", bound=Hashable)

_LIKELY = 0.5
"""Answer from which a reader sees the doubt; below it the answer only counts."""
_SPOKEN = frozenset({"direct", "partial", "slogan"})


@dataclass(frozen=True, slots=True)
class Judgement:
    """A judge's answer to one question.

    Attributes:
        altered: How likely the meaning differs, from 0 to 1, on the judge's own scale.
        first: Words of the first side that the judge points at: code points into its text.
        second: The same for the second side.
    """

    altered: float
    first: tuple[Span, ...] = ()
    second: tuple[Span, ...] = ()


class Judge(Protocol):
    """A model that compares wordings on its own."""

    @property
    def name(self) -> str:
        """Name for a reader, as in "the judge qwen2.5-coder-1.5b"."""

    @property
    def neutral(self) -> float:
        """The answer, from 0 to below 1, that speaks for neither side; only what is above it counts."""

    def signature(self) -> tuple[tuple[str, str], ...]:
        """Return the settings of the judge that affect a result, by name; no secrets."""

    def score(self, pairs: Sequence[PassagePair], progress: Progress = SILENT) -> list[Judgement | None]:
        """Answer whether two passages say the same, for each pair in order; None where the judge has no answer.

        Raises:
            TolmachError: The judge cannot be asked at all.
        """


def collect(judge: Judge | None, pairs: Mapping[Key, PassagePair], progress: Progress = SILENT) -> dict[Key, Evidence]:
    """Ask the judge once about all pairs that are worth a question.

    Names, terms and two equal wordings are not: a model that reads sentences knows nothing about them.

    Returns:
        The evidence for each pair that the judge has an answer about. Every finding is a note.

    Raises:
        TolmachError: The judge cannot be asked at all.
    """
    asked = {key: pair for key, pair in pairs.items() if _is_worth_asking(pair)} if judge else {}
    if judge is None or not asked:
        return {}
    answers = judge.score(list(asked.values()), progress)
    return {
        key: _evidence(judge, pair, answer)
        for (key, pair), answer in zip(asked.items(), answers, strict=True)
        if answer
    }


def support(opinion: Evidence, evidence: Sequence[Evidence]) -> Evidence:
    """Return the opinion with a warning for a finding, where other evidence has more than a note, too."""
    supported = any(item.finding and item.finding.severity != "note" for item in evidence)
    if supported and opinion.strength and opinion.finding:
        return replace(opinion, finding=replace(opinion.finding, severity="warning"))
    return opinion


def _is_worth_asking(pair: PassagePair) -> bool:
    spoken = bool({pair.first.quote.kind, pair.second.quote.kind} & _SPOKEN)
    return spoken and not (pair.same_language and pair.first.text == pair.second.text)


def _evidence(judge: Judge, pair: PassagePair, answer: Judgement) -> Evidence:
    strength = min(1.0, max(0.0, (answer.altered - judge.neutral) / (1 - judge.neutral)))
    if answer.altered < _LIKELY:
        return Evidence("judge", strength)
    name = f"{judge.name[0].upper()}{judge.name[1:]}"
    doubt = message("finding.judge", judge=name, share=f"{answer.altered:.0%}")
    spans = _places(pair.first, answer.first), _places(pair.second, answer.second)
    return Evidence("judge", strength, Finding("judge", "note", doubt, *spans))


def _places(passage: Passage, spans: Sequence[Span]) -> tuple[Span, ...]:
    """Convert spans of a passage's text to spans of its article; without any, return the whole passage."""
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
