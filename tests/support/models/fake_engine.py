"""An engine that answers from the request alone, and counts what it was asked."""

from collections.abc import Callable, Iterator, Sequence

from translate.engines.base import Hypothesis
from translate.models.requests import Request
from translate.types import DecodeOptions


class FakeEngine:
    """Answers each request with `answer(text)`; raises `KeyboardInterrupt` at the request numbered `stops_at`."""

    max_input_tokens = None

    def __init__(self, answer: Callable[[str], str] = str.upper, *, stops_at: int | None = None) -> None:
        self.answer = answer
        self.stops_at = stops_at
        self.asked: list[Request] = []

    def count_tokens(self, request: Request) -> int:
        return len(request.text.split())

    def generate(self, requests: Sequence[Request], *, options: DecodeOptions) -> list[Hypothesis]:
        found = dict(self.stream(requests, options=options))
        return [found[index] for index in range(len(requests))]

    def stream(self, requests: Sequence[Request], *, options: DecodeOptions) -> Iterator[tuple[int, Hypothesis]]:
        del options
        for index, request in enumerate(requests):
            if len(self.asked) == self.stops_at:
                raise KeyboardInterrupt
            self.asked.append(request)
            yield index, Hypothesis(self.answer(request.text), (), -0.5, finished="…" not in request.text)

    def signature(self) -> dict[str, str]:
        return {"engine": "fake 1", "precision": "none", "device": "cpu"}
