"""COMET's published checkpoints: a pickle, of which tensors are read and nothing else."""

import pickle
import warnings
from pathlib import Path
from typing import Any, Final

from common.errors import InputError
from common.model_files import UnsafeWeightsError

_NEEDED: Final = ("encoder.", "estimator.", "layerwise_attention.")


def convert_checkpoint(path: Path, target: Path) -> None:
    """Write the tensors of a checkpoint as safetensors.

    torch's loader for weights only knows how to make tensors and plain containers; whatever else a pickle asks for, it
    refuses before anything runs.

    Args:
        path: The checkpoint, as PyTorch Lightning writes it.
        target: The safetensors file.

    Raises:
        UnsafeWeightsError: It asks for more than tensors.
        InputError: It is damaged, or no checkpoint of COMET.
    """
    import torch  # noqa: PLC0415 - slow to import
    from safetensors.torch import save_file  # noqa: PLC0415 - slow to import

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # torch's own about old forms of pickles; what it cannot read, it refuses
            found: Any = torch.load(path, map_location="cpu", weights_only=True)
        tensors = {
            name: value.detach().clone().contiguous()
            for name, value in found["state_dict"].items()
            if name.startswith(_NEEDED) and isinstance(value, torch.Tensor)
        }
    except pickle.UnpicklingError as error:
        raise UnsafeWeightsError(
            f"{path.name} holds more than tensors, and is not read", hint="Use another metric, or tell the developers"
        ) from error
    except (OSError, RuntimeError, KeyError, TypeError, EOFError, AttributeError) as error:
        raise InputError(f"{path.name} is damaged, or no checkpoint of COMET: {error}") from error
    if not tensors:
        raise InputError(f"{path.name} holds no weights of COMET")
    save_file(tensors, target)


def read_hyperparameters(path: Path) -> dict[str, Any]:
    """Return the hyperparameters in a YAML file.

    Raises:
        InputError: It cannot be read.
    """
    import yaml  # noqa: PLC0415 - loaded when used

    try:
        found = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, yaml.YAMLError) as error:
        raise InputError(f"cannot read {path.name}: {error}") from error
    if not isinstance(found, dict):
        raise InputError(f"{path.name} holds no hyperparameters")
    return found
