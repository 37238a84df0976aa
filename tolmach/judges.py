"""The judge that `tolmach compare --judge` names: a server, or a chat model on this machine.

Asked whether two texts say the same, small models guess. But they can read: they do not expect a changed word in a
translation of the other text. So each side is scored as the translation of the other, and the answer comes from the
least expected tokens of both directions (docs/quotes.md has the figures).
"""

import math
from collections.abc import Sequence
from typing import Protocol

from common.chat.options import ServerOptions
from common.progress import SILENT, Progress
from corpora.offsets import Span
from quotes.judges.base import Judge, Judgement, Wording, WordingPair
from quotes.judges.server import ServerJudge
from translate.engines.base import Scored
from translate.engines.errors import InputTooLongError
from translate.likelihood import Rendition, load_likelihood

_SHARES = (0.75, 0.25)
"""How much the least expected token of a direction counts, and the next one."""
_MIDDLE = 20.0
_SLOPE = 0.25
"""Sum of the surprises of both directions, in nats, at which the answer is one half, and how fast it rises there:
fitted by `python -m training.judge_scale`."""


class TranslationScorer(Protocol):
    """What `translate.likelihood.load_likelihood` returns."""

    @property
    def name(self) -> str:
        """Name of the model."""
        ...

    def score(self, renditions: Sequence[Rendition], *, progress: Progress = SILENT) -> list[Scored]:
        """Return how likely each translation is, token by token, in order."""
        ...

    def signature(self) -> dict[str, str]:
        """Return the settings that affect a score, by name."""
        ...


class LocalJudge:
    """A judge that scores each side as a translation of the other.

    Args:
        model: Model that scores translations; it may load itself with the first question.
    """

    neutral = 0.2

    def __init__(self, model: TranslationScorer) -> None:
        self._model = model

    @property
    def name(self) -> str:
        """Name for a reader."""
        return f"the judge {self._model.name}"

    def signature(self) -> tuple[tuple[str, str], ...]:
        """Return the settings of the model that affect an answer."""
        return tuple((f"judge.{name}", value) for name, value in self._model.signature().items())

    def score(self, pairs: Sequence[WordingPair], progress: Progress = SILENT) -> list[Judgement | None]:
        """Answer every question about two languages, in order; None for two wordings in one language.

        A question that is longer than the model's context has None and a note.

        Raises:
            TolmachError: The model cannot be fetched, read, or run.
        """
        left = [place for place, pair in enumerate(pairs) if not pair.same_language]
        found: dict[int, Judgement | None] = {}
        while left and not found:
            try:
                found = dict(zip(left, self._answers([pairs[place] for place in left], progress), strict=True))
            except InputTooLongError as error:  # raised before anything is run: one quote must not silence the others
                left.remove(max(left, key=lambda place: _length(pairs[place])))
                progress.note(f"The judge {self._model.name} is not asked about a long quote: {error.message}")
        return [found.get(place) for place in range(len(pairs))]

    def _answers(self, pairs: Sequence[WordingPair], progress: Progress) -> list[Judgement | None]:
        there = [_rendition(one.first, one.second) for one in pairs]
        back = [_rendition(one.second, one.first) for one in pairs]
        scored = self._model.score([*there, *back], progress=progress)
        sides = zip(pairs, scored[: len(there)], scored[len(there) :], strict=True)
        return [_judgement(pair, first, second) for pair, second, first in sides]


def _length(pair: WordingPair) -> int:
    return len(pair.first.text.encode("utf-8")) + len(pair.second.text.encode("utf-8"))


def _rendition(source: Wording, target: Wording) -> Rendition:
    return Rendition(source.language, source.text, target.language, target.text)


def _judgement(pair: WordingPair, first: Scored, second: Scored) -> Judgement | None:
    if not first.log_probs or not second.log_probs:
        return None
    share = 0.5 * (1 + math.tanh(_SLOPE * (surprise(first) + surprise(second) - _MIDDLE) / 2))
    return Judgement(
        share, first=_least_expected(pair.first.text, first), second=_least_expected(pair.second.text, second)
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
    """Return whether two characters belong to one word of letters; Han characters are words of their own."""
    return len(two) == 2 and two.isalnum() and all(ord(char) < _FIRST_HAN for char in two)  # noqa: PLR2004 - a pair


_FIRST_HAN = 0x2E80


_TIMEOUT = 60.0
_ATTEMPTS = 3
"""Less than for a translation: a judge's answer is one word, and other evidence remains without it."""


def load_judge(name: str, progress: Progress) -> Judge:
    """Return the judge that `--judge` names; a model is loaded when it is first asked.

    Args:
        name: Address of a server with its model behind `#`, or a chat model as `load_likelihood` takes it.
        progress: Shows what is fetched.

    Raises:
        UnknownModelError: No model has such a name.
        UsageError: The model is none for chats, or the address is none.
        NetworkError: What the model needs to be known cannot be fetched.
        OfflineError: It would have to be, and no network is allowed.
    """
    if "://" in name:
        address, _, model = name.partition("#")
        return ServerJudge(ServerOptions(address, model or None, timeout=_TIMEOUT, attempts=_ATTEMPTS))
    return LocalJudge(load_likelihood(name, progress=progress))
