"""Selects the files of a model, and records and checks their contents."""

import fnmatch
import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from common.files import sha256_of
from common.model_files import INDEX, UnsafeWeightsError, check_index

WEIGHTS: Final = ("model.safetensors", "model-*-of-*.safetensors", "*.gguf")
"""Weights that are pure data: a pickle can run code when loaded, so none is ever downloaded or read."""

BESIDES: Final = ("*.json", "*.txt", "*.model", "*.spm", "*.jinja", "README.md", "LICENSE*", "NOTICE*")
"""Configuration, tokenizer and licence; with `WEIGHTS` all files that are ever downloaded."""

PICKLES: Final = ("pytorch_model*.bin", "*.pt", "*.pth", "*.ckpt", "*.pkl")

_SAMPLES: Final = 64
_BLOCK: Final = 1 << 14
"""With `_SAMPLES`, one MB of a file: 1 ms if cached by the system, else 64 seeks."""


def select_files(names: Iterable[str], *, owner: str) -> tuple[str, ...]:
    """Return the files of a repository or folder that are needed to run its model, sorted.

    Only top-level files are selected; safetensors are preferred to GGUF.

    Raises:
        UnsafeWeightsError: It has no weights, or only as a pickle, or several GGUF files to choose from.
    """
    top = [name for name in names if "/" not in name and "\\" not in name]
    weights = [name for name in top if _matches(name, WEIGHTS)]
    safetensors = [name for name in weights if name.endswith(".safetensors")]
    if not weights:
        raise _no_weights([name for name in top if _matches(name, PICKLES)], owner)
    if not safetensors and len(weights) > 1:
        raise UnsafeWeightsError(
            f"{owner} has several files of weights ({', '.join(weights)})",
            hint="Put the one you want into a separate folder and name that folder as the model",
        )
    return tuple(sorted([*(safetensors or weights), *(name for name in top if _matches(name, BESIDES))]))


def folder_files(folder: Path) -> tuple[str, ...]:
    """Return the files of a model in a folder, selected by `select_files`."""
    chosen = select_files((path.name for path in folder.iterdir() if path.is_file()), owner=str(folder))
    if INDEX in chosen:
        check_index(folder / INDEX, chosen, owner=str(folder))
    return chosen


def _no_weights(pickles: Sequence[str], owner: str) -> UnsafeWeightsError:
    if not pickles:
        return UnsafeWeightsError(f"{owner} has no weights: neither safetensors nor GGUF")
    return UnsafeWeightsError(
        f"{owner} has its weights only as a pickle ({pickles[0]}), which can run code when it is loaded, "
        "so Tolmach does not load it",
        hint="Choose another model, or a folder or repository with the same weights as safetensors",
    )


def _matches(name: str, patterns: Iterable[str]) -> bool:
    return any(fnmatch.fnmatchcase(name, pattern) for pattern in patterns)


@dataclass(frozen=True, slots=True)
class FileRecord:
    """A verified file.

    Attributes:
        modified: Modification time, in nanoseconds since 1970: while it and the size are the same, so is the content.
    """

    path: str
    size: int
    sha256: str
    modified: int


def record_files(folder: Path, names: Iterable[str], known: Iterable[FileRecord] = ()) -> tuple[FileRecord, ...]:
    """Record files; those unchanged since `known` are not read again.

    Raises:
        FileNotFoundError: One is missing.
    """
    before = {record.path: record for record in known}
    return tuple(_record(folder, name, before.get(name)) for name in names)


def _record(folder: Path, name: str, before: FileRecord | None) -> FileRecord:
    state = (folder / name).stat()
    if before and (before.size, before.modified) == (state.st_size, state.st_mtime_ns):
        return before
    return FileRecord(name, state.st_size, sha256_of(folder / name), state.st_mtime_ns)


def content_id(files: Iterable[FileRecord]) -> str:
    """Return a checksum of the names and contents of files, in hexadecimal."""
    content = "".join(f"{file.path}\0{file.sha256}\n" for file in files)
    return hashlib.sha256(content.encode("utf-8")).hexdigest()


def sample_of(path: Path) -> str:
    """Return a SHA-256 over evenly spread blocks of a file, or over all of it up to 1 MB.

    It is computed at every start of the program, when reading gigabytes would take too long.
    """
    size = path.stat().st_size
    if size <= _SAMPLES * _BLOCK:
        return sha256_of(path)
    digest = hashlib.sha256()
    with path.open("rb") as file:
        for at in range(_SAMPLES):
            file.seek((size - _BLOCK) * at // (_SAMPLES - 1))
            digest.update(file.read(_BLOCK))
    return digest.hexdigest()
