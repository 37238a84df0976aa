"""Cuts the vocabulary of a GGUF file, so that what is not needed of it is never unpacked.

The layout of these files: https://github.com/ggml-org/ggml/blob/master/docs/gguf.md
"""

import struct
from collections.abc import Sequence
from dataclasses import dataclass
from mmap import ACCESS_READ, mmap
from pathlib import Path
from typing import Any, Final

_LISTS: Final = (b"tokenizer.ggml.tokens", b"tokenizer.ggml.scores", b"tokenizer.ggml.token_type")
"""Settings with one value for each piece."""
_TABLES: Final = (b"token_embd.weight", b"output.weight")
"""Tensors with one row for each piece."""
_WIDTHS: Final = {0: 1, 1: 1, 7: 1, 2: 2, 3: 2, 4: 4, 5: 4, 6: 4, 10: 8, 11: 8, 12: 8}
"""Bytes of a number or truth value, by its type."""
_COUNT: Final = 4
_TEXT: Final = 8
_LIST: Final = 9
"""Types of settings."""
_BEFORE_TEXT: Final = 12
"""Bytes of the type and the length of a setting that is a text."""
_ALIGNMENT: Final = 32
"""Each tensor begins at a multiple of it. A file may set another one in its settings; none of ours does."""


def cut_gguf(source: Path, kept: Sequence[int], target: Path, *, named: bool = True) -> None:
    """Write the model in `source` with only the pieces `kept`, numbered in their order.

    The special pieces must come first in it and be kept: the settings that name their numbers are copied.

    Args:
        source: The file.
        kept: The numbers of the pieces.
        target: The new file.
        named: Whether it says what the pieces are. Only their tokenizer needs that, and reading it takes long.
    """
    with source.open("rb") as file, mmap(file.fileno(), 0, access=ACCESS_READ) as data:
        head = _Cursor(data)
        start = head.take(8)
        tensors, settings = head.numbers("<QQ")
        copied = dict(_cut_setting(head, kept) for _ in range(settings))
        if not named:
            _remove_names(copied, len(kept))
        found = [_read_tensor(head) for _ in range(tensors)]
        first = _aligned(head.at)
        with target.open("wb") as output:
            output.write(start + struct.pack("<QQ", tensors, len(copied)))
            output.writelines(_counted(name) + value for name, value in copied.items())
            at = 0
            for one in found:
                output.write(one.described(at, kept))
                at = _aligned(at + one.size(kept))
            for one in found:
                output.write(bytes(-output.tell() % _ALIGNMENT))
                output.write(one.content(data, first, kept))
            output.write(bytes(-output.tell() % _ALIGNMENT))


@dataclass
class _Cursor:
    """A place in a file that moves on with everything that is read."""

    data: mmap
    at: int = 0

    def take(self, size: int) -> bytes:
        """Return the next bytes."""
        self.at += size
        return self.data[self.at - size : self.at]

    def numbers(self, layout: str) -> tuple[int, ...]:
        """Return the next numbers, by their layout."""
        return struct.unpack(layout, self.take(struct.calcsize(layout)))

    def text(self) -> bytes:
        """Return the next text, which follows its length."""
        return self.take(*self.numbers("<Q"))

    def value(self, kind: int) -> bytes:
        """Return the bytes of a value of a kind."""
        return _counted(self.text()) if kind == _TEXT else self.take(_WIDTHS[kind])


@dataclass(frozen=True)
class _Tensor:
    """A tensor of a file.

    Attributes:
        name: Its name.
        row: Bytes of a row.
        rows: How many rows it has.
        shape: Its dimensions, the length of a row first.
        kind: How its numbers are stored.
        offset: Its place behind the head of the file.
    """

    name: bytes
    row: int
    rows: int
    shape: tuple[int, ...]
    kind: int
    offset: int

    @property
    def is_table(self) -> bool:
        """Return whether it has a row for each piece of the vocabulary."""
        return self.name in _TABLES

    def size(self, kept: Sequence[int]) -> int:
        """Return its bytes after the cut."""
        return self.row * (len(kept) if self.is_table else self.rows)

    def described(self, offset: int, kept: Sequence[int]) -> bytes:
        """Return its description after the cut."""
        shape = (self.shape[0], len(kept)) if self.is_table else self.shape
        return _counted(self.name) + struct.pack(f"<I{len(shape)}QIQ", len(shape), *shape, self.kind, offset)

    def content(self, data: mmap, first: int, kept: Sequence[int]) -> Any:
        """Return its rows after the cut."""
        import numpy as np  # noqa: PLC0415 - loaded when used

        rows = np.frombuffer(data, "uint8", self.row * self.rows, first + self.offset).reshape(self.rows, self.row)
        return rows[list(kept)] if self.is_table else rows.copy()


def _aligned(at: int) -> int:
    return at + -at % _ALIGNMENT


def _counted(text: bytes) -> bytes:
    return struct.pack("<Q", len(text)) + text


def _cut_setting(head: _Cursor, kept: Sequence[int]) -> tuple[bytes, bytes]:
    """Return the name of the next setting, and its type and value."""
    name = head.text()
    (kind,) = head.numbers("<I")
    if kind != _LIST:
        return name, struct.pack("<I", kind) + head.value(kind)
    inner, count = head.numbers("<IQ")
    values = [head.value(inner) for _ in range(count)]
    if name in _LISTS:
        values = [values[number] for number in kept]
    return name, struct.pack("<IIQ", kind, inner, len(values)) + b"".join(values)


def _remove_names(settings: dict[bytes, bytes], pieces: int) -> None:
    for name in _LISTS:
        settings.pop(name, None)
    architecture = settings[b"general.architecture"][_BEFORE_TEXT:]
    settings[architecture + b".vocab_size"] = struct.pack("<II", _COUNT, pieces)


def _read_tensor(head: _Cursor) -> _Tensor:
    from gguf import GGML_QUANT_SIZES, GGMLQuantizationType  # noqa: PLC0415 - loaded when used

    name = head.text()
    (dimensions,) = head.numbers("<I")
    *shape, kind, offset = head.numbers(f"<{dimensions}QIQ")
    numbers, size = GGML_QUANT_SIZES[GGMLQuantizationType(kind)]
    rows = 1
    for length in shape[1:]:
        rows *= length
    return _Tensor(name, shape[0] // numbers * size, rows, tuple(shape), kind, offset)
