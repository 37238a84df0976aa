"""COMET's regression metric: an encoder's layers mixed and pooled, then a small network over three sentences.

Source: Rei et al. 2020 (https://aclanthology.org/2020.emnlp-main.213), 2022 (https://aclanthology.org/2022.wmt-1.52).
The reference implementation is unbabel-comet 2.2.7; `tests/eval/neural/test_comet.py` has its definition step by step.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from common.errors import InputError, UsageError
from common.model_files import UnsafeWeightsError, check_claims, loading_errors, model_view, spelling
from eval.neural.registry import Samples
from translate.files import folder_files

if TYPE_CHECKING:
    import torch

HYPERPARAMETERS: Final = "hparams.json"
WEIGHTS: Final = "model.safetensors"
_FIXED: Final = {"class_identifier": "regression_metric", "pool": "avg", "layer": "mix", "final_activation": None}
"""Settings that only COMET-22 and models like it have; others would be computed in another way."""
_ENCODER: Final = "encoder.model."
_BATCH: Final = 16
_WIDEST: Final = 1 << 14
"""Largest width of a layer of the network: published models have 4096. Layers are allocated before weights are read."""

_DEEPEST: Final = 4
"""Most layers of the network: published models have two."""


@dataclass(frozen=True, slots=True)
class CometOptions:
    """The hyperparameters that determine the score.

    Attributes:
        activations: Name of the activation between the layers, in `torch.nn`.
        layer_transformation: Normalisation of the mixture's weights: `softmax` or `sparsemax`.
        layer_norm: Whether layers are normalized before they are mixed.
    """

    hidden_sizes: tuple[int, ...] = (3072, 1024)
    activations: str = "Tanh"
    layer_transformation: str = "softmax"
    layer_norm: bool = True

    @classmethod
    def read(cls, data: Mapping[str, Any]) -> "CometOptions":
        """Return the options from a model's `hparams`.

        Raises:
            InputError: The model is of an unknown kind.
        """
        for name, known in _FIXED.items():
            if data.get(name, known) != known:
                raise InputError(f"a COMET model with the {name} {data[name]!r} is not known")
        names = cls.__dataclass_fields__
        chosen = {name: value for name, value in data.items() if name in names}
        sizes = chosen.get("hidden_sizes", (3072, 1024))
        found = cls(**chosen | {"hidden_sizes": tuple(sizes) if isinstance(sizes, list | tuple) else ()})
        if not (0 < len(found.hidden_sizes) <= _DEEPEST and all(map(_is_width, found.hidden_sizes))):
            raise InputError(f"a COMET model with layers of {found.hidden_sizes} is not known")
        if found.layer_transformation not in {"softmax", "sparsemax"}:
            raise InputError(f"a COMET model with {found.layer_transformation} of its layers is not known")
        return found


def _is_width(size: object) -> bool:
    return isinstance(size, int) and 0 < size <= _WIDEST


class Comet:
    """A loaded COMET model.

    Args:
        folder: Folder with `hparams.json`, `model.safetensors` with the names of the published checkpoint, the
            encoder's configuration and its tokenizer.
        device: Device, as in torch.

    Raises:
        InputError: The files are missing, damaged, or of an unknown model.
    """

    def __init__(self, folder: Path, *, device: str = "cpu") -> None:
        import torch  # noqa: PLC0415 - slow to import
        from safetensors.torch import load_file  # noqa: PLC0415 - slow to import
        from transformers import AutoConfig, AutoModel, AutoTokenizer  # noqa: PLC0415 - slow to import

        make: Any = AutoModel.from_config
        try:
            self._options = CometOptions.read(json.loads((folder / HYPERPARAMETERS).read_text(encoding="utf-8")))
            weights = load_file(folder / WEIGHTS)
            with model_view(folder, folder_files(folder)) as view:
                config = AutoConfig.from_pretrained(view, local_files_only=True)
                self._tokenizer = AutoTokenizer.from_pretrained(view, local_files_only=True)
                check_claims(partial(make, config, add_pooling_layer=False), view)
            self._encoder: Any = make(config, add_pooling_layer=False)
            inside = {name.removeprefix(_ENCODER): each for name, each in weights.items() if name.startswith(_ENCODER)}
            # Buffers such as position ids are not in every file, and are recomputed.
            missing, unexpected = self._encoder.load_state_dict(inside, strict=False)
            if [name for name in missing if "position_ids" not in name] or [
                name for name in unexpected if "position_ids" not in name and not name.startswith("pooler.")
            ]:
                raise InputError(f"the weights in {folder} are not those of the encoder in its configuration")
            self._head = _network(weights, config.hidden_size, self._options)
            self._mixture = _mixture(weights, config.num_hidden_layers + 1, self._options)
        except loading_errors(UnsafeWeightsError) as error:
            raise InputError(f"cannot read a COMET model from {folder}: {error}", hint="Fetch it again") from error
        self._device = torch.device(device)
        self._encoder.to(self._device).eval()
        self._head.to(self._device).eval()
        self._longest = config.max_position_embeddings - 4

    def score(self, samples: Samples) -> list[float]:
        """Return a score for each segment: about 0 to 1, higher is better.

        Raises:
            UsageError: There are no references.
        """
        if samples.references is None:
            raise UsageError("COMET-22 needs references", hint="Give one, or use a metric without")
        import torch  # noqa: PLC0415 - slow to import

        found = [0.0] * len(samples)
        order = sorted(range(len(samples)), key=lambda at: len(samples.sources[at]), reverse=True)
        with torch.inference_mode():
            for start in range(0, len(order), _BATCH):
                part = order[start : start + _BATCH]
                scores = self._estimate(*(
                    self._embed([texts[at] for at in part])
                    for texts in (samples.sources, samples.hypotheses, samples.references)
                ))  # fmt: skip
                for at, score in zip(part, scores.tolist(), strict=True):
                    found[at] = score
        return found

    def _embed(self, texts: list[str]) -> "torch.Tensor":
        """Return the sentences' vectors, shape (sentences, width)."""
        import torch  # noqa: PLC0415 - slow to import

        options = {"padding": True, "truncation": True, "max_length": self._longest, "return_tensors": "pt"}
        with spelling():
            inputs = self._tokenizer(texts, **options)
        ids, mask = inputs["input_ids"].to(self._device), inputs["attention_mask"].to(self._device)
        layers = self._encoder(input_ids=ids, attention_mask=mask, output_hidden_states=True).hidden_states
        tokens = self._mix(layers, mask)
        padding = ids.eq(self._tokenizer.pad_token_id).unsqueeze(-1)
        mean: torch.Tensor = torch.sum(tokens.masked_fill(padding, 0.0), 1) / mask.sum(1, keepdim=True)
        return mean

    def _mix(self, layers: "tuple[torch.Tensor, ...]", mask: "torch.Tensor") -> "torch.Tensor":
        weights, gamma = self._mixture
        known = mask.unsqueeze(-1).float()
        chosen = [_normalized(layer, known) if self._options.layer_norm else layer for layer in layers]
        mixed: Any = sum(weight * layer for weight, layer in zip(weights.tolist(), chosen, strict=True))
        found: torch.Tensor = gamma * mixed
        return found

    def _estimate(
        self, source: "torch.Tensor", hypothesis: "torch.Tensor", reference: "torch.Tensor"
    ) -> "torch.Tensor":
        import torch  # noqa: PLC0415 - slow to import

        compared = [
            each for other in (reference, source) for each in (hypothesis * other, torch.abs(hypothesis - other))
        ]
        scores: torch.Tensor = self._head(torch.cat((hypothesis, reference, *compared), dim=1)).view(-1)
        return scores


def _network(weights: "Mapping[str, torch.Tensor]", width: int, options: CometOptions) -> "torch.nn.Module":
    """Return the network over the six vectors of a segment, with its weights."""
    from torch import nn  # noqa: PLC0415 - slow to import

    def layers() -> Iterator[nn.Module]:
        """Yield the layers of the estimator."""
        before = 6 * width
        for size in options.hidden_sizes:
            yield nn.Linear(before, size)
            yield getattr(nn, options.activations.title())()
            yield nn.Dropout()  # has no effect at inference, but numbers the layers as in the checkpoint
            before = size
        yield nn.Linear(before, 1)

    head = nn.Sequential(*layers())
    prefix = "estimator.ff."
    head.load_state_dict({name.removeprefix(prefix): one for name, one in weights.items() if name.startswith(prefix)})
    return head


def _mixture(weights: "Mapping[str, torch.Tensor]", layers: int, options: CometOptions) -> "tuple[torch.Tensor, float]":
    """Return the weight of each layer, and the factor of their sum."""
    import torch  # noqa: PLC0415 - slow to import

    prefix = "layerwise_attention."
    raw = torch.cat([weights[f"{prefix}scalar_parameters.{number}"] for number in range(layers)]).float()
    made = sparsemax(raw) if options.layer_transformation == "sparsemax" else torch.softmax(raw, dim=0)
    return made, float(weights[f"{prefix}gamma"])


def sparsemax(scores: "torch.Tensor") -> "torch.Tensor":
    """Return the nearest point of the probability simplex to `scores`, shape (n,): most entries become 0.

    Source: Martins and Astudillo 2016 (https://proceedings.mlr.press/v48/martins16.html).
    """
    import torch  # noqa: PLC0415 - slow to import

    ordered, _ = torch.sort(scores, descending=True)
    sums = torch.cumsum(ordered, dim=0) - 1.0
    counts = torch.arange(1, len(scores) + 1, dtype=scores.dtype)
    kept = int((ordered * counts > sums).sum())
    return torch.clamp(scores - sums[kept - 1] / kept, min=0.0)


def _normalized(layer: "torch.Tensor", known: "torch.Tensor") -> "torch.Tensor":
    """Return a layer with mean 0 and variance 1 over the tokens of each sentence."""
    import torch  # noqa: PLC0415 - slow to import

    number = known.sum((1, 2), keepdim=True) * layer.shape[-1]
    mean = (layer * known).sum((1, 2), keepdim=True) / number
    variance = (((layer - mean) * known) ** 2).sum((1, 2), keepdim=True) / number
    return (layer - mean) / torch.sqrt(variance + 1e-12)


ANSWER: Final = 250_089
"""The token whose logit is the score: `<extra_id_10>` of mT5."""
_WORST: Final = 25.0
_LONGEST: Final = 1536
_METRICX_BATCH: Final = 8


class MetricX:
    """A loaded MetricX model.

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
                # The published class has the same weights under the same names; only its output differs.
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
        """Return a score for each segment: errors from 0 to 25, lower is better; references are optional."""
        import torch  # noqa: PLC0415 - slow to import

        texts = [_question(samples, at) for at in range(len(samples))]
        found = [0.0] * len(texts)
        order = sorted(range(len(texts)), key=lambda at: len(texts[at]), reverse=True)
        with torch.inference_mode():
            for start in range(0, len(order), _METRICX_BATCH):
                part = order[start : start + _METRICX_BATCH]
                for at, score in zip(part, self._answers([texts[at] for at in part]).tolist(), strict=True):
                    found[at] = score
        return found

    def _answers(self, texts: list[str]) -> "torch.Tensor":
        import torch  # noqa: PLC0415 - slow to import

        # The model gets no end of text: it was trained so.
        with spelling():
            rows = [self._tokenizer(text, truncation=True, max_length=_LONGEST)["input_ids"][:-1] for text in texts]
        inputs = self._tokenizer.pad({"input_ids": rows}, return_tensors="pt").to(self._device)
        start = torch.zeros((len(texts), 1), dtype=torch.long, device=self._device)
        logits = self._model(**inputs, decoder_input_ids=start).logits
        return logits[:, 0, self._answer].clamp(0.0, _WORST)  # type: ignore[no-any-return]


def _question(samples: Samples, at: int) -> str:
    asked = f"source: {samples.sources[at]} candidate: {samples.hypotheses[at]}"
    return asked if samples.references is None else f"{asked} reference: {samples.references[at]}"
