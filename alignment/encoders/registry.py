"""Encoders by name."""

import importlib
from functools import cache
from typing import Final, cast

from alignment.encoders.base import Encoder
from corpora.errors import UsageError

DEFAULT_ENCODER: Final = "use"

# Name to "module:factory"; a factory takes nothing and returns an encoder.
_FACTORIES: Final = {
    "use": "alignment.encoders.use:load_use",
}


def known_encoders() -> tuple[str, ...]:
    """Return the names that `load_encoder` accepts."""
    return tuple(_FACTORIES)


@cache
def load_encoder(name: str = DEFAULT_ENCODER) -> Encoder:
    """Return the encoder called `name`; it is loaded once a process.

    Args:
        name: One of `known_encoders()`. `use` is the multilingual Universal Sentence Encoder v3 (Yang et al. 2020,
            https://arxiv.org/abs/1907.04307), which comes with the installation.

    Raises:
        UsageError: No encoder has that name.
        TolmachError: Its weights are not installed.
    """
    if name not in _FACTORIES:
        raise UsageError(f"unknown encoder {name!r}", hint=f"Known: {', '.join(_FACTORIES)}")
    module, factory = _FACTORIES[name].split(":")
    return cast("Encoder", getattr(importlib.import_module(module), factory)())
