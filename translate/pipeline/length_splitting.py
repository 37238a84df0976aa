"""What is too long for a model goes through it in pieces, and comes back as one."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from corpora.languages import Direction
from translate.engines.base import Engine, Hypothesis
from translate.models.requests import Request
from translate.splitting import join_translations, split_long
from translate.types import DecodeOptions


@dataclass(frozen=True, slots=True)
class SplittableRequest:
    """A request, and how to make requests of parts of its text.

    Attributes:
        request: The whole of it.
        make: Makes the request of a part of its text.
    """

    request: Request
    make: Callable[[str], Request]


@dataclass
class _Whole:
    """A request in pieces: what is asked, their texts, and what is known of their translations."""

    requests: list[Request]
    sources: list[str]
    found: dict[int, Hypothesis] = field(default_factory=dict)

    def joined(self, language: str) -> Hypothesis | None:
        """Return the translation once all pieces have theirs."""
        if len(self.found) < len(self.requests):
            return None
        parts = [self.found[number] for number in range(len(self.requests))]
        if len(parts) == 1:
            return parts[0]
        scores = [part.score for part in parts if part.score is not None]
        return Hypothesis(
            join_translations([part.text for part in parts], language, sources=self.sources),
            tuple(token for part in parts for token in part.tokens),
            sum(scores) / len(scores) if scores else None,
            all(part.finished for part in parts),
        )


@dataclass(frozen=True)
class LengthSplitter:
    """Keeps requests as short as a model takes them.

    Attributes:
        engine: Runs the model.
        direction: Tags of source and target.
        comfortable: Most tokens of a sentence that the model translates well; None knows no such limit.
    """

    engine: Engine
    direction: Direction
    comfortable: int | None = None

    def stream(
        self, wanted: Mapping[str, SplittableRequest], decode: DecodeOptions
    ) -> Iterator[tuple[str, Hypothesis]]:
        """Yield the key of a request and its hypothesis as soon as all its pieces are done.

        Raises:
            InputTooLongError: A piece that cannot be split is longer than the model reads.
        """
        wholes = {key: self._whole(one) for key, one in wanted.items()}
        places = [(key, number) for key, whole in wholes.items() for number in range(len(whole.requests))]
        flat = [wholes[key].requests[number] for key, number in places]
        for index, hypothesis in self.engine.stream(flat, options=decode):
            key, number = places[index]
            wholes[key].found[number] = hypothesis
            joined = wholes[key].joined(self.direction[1])
            if joined is not None:
                yield key, joined

    def _whole(self, wanted: SplittableRequest) -> _Whole:
        request = wanted.request
        limits = [limit for limit in (self.engine.max_input_tokens, self.comfortable) if limit is not None]
        # No tokenizer makes more tokens than a text has bytes, so most sentences need not be counted.
        if not limits or _bytes(request) <= min(limits) or self.engine.count_tokens(request) <= min(limits):
            return _Whole([request], [request.text])

        def fits(piece: str) -> bool:
            return self.engine.count_tokens(wanted.make(piece.strip())) <= min(limits)

        pieces = [piece for piece in split_long(request.text, self.direction[0], fits=fits) if piece.strip()]
        return _Whole([wanted.make(piece.strip()) for piece in pieces], pieces)


def _bytes(request: Request) -> int:
    turns = getattr(request, "turns", ())
    return len(request.text.encode("utf-8")) + sum(len(str(turn.content).encode("utf-8")) for turn in turns) + 8
