"""The data files of the checks."""

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any


@cache
def load_data(name: str) -> dict[str, Any]:
    """Read the data file `name` of this package."""
    return tomllib.loads(files(__package__).joinpath(name).read_text(encoding="utf-8"))
