"""An adapter that is added to a base model, and the pieces of the base's vocabulary that it needs.

It is one file of safetensors: two small matrices in 8 bits for each linear layer, whose product is added to the
layer's weights, and the ids of the pieces. `training/translator` makes it.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from translate.types import ModelFilesError

PIECES: Final = "pieces"
DOWN, UP, SCALE = ".down", ".up", ".scale"
"""Endings of the names of a layer's matrices, and of what each column or row of them is multiplied by."""


def read_adapter(path: Path) -> dict[str, Any]:
    """Return what an adapter's file holds.

    Raises:
        ModelFilesError: It is missing or damaged.
    """
    from safetensors import SafetensorError  # noqa: PLC0415 - loaded when used
    from safetensors.torch import load_file  # noqa: PLC0415 - loaded when used

    try:
        content: dict[str, Any] = load_file(path)
    except (OSError, SafetensorError) as error:
        raise ModelFilesError(f"cannot read the adapter {path}: {error}", hint="Install Tolmach again") from error
    return content


def merge(model: Any, adapter: Mapping[str, Any]) -> None:
    """Add an adapter to the linear layers of a model."""
    for name in adapter:
        if name.endswith(UP):
            layer = name.removesuffix(UP)
            up, down = (adapter[layer + end].float() * adapter[layer + end + SCALE] for end in (UP, DOWN))
            weight = model.get_submodule(layer).weight
            weight.data += (up @ down).to(weight.dtype)
