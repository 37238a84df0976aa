"""What a model's folder may hold to have something read or run that is not of the model."""

# ruff: noqa: PLC0415 - collecting tests must not load torch

import json
import pickle
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest


class Marker:
    """Leaves a file where whoever reads its pickle makes it again."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def __reduce__(self) -> tuple[Callable[..., object], tuple[str, str]]:
        return open, (str(self._path), "w")


def forbid_pickles(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have torch's reader of pickles fail, which is the only one that the libraries use for weights."""
    import torch

    monkeypatch.setattr(torch, "load", lambda *_args, **_options: pytest.fail("a pickle was read"))


def write_pickle(path: Path, marker: Path) -> None:
    path.write_bytes(pickle.dumps({"weights": Marker(marker)}))


def edit(path: Path, **changes: object) -> None:
    """Change settings in a JSON file, which may not exist."""
    content = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    path.write_text(json.dumps(content | changes), encoding="utf-8")


def name_in_index(folder: Path, target: str) -> None:
    """Have an index say that all weights are in `target`, and take away the only other way to find weights."""
    from safetensors import safe_open

    with safe_open(folder / "model.safetensors", framework="np") as file:
        names = list(file.keys())
    (folder / "model.safetensors").rename(folder / "model-00001-of-00001.safetensors")
    edit(folder / "model.safetensors.index.json", metadata={}, weight_map=dict.fromkeys(names, target))


def copy_to(folder: Path, source: Path) -> Path:
    return Path(shutil.copytree(source, folder))
