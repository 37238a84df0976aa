"""Public names of a package that are loaded on first use, so that importing it is cheap."""

from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from typing import Any


def lazy_names(package: str, homes: Mapping[str, Sequence[str]]) -> Callable[[str], Any]:
    """Return a package's `__getattr__` (PEP 562), which imports the module of a name; `homes` has each one's names."""
    modules = {name: module for module, names in homes.items() for name in names}

    def load(name: str) -> Any:
        """Import the module of a name, and return what it names."""
        if name not in modules:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        return getattr(import_module(modules[name]), name)

    return load
