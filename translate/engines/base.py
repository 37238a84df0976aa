"""Shared behaviour of all engines: length limits, batches, and the order of results."""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal, Protocol

from translate.engines.batches import BatchShape, Finished, Running, plan_batches, run_batches
from translate.engines.tokens import EncodedRequest, ModelTokenizer
from translate.models.requests import Request
from translate.models.specs import Family
from translate.types import DecodeOptions, InputTooLongError, UnsupportedModelError

Device = Literal["auto", "cpu", "cuda"]

_TARGET_PER_SOURCE = 4
"""Target tokens allowed for each source token: Russian news takes up to 2.5 tokens of a Chinese or English vocabulary
for each token of the source, so a translation that needs more is running in a loop."""
_LENGTH_STEP = 64
"""Limits are multiples of this, so that sentences of similar length share a limit, and therefore a batch."""


@dataclass(frozen=True, slots=True)
class ModelFiles:
    """Location of a model's files, and its input form.

    Attributes:
        path: Folder with the files that transformers reads, or with the GGUF file.
        gguf_file: Name of the GGUF file in that folder; None for safetensors.
        stop_tokens: Tokens that end a chat model's answer, besides those of its configuration.
        digest: Identifier of the weights, such as a revision or a checksum; None for names, sizes and times.
        adapter: File with what is added to the weights, see `translate.engines.adapter`; `digest` covers it, too.
    """

    path: Path
    family: Family
    gguf_file: str | None = None
    stop_tokens: tuple[str, ...] = ()
    digest: str | None = None
    adapter: Path | None = None


@dataclass(frozen=True, slots=True)
class EngineOptions:
    """Device and precision of a model.

    Attributes:
        device: `cpu`, `cuda`, or `auto`: a GPU if the engine can use one.
        precision: `float32`, `float16`, `bfloat16`, for CTranslate2 also `int8` and its mixtures; `auto` takes int8 on
            a CPU with CTranslate2, float32 there with transformers, and a 16-bit type on a GPU.
        threads: CPU threads in total; None for every core that this process may use.
    """

    device: Device = "auto"
    precision: str = "auto"
    threads: int | None = None


@dataclass(frozen=True, slots=True)
class Hypothesis:
    """A model's output.

    Attributes:
        text: The answer, without special tokens and outer spaces.
        tokens: Its tokens, without the forced first one and without the end.
        score: Mean log-probability of its tokens and its end, at most 0 (higher is likelier); None if the engine does
            not provide it.
        finished: Whether the model ended it; False if it was cut at the length limit.
    """

    text: str
    tokens: tuple[str, ...]
    score: float | None
    finished: bool


@dataclass(frozen=True, slots=True)
class Scored:
    """The probability of an answer under a model.

    Attributes:
        log_probs: Natural logarithm of the probability of each of its tokens, at most 0.
        spans: Position of each token in the answer, in code points.
    """

    log_probs: tuple[float, ...]
    spans: tuple[tuple[int, int], ...]


class Engine(Protocol):
    """Runs one model."""

    @property
    def max_input_tokens(self) -> int | None:
        """Most tokens of one request; None without a limit."""
        ...

    def count_tokens(self, request: Request) -> int:
        """Return how many tokens the model reads for `request`, everything included."""
        ...

    def generate(self, requests: Sequence[Request], *, options: DecodeOptions) -> list[Hypothesis]:
        """Return one hypothesis for each request, in order.

        Raises:
            InputTooLongError: A request has more than `max_input_tokens`; none is ever cut.
        """
        ...

    def stream(self, requests: Sequence[Request], *, options: DecodeOptions) -> Iterator[tuple[int, Hypothesis]]:
        """Yield the index of a request and its hypothesis as soon as its batch is done, in no particular order."""
        ...

    def signature(self) -> dict[str, str]:
        """Return the settings that affect a result: name and version, precision, device."""
        ...


class BatchEngine(ABC):
    """An engine that runs batches of sentences of similar length, in any order."""

    _workers = 1
    """Number of batches that run in parallel."""
    _most_tokens: int | None = None
    """Most tokens of one batch, padding included; None for no limit."""
    _most_hypotheses: int | None = None
    """Most hypotheses that a beam search has in one batch; None for no limit."""

    def __init__(self, tokenizer: ModelTokenizer, *, max_positions: int | None, shares_positions: bool) -> None:
        self._tokenizer = tokenizer
        self._max_positions = max_positions
        # A decoder-only model writes its answer into the positions after its prompt.
        self._shares_positions = shares_positions

    @property
    def max_input_tokens(self) -> int | None:
        """Most tokens of one request; None if positions are relative and only quality limits the length."""
        if self._max_positions is None:
            return None
        return self._max_positions - 1 if self._shares_positions else self._max_positions

    def count_tokens(self, request: Request) -> int:
        """Return how many tokens the model reads for `request`, everything included."""
        return len(self._tokenizer.encode(request).tokens)

    def generate(self, requests: Sequence[Request], *, options: DecodeOptions) -> list[Hypothesis]:
        """Return one hypothesis for each request, in order."""
        found = dict(self.stream(requests, options=options))
        return [found[index] for index in range(len(requests))]

    def stream(self, requests: Sequence[Request], *, options: DecodeOptions) -> Iterator[tuple[int, Hypothesis]]:
        """Yield the index of a request and its hypothesis as soon as its batch is done, in no particular order."""
        encoded = self._tokenizer.encode_all(requests)
        limits = [self._limit(one, options) for one in encoded]
        groups = [self._group(one, limit, options) for one, limit in zip(encoded, limits, strict=True)]
        size = options.batch_size
        if options.beam_size > 1 and self._most_hypotheses is not None:
            size = max(1, min(size, self._most_hypotheses // options.beam_size))
        batches = plan_batches([len(one.tokens) for one in encoded], groups, self._shape(size))

        def start(indices: Sequence[int]) -> Running[Hypothesis]:
            """Start the generation of a batch."""
            return self._start([encoded[at] for at in indices], [limits[at] for at in indices], options)

        yield from run_batches(batches, start, workers=self._workers)

    def score_targets(
        self, requests: Sequence[Request], targets: Sequence[str], *, batch_size: int
    ) -> Iterator[tuple[int, Scored]]:
        """Yield the index of a request and the probability of its target as the answer, batch by batch.

        Args:
            requests: Requests to a decoder-only model.
            targets: The answer to score for each.
            batch_size: Most requests in a batch, at least 1.

        Raises:
            InputTooLongError: Both together have more tokens than the model reads; raised before anything is run.
            UnsupportedModelError: The model has an encoder, or its tokenizer has no positions of tokens.
        """
        if not self._shares_positions:
            raise UnsupportedModelError("only decoder-only models can score a given answer")
        spelled = [self._tokenizer.spell_spans(target) for target in targets]
        whole = [
            replace(encoded, tokens=(*encoded.tokens, *tokens))
            for encoded, (tokens, _) in zip(self._tokenizer.encode_all(requests), spelled, strict=True)
        ]
        for one in whole:
            self._limit(one, DecodeOptions())
        batches = plan_batches([len(one.tokens) for one in whole], [()] * len(whole), self._shape(batch_size))

        def start(indices: Sequence[int]) -> Running[list[float]]:
            """Start the scoring of a batch."""
            return self._start_scoring([whole[at] for at in indices], [len(spelled[at][0]) for at in indices])

        for index, log_probs in run_batches(batches, start, workers=self._workers):
            yield index, Scored(tuple(log_probs), tuple(spelled[index][1]))

    def _shape(self, sentences: int) -> BatchShape:
        return BatchShape(sentences, self._most_tokens, self._workers)

    def _group(self, encoded: EncodedRequest, limit: int, options: DecodeOptions) -> tuple[int, ...]:
        """Return the key that requests must share to be in one batch without affecting each other."""
        del encoded, options
        return (limit,)

    @abstractmethod
    def signature(self) -> dict[str, str]:
        """Return the settings that affect a result: name and version, precision, device."""

    def _start(
        self, batch: Sequence[EncodedRequest], limits: Sequence[int], options: DecodeOptions
    ) -> Running[Hypothesis]:
        """Start to decode a batch; return at once if the engine works in the background."""
        return Finished(self._run(batch, limits[0], options))

    def _start_scoring(self, batch: Sequence[EncodedRequest], lasts: Sequence[int]) -> Running[list[float]]:
        """Start to score a batch; return at once if the engine works in the background."""
        return Finished(self._log_probs(batch, lasts))

    def _run(self, batch: Sequence[EncodedRequest], limit: int, options: DecodeOptions) -> list[Hypothesis]:
        """Return the hypotheses of one batch, none longer than `limit` tokens."""
        raise NotImplementedError

    def _log_probs(self, batch: Sequence[EncodedRequest], lasts: Sequence[int]) -> list[list[float]]:
        """Return the log-probabilities of the last tokens of each text, given all tokens before them."""
        raise NotImplementedError

    def _limit(self, encoded: EncodedRequest, options: DecodeOptions) -> int:
        length = len(encoded.tokens)
        if not length:  # engines have no clear error for it
            raise UnsupportedModelError("the model's tokenizer finds no token in a text", hint="Choose another model")
        most = self.max_input_tokens
        if most is not None and length > most:
            raise InputTooLongError(
                f"a text of {length} tokens is too long for the model, which reads {most}",
                hint="Split it, or take a model for longer texts",
            )
        wanted = options.max_length or target_limit(encoded.text_length)
        if self._max_positions is None:
            return wanted
        # The start token takes one position of an encoder-decoder's target.
        used = length if self._shares_positions else 1 + len(encoded.target_prefix)
        return max(1, min(wanted, self._max_positions - used))

    def _hypothesis(self, tokens: Sequence[str], score: float | None, ends: frozenset[str]) -> Hypothesis:
        finished = bool(tokens) and tokens[-1] in ends
        kept = tuple(tokens[:-1] if finished else tokens)
        return Hypothesis(self._tokenizer.text_of(kept), kept, score, finished)


def target_limit(source_tokens: int) -> int:
    """Return the most tokens that the translation of a text of `source_tokens` may have."""
    return max(1, -(-source_tokens * _TARGET_PER_SOURCE // _LENGTH_STEP)) * _LENGTH_STEP
