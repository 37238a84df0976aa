"""A chat model on this machine as a witness about quotes.

Asked whether two texts say the same, small models guess. But they can read: a word that was changed is one that they do
not expect in a translation of the other text. So each side is read as the translation of the other, and the answer
comes from the least expected token of either way (docs/quotes.md has the figures).
"""

import math
from collections.abc import Sequence
from typing import Protocol

from common.progress import SILENT, Progress
from quotes.types import Span
from quotes.witnesses.base import Feature, Question, Testimony, Wording
from tolmach.judges.long_questions import ask_what_fits
from translate.engines.base import Scored
from translate.pipeline.likelihood import Rendition

_SHARES = (0.75, 0.25)
"""How much the least expected token of a way counts, and the next one."""
_MIDDLE = 20.0
_SLOPE = 0.25
"""Sum of the surprises of both ways, in nats, at which the answer is one half, and how fast it rises there:
fitted by `python -m training.judge_scale`."""


class Reading(Protocol):
    """What `translate.pipeline.likelihood.load_likelihood` returns."""

    @property
    def name(self) -> str:
        """Name of the model."""
        ...

    def score(self, renditions: Sequence[Rendition], *, progress: Progress = SILENT) -> list[Scored]:
        """Return how likely each translation is, token by token, in order."""
        ...

    def signature(self) -> dict[str, str]:
        """Return what moves a score, by name."""
        ...


class LocalJudge:
    """A witness that reads each side as a translation of the other.

    Args:
        model: What reads; it may load itself with the first question.
    """

    feature: Feature = "judge"
    neutral = 0.2

    def __init__(self, model: Reading) -> None:
        self._model = model

    @property
    def name(self) -> str:
        """What a reader calls it."""
        return f"the judge {self._model.name}"

    def signature(self) -> tuple[tuple[str, str], ...]:
        """Return what of the model moves an answer."""
        return tuple((f"judge.{name}", value) for name, value in self._model.signature().items())

    def testify(self, questions: Sequence[Question], progress: Progress = SILENT) -> list[Testimony | None]:
        """Answer every question about two languages, in order; None about two wordings in one language.

        None, with a note, about one that is longer than the model reads.

        Raises:
            TolmachError: The model cannot be fetched, read, or run.
        """
        asked = [place for place, one in enumerate(questions) if one.first.language != one.second.language]
        answers = ask_what_fits(
            [questions[place] for place in asked], lambda some: self._answers(some, progress), self.name, progress
        )
        return [answers.get(asked.index(place)) if place in asked else None for place in range(len(questions))]

    def _answers(self, questions: Sequence[Question], progress: Progress) -> list[Testimony | None]:
        there = [_rendition(one.first, one.second) for one in questions]
        back = [_rendition(one.second, one.first) for one in questions]
        scored = self._model.score([*there, *back], progress=progress)
        sides = zip(questions, scored[: len(there)], scored[len(there) :], strict=True)
        return [_testimony(question, first, second) for question, second, first in sides]


def _rendition(source: Wording, target: Wording) -> Rendition:
    return Rendition(source.language, source.text, target.language, target.text)


def _testimony(question: Question, first: Scored, second: Scored) -> Testimony | None:
    if not first.log_probs or not second.log_probs:
        return None
    share = 0.5 * (1 + math.tanh(_SLOPE * (surprise(first) + surprise(second) - _MIDDLE) / 2))
    return Testimony(
        share, first=_least_expected(question.first.text, first), second=_least_expected(question.second.text, second)
    )


def surprise(scored: Scored) -> float:
    """Return how little the worst tokens were expected: a mean of their negative log-probabilities, in nats."""
    worst = sorted(scored.log_probs)
    # Where there is only one token, it stands for both.
    return -sum(share * worst[min(place, len(worst) - 1)] for place, share in enumerate(_SHARES))


def _least_expected(text: str, scored: Scored) -> tuple[Span, ...]:
    """Return the word, in Chinese the characters, that holds the least expected token."""
    _, (start, end) = min(zip(scored.log_probs, scored.spans, strict=True))
    start, end = min(start, len(text)), min(end, len(text))
    while start < end and not text[start].isalnum():
        start += 1
    while start > 0 and _joins(text[start - 1 : start + 1]):
        start -= 1
    while end < len(text) and _joins(text[end - 1 : end + 1]):
        end += 1
    return ((start, end),) if start < end else ()


def _joins(two: str) -> bool:
    """Tell whether two characters belong to one word of letters; Han characters are words of their own."""
    return len(two) == 2 and two.isalnum() and all(ord(char) < _FIRST_HAN for char in two)  # noqa: PLR2004 - a pair


_FIRST_HAN = 0x2E80
