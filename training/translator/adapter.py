"""The adapter as it is shipped: two small matrices for each linear layer, in 8 bits, whose product is added to it."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

_DOWN, _UP, _SCALE = ".down", ".up", ".scale"
_PEFT: Final = {".lora_A.default.weight": _DOWN, ".lora_B.default.weight": _UP}
_BEFORE: Final = "base_model.model."
_MOST: Final = 127


def write_adapter(weights: Mapping[str, Any], path: Path) -> None:
    """Write the trained matrices, named as peft names them, with a scale for each of their inner dimensions.

    The rank of the adapter must be its factor, so that no further number is needed to add it to its layers.
    """
    import torch  # noqa: PLC0415 - loaded when used
    from safetensors.torch import save_file  # noqa: PLC0415 - loaded when used

    content = {}
    for name, weight in weights.items():
        ending = next(ending for ending in _PEFT if name.endswith(ending))
        key = name.removeprefix(_BEFORE).removesuffix(ending) + _PEFT[ending]
        inner = int(ending == ".lora_A.default.weight")
        scale = weight.float().abs().amax(dim=inner, keepdim=True).clamp(min=1e-12) / _MOST
        content[key] = torch.round(weight.float() / scale).to(torch.int8).contiguous()
        content[key + _SCALE] = scale
    save_file(content, path)


def write_checkpoints(checkpoints: Sequence[Path], path: Path) -> dict[str, Any]:
    """Write the adapter of checkpoints, averaged; return what the last one records of its run."""
    import torch  # noqa: PLC0415 - loaded when used

    found = [torch.load(checkpoint, weights_only=True, mmap=True) for checkpoint in checkpoints]
    names = found[0]["weights"]
    write_adapter({name: sum(one["weights"][name] for one in found) / len(found) for name in names}, path)
    return {name: found[-1][name] for name in ("step", "pairs", "seconds")}


def read_adapter(path: Path) -> dict[str, Any]:
    """Return the matrix to be added to each layer, by the layer's name, in 32 bits."""
    from safetensors.torch import load_file  # noqa: PLC0415 - loaded when used

    content = load_file(path)
    parts = {key: content[key].float() * content[key + _SCALE] for key in content if not key.endswith(_SCALE)}
    layers = sorted({key.rsplit(".", 1)[0] for key in parts})
    return {layer: parts[layer + _UP] @ parts[layer + _DOWN] for layer in layers}


def merge(model: Any, adapter: Mapping[str, Any]) -> None:
    """Add an adapter to the linear layers of a model."""
    for layer, change in adapter.items():
        model.get_submodule(layer).weight.data += change
