"""Runs models with CTranslate2: int8 on a CPU, several times faster than torch."""

import atexit
import ctypes
import os
import shutil
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from threading import Event, Thread
from typing import Any, Final, Generic, TypeVar

from common.errors import UsageError
from common.progress import SILENT, Progress
from translate.engines.base import BatchEngine, EngineOptions, Hypothesis, ModelFiles
from translate.engines.batches import Running
from translate.engines.conversion import TOKENIZER_FOLDER, Conversion, convert, return_memory
from translate.engines.loaders import load_saved_tokenizer, quiet_libraries
from translate.engines.tokens import EncodedRequest, ModelTokenizer
from translate.types import DecodeOptions, ModelFilesError, UnsupportedModelError

PRECISIONS: Final = ("int8", "int8_float32", "int8_float16", "int8_bfloat16", "int16", "float16", "bfloat16", "float32")
"""Types of weights of CTranslate2."""

_MOST_WORKERS = 4
_MOST_TOKENS = {"translates": 1536, "continues": 4096}
"""Most tokens of a batch: every decoder layer keeps its keys and values of the source, in float32."""
_MOST_HYPOTHESES = 12
"""Most hypotheses of a beam search in one batch on a CPU. 16 to 56 took no less time and up to 1.6 GB more memory."""
_WAITING = "OMP_WAIT_POLICY"
_WORTH_CACHING = 2
"""Least requests with a shared prefix for which it is cached: a cached state is never freed."""

_DAMAGED = (RuntimeError, IndexError, ValueError)
"""Errors of CTranslate2 about invalid model files."""

_POLL_SECONDS = 0.004

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Spoken:
    """The answer to one request of a greedy search, with the names that CTranslate2's results have.

    Attributes:
        hypotheses: Its tokens, as the only hypothesis.
        scores: The mean of their log-probabilities, likewise.
    """

    hypotheses: tuple[list[str]]
    scores: tuple[float]

    @property
    def sequences(self) -> tuple[list[str]]:
        """The tokens by the name that a decoder-only model has for them."""
        return self.hypotheses


@dataclass(frozen=True)
class Watch:
    """Callback of CTranslate2 after each token of a greedy search: stops requests at their limits.

    It keeps what each request has said, which CTranslate2 itself gives out only when the whole batch is done.

    Attributes:
        left: Remaining tokens of each request, forced ones included.
        stop: Set when the results are not needed any more.
        said: Tokens of each request so far, with their log-probabilities.
        ended: Requests whose answer is complete.
    """

    left: list[int]
    stop: Event = field(default_factory=Event)
    said: dict[int, list[tuple[str, float]]] = field(default_factory=dict)
    ended: set[int] = field(default_factory=set)

    def __call__(self, step: Any) -> bool:
        """Return whether this was the last token of its request."""
        at = step.batch_id
        self.said.setdefault(at, []).append((step.token, step.log_prob or 0.0))
        self.left[at] -= 1
        last = self.left[at] <= 0
        if last or step.is_last:
            self.ended.add(at)
        return last or self.stop.is_set()

    def answer(self, at: int) -> Spoken | None:
        """Return what a request has said, None while it may go on."""
        if at not in self.ended:
            return None
        tokens, scores = zip(*self.said[at], strict=True)
        return Spoken((list(tokens),), (sum(scores) / len(scores),))


@dataclass(frozen=True)
class QueuedBatch(Generic[Result]):
    """A batch in CTranslate2's queue.

    Attributes:
        pending: Its future results, one for each request.
        read: Makes a result from the index of a request and CTranslate2's output.
        watch: Callback that ends it early; None if impossible.
        taken: Indices of the requests whose results were returned.
    """

    pending: Sequence[Any]
    read: Callable[[int, Any], Result]
    model: Any
    watch: Watch | None = None
    taken: set[int] = field(default_factory=set)

    def done(self) -> bool:
        """Return whether its results are ready."""
        return all(one.done() for one in self.pending)

    def take(self) -> list[tuple[int, Result]]:
        """Return the results that came since the last call, each with the place of its request."""
        found: list[tuple[int, Result]] = []
        for at, one in enumerate(self.pending):
            if at in self.taken:
                continue
            done = one.done()
            # What the watch heard counts, early and late: its mean may differ in the last digit.
            answer = self.watch.answer(at) if self.watch else None
            if answer is None and done:
                answer = one.result()
            if answer is not None:
                self.taken.add(at)
                found.append((at, self.read(at, answer)))
        return found

    def stop(self) -> None:
        """End the work as soon as possible, without delaying the end of the process."""
        if self.watch:
            self.watch.stop.set()
        unwanted = _abandoned()
        unwanted[:] = [batch for batch in unwanted if not batch.done()] + [self]


@cache
def _abandoned() -> list[QueuedBatch[Any]]:
    """Return the abandoned batches, which are handled at the end of the process."""
    batches: list[QueuedBatch[Any]] = []
    atexit.register(leave, batches)
    return batches


def leave(batches: Sequence[QueuedBatch[Any]]) -> None:
    """Wait for batches that end at their next token, and let the process end without the others.

    CTranslate2 has its own threads, and the end of the process waits for them. After Ctrl-C that is useless: a beam
    search cannot be stopped, and may run for a minute; a greedy one ends at its next token, but calls Python first,
    which must still be running.
    """
    for batch in batches:
        while batch.watch and not batch.done():
            time.sleep(_POLL_SECONDS)
        if not batch.done():
            # A model that is never destroyed does not wait for its threads; the system ends them with the process.
            ctypes.pythonapi.Py_IncRef(ctypes.py_object(batch.model))


class CTranslate2Engine(BatchEngine):
    """A converted model in memory; created by `load_ctranslate2`."""

    def __init__(self, model: Any, tokenizer: ModelTokenizer, manifest: Conversion) -> None:
        super().__init__(tokenizer, max_positions=manifest.max_positions, shares_positions=manifest.decodes_only)
        self._model = model
        self._manifest = manifest
        self._workers = model.num_translators if hasattr(model, "num_translators") else model.num_generators
        self._most_tokens = _MOST_TOKENS["continues" if manifest.decodes_only else "translates"]
        if manifest.decodes_only and model.device == "cpu":
            self._most_hypotheses = _MOST_HYPOTHESES
        self._ends = frozenset(manifest.end_tokens)

    def signature(self) -> dict[str, str]:
        """Return the settings that affect a result: name and version, precision, device."""
        return {
            "engine": f"ctranslate2 {self._manifest.ctranslate2}",
            "precision": str(self._model.compute_type),
            "device": str(self._model.device),
        }

    def _group(self, encoded: EncodedRequest, limit: int, options: DecodeOptions) -> tuple[int, ...]:
        # A greedy search can be stopped at each request's own limit, a beam search only at that of the batch.
        limits = (limit,) if options.beam_size > 1 else ()
        # In a batch of prompts, CTranslate2 treats tokens beyond the shortest one as generated, and so as
        # tokens that must not be repeated. Prompts of equal length have no such tokens.
        looks_back = options.repetition_penalty != 1 or options.no_repeat_ngram_size > 0
        return (*limits, len(encoded.tokens)) if self._manifest.decodes_only and looks_back else limits

    def _start(
        self, batch: Sequence[EncodedRequest], limits: Sequence[int], options: DecodeOptions
    ) -> Running[Hypothesis]:
        # A forced token counts as part of the translation.
        forced = len(batch[0].target_prefix)
        counted = [limit + forced for limit in limits]
        # CTranslate2 calls back in greedy search only; a beam search runs its batch to the end.
        watch = Watch(counted) if options.beam_size == 1 else None
        search = self._search(options, watch)
        return_memory()  # each batch leaves as much as the weights take
        if self._manifest.decodes_only:
            pending = self._continue(batch, max(counted), search)
            return QueuedBatch(pending, self._continued, self._model, watch)
        pending = self._translate(batch, max(counted), search)
        return QueuedBatch(pending, lambda _at, result: self._translated(result, forced), self._model, watch)

    def _translate(self, batch: Sequence[EncodedRequest], limit: int, search: Mapping[str, Any]) -> Sequence[Any]:
        prefixes = [list(one.target_prefix) for one in batch]
        found: Sequence[Any] = self._model.translate_batch(
            [list(one.tokens) for one in batch],
            target_prefix=prefixes if any(prefixes) else None,
            max_decoding_length=limit,
            min_decoding_length=0,
            max_input_length=0,
            **search,
        )
        return found

    def _translated(self, result: Any, prefix: int) -> Hypothesis:
        tokens = result.hypotheses[0]
        # The mean is over all tokens, but forced ones add 0 to the sum.
        chosen = max(1, len(tokens) - prefix)
        return self._hypothesis(tokens[prefix:], result.scores[0] * len(tokens) / chosen, self._ends)

    def _continue(self, batch: Sequence[EncodedRequest], limit: int, search: Mapping[str, Any]) -> Sequence[Any]:
        shared = _shared_prompt(batch)
        found: Sequence[Any] = self._model.generate_batch(
            [list(one.tokens[len(shared) :]) for one in batch],
            static_prompt=list(shared) or None,
            cache_static_prompt=bool(shared),
            include_prompt_in_result=False,
            max_length=limit,
            min_length=0,
            **search,
        )
        return found

    def _continued(self, _at: int, result: Any) -> Hypothesis:
        return self._hypothesis(result.sequences[0], result.scores[0], self._ends)

    def _start_scoring(self, batch: Sequence[EncodedRequest], lasts: Sequence[int]) -> Running[list[float]]:
        pending = self._model.score_batch([list(one.tokens) for one in batch], max_input_length=0, asynchronous=True)
        return QueuedBatch(
            pending, lambda at, result: list(result.log_probs[len(result.log_probs) - lasts[at] :]), self._model
        )

    def _search(self, options: DecodeOptions, watch: Watch | None) -> dict[str, Any]:
        return {
            "callback": watch,
            "asynchronous": True,
            "beam_size": options.beam_size,
            "repetition_penalty": options.repetition_penalty,
            "no_repeat_ngram_size": options.no_repeat_ngram_size,
            "end_token": sorted(self._ends),
            "return_end_token": True,
            "return_scores": True,
        }


def load_ctranslate2(
    files: ModelFiles, *, folder: Path, options: EngineOptions | None = None, progress: Progress = SILENT
) -> CTranslate2Engine:
    """Return an engine for a model, which is converted first if needed.

    Raises:
        UsageError: There is no such device, or the precision is unknown to CTranslate2, or impossible on the device.
        ModelFilesError: The model cannot be read.
        UnsupportedModelError: CTranslate2 has no such architecture.
        OutputError: The converted model cannot be written.
    """
    ctranslate2 = import_library()
    chosen = options or EngineOptions()
    there = ctranslate2.get_cuda_device_count() > 0
    if chosen.device == "cuda" and not there:
        raise UsageError("there is no GPU that CTranslate2 can use", hint="Use --device cpu")
    cuda = there and chosen.device != "cpu"
    device = "cuda" if cuda else "cpu"
    precision = _precision(chosen.precision, device)
    place, manifest = convert(files, folder, precision=precision, progress=progress)
    try:
        return _open(place, manifest, device, chosen.threads)
    except (*_DAMAGED, ModelFilesError):
        # The files have the right names and lengths, so their content must be damaged.
        progress.note(f"The converted model in {place} cannot be read; it is made again")
        shutil.rmtree(place, ignore_errors=True)
    place, manifest = convert(files, folder, precision=precision, progress=progress)
    try:
        return _open(place, manifest, device, chosen.threads)
    except _DAMAGED as error:
        raise UnsupportedModelError(
            f"CTranslate2 cannot load the converted {manifest.model_type} model: {error}",
            hint="Use the transformers engine",
        ) from error


def _open(place: Path, manifest: Conversion, device: str, threads: int | None) -> CTranslate2Engine:
    ctranslate2 = import_library()
    kind = ctranslate2.Generator if manifest.decodes_only else ctranslate2.Translator
    with quiet_libraries():
        workers, each = share_threads(threads or available_cores(), device)
        model = in_thread(lambda: kind(str(place), device=device, inter_threads=workers, intra_threads=each))
    return CTranslate2Engine(model, ModelTokenizer(load_saved_tokenizer(place / TOKENIZER_FOLDER)), manifest)


def in_thread(work: Callable[[], Result]) -> Result:
    """Return what a long call into a library returns, and let Ctrl-C be seen meanwhile: the call is then left alone."""
    found: Future[Result] = Future()

    def run() -> None:
        """Do the work, and keep its result or error."""
        try:
            found.set_result(work())
        except BaseException as error:  # noqa: BLE001 - raised where it is waited for
            found.set_exception(error)

    Thread(target=run, daemon=True).start()
    while not found.done():
        time.sleep(_POLL_SECONDS)
    return found.result()


def _precision(asked: str, device: str) -> str:
    if asked == "auto":
        asked = "float16" if device == "cuda" else "int8"
    if asked == "int8":
        # CTranslate2 would keep unquantized weights in the type of the files, which the device may lack.
        asked = "int8_float16" if device == "cuda" else "int8_float32"
    if asked not in PRECISIONS:
        raise UsageError(f"unknown precision {asked!r}", hint=f"CTranslate2 has {', '.join(PRECISIONS)}")
    possible = import_library().get_supported_compute_types(device)
    if asked not in possible:
        raise UsageError(f"this {device} cannot compute in {asked}", hint=f"It can in {', '.join(sorted(possible))}")
    return asked


def share_threads(threads: int, device: str) -> tuple[int, int]:
    """Return the number of parallel batches, and the threads of each.

    Parallel batches do not wait for each other, while the threads of one batch do at every layer; but a single batch,
    as of one sentence, should have more than its share. So threads are assigned twice, and idle ones must sleep: see
    `import_library`. Each batch needs memory for its results, so there are only a few.
    """
    workers = 1 if device == "cuda" else max(1, min(threads, _MOST_WORKERS))
    return workers, min(threads, 2 * threads // workers)


def import_library() -> Any:
    """Return CTranslate2, with threads that sleep while they wait instead of occupying cores.

    OpenMP reads the setting when loaded; it is reset for libraries loaded later, such as torch.
    """
    if _WAITING in os.environ:
        import ctranslate2  # noqa: PLC0415 - heavy
    else:
        os.environ[_WAITING] = "passive"
        try:
            import ctranslate2  # noqa: PLC0415 - heavy
        finally:
            del os.environ[_WAITING]
    return ctranslate2


def available_cores() -> int:
    """Return how many CPU cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _shared_prompt(batch: Sequence[EncodedRequest]) -> tuple[str, ...]:
    """Return the shared tokens before the last turn if all requests have the same, else none."""
    beginnings = {one.tokens[: one.shared] for one in batch}
    if len(batch) < _WORTH_CACHING or len(beginnings) > 1:
        return ()
    return beginnings.pop()
