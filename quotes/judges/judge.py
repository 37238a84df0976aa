"""A language model behind an address, asked whether two wordings say the same."""

import threading
from collections.abc import Iterator, Sequence

from common.chat.worker_pool import work_through
from common.errors import TolmachError
from common.progress import SILENT, Progress
from common.secrets import redact
from quotes.judges.base import Judgement, WordingPair
from quotes.judges.endpoint import Endpoint, EndpointOptions, OddAnswerError
from quotes.judges.prompts import ask_judge

_GIVE_UP = 3
"""Failures without an answer between them after which a server counts as gone."""


class EndpointJudge:
    """A judge that asks a server.

    Args:
        address: Up to and including the version, as in `http://localhost:8080/v1`.
        model: Name of the model at that server; None takes the first that the server lists.
        options: How it is asked.

    Raises:
        UsageError: The address is none of a web server.
    """

    neutral = 0.5

    def __init__(self, address: str, model: str | None = None, options: EndpointOptions | None = None) -> None:
        self._options = options or EndpointOptions()
        self._endpoint = Endpoint(address, model, self._options)

    @property
    def name(self) -> str:
        """What a reader calls it."""
        return f"the judge {redact(self._endpoint.model)}"

    def signature(self) -> tuple[tuple[str, str], ...]:
        """Return the server and the model, by name; asks nobody."""
        return (
            ("judge", redact(self._endpoint.named or "the server's first")),
            ("judge.address", self._endpoint.address),
        )

    def score(self, pairs: Sequence[WordingPair], progress: Progress = SILENT) -> list[Judgement | None]:
        """Answer every question, in order; None where the server failed, or said neither Yes nor No.

        Raises:
            JudgeError: The server does not answer, or the first three questions get nothing that can be used.
            OfflineError: The server is elsewhere, and the user allows no network.
        """
        if not pairs:
            return []
        with progress.bar(f"Asking {self.name}", len(pairs), unit="questions") as advance:
            shares = self._ask_first(pairs[:_GIVE_UP])
            advance(len(shares))
            left = range(len(shares), len(pairs))
            later: dict[int, float | None] = dict.fromkeys(left)
            for place, share in self._ask_all(pairs, left):
                later[place] = share
                advance(1)
        shares.extend(later.values())
        silent = sum(share is None for share in shares)
        if silent:
            name = f"{self.name[0].upper()}{self.name[1:]}"
            progress.note(
                f"{name} gives no answer about {silent} of {len(shares)} quotes: other evidence decides there"
            )
        return [None if share is None else Judgement(share) for share in shares]

    def _ask_first(self, pairs: Sequence[WordingPair]) -> list[float | None]:
        """Ask until one is answered, one at a time: a wrong address or secret is told at once, and not by all workers.

        Raises:
            JudgeError: The server does not answer, or none of the questions gets anything that can be used.
        """
        for place, question in enumerate(pairs):
            try:
                share = self._endpoint.ask(ask_judge(question))
            except OddAnswerError:
                if place == len(pairs) - 1:
                    raise
                continue
            return [*[None] * place, share]
        return []

    def _ask_all(self, pairs: Sequence[WordingPair], places: range) -> Iterator[tuple[int, float | None]]:
        patience = _Patience(_GIVE_UP)
        yield from work_through(
            places,
            lambda place: self._one(pairs[place], patience),
            workers=self._options.workers,
            cut=self._endpoint.cancel,
        )

    def _one(self, question: WordingPair, patience: "_Patience") -> float | None:
        if patience.lost:
            return None
        try:
            share = self._endpoint.ask(ask_judge(question))
        except TolmachError:
            patience.failed()
            return None
        patience.answered()
        return share


class _Patience:
    """Counts failures that no answer came between; several threads may tell it."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._failures = 0
        self._lock = threading.Lock()

    @property
    def lost(self) -> bool:
        """Tell whether it is of no use to ask on."""
        return self._failures >= self._most

    def failed(self) -> None:
        """Count a failure."""
        with self._lock:
            self._failures += 1

    def answered(self) -> None:
        """Begin anew, unless it is lost already."""
        with self._lock:
            self._failures = self._failures if self.lost else 0
