"""An adapter that is added to a base model, and the pieces of the base's vocabulary that it needs.

It is one file of safetensors: two small matrices in 8 bits for each linear layer, whose product is added to the
layer's weights, and the ids of the pieces. `training/translator` makes it.
"""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from translate.engines.errors import ModelFilesError

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


def cut_model(model: Any, kept: Sequence[int]) -> None:
    """Leave a model only the pieces `kept`, numbered in their order."""
    import torch  # noqa: PLC0415 - loaded when used

    rows = model.get_input_embeddings().weight.data[torch.tensor(kept)]
    model.resize_token_embeddings(len(kept), mean_resizing=False)
    model.get_input_embeddings().weight.data.copy_(rows)


def cut_tokenizer(tokenizer: Mapping[str, Any], kept: Sequence[int]) -> dict[str, Any]:
    """Return the content of a `tokenizer.json` of kind BPE with only the pieces `kept`, numbered in their order."""
    names = {number: piece for piece, number in tokenizer["model"]["vocab"].items()}
    numbers = {names[old]: new for new, old in enumerate(kept)}
    merges = [[a, b] for a, b in tokenizer["model"]["merges"] if a in numbers and b in numbers and a + b in numbers]
    added = [one | {"id": numbers[one["content"]]} for one in tokenizer["added_tokens"] if one["content"] in numbers]
    changed = tokenizer["model"] | {"vocab": numbers, "merges": merges}
    whole: dict[str, Any] = json.loads(json.dumps({**tokenizer, "added_tokens": added, "model": changed}))
    for special in whole["post_processor"]["special_tokens"].values():
        special["ids"] = [numbers[token] for token in special["tokens"]]
    return whole
