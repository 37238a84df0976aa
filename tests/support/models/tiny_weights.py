"""Weights of tiny models that behave like real ones: decided, varied, and, where they are taught, finished."""

# ruff: noqa: PLC0415 - collecting tests must not load torch

from collections.abc import Callable
from pathlib import Path

from translate.engines.loaders import quiet_libraries


def shaken(kind: Callable, config: object, *, spread: float, embedded: float | None = None):
    """Return a model with large random weights: its outputs vary, and no two tokens are nearly as likely."""
    import torch

    model = kind(config)
    generator = torch.Generator().manual_seed(7)
    with torch.no_grad():
        for name, weights in model.named_parameters():
            if weights.dim() > 1 and "embed_positions" not in name:
                scale = embedded if embedded and ("shared" in name or "embed" in name) else spread
                weights.copy_(torch.randn(weights.shape, generator=generator) * scale)
    return _with_zero_padding(model.eval())


def taught(kind: Callable, config: object, pairs: list[tuple[list[int], list[int]]], *, steps: int = 100):
    """Return a model that learned `pairs` by heart, so that its outputs are varied, sure and finished.

    Random weights do not give that where the output layer is the embedding and each layer is normalised at its end.
    """
    import torch

    torch.manual_seed(3)
    model = kind(config).eval()
    batch = _training_batch(pairs, config)
    weights = [one for one in model.parameters() if one.requires_grad]
    moments = [(torch.zeros_like(one), torch.zeros_like(one)) for one in weights]
    for step in range(1, steps + 1):
        gradients = torch.autograd.grad(model(**batch).loss, weights, allow_unused=True)
        with torch.no_grad():
            for weight, gradient, (mean, square) in zip(weights, gradients, moments, strict=True):
                if gradient is None:
                    continue
                # Adam by hand: torch.optim imports a compiler, which takes longer than all the steps.
                mean.lerp_(gradient, 0.1)
                square.lerp_(gradient * gradient, 0.001)
                weight.sub_(5e-3 * (mean / (1 - 0.9**step)) / ((square / (1 - 0.999**step)).sqrt() + 1e-8))
    return _with_zero_padding(model)


def _training_batch(pairs: list[tuple[list[int], list[int]]], config):
    from torch import tensor

    if config.is_encoder_decoder:
        rows, labels = [one for one, _ in pairs], [other for _, other in pairs]
    else:
        rows, labels = [one + other for one, other in pairs], [[-100] * len(one) + other for one, other in pairs]
    return {
        "input_ids": tensor(_rectangle(rows, config.pad_token_id)),
        "attention_mask": tensor(_rectangle([[1] * len(row) for row in rows], 0)),
        "labels": tensor(_rectangle(labels, -100)),
    }


def _rectangle(rows: list[list[int]], filler: int) -> list[list[int]]:
    width = max(map(len, rows))
    return [row + [filler] * (width - len(row)) for row in rows]


def _with_zero_padding(model):
    """Return the model as published ones are: CTranslate2 relies on it for Marian's start."""
    import torch

    with torch.no_grad():
        for module in model.modules():
            if isinstance(module, torch.nn.Embedding) and module.padding_idx is not None:
                module.weight[module.padding_idx] = 0
    return model


def save(model, folder: Path) -> None:
    with quiet_libraries():
        model.save_pretrained(folder)
