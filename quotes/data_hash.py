"""Names the lexicons, weights and networks of this package, all of which move results."""

import hashlib
from collections.abc import Iterator
from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable

_DATA = (".toml", ".json", ".npz")


@cache
def data_hash() -> str:
    """Return the first 12 digits of the SHA-256 of all data files of `quotes`, by name and content."""
    found = hashlib.sha256()
    for name, file in sorted(_files(resources.files("quotes"), ""), key=lambda item: item[0]):
        found.update(name.encode("utf-8") + b"\0" + hashlib.sha256(file.read_bytes()).digest())
    return found.hexdigest()[:12]


def _files(folder: Traversable, path: str) -> Iterator[tuple[str, Traversable]]:
    for entry in folder.iterdir():
        name = f"{path}{entry.name}"
        if entry.is_dir():
            yield from _files(entry, f"{name}/")
        elif name.endswith(_DATA):
            yield name, entry
