"""Marian's files of weights: its own binary format, plain or packed with gzip, and NumPy archives.

The layout is that of marian-dev's `src/common/binary.cpp`, version 1, little-endian: the version and the number of
tensors; for each tensor the lengths of its name, its shape and its data and its type; all names; all shapes; a gap that
aligns what follows; all data. Type codes are those of `src/common/types.h` in browsermt/marian-dev.
"""

import gzip
import math
import struct
import zipfile
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np

from translate.engines.errors import ModelFilesError

VERSION: Final = 1
CONFIG: Final = "special:model.yml"
"""Name of the tensor whose bytes are the architecture, as lines of YAML."""

MAX_BYTES: Final = 2 << 30
"""Largest file that is unpacked: thirty times the largest published model."""

FLOAT32: Final = 0x404
FLOAT16: Final = 0x402
INT8: Final = 0x101
INTGEMM8: Final = 0x4101
INTGEMM16: Final = 0x4102

_PLAIN: Final[Mapping[int, str]] = {FLOAT32: "<f4", FLOAT16: "<f2"}
_QUANTIZED: Final[Mapping[int, str]] = {INTGEMM8: "<i1", INTGEMM16: "<i2"}
_UNTRANSPOSED: Final = "Wemb"
"""Embeddings keep their shape when Marian quantizes them; every other matrix is stored transposed."""
_MAX_TENSORS: Final = 1 << 16
_POINTER: Final = b"version https://git-lfs"
_GZIP: Final = b"\x1f\x8b"

Array = np.ndarray[Any, np.dtype[np.float32]]


@dataclass(frozen=True, slots=True)
class MarianModel:
    """The content of one file of weights.

    Attributes:
        path: Where it was read from.
        tensors: Every tensor in float32 and in the shape that Marian names, so that `y = x @ tensor` for a matrix.
        config: The architecture's settings that are single values, by Marian's names.
    """

    path: Path
    tensors: Mapping[str, Array]
    config: Mapping[str, str]


class _DamagedError(ValueError):
    """The bytes are not what the format says; told without the path, which `read_model` adds."""


def read_model(path: Path) -> MarianModel:
    """Read a file of weights: `.bin`, `.bin.gz` or `.npz`.

    Args:
        path: The file.

    Raises:
        ModelFilesError: It is missing, damaged, cut off, or in a layout for one kind of processor only.
    """
    try:
        tensors, config = _read_archive(path) if path.suffix == ".npz" else _read_binary(unpacked(path))
    except (OSError, _DamagedError, zipfile.BadZipFile, zlib.error, EOFError, ValueError) as error:
        raise ModelFilesError(
            f"cannot read the model in {path}: {str(error) or type(error).__name__}", hint="Get the file again"
        ) from error
    return MarianModel(path, tensors, config)


def unpacked(path: Path) -> bytes:
    """Return the content of a file, unpacked where it is gzip.

    Raises:
        ValueError: It is larger than a model can be, or the note that git-lfs leaves in place of a file.
        OSError: It cannot be read.
        EOFError: The packed data end too early.
    """
    with path.open("rb") as file:
        packed = file.read(len(_GZIP)) == _GZIP
    with gzip.open(path) if packed else path.open("rb") as file:
        content = file.read(MAX_BYTES + 1)
    if len(content) > MAX_BYTES:
        raise _DamagedError(f"it holds more than {MAX_BYTES >> 30} GiB")
    if content.startswith(_POINTER):
        raise _DamagedError("it is only git-lfs's pointer to the file (run `git lfs pull` there)")
    return content


class _Cursor:
    """Takes bytes in order, and never more than there are."""

    def __init__(self, content: bytes) -> None:
        self._content = memoryview(content)
        self._place = 0

    def take(self, length: int) -> memoryview:
        end = self._place + length
        if length < 0 or end > len(self._content):
            raise _DamagedError(f"it ends after {len(self._content)} bytes, within its tensors")
        taken = self._content[self._place : end]
        self._place = end
        return taken

    def numbers(self, form: str, count: int) -> tuple[int, ...]:
        layout = struct.Struct(f"<{count}{form}")
        return layout.unpack(self.take(layout.size))


@dataclass(frozen=True, slots=True)
class _Header:
    name_length: int
    kind: int
    dimensions: int
    data_length: int


def _read_binary(content: bytes) -> tuple[dict[str, Array], dict[str, str]]:
    cursor = _Cursor(content)
    version, count = cursor.numbers("Q", 2)
    if version != VERSION:
        raise _DamagedError("it is not in Marian's binary format")
    if count > _MAX_TENSORS:
        raise _DamagedError(f"it claims to hold {count} tensors")
    headers = [_Header(*cursor.numbers("Q", 4)) for _ in range(count)]
    names = [bytes(cursor.take(one.name_length)).split(b"\0")[0].decode("utf-8") for one in headers]
    shapes = [cursor.numbers("i", one.dimensions) for one in headers]
    (gap,) = cursor.numbers("Q", 1)
    cursor.take(gap)
    tensors, config = {}, ""
    for name, shape, header in zip(names, shapes, headers, strict=True):
        data = cursor.take(header.data_length)
        if name.startswith("special:"):
            config = _text(data) if name == CONFIG else config
        else:
            tensors[name] = _tensor(name, shape, header.kind, data)
    return tensors, _settings(config)


def _tensor(name: str, shape: Sequence[int], kind: int, data: memoryview) -> Array:
    form = _PLAIN.get(kind) or _QUANTIZED.get(kind)
    if form is None:
        raise _DamagedError(f"{name} has the type {kind:#x}, which is laid out for one kind of processor, or unknown")
    count = math.prod(shape)
    width = count * np.dtype(form).itemsize
    if min(shape, default=1) < 1 or len(data) < width + (4 if kind in _QUANTIZED else 0):
        raise _DamagedError(f"{name} has {len(data)} bytes, too few for the shape {tuple(shape)}")
    values = np.frombuffer(data[:width], form).astype(np.float32)
    if kind in _PLAIN:
        return values.reshape(shape)
    (multiplier,) = struct.unpack("<f", data[width : width + 4])
    if not (math.isfinite(multiplier) and multiplier > 0):
        raise _DamagedError(f"{name} has the quantization multiplier {multiplier}")
    values /= np.float32(multiplier)
    transposed = _UNTRANSPOSED not in name
    return values.reshape(shape[::-1]).T if transposed else values.reshape(shape)


def _read_archive(path: Path) -> tuple[dict[str, Array], dict[str, str]]:
    if not zipfile.is_zipfile(path):
        raise _DamagedError("it is no NumPy archive")
    with path.open("rb") as file, np.load(file, allow_pickle=False) as archive:
        config = _text(archive[CONFIG].tobytes()) if CONFIG in archive.files else ""
        names = [name for name in archive.files if not name.startswith("special:")]
        return {name: archive[name].astype(np.float32) for name in names}, _settings(config)


def _text(data: bytes | memoryview) -> str:
    return bytes(data).rstrip(b"\0").decode("utf-8")


def _settings(config: str) -> dict[str, str]:
    """Return the single values of Marian's YAML, which it writes one on a line; lists and nested keys are left out."""
    if not config:
        raise _DamagedError(f"it has no {CONFIG}, so nobody can tell its architecture")
    pairs = (line.partition(":") for line in config.splitlines() if line[:1].isalpha() and ":" in line)
    return {key.strip(): value.strip().strip("\"'") for key, _, value in pairs}
