"""Writes the adapter as it is shipped, see `translate/engines/adapter.py`."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from translate.engines.adapter import DOWN, PIECES, SCALE, UP

_PEFT: Final = {".lora_A.default.weight": DOWN, ".lora_B.default.weight": UP}
_BEFORE: Final = "base_model.model."
_MOST: Final = 127


def write_adapter(weights: Mapping[str, Any], kept: Sequence[int], path: Path) -> None:
    """Write the trained matrices, named as peft names them, in 8 bits, and the pieces that the base is cut to.

    The rank of the adapter must be its factor, so that no further number is needed to add it to its layers.
    """
    import torch  # noqa: PLC0415 - loaded when used
    from safetensors.torch import save_file  # noqa: PLC0415 - loaded when used

    content = {PIECES: torch.tensor(kept, dtype=torch.int32)}
    for name, weight in weights.items():
        ending = next(ending for ending in _PEFT if name.endswith(ending))
        key = name.removeprefix(_BEFORE).removesuffix(ending) + _PEFT[ending]
        inner = int(ending == ".lora_A.default.weight")
        scale = weight.float().abs().amax(dim=inner, keepdim=True).clamp(min=1e-12) / _MOST
        content[key] = torch.round(weight.float() / scale).to(torch.int8).contiguous()
        content[key + SCALE] = scale
    save_file(content, path)


def write_checkpoints(checkpoints: Sequence[Path], kept: Path, path: Path) -> dict[str, Any]:
    """Write the adapter of checkpoints, averaged; return what the last one records of its run.

    `kept` is the file with the ids of the pieces.
    """
    import torch  # noqa: PLC0415 - loaded when used

    found = [torch.load(checkpoint, weights_only=True, mmap=True) for checkpoint in checkpoints]
    names = found[0]["weights"]
    weights = {name: sum(one["weights"][name] for one in found) / len(found) for name in names}
    write_adapter(weights, json.loads(kept.read_text(encoding="utf-8")), path)
    return {name: found[-1][name] for name in ("step", "pairs", "seconds")}
