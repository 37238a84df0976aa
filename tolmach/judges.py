"""The judge of `tolmach compare --judge`: a server, or a local chat model.

Small models cannot say whether two texts mean the same. But they find a changed word improbable in a translation of the
other text. So each side is scored as the translation of the other, and the judgement is derived from the least probable
tokens of both directions (docs/quotes.md has the figures).
"""

import math
from collections.abc import Sequence

import regex

from common.chat.options import ServerOptions
from common.progress import SILENT, Progress
from corpora.offsets import Span
from quotes.facts.passages import Passage, PassagePair
from quotes.judges.base import Judge, Judgement
from quotes.judges.server import ServerJudge
from translate.engines.base import Scored
from translate.likelihood import LikelihoodModel, Rendition, load_likelihood
from translate.types import InputTooLongError

_SHARES = (0.75, 0.25)
"""Weights of the least probable token of a direction, and of the next one."""
_WORD = regex.compile(r"\p{Han}|[\p{L}\p{N}--\p{Han}]+", regex.V1)
_MIDDLE = 20.0
_SLOPE = 0.25
"""Sum of the surprises of both directions, in nats, at which the score is one half, and the slope there: fitted by
`python -m training.judge_scale`."""


class LocalJudge:
    """A judge that scores each side as a translation of the other.

    Args:
        model: Model that scores translations; it may be loaded on first use.
    """

    neutral = 0.2

    def __init__(self, model: LikelihoodModel) -> None:
        self._model = model

    @property
    def name(self) -> str:
        """Name for readers."""
        return f"the judge {self._model.name}"

    def signature(self) -> tuple[tuple[str, str], ...]:
        """Return the settings of the model that affect a score."""
        return tuple((f"judge.{name}", value) for name, value in self._model.signature().items())

    def score(self, pairs: Sequence[PassagePair], progress: Progress = SILENT) -> list[Judgement | None]:
        """Score all pairs of two languages, in order; None for two wordings in one language.

        A pair that exceeds the model's context gets None and a note.

        Raises:
            TolmachError: The model cannot be downloaded, read, or run.
        """
        left = [place for place, pair in enumerate(pairs) if not pair.same_language]
        found: dict[int, Judgement | None] = {}
        while left and not found:
            try:
                found = dict(zip(left, self._answers([pairs[place] for place in left], progress), strict=True))
            except InputTooLongError as error:  # raised before any run: one long quote must not stop the rest
                left.remove(max(left, key=lambda place: _length(pairs[place])))
                progress.note(f"The judge {self._model.name} skips a long quote: {error.message}")
        return [found.get(place) for place in range(len(pairs))]

    def _answers(self, pairs: Sequence[PassagePair], progress: Progress) -> list[Judgement | None]:
        there = [_rendition(one.first, one.second) for one in pairs]
        back = [_rendition(one.second, one.first) for one in pairs]
        scored = self._model.score([*there, *back], progress=progress)
        sides = zip(pairs, scored[: len(there)], scored[len(there) :], strict=True)
        return [_judgement(pair, first, second) for pair, second, first in sides]


def _length(pair: PassagePair) -> int:
    return len(pair.first.text.encode("utf-8")) + len(pair.second.text.encode("utf-8"))


def _rendition(source: Passage, target: Passage) -> Rendition:
    return Rendition(source.language, source.text, target.language, target.text)


def _judgement(pair: PassagePair, first: Scored, second: Scored) -> Judgement | None:
    if not first.log_probs or not second.log_probs:
        return None
    share = 0.5 * (1 + math.tanh(_SLOPE * (surprise(first) + surprise(second) - _MIDDLE) / 2))
    return Judgement(
        share, first=_least_expected(pair.first.text, first), second=_least_expected(pair.second.text, second)
    )


def surprise(scored: Scored) -> float:
    """Return the surprise of the least probable tokens: a mean of negative log-probabilities, in nats."""
    worst = sorted(scored.log_probs)
    # A single token counts twice.
    return -sum(share * worst[min(place, len(worst) - 1)] for place, share in enumerate(_SHARES))


def _least_expected(text: str, scored: Scored) -> tuple[Span, ...]:
    """Return the span of the word, in Chinese the characters, with the least probable token."""
    _, (start, end) = min(zip(scored.log_probs, scored.spans, strict=True))
    words = [word.span() for word in _WORD.finditer(text) if word.start() < end and start < word.end()]
    return ((words[0][0], words[-1][1]),) if words else ()


def load_judge(name: str, progress: Progress) -> Judge:
    """Return the judge of `--judge`; a model is loaded on first use.

    Args:
        name: Address of a server with its model after `#`, or a chat model as for `load_likelihood`.
        progress: Receives downloads.

    Raises:
        UnknownModelError: No model has such a name.
        UsageError: The model is not a chat model, or the address is invalid.
        NetworkError: The model's description cannot be downloaded.
        OfflineError: A download is needed, and no network is allowed.
    """
    if "://" in name:
        address, _, model = name.partition("#")
        # Less time than for a translation: the answer is one word, and other evidence remains without it.
        return ServerJudge(ServerOptions(address, model or None, timeout=60.0, attempts=3))
    return LocalJudge(load_likelihood(name, progress=progress))
