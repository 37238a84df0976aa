"""Runs one direction of one model: requests, examples, cache, engine, and splitting of long sentences."""

import hashlib
import json
import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from functools import partial
from itertools import pairwise

from common.chat.texts import number_of, readable
from common.progress import Progress
from corpora.chinese import to_script
from corpora.languages import Direction, base_language
from translate.engines.base import Engine, Hypothesis
from translate.examples import load_pool
from translate.memory.cache import TranslationMemory, memory_key
from translate.models.requests import InputForm, Request, build_request, form_of
from translate.models.specs import ModelSpec
from translate.splitting import join_translations, split_long
from translate.types import DecodeOptions

_KEEP_SECONDS = 1.0
"""Between two transactions that keep finished sentences: a killed process loses so much work."""


@dataclass(frozen=True, slots=True)
class SplittableRequest:
    """A request, and a function that makes requests for parts of its text."""

    request: Request
    make: Callable[[str], Request]


@dataclass
class _Whole:
    """A split request: the requests of its parts, their texts, and the translations known so far."""

    requests: list[Request]
    sources: list[str]
    found: dict[int, Hypothesis] = field(default_factory=dict)

    def joined(self, language: str) -> Hypothesis | None:
        """Return the joined translation once all parts are translated."""
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
    """Splits requests that are too long for a model.

    Attributes:
        comfortable: Most tokens of a sentence that the model translates well; None for no limit.
    """

    engine: Engine
    direction: Direction
    comfortable: int | None = None

    def stream(
        self, wanted: Mapping[str, SplittableRequest], decode: DecodeOptions
    ) -> Iterator[tuple[str, Hypothesis]]:
        """Yield the key of a request and its hypothesis as soon as all its parts are done."""
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
        # A text has no more tokens than bytes, so most sentences need not be tokenized.
        if not limits or _bytes(request) <= min(limits) or self.engine.count_tokens(request) <= min(limits):
            return _Whole([request], [request.text])

        def fits(piece: str) -> bool:
            """Return whether a piece is within all limits of the model."""
            return self.engine.count_tokens(wanted.make(piece.strip())) <= min(limits)

        pieces = [piece for piece in split_long(request.text, self.direction[0], fits=fits) if piece.strip()]
        return _Whole([wanted.make(piece.strip()) for piece in pieces], pieces)


def _bytes(request: Request) -> int:
    turns = getattr(request, "turns", ())
    return len(request.text.encode("utf-8")) + sum(len(str(turn.content).encode("utf-8")) for turn in turns) + 8


@dataclass(frozen=True, slots=True)
class StepResult:
    """A sentence translated in one step.

    Attributes:
        score: Mean log-probability of its tokens; None if unavailable.
        finished: False if it was truncated at the length limit.
        engine: Engine, precision and device, by name.
    """

    text: str
    score: float | None = None
    finished: bool = True
    engine: Mapping[str, str] = field(default_factory=dict)


EMPTY = StepResult("")


@dataclass(frozen=True, slots=True)
class PromptExtras:
    """Additional content of a chat model's prompt.

    Attributes:
        terms: Words of the sentence and their prescribed translations.
        context: The text before it.
        delimited: Whether it has delimiters to be kept: numbers of paragraphs, tokens in place of literals.
    """

    terms: tuple[Direction, ...] = ()
    context: str = ""
    delimited: bool = False


NO_EXTRAS = PromptExtras()


@dataclass(frozen=True, slots=True)
class GenerationCall:
    """Settings of one run over sentences.

    Attributes:
        decode: Decoding options; None for the runner's.
        extras: One for each sentence, or empty.
    """

    decode: DecodeOptions | None = None
    extras: tuple[PromptExtras, ...] = ()
    exclude: frozenset[str] = frozenset()
    label: str = "Translating"


USUAL_CALL = GenerationCall()


@dataclass(frozen=True)
class DirectionRunner:
    """Runs the directions of one model.

    Attributes:
        engine_for: Returns the engine of a direction; called only for sentences that are not cached.
        identity_of: Returns the identity of model and engine of a direction without loading them, by name.
        examples: Number of example translations in a chat model's prompt; None for the model's default.
    """

    spec: ModelSpec
    engine_for: Callable[[Direction], Engine]
    identity_of: Callable[[Direction], Mapping[str, str]]
    decode: DecodeOptions = field(default_factory=DecodeOptions)
    memory: TranslationMemory | None = None
    examples: int | None = None

    def related_samples(self, texts: Sequence[str], route: Sequence[str]) -> frozenset[str]:
        """Return the samples with one of `texts` in the source language, which must not be used as examples.

        Only originals are compared: a pivot translation no longer has the words of the sample.
        """
        if not any(self._shown(step) for step in pairwise(route)):
            return frozenset()
        return load_pool(base_language(route[0]), base_language(route[1])).origins_of(texts)

    def run(
        self, texts: Sequence[str], direction: Direction, progress: Progress, call: GenerationCall = USUAL_CALL
    ) -> list[StepResult]:
        """Translate `texts` in one step; texts that are too long for the model are split.

        Raises:
            InputTooLongError: A word is longer than the model can read.
        """
        spoken = self._model_direction(direction)
        decode = call.decode or self.decode
        plain = [to_script(text, spoken[0]) for text in texts]
        makers = self._makers(plain, spoken, call)
        requests = [make(text) for make, text in zip(makers, plain, strict=True)]
        signature = self.signature(direction, decode)
        keys = [memory_key(signature, asdict(request)) for request in requests]
        done = self._recall(keys)
        waiting = {
            key: SplittableRequest(request, make)
            for key, request, make, text in zip(keys, requests, makers, texts, strict=True)
            if text and key not in done
        }
        asked = {key for key, text in zip(keys, texts, strict=True) if text}
        if done and call.label == USUAL_CALL.label:
            progress.note(f"{len(asked) - len(waiting)} of {len(asked)} sentences were already done")
        with progress.bar(f"{call.label} {'-'.join(direction)}", len(texts), unit="sentences") as advance:
            advance(len(texts) - len(waiting))
            for key, result in self._generate(waiting, spoken, decode):
                done[key] = result
                advance(1)
        results = [done[key] if text else EMPTY for key, text in zip(keys, texts, strict=True)]
        return [replace(result, text=to_script(result.text, direction[1])) for result in results]

    def signature(self, direction: Direction, decode: DecodeOptions | None = None) -> dict[str, str]:
        """Return the settings that affect the translations of a direction, by name."""
        search = asdict(decode or self.decode)
        decoding = {f"decode.{name}": str(value) for name, value in search.items() if name != "batch_size"}
        shown = self._shown(direction)
        examples = {"examples": f"{shown} fixed"} if shown else {}
        named = {"model": self.spec.name} | dict(self.identity_of(direction))
        return named | self._wording(self._model_direction(direction)) | decoding | examples

    def _wording(self, direction: Direction) -> dict[str, str]:
        """Return the prompt, or the prefix of each sentence, for a signature."""
        prompt = self.spec.prompt_for(direction) if self.spec.family == "chat" else None
        if prompt is None:
            return {"prefix": self.spec.prefix_for(direction)} if self.spec.prefix_for(direction) else {}
        return {"prompt": f"sha256:{hashlib.sha256(prompt.wording.encode('utf-8')).hexdigest()[:16]}"}

    def _shown(self, direction: Direction) -> int:
        if not self.spec.takes_examples:
            return 0
        return self.spec.examples_for(direction) if self.examples is None else self.examples

    def _model_direction(self, direction: Direction) -> Direction:
        """Return the direction as the model knows it: most models have only one Chinese."""
        if self.spec.translates(direction):
            return direction
        return base_language(direction[0]), base_language(direction[1])

    def _makers(
        self, texts: Sequence[str], direction: Direction, call: GenerationCall
    ) -> list[Callable[[str], Request]]:
        """Return the functions that make the request of each text, or of a part of it."""
        form = self._form(direction)
        shown = self._examples(direction, call.exclude)
        return [partial(_request, form, shown, one) for one in call.extras or (NO_EXTRAS,) * len(texts)]

    def _form(self, direction: Direction) -> InputForm:
        assert self.spec.family is not None  # noqa: S101 - cannot happen, and tells the type checker
        return form_of(self.spec, self.spec.family, direction)

    def _examples(self, direction: Direction, exclude: Collection[str]) -> list[Direction]:
        """Return the example translations, the same for all texts, so that an engine reads the prompt only once."""
        shown = self._shown(direction)
        if not shown:
            return []
        pool = load_pool(base_language(direction[0]), base_language(direction[1]))
        return [(one.source, to_script(one.target, direction[1])) for one in pool.spread(shown, exclude=exclude)]

    def _recall(self, keys: Sequence[str]) -> dict[str, StepResult]:
        stored = self.memory.get(keys) if self.memory else {}
        results = {key: _read(value) for key, value in stored.items()}
        return {key: result for key, result in results.items() if result}

    def _generate(
        self, waiting: Mapping[str, SplittableRequest], direction: Direction, decode: DecodeOptions
    ) -> Iterator[tuple[str, StepResult]]:
        if not waiting:
            return
        engine = self.engine_for(direction)
        fitting = LengthSplitter(engine, direction, self.spec.max_input)
        prompt = self.spec.prompt_for(direction)
        with self._keeping() as keep:
            for key, found in fitting.stream(waiting, decode):
                text = prompt.bare(found.text, waiting[key].request.text) if prompt else found.text
                result = StepResult(text, found.score, found.finished, engine.signature())
                if result.text:
                    # An empty result is not a translation: the next run may get one.
                    keep(key, result)
                yield key, result

    @contextmanager
    def _keeping(self) -> Iterator[Callable[[str, StepResult], None]]:
        """Yield a function that caches results, those of a second in one transaction, even if interrupted."""
        pending: dict[str, str] = {}
        memory = self.memory
        last = time.monotonic()

        def flush() -> None:
            """Put finished sentences into the memory."""
            nonlocal last
            if memory and pending:
                memory.put(pending)
            pending.clear()
            last = time.monotonic()

        def keep(key: str, result: StepResult) -> None:
            """Remember a finished sentence, and write to the memory now and then."""
            pending[key] = json.dumps(asdict(result))
            if time.monotonic() - last >= _KEEP_SECONDS:
                flush()

        try:
            yield keep
        finally:
            flush()


def _request(form: InputForm, examples: Sequence[Direction], extras: PromptExtras, text: str) -> Request:
    terms = [term for term in extras.terms if term[0] in text]
    return build_request(form, text, examples=examples, terms=terms, context=extras.context, delimited=extras.delimited)


def _read(value: str) -> StepResult | None:
    """Return a cached result, None if it cannot be read: then the sentence is translated again."""
    try:
        found = json.loads(value)
    except (ValueError, RecursionError):
        return None
    if not isinstance(found, dict):
        return None
    text, finished, engine = found.get("text"), found.get("finished"), found.get("engine")
    if not isinstance(text, str) or readable(text) != text or not isinstance(finished, bool):
        return None
    if not isinstance(engine, dict) or not all(isinstance(one, str) for one in engine.values()):
        return None
    return StepResult(text, number_of(found.get("score")), finished, engine)
