"""Runs models with CTranslate2: int8 on a CPU, several times faster than torch."""

import os
import shutil
import time
from collections.abc import Sequence
from pathlib import Path
from threading import Event
from typing import Any, Final

from corpora.errors import UsageError
from corpora.progress import SILENT, Progress
from translate.engines.base import BatchEngine, EngineOptions, Hypothesis, ModelFiles
from translate.engines.conversion import TOKENIZER_FOLDER, Manifest, convert
from translate.engines.errors import ModelFilesError, UnsupportedModelError
from translate.engines.loaders import load_saved_tokenizer
from translate.engines.quiet import quiet_libraries
from translate.engines.tokens import Encoded, ModelTokenizer
from translate.types import DecodeOptions

PRECISIONS: Final = ("int8", "int8_float32", "int8_float16", "int8_bfloat16", "int16", "float16", "bfloat16", "float32")
"""Types of weights that CTranslate2 stores."""

_POLL_SECONDS = 0.01
_WORTH_CACHING = 2
"""Requests with the same beginning from which that beginning is read once: a cached state is never freed."""

_DAMAGED = (RuntimeError, IndexError, ValueError)
"""What CTranslate2 raises about a model file that it cannot make sense of."""


class CTranslate2Engine(BatchEngine):
    """A converted model in memory; `load_ctranslate2` makes it."""

    def __init__(self, model: Any, tokenizer: ModelTokenizer, manifest: Manifest) -> None:
        super().__init__(tokenizer, max_positions=manifest.max_positions, shares_positions=manifest.decodes_only)
        self._model = model
        self._manifest = manifest
        self._ends = frozenset(manifest.end_tokens)

    def signature(self) -> dict[str, str]:
        """Return what of the engine moves a result: its name and version, the precision, the device."""
        return {
            "engine": f"ctranslate2 {self._manifest.ctranslate2}",
            "precision": str(self._model.compute_type),
            "device": str(self._model.device),
        }

    def _group(self, encoded: Encoded, limit: int, options: DecodeOptions) -> tuple[int, ...]:
        # In a batch of prompts, CTranslate2 takes what is longer than the shortest one for generated, and so for
        # something that must not be repeated. Prompts of one length have no such rest.
        looks_back = options.repetition_penalty != 1 or options.no_repeat_ngram_size > 0
        return (limit, len(encoded.tokens)) if self._manifest.decodes_only and looks_back else (limit,)

    def _run(self, batch: Sequence[Encoded], limit: int, options: DecodeOptions) -> list[Hypothesis]:
        if self._manifest.decodes_only:
            return self._continue(batch, limit, options)
        return self._translate(batch, limit, options)

    def _translate(self, batch: Sequence[Encoded], limit: int, options: DecodeOptions) -> list[Hypothesis]:
        prefixes = [list(one.target_prefix) for one in batch]
        results = self._model.translate_batch(
            [list(one.tokens) for one in batch],
            target_prefix=prefixes if any(prefixes) else None,
            # A forced token counts as one of the translation's.
            max_decoding_length=limit + len(prefixes[0]),
            min_decoding_length=0,
            max_input_length=0,
            **self._search(options, stop := Event()),
        )
        return [self._translated(one, prefix) for one, prefix in zip(_wait(results, stop), prefixes, strict=True)]

    def _translated(self, result: Any, prefix: Sequence[str]) -> Hypothesis:
        tokens = result.hypotheses[0]
        # The mean is over all tokens, but forced ones add nothing to the sum.
        chosen = max(1, len(tokens) - len(prefix))
        return self._hypothesis(tokens[len(prefix) :], result.scores[0] * len(tokens) / chosen, self._ends)

    def _continue(self, batch: Sequence[Encoded], limit: int, options: DecodeOptions) -> list[Hypothesis]:
        shared = _shared_prompt(batch)
        results = self._model.generate_batch(
            [list(one.tokens[len(shared) :]) for one in batch],
            static_prompt=list(shared) or None,
            cache_static_prompt=bool(shared),
            include_prompt_in_result=False,
            max_length=limit,
            min_length=0,
            **self._search(options, stop := Event()),
        )
        return [self._hypothesis(one.sequences[0], one.scores[0], self._ends) for one in _wait(results, stop)]

    def _log_probs(self, batch: Sequence[Encoded], lasts: Sequence[int]) -> list[list[float]]:
        results = self._model.score_batch([list(one.tokens) for one in batch], max_input_length=0, asynchronous=True)
        scored = [one.log_probs for one in _wait(results, Event())]
        return [list(found[len(found) - last :]) for found, last in zip(scored, lasts, strict=True)]

    def _search(self, options: DecodeOptions, stop: Event) -> dict[str, Any]:
        # CTranslate2 calls back in greedy search only; a beam search runs its batch to the end.
        watched = {"callback": lambda _step: stop.is_set()} if options.beam_size == 1 else {}
        return watched | {
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
    """Return an engine for a model, which is converted first where that was not done yet.

    Args:
        files: The model as its authors published it.
        folder: Where converted models are kept.
        options: Device, precision and threads.
        progress: Told about the conversion.

    Raises:
        UsageError: The precision is none of CTranslate2's, or not possible on the device.
        ModelFilesError: The model cannot be read.
        UnsupportedModelError: CTranslate2 has no such architecture.
        OutputError: The converted model cannot be written.
    """
    import ctranslate2  # noqa: PLC0415 - heavy

    chosen = options or EngineOptions()
    cuda = chosen.device == "cuda" or (chosen.device == "auto" and ctranslate2.get_cuda_device_count() > 0)
    device = "cuda" if cuda else "cpu"
    precision = _precision(chosen.precision, device)
    place, manifest = convert(files, folder, precision=precision, progress=progress)
    try:
        return _open(place, manifest, device, chosen.threads)
    except (*_DAMAGED, ModelFilesError):
        # The files have the right names and lengths, so what is in them must be damaged.
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


def _open(place: Path, manifest: Manifest, device: str, threads: int | None) -> CTranslate2Engine:
    import ctranslate2  # noqa: PLC0415 - heavy

    kind = ctranslate2.Generator if manifest.decodes_only else ctranslate2.Translator
    with quiet_libraries():
        # One batch at a time on all cores: a second worker would need the memory of its own results.
        model = kind(str(place), device=device, inter_threads=1, intra_threads=threads or available_cores())
    return CTranslate2Engine(model, ModelTokenizer(load_saved_tokenizer(place / TOKENIZER_FOLDER)), manifest)


def _wait(pending: Sequence[Any], stop: Event) -> list[Any]:
    """Return the results of a batch; an interruption is seen at once, and stops the batch at its next token.

    Python handles signals between its own instructions only: inside a call that takes minutes, Ctrl-C would seem dead.
    """
    try:
        while not all(one.done() for one in pending):
            time.sleep(_POLL_SECONDS)
    except BaseException:
        stop.set()
        raise
    return [one.result() for one in pending]


def _precision(asked: str, device: str) -> str:
    import ctranslate2  # noqa: PLC0415 - heavy

    if asked == "auto":
        asked = "float16" if device == "cuda" else "int8"
    if asked == "int8":
        # CTranslate2 would keep what is not quantized as the files have it, perhaps in a type that the device lacks.
        asked = "int8_float16" if device == "cuda" else "int8_float32"
    if asked not in PRECISIONS:
        raise UsageError(f"unknown precision {asked!r}", hint=f"CTranslate2 has {', '.join(PRECISIONS)}")
    possible = ctranslate2.get_supported_compute_types(device)
    if asked not in possible:
        raise UsageError(f"this {device} cannot compute in {asked}", hint=f"It can in {', '.join(sorted(possible))}")
    return asked


def available_cores() -> int:
    """Return how many CPU cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _shared_prompt(batch: Sequence[Encoded]) -> tuple[str, ...]:
    """Return the tokens before the last turn where all requests have the same, else nothing."""
    beginnings = {one.tokens[: one.shared] for one in batch}
    if len(batch) < _WORTH_CACHING or len(beginnings) > 1:
        return ()
    return beginnings.pop()
