"""What lies in a folder with a sentence-transformers model, and whether it is safe to load."""

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Final

from common.errors import InputError, TolmachError
from common.model_files import read_json

MODULES: Final = "modules.json"

# A pickle can run code when it is loaded: none is read. What the libraries load from one, and what stands for it.
_PICKLED: Final = (
    ("pytorch_model*.bin", ("model*.safetensors",)),
    ("adapter_model*.bin", ("adapter_model*.safetensors",)),
)
_READ: Final = (".json", ".txt", ".model", ".safetensors")
_OWN: Final = "sentence_transformers."
# Others import what their settings name, or read a pickle.
_MODULES: Final = frozenset({
    "Transformer", "StaticEmbedding", "Pooling", "WeightedLayerPooling", "Dense", "LayerNorm", "Normalize", "Dropout",
})  # fmt: skip
_FRONT_MATTER: Final = re.compile(r"\A---\s*\n(.*?)\n---\s*$", re.DOTALL | re.MULTILINE)
_LICENCE: Final = re.compile(r"^licen[sc]e:[ \t]*['\"]?([^\s'\"#]+)", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class ModelFolder:
    """A folder whose model may be loaded.

    Attributes:
        path: The folder.
        parts: The folder itself and those below it that hold its modules.
    """

    path: Path
    parts: tuple[Path, ...]

    @classmethod
    def check(cls, path: Path) -> "ModelFolder":
        """Look at the files of a model without loading it.

        Raises:
            InputError: There is no sentence-transformers model, or its list of modules is damaged.
            TolmachError: It asks for code of its own, or has its weights only as a pickle.
        """
        parts = dict.fromkeys([path, *(path / part for part in _module_paths(path))])
        # A module without files of its own, such as the one that normalises, often has no folder.
        folder = cls(path, tuple(part for part in parts if part.is_dir()))
        folder._check_activations()
        folder._check_weights()
        return folder

    def digest(self) -> str:
        """Return the start of a SHA-256 over the names and contents of all files that are read, 12 characters."""
        total = hashlib.sha256()
        for file in self._files():
            total.update(f"{file.relative_to(self.path).as_posix()}\0{file.stat().st_size}\0".encode())
            with file.open("rb") as content:
                total.update(hashlib.file_digest(content, "sha256").digest())
        return total.hexdigest()[:12]

    def weight_files(self) -> tuple[Path, ...]:
        """Return the files that hold weights."""
        return tuple(file for file in self._files() if file.suffix == ".safetensors")

    def names(self) -> tuple[str, ...]:
        """Return the names of all files that are read, relative to the folder."""
        return tuple(file.relative_to(self.path).as_posix() for file in self._files())

    def licence(self) -> str | None:
        """Return the licence that the model's card states, or None."""
        card = self.path / "README.md"
        if not card.is_file():
            return None
        front = _FRONT_MATTER.search(card.read_text(encoding="utf-8", errors="replace"))
        stated = _LICENCE.search(front[1]) if front else None
        return stated[1] if stated else None

    def _files(self) -> list[Path]:
        return sorted(file for part in self.parts for file in part.iterdir() if file.is_file() and _is_read(file))

    def _check_activations(self) -> None:
        """Refuse a layer whose activation is no function of torch: sentence-transformers would take another for it."""
        for part in self.parts:
            config = read_json(part / "config.json") if (part / "config.json").is_file() else None
            named = config.get("activation_function") if isinstance(config, dict) else None
            if part != self.path and isinstance(named, str) and not named.startswith("torch.nn."):
                raise _own_code(self.path, named)

    def _check_weights(self) -> None:
        for part in self.parts:
            for pickled, safe in _PICKLED:
                pickle = next(part.glob(pickled), None)
                if pickle and not any(found for pattern in safe for found in part.glob(pattern)):
                    raise _pickle_only(str(self.path), pickle.relative_to(self.path).as_posix())
        if not self.weight_files():
            raise InputError(
                f"the model in {self.path} has no weights: no file ends in .safetensors", hint="Copy or fetch it again"
            )


def check_names(names: list[str], owner: str) -> None:
    """Look at the names of a repository's files before any is fetched.

    Raises:
        TolmachError: There is no sentence-transformers model, or its weights are there only as a pickle.
    """
    if MODULES not in names:
        raise TolmachError(f"{owner} is no sentence-transformers model: it has no {MODULES}", hint="Name another model")
    for name in map(PurePosixPath, names):
        for pickled, safe in _PICKLED:
            beside = [other for other in map(PurePosixPath, names) if other.parent == name.parent]
            if name.match(pickled) and not any(other.match(pattern) for other in beside for pattern in safe):
                raise _pickle_only(owner, str(name))


def _pickle_only(owner: str, name: str) -> TolmachError:
    return TolmachError(
        f"{owner} has weights only as a pickle ({name}), which can run code when it is loaded, "
        "so Tolmach does not load it",
        hint="Choose another model, or a revision or folder with the same weights as safetensors",
    )


def _is_read(file: Path) -> bool:
    # An adapter is no model: it names another one, which would be read as well.
    return file.suffix in _READ and not file.name.startswith("adapter_")


def _is_known(kind: str) -> bool:
    return kind.startswith(_OWN) and kind.rpartition(".")[2] in _MODULES


def _module_paths(folder: Path) -> list[str]:
    """Subfolders of the modules, in order; the empty string stands for the folder itself."""
    listed = folder / MODULES
    if not listed.is_file():
        raise InputError(
            f"there is no sentence-transformers model in {folder}: it has no {MODULES}",
            hint="Name a folder that sentence-transformers saved, or one with all the files of such a model",
        )
    modules = read_json(listed)
    try:
        kinds = [str(module["type"]) for module in modules]
        paths = [str(module["path"]) for module in modules]
    except (TypeError, KeyError) as error:
        raise InputError(f"{listed} is damaged: {error}", hint="Copy or fetch the model again") from error
    if foreign := next((kind for kind in kinds if not _is_known(kind)), None):
        raise _own_code(folder, foreign)
    if astray := next((path for path in paths if Path(path).is_absolute() or ".." in Path(path).parts), None):
        raise InputError(f"{listed} points outside of its folder: {astray}", hint="Copy or fetch the model again")
    return paths


def _own_code(folder: Path, named: str) -> TolmachError:
    return TolmachError(
        f"the model in {folder} asks for code of its own ({named}), which Tolmach does not run",
        hint="Choose a model that sentence-transformers runs by itself",
    )
