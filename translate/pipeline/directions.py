"""Runs one direction of one model: requests, examples, memory, engine, and sentences that are too long for it."""

import hashlib
import json
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from functools import partial
from itertools import pairwise

from common.chat.texts import number_of, readable
from common.progress import Progress
from corpora.languages import Direction, base_language
from translate.engines.base import Engine, Hypothesis
from translate.examples import load_pool
from translate.memory.cache import TranslationMemory, memory_key
from translate.models.forms import InputForm, build_request, form_of
from translate.models.requests import Request
from translate.models.specs import ModelSpec
from translate.options import ExampleOptions
from translate.script import to_script
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


@dataclass(frozen=True, slots=True)
class StepResult:
    """A sentence translated in one step.

    Attributes:
        text: The hypothesis.
        score: Mean log-probability of its tokens; None where there is none.
        finished: False where it was cut off at the length limit.
        engine: What ran the model, by name: engine, precision, device.
    """

    text: str
    score: float | None = None
    finished: bool = True
    engine: Mapping[str, str] = field(default_factory=dict)


EMPTY = StepResult("")


@dataclass(frozen=True, slots=True)
class Hint:
    """What a chat model gets in its prompt beside a sentence.

    Attributes:
        terms: Words of the sentence and how they are to be translated.
        context: The words before it.
        delimited: Whether it has marks that must come back: numbers of paragraphs, tokens in place of literals.
    """

    terms: tuple[Direction, ...] = ()
    context: str = ""
    delimited: bool = False


NO_HINT = Hint()


@dataclass(frozen=True, slots=True)
class GenerationCall:
    """How one run over sentences differs from the usual.

    Attributes:
        decode: How hypotheses are searched for; None takes the runner's own way.
        hints: One for each sentence; empty where there are none.
        exclude: Samples that no example may come from.
        label: What the progress bar says.
    """

    decode: DecodeOptions | None = None
    hints: tuple[Hint, ...] = ()
    exclude: frozenset[str] = frozenset()
    label: str = "Translating"


USUAL_CALL = GenerationCall()


@dataclass(frozen=True)
class DirectionRunner:
    """Runs the directions of one model.

    Attributes:
        spec: The model, its family known.
        engine_for: Gives the engine of a direction; asked only for sentences that the memory lacks.
        identity_of: Gives what identifies model and engine of a direction before one is loaded, by name.
        decode: How hypotheses are searched for.
        memory: Where finished sentences are kept; None keeps none.
        examples: Translations that a chat model is shown before each sentence; None takes the model's own number.
    """

    spec: ModelSpec
    engine_for: Callable[[Direction], Engine]
    identity_of: Callable[[Direction], Mapping[str, str]]
    decode: DecodeOptions = field(default_factory=DecodeOptions)
    memory: TranslationMemory | None = None
    examples: ExampleOptions | None = None

    def related_samples(self, texts: Sequence[str], route: Sequence[str]) -> frozenset[str]:
        """Return the samples that hold one of `texts`, in the route's first language: they may not serve as examples.

        Only the original is compared: what a step made of it no longer has the words of the sample.
        """
        if not any(self._shown(step).count for step in pairwise(route)):
            return frozenset()
        return load_pool(base_language(route[0]), base_language(route[1])).origins_of(texts)

    def run(
        self, texts: Sequence[str], direction: Direction, progress: Progress, call: GenerationCall = USUAL_CALL
    ) -> list[StepResult]:
        """Translate `texts` in one step; what is longer than the model reads goes through it in pieces.

        Args:
            texts: Sentences in the source language; an empty one stays empty.
            direction: Tags of source and target.
            progress: Counts the finished sentences.
            call: What differs from the usual.

        Raises:
            InputTooLongError: A word is longer than the model can read.
        """
        spoken = self._spoken(direction)
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
        with progress.bar(f"{call.label} {'-'.join(direction)}", len(texts), unit="sentences") as advance:
            advance(len(texts) - len(waiting))
            for key, result in self._generate(waiting, spoken, decode):
                done[key] = result
                advance(1)
        results = [done[key] if text else EMPTY for key, text in zip(keys, texts, strict=True)]
        return [replace(result, text=to_script(result.text, direction[1])) for result in results]

    def signature(self, direction: Direction, decode: DecodeOptions | None = None) -> dict[str, str]:
        """Return what decides the translations of a direction, by name."""
        search = asdict(decode or self.decode)
        decoding = {f"decode.{name}": str(value) for name, value in search.items() if name != "batch_size"}
        shown = self._shown(direction)
        examples = {"examples": f"{shown.count} {shown.choice}"} if shown.count else {}
        named = {"model": self.spec.name} | dict(self.identity_of(direction))
        return named | self._wording(self._spoken(direction)) | decoding | examples

    def _wording(self, direction: Direction) -> dict[str, str]:
        """Return the prompt, or the prefix of each sentence, as a signature has it."""
        prompt = self.spec.prompt_for(direction) if self.spec.family == "chat" else None
        if prompt is None:
            return {"prefix": self.spec.prefix_for(direction)} if self.spec.prefix_for(direction) else {}
        return {"prompt": f"sha256:{hashlib.sha256(prompt.wording.encode('utf-8')).hexdigest()[:16]}"}

    def _shown(self, direction: Direction) -> ExampleOptions:
        if not self.spec.takes_examples:
            return ExampleOptions()
        return self.examples or ExampleOptions(self.spec.examples_for(direction))

    def _spoken(self, direction: Direction) -> Direction:
        """Return the direction as the model knows it: most models know one Chinese only."""
        if self.spec.translates(direction):
            return direction
        return base_language(direction[0]), base_language(direction[1])

    def _makers(
        self, texts: Sequence[str], direction: Direction, call: GenerationCall
    ) -> list[Callable[[str], Request]]:
        """Return what makes the request of each text, or of a part of it."""
        form = self._form(direction)
        shown = self._examples(texts, direction, call.exclude)
        hints = call.hints or (NO_HINT,) * len(texts)
        return [partial(_request, form, pairs, hint) for pairs, hint in zip(shown, hints, strict=True)]

    def _form(self, direction: Direction) -> InputForm:
        assert self.spec.family is not None  # noqa: S101 - cannot happen, and tells the type checker
        return form_of(self.spec, self.spec.family, direction)

    def _examples(self, texts: Sequence[str], direction: Direction, exclude: Collection[str]) -> list[list[Direction]]:
        """Return what the model is shown before each of `texts`."""
        shown = self._shown(direction)
        if not shown.count:
            return [[] for _ in texts]
        pool = load_pool(base_language(direction[0]), base_language(direction[1]))
        if shown.choice == "fixed":
            chosen = [pool.spread(shown.count, exclude=exclude)] * len(texts)
        else:
            chosen = [pool.nearest(text, shown.count, exclude=exclude) for text in texts]
        return [[(one.source, to_script(one.target, direction[1])) for one in examples] for examples in chosen]

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
                    # Nothing is no translation: the next run may get one.
                    keep(key, result)
                yield key, result

    @contextmanager
    def _keeping(self) -> Iterator[Callable[[str, StepResult], None]]:
        """Give a function that remembers results, in transactions of a batch, also when the work is interrupted."""
        pending: dict[str, str] = {}
        memory = self.memory

        def flush() -> None:
            if memory and pending:
                memory.put(pending)
            pending.clear()

        def keep(key: str, result: StepResult) -> None:
            pending[key] = json.dumps(asdict(result))
            if len(pending) >= self.decode.batch_size:
                flush()

        try:
            yield keep
        finally:
            flush()


def _request(form: InputForm, examples: Sequence[Direction], hint: Hint, text: str) -> Request:
    terms = [term for term in hint.terms if term[0] in text]
    return build_request(form, text, examples=examples, terms=terms, context=hint.context, delimited=hint.delimited)


def _read(value: str) -> StepResult | None:
    """Return a stored result, None where it cannot be read: then the sentence is translated again."""
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
