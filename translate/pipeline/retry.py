"""From first hypotheses to the best ones: what fails a check is tried again, in rounds, another way each time."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import cache

from common.data import load_table
from translate.checks import badness
from translate.pipeline.candidates import Draft, Drafting
from translate.pipeline.directions import StepResult
from translate.pipeline.segments import Segment
from translate.types import Check

_UNKNOWN = ("beam", "greedy")
"""What is tried where a check has no ways of its own."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of a draft.

    Attributes:
        text: The hypothesis; None where the pieces could not be put together.
        score: Mean log-probability of its tokens, over all pieces; None where the engine gives none.
        finished: Whether no piece was cut off.
        steps: What each step made of each piece, for the signature.
    """

    text: str | None
    score: float | None = None
    finished: bool = True
    steps: tuple[StepResult, ...] = ()


@dataclass(frozen=True, slots=True)
class Outcome:
    """The best hypothesis of a segment.

    Attributes:
        text: The hypothesis.
        checks: What is wrong with it.
        score: Mean log-probability of its tokens.
        method: The way it was made, see `Draft`.
        attempts: How many hypotheses there were to choose from.
        steps: What the models returned on the way to it.
    """

    text: str = ""
    checks: tuple[Check, ...] = ()
    score: float | None = None
    method: str = "plain"
    attempts: int = 1
    steps: tuple[StepResult, ...] = ()

    @property
    def answer(self) -> Answer:
        """The hypothesis as it is judged."""
        finished = all(step.finished for step in self.steps)
        return Answer(self.text, self.score, finished, self.steps)


Run = Callable[[Sequence[Draft]], list[Answer]]
Judge = Callable[[Sequence[tuple[Segment, Answer]]], list[tuple[Check, ...]]]


@dataclass
class _Climb:
    segment: Segment
    best: Outcome
    tried: set[str] = field(default_factory=lambda: {"plain"})

    def offer(self, draft: Draft, answer: Answer, checks: tuple[Check, ...]) -> None:
        """Take a hypothesis where it is better than the best so far; at a tie the earlier one stays."""
        attempts = self.best.attempts + 1
        if answer.text is not None and badness(checks) < badness(self.best.checks):
            self.best = outcome_of(draft.method, answer, checks)
        self.best = replace(self.best, attempts=attempts)


def outcome_of(method: str, answer: Answer, checks: tuple[Check, ...] = ()) -> Outcome:
    """Return an answer as an outcome."""
    return Outcome(answer.text or "", checks, answer.score, method, 1, answer.steps)


class Ladder:
    """Tries again what failed.

    Args:
        drafting: Makes the drafts.
        run: Has drafts translated, all in one go.
        judge: Says what is wrong with answers.
    """

    def __init__(self, drafting: Drafting, run: Run, judge: Judge) -> None:
        self._drafting, self._run, self._judge = drafting, run, judge

    def climb(self, segments: Sequence[Segment]) -> list[Outcome]:
        """Return the best hypothesis of each segment, in order.

        A segment has at most `RetryPolicy.most` hypotheses; one without any check stops there.
        """
        first = [self._drafting.plain(segment) for segment in segments]
        answers = self._run(first)
        checks = self._judge(list(zip(segments, answers, strict=True)))
        climbs = [
            _Climb(segment, outcome_of("plain", answer, found))
            for segment, answer, found in zip(segments, answers, checks, strict=True)
        ]
        for _ in range(self._drafting.options.attempts - 1):
            if not self._round(climbs):
                break
        return [climb.best for climb in climbs]

    def _round(self, climbs: Sequence[_Climb]) -> bool:
        """Try the next way of every segment that fails; tell whether there was any."""
        found = [(climb, draft) for climb in climbs if (draft := self._next(climb))]
        if not found:
            return False
        answers = self._run([draft for _, draft in found])
        whole = [(at, answer) for at, answer in enumerate(answers) if answer.text is not None]
        judged = dict(zip(
            (at for at, _ in whole),
            self._judge([(found[at][0].segment, answer) for at, answer in whole]),
            strict=True,
        ))  # fmt: skip
        for at, ((climb, draft), answer) in enumerate(zip(found, answers, strict=True)):
            climb.offer(draft, answer, judged.get(at, ()))
        return True

    def _next(self, climb: _Climb) -> Draft | None:
        heaviest_first = sorted(climb.best.checks, key=lambda check: -badness((check,)))
        for method in dict.fromkeys(way for check in heaviest_first for way in ways(check.kind)):
            if method in climb.tried:
                continue
            climb.tried.add(method)
            draft = self._drafting.make(method, climb.segment)
            if draft is not None:
                return draft
        return None


def ways(kind: str) -> tuple[str, ...]:
    """Return the methods that may help against a kind of check, the most promising first."""
    return _ways().get(kind, _UNKNOWN)


@cache
def _ways() -> dict[str, tuple[str, ...]]:
    return {kind: tuple(methods) for kind, methods in load_table(__name__, "retry.toml").items()}
