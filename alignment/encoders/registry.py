"""Encoders by name, folder or repository."""

import os
import re
from functools import cache
from pathlib import Path
from typing import Final

from alignment.encoders.base import Encoder
from alignment.encoders.specs import EncoderSpec, encoder_specs, spec_of_repository
from common.errors import InputError, UsageError
from common.model_files import folder_named

DEFAULT_ENCODER: Final = "use"

_REPOSITORY: Final = re.compile(r"(?P<repository>[\w-][\w.-]*/[\w-][\w.-]*)(?:@(?P<revision>[\w./-]+))?")


def known_encoders() -> tuple[str, ...]:
    """Return the names that `load_encoder` accepts beside folders and repositories."""
    return tuple(encoder_specs())


@cache
def load_encoder(name: str = DEFAULT_ENCODER) -> Encoder:
    """Return the encoder called `name`; it is loaded once a process.

    Args:
        name: One of `known_encoders()`; or a folder that holds a sentence-transformers model; or a repository of the
            Hugging Face hub, as `owner/name` or `owner/name@revision`. `use` is the multilingual Universal Sentence
            Encoder v3 (Yang et al. 2020, https://arxiv.org/abs/1907.04307), which comes with the installation; all
            others need the extra `encoders`, and a download unless they were fetched before.

    Raises:
        UsageError: It is none of these.
        InputError: The folder holds no usable model.
        OfflineError: It would have to be fetched, and the user allows no network.
        NetworkError: The hub cannot be reached, or fails.
        TolmachError: Its weights are not installed, the extra is missing, or its weights are not safe to load.
    """
    spec = encoder_specs().get(name)
    if spec is not None and spec.repository is None:
        from alignment.encoders.use import load_use  # noqa: PLC0415 - loads numpy

        return load_use()
    from alignment.encoders.transformer import load_transformer  # noqa: PLC0415 - loads numpy

    folder = None if spec else _folder(name)
    return load_transformer(spec or _unnamed(name, folder), folder)


def _folder(name: str) -> Path | None:
    """Return the folder that `name` names, or None where it cannot mean one."""
    if folder := folder_named(name):
        return folder.resolve()
    if os.path.isfile(name):  # noqa: PTH113 - pathlib's raises for a name that is too long
        raise InputError(f"cannot load an encoder from {name}: it is a file", hint="Name the folder that it is in")
    if name.startswith((".", "~")) or Path(name).is_absolute():
        raise InputError(f"cannot load an encoder from {name}: there is no such folder", hint="Check the path")
    return None


def _unnamed(name: str, folder: Path | None) -> EncoderSpec:
    if folder:
        return EncoderSpec(folder.name)
    if found := _REPOSITORY.fullmatch(name):
        return spec_of_repository(found["repository"], found["revision"])
    raise UsageError(
        f"unknown encoder {name!r}",
        hint=f"Known: {', '.join(known_encoders())}; or a folder with a sentence-transformers model, "
        "or owner/name on the Hugging Face hub",
    )
