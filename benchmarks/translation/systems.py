"""Systems of `benchmarks/translation/speed.py`, each in a separate process that prints its figures.

    python -m benchmarks.translation.systems '{"system": "tolmach", …}'

The length of answers is fixed, so that all systems do the same work in spite of random weights.
"""

# ruff: noqa: PLC0415, D102 - each system loads its own libraries only; methods are those of CTranslate2

import json
import resource
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.translation.models import sentences
from translate.engines.base import EngineOptions, ModelFiles
from translate.models.requests import Request, TextRequest, build_request, form_of
from translate.models.specs import Family
from translate.types import DecodeOptions

BATCH = 16


@dataclass(frozen=True)
class TranslationJob:
    """The work of one process.

    Attributes:
        system: One of `SYSTEMS`.
        kind: Model: `marian`, `t5` or `index`.
        path: Folder with its files.
        converted: Folder of converted models.
        number: Sentences to translate.
        length: Tokens of every answer.
        gguf: Name of the GGUF file in `path`; None for safetensors.
        digest: Identifier of the files.
        stop_tokens: Tokens that end an answer.
        batch_size: Most sentences in one of Tolmach's batches; None for its default.
        examples: Example translations in a chat model's prompt; None for the registry's number.
    """

    system: str
    kind: str
    path: str
    converted: str
    number: int
    length: int
    gguf: str | None = None
    digest: str = "benchmark"
    stop_tokens: tuple[str, ...] = ()
    batch_size: int | None = None
    examples: int | None = None

    @property
    def files(self) -> ModelFiles:
        """Return the model in the form of engines."""
        family: Family = "chat" if self.kind == "index" else "marian" if self.kind == "marian" else "t5"
        return ModelFiles(Path(self.path), family, self.gguf, tuple(self.stop_tokens), self.digest)

    def requests(self) -> list[Request]:
        """Return the requests, from English into Russian, as Tolmach makes them by default."""
        texts, _ = sentences(self.number)
        if self.kind != "index":
            return [TextRequest(text) for text in texts]
        from translate.examples import load_pool
        from translate.models.registry import find_model

        spec = find_model("qwen2.5-coder-1.5b")
        form = form_of(spec, "chat", ("en", "ru"))
        count = spec.examples_for(("en", "ru")) if self.examples is None else self.examples
        shown = [(one.source, one.target) for one in load_pool("en", "ru").spread(count)]
        return [build_request(form, text, examples=shown) for text in texts]


class FixedLength:
    """A model of CTranslate2 whose answers all have the same length."""

    def __init__(self, model: Any, length: int) -> None:
        self._model = model
        self._length = length

    def __getattr__(self, name: str) -> Any:
        return getattr(self._model, name)

    def translate_batch(self, texts: Sequence[Sequence[str]], **options: Any) -> Any:
        lengths = {"min_decoding_length": self._length, "max_decoding_length": self._length}
        return self._model.translate_batch(texts, **options | lengths)

    def generate_batch(self, texts: Sequence[Sequence[str]], **options: Any) -> Any:
        return self._model.generate_batch(texts, **options | {"min_length": self._length, "max_length": self._length})


def tolmach(job: TranslationJob) -> Callable[[int], None]:
    """Return a function that translates a number of sentences with the engine's defaults."""
    from translate.engines.ctranslate2_engine import load_ctranslate2

    engine: Any = load_ctranslate2(job.files, folder=Path(job.converted), options=EngineOptions("cpu"))
    engine._model = FixedLength(engine._model, job.length)  # noqa: SLF001 - real models end at any length
    requests = job.requests()
    options = DecodeOptions(batch_size=job.batch_size) if job.batch_size else DecodeOptions()

    def work(number: int) -> None:
        found = engine.generate(requests[:number], options=options)
        assert {len(one.tokens) for one in found} == {job.length}

    return work


def transformers(job: TranslationJob) -> Callable[[int], None]:
    """Return a function that translates with `generate`, in float32 and batches of 16, in the order of the text."""
    import torch

    from translate.engines.loaders import load_model, load_tokenizer

    tokenizer, model = load_tokenizer(job.files), load_model(job.files, dtype="float32")
    texts = prompts(job, tokenizer)
    tokenizer.padding_side = "left" if job.kind == "index" else "right"

    def work(number: int) -> None:
        for start in range(0, number, BATCH):
            inputs = tokenizer(texts[start : min(start + BATCH, number)], return_tensors="pt", padding=True)
            with torch.inference_mode():
                output = model.generate(
                    **inputs, num_beams=1, do_sample=False, min_new_tokens=job.length, max_new_tokens=job.length
                )
            tokenizer.batch_decode(output, skip_special_tokens=True)

    return work


def ctranslate2(job: TranslationJob, batch: int) -> Callable[[int], None]:
    """Return a function that translates with CTranslate2 as in its documentation: same weights, its defaults."""
    import ctranslate2 as library
    from transformers import AutoTokenizer

    from translate.engines.conversion import TOKENIZER_FOLDER, convert

    place, manifest = convert(job.files, Path(job.converted), precision="int8_float32")
    decodes = manifest.decodes_only
    tokenizer = AutoTokenizer.from_pretrained(place / TOKENIZER_FOLDER)
    kind = library.Generator if decodes else library.Translator
    model = FixedLength(kind(str(place), device="cpu"), job.length)
    texts = prompts(job, tokenizer)

    def work(number: int) -> None:
        for start in range(0, number, batch):
            rows = [tokenizer.encode(text) for text in texts[start : min(start + batch, number)]]
            tokens = [tokenizer.convert_ids_to_tokens(row) for row in rows]
            if decodes:
                found = [one.sequences[0] for one in model.generate_batch(tokens, include_prompt_in_result=False)]
            else:
                found = [one.hypotheses[0] for one in model.translate_batch(tokens, beam_size=1)]
            for answer in found:
                tokenizer.decode(tokenizer.convert_tokens_to_ids(answer), skip_special_tokens=True)

    return work


def prompts(job: TranslationJob, tokenizer: Any) -> list[str]:
    """Return the texts that a user of the library would pass to the tokenizer."""
    requests: list[Any] = job.requests()
    if job.kind != "index":
        return [request.text for request in requests]
    return [
        tokenizer.apply_chat_template(request.messages(), tokenize=False, add_generation_prompt=True)
        for request in requests
    ]


SYSTEMS: dict[str, Callable[[TranslationJob], Callable[[int], None]]] = {
    "tolmach": tolmach,
    "transformers": transformers,
    "ctranslate2-single": lambda job: ctranslate2(job, 1),
    "ctranslate2-batch": lambda job: ctranslate2(job, BATCH),
}


def convert_model(job: TranslationJob) -> dict[str, float]:
    """Convert the model, and return the seconds and the peak of memory."""
    from translate.engines.conversion import convert

    began = time.perf_counter()
    convert(job.files, Path(job.converted), precision="int8_float32")
    return {"seconds": round(time.perf_counter() - began, 1), "peak_mb": peak()}


def first_sentence(job: TranslationJob) -> dict[str, float]:
    """Translate one sentence and return the clock, which the caller has read before this process began."""
    tolmach(job)(1)
    return {"clock": time.time()}


def measure(job: TranslationJob) -> dict[str, float]:
    """Translate everything once, after two sentences to warm up, and return the figures."""
    work = SYSTEMS[job.system](job)
    work(2)
    began = time.perf_counter()
    work(job.number)
    return {"seconds": time.perf_counter() - began, "peak_mb": peak()}


def peak() -> int:
    """Return the peak memory of this process, in MiB."""
    try:
        # The kernel's alternative, ru_maxrss, includes the parent's memory at the start of this process.
        status = Path("/proc/self/status").read_text(encoding="ascii")
        kilobytes = int(status.partition("VmHWM:")[2].split()[0])
    except OSError:
        kilobytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return kilobytes >> 10


def main() -> None:
    job = TranslationJob(**json.loads(sys.argv[1]))
    tasks = {"convert": convert_model, "start": first_sentence}
    print(json.dumps(tasks.get(job.system, measure)(job)))


if __name__ == "__main__":
    main()
