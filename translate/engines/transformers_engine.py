"""Runs models with transformers: every architecture, and the reference for the fast engine."""

from collections.abc import Sequence
from typing import Any, Final

from common.errors import UsageError
from common.progress import SILENT, Progress
from translate.engines.base import BatchEngine, EngineOptions, Hypothesis, ModelFiles
from translate.engines.loaders import end_tokens, load_model, load_tokenizer, max_positions, quiet_libraries, reading
from translate.engines.tokens import EncodedRequest, ModelTokenizer
from translate.types import DecodeOptions

PRECISIONS: Final = ("float32", "float16", "bfloat16")
"""Types of computation."""


class TransformersEngine(BatchEngine):
    """A model of transformers in memory; created by `load_transformers`."""

    def __init__(self, model: Any, tokenizer: ModelTokenizer, ends: Sequence[str]) -> None:
        config = model.config
        super().__init__(tokenizer, max_positions=max_positions(config), shares_positions=not config.is_encoder_decoder)
        self._model = model
        self._ends = frozenset(ends)
        self._end_ids = sorted(tokenizer.ids(sorted(self._ends)))
        starts = model.generation_config.decoder_start_token_id
        self._start_id = starts if starts is not None else getattr(config, "decoder_start_token_id", None)
        pad = getattr(config, "pad_token_id", None)
        self._pad_id = int(pad) if pad is not None and pad >= 0 else self._end_ids[0]
        # Published settings (beams, forced ends, lengths) would otherwise be added to those of each call.
        model.generation_config = type(model.generation_config)()

    def signature(self) -> dict[str, str]:
        """Return the settings that affect a result: name and version, precision, device."""
        import transformers  # noqa: PLC0415 - slow to import

        return {
            "engine": f"transformers {transformers.__version__}",
            "precision": str(self._model.dtype).removeprefix("torch."),
            "device": str(self._model.device.type),
        }

    def try_out(self) -> None:
        """Generate one token: some invalid settings of a model fail only when it runs."""
        self._run([EncodedRequest((self._tokenizer.end_token,))], 1, DecodeOptions())

    def _run(self, batch: Sequence[EncodedRequest], limit: int, options: DecodeOptions) -> list[Hypothesis]:
        import torch  # noqa: PLC0415 - heavy

        inputs = self._inputs(batch)
        start = inputs.get("decoder_input_ids", inputs["input_ids"]).shape[1]
        greedy = GreedyScores()
        with torch.inference_mode(), quiet_libraries():
            output = self._model.generate(
                **inputs,
                generation_config=self._settings(limit, options),
                logits_processor=self._processors(start, options, greedy),
            )
        sequences = [self._until_end(row) for row in output[:, start:].tolist()]
        scores = greedy.means([len(one) for one in sequences]) if options.beam_size == 1 else [None] * len(batch)
        return [
            self._hypothesis(self._tokenizer.tokens(ids), score, self._ends)
            for ids, score in zip(sequences, scores, strict=True)
        ]

    def _log_probs(self, batch: Sequence[EncodedRequest], lasts: Sequence[int]) -> list[list[float]]:
        import torch  # noqa: PLC0415 - heavy

        inputs = self._inputs(batch)
        found = []
        with torch.inference_mode(), quiet_libraries():
            places = (inputs["attention_mask"].cumsum(-1) - 1).clamp(min=0)
            logits = self._model(**inputs, position_ids=places).logits
            for row, ids, last in zip(logits, inputs["input_ids"], lasts, strict=True):
                width = len(ids)  # prompts are padded on the left, so every text ends in the last column
                shares = row[width - last - 1 : width - 1].float().log_softmax(-1)
                found.append(shares.gather(-1, ids[width - last :, None])[:, 0].tolist())
        return found

    def _inputs(self, batch: Sequence[EncodedRequest]) -> dict[str, Any]:
        import torch  # noqa: PLC0415 - heavy

        rows = [self._tokenizer.ids(one.tokens) for one in batch]
        width = max(map(len, rows))

        def padded(row: list[int], filler: int) -> list[int]:
            """Return a row with filler up to the common width."""
            gap = [filler] * (width - len(row))
            # Generated tokens follow the last column, so prompts are padded on the left.
            return gap + row if self._shares_positions else row + gap

        inputs = {
            "input_ids": torch.tensor([padded(row, self._pad_id) for row in rows]),
            "attention_mask": torch.tensor([padded([1] * len(row), 0) for row in rows]),
        }
        if not self._shares_positions:
            starts = [[self._start_id, *self._tokenizer.ids(one.target_prefix)] for one in batch]
            inputs["decoder_input_ids"] = torch.tensor(starts)
        return {name: tensor.to(self._model.device) for name, tensor in inputs.items()}

    def _settings(self, limit: int, options: DecodeOptions) -> Any:
        import transformers  # noqa: PLC0415 - slow to import

        settings: Any = transformers.GenerationConfig
        return settings(
            do_sample=False,
            num_beams=options.beam_size,
            # CTranslate2 also stops once it has as many finished hypotheses as beams.
            early_stopping=options.beam_size > 1,
            max_new_tokens=limit,
            eos_token_id=self._end_ids,
            pad_token_id=self._pad_id,
            decoder_start_token_id=self._start_id,
            # Marian uses the padding token as the start; it is not a token of the language.
            suppress_tokens=[self._pad_id] if self._model.config.model_type == "marian" else None,
        )

    def _processors(self, start: int, options: DecodeOptions, greedy: "GreedyScores") -> list[Any]:
        from transformers import NoRepeatNGramLogitsProcessor, RepetitionPenaltyLogitsProcessor  # noqa: PLC0415 - slow

        # A prompt's words may be repeated in the answer, as quoted names are. So only the answer counts.
        skipped = start if self._shares_positions else 1
        found: list[Any] = []
        if options.repetition_penalty != 1:
            found.append(AnswerOnly(RepetitionPenaltyLogitsProcessor(options.repetition_penalty), skipped))
        if options.no_repeat_ngram_size:
            found.append(AnswerOnly(NoRepeatNGramLogitsProcessor(options.no_repeat_ngram_size), skipped))
        return [*found, greedy] if options.beam_size == 1 else found

    def _until_end(self, ids: Sequence[int]) -> list[int]:
        ends = (at + 1 for at, one in enumerate(ids) if one in self._end_ids)
        return list(ids[: next(ends, len(ids))])


class AnswerOnly:
    """Applies another logits processor to generated tokens only, without the prompt."""

    def __init__(self, processor: Any, skipped: int) -> None:
        self._processor = processor
        self._skipped = skipped

    def __call__(self, input_ids: Any, scores: Any) -> Any:
        """Return the processed scores."""
        generated = input_ids[:, self._skipped :]
        return self._processor(generated, scores) if generated.shape[1] else scores


class GreedyScores:
    """Records the log-probability of each token of a greedy search, without keeping whole distributions."""

    def __init__(self) -> None:
        self._steps: list[list[float]] = []

    def __call__(self, input_ids: Any, scores: Any) -> Any:
        """Return the scores unchanged."""
        del input_ids
        self._steps.append(scores.float().log_softmax(-1).max(-1).values.tolist())
        return scores

    def means(self, lengths: Sequence[int]) -> list[float | None]:
        """Return the mean over the given number of first tokens of each sequence."""
        columns = zip(*self._steps, strict=True)
        pairs = zip(columns, lengths, strict=True)
        return [sum(column[:length]) / length if length else None for column, length in pairs]


def load_transformers(
    files: ModelFiles, *, options: EngineOptions | None = None, progress: Progress = SILENT
) -> TransformersEngine:
    """Return an engine for a model.

    Raises:
        UsageError: This engine does not have the precision, or there is no such device.
        ModelFilesError: The model cannot be read.
    """
    import torch  # noqa: PLC0415 - heavy

    chosen = options or EngineOptions()
    cuda = torch.cuda.is_available()
    if chosen.device == "cuda" and not cuda:
        raise UsageError("there is no GPU that torch can use", hint="Use --device cpu")
    device = "cuda" if cuda and chosen.device != "cpu" else "cpu"
    precision = chosen.precision if chosen.precision != "auto" else "bfloat16" if device == "cuda" else "float32"
    if precision not in PRECISIONS:
        raise UsageError(
            f"the transformers engine cannot compute in {precision}", hint=f"It can in {', '.join(PRECISIONS)}"
        )
    with progress.bar(f"Loading {files.path.name}", 2, unit="step") as advance:
        tokenizer = load_tokenizer(files)
        advance(1)
        model = load_model(files, dtype=precision)
        with reading(files.path, "model"):
            ends = end_tokens(model, tokenizer, files.stop_tokens)
            engine = TransformersEngine(model.to(device), ModelTokenizer(tokenizer), ends)
            engine.try_out()
        advance(1)
    return engine
