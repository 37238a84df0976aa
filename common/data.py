"""Data tables beside the modules that use them."""

import tomllib
from functools import cache
from importlib import resources
from typing import Any


@cache
def load_table(module: str, name: str) -> dict[str, Any]:
    """Return the content of a TOML file. Callers share it and must not change it.

    Args:
        module: Name of a module in the file's folder, `__name__` of the caller.
        name: The file, a path within that folder.
    """
    folder = resources.files(module.rpartition(".")[0])
    content: dict[str, Any] = tomllib.loads(folder.joinpath(name).read_text(encoding="utf-8"))
    return content
