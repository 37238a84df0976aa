"""MetricX-24: an mT5 that is asked in words and answers with the logit of one token.

Source: Juraska et al. 2024 (https://aclanthology.org/2024.wmt-1.35); what it is asked and how the answer is read, from
`metricx24` of https://github.com/google-research/metricx.
"""

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from common.errors import InputError
from common.model_files import UnsafeWeightsError, check_claims, loading_errors, model_view, spelling
from eval.neural.registry import Samples
from translate.files import folder_files

if TYPE_CHECKING:
    import torch

ANSWER: Final = 250_089
"""The token whose logit is the score: `<extra_id_10>` of mT5."""
_WORST: Final = 25.0
_LONGEST: Final = 1536
_BATCH: Final = 8


class MetricX:
    """A loaded MetricX model.

    Args:
        folder: Holds the model as safetensors with its configuration, and mT5's tokenizer.
        device: Where it runs, as torch has it.

    Raises:
        InputError: The files are missing, damaged, or of another model.
    """

    def __init__(self, folder: Path, *, device: str = "cpu", answer: int = ANSWER) -> None:
        import torch  # noqa: PLC0415 - slow to import
        from transformers import AutoTokenizer, MT5Config, MT5ForConditionalGeneration  # noqa: PLC0415 - slow to import

        try:
            with model_view(folder, folder_files(folder)) as view:
                config = MT5Config.from_pretrained(view, local_files_only=True)
                check_claims(partial(MT5ForConditionalGeneration, config), view)
                # The published class has the same weights by the same names; only what is read off them differs.
                model: Any = MT5ForConditionalGeneration.from_pretrained(
                    view, local_files_only=True, use_safetensors=True, dtype=torch.float32
                )
                self._tokenizer = AutoTokenizer.from_pretrained(view, local_files_only=True)
        except loading_errors(UnsafeWeightsError) as error:
            raise InputError(f"cannot read a MetricX model from {folder}: {error}", hint="Fetch it again") from error
        self._model = model
        if model.config.vocab_size <= answer:
            raise InputError(f"the model in {folder} has no token {answer}, from which MetricX reads its score")
        self._answer = answer
        self._device = torch.device(device)
        self._model.eval().to(self._device)

    def score(self, samples: Samples) -> list[float]:
        """Return a score for each segment: errors from 0 to 25, lower is better; without references where none are."""
        import torch  # noqa: PLC0415 - slow to import

        texts = [_question(samples, at) for at in range(len(samples))]
        found = [0.0] * len(texts)
        order = sorted(range(len(texts)), key=lambda at: len(texts[at]), reverse=True)
        with torch.inference_mode():
            for start in range(0, len(order), _BATCH):
                part = order[start : start + _BATCH]
                for at, score in zip(part, self._answers([texts[at] for at in part]).tolist(), strict=True):
                    found[at] = score
        return found

    def _answers(self, texts: list[str]) -> "torch.Tensor":
        import torch  # noqa: PLC0415 - slow to import

        # The end of the text is not told to the model: it was trained so.
        with spelling():
            rows = [self._tokenizer(text, truncation=True, max_length=_LONGEST)["input_ids"][:-1] for text in texts]
        inputs = self._tokenizer.pad({"input_ids": rows}, return_tensors="pt").to(self._device)
        start = torch.zeros((len(texts), 1), dtype=torch.long, device=self._device)
        logits = self._model(**inputs, decoder_input_ids=start).logits
        return logits[:, 0, self._answer].clamp(0.0, _WORST)  # type: ignore[no-any-return]


def _question(samples: Samples, at: int) -> str:
    asked = f"source: {samples.sources[at]} candidate: {samples.hypotheses[at]}"
    return asked if samples.references is None else f"{asked} reference: {samples.references[at]}"
