"""Encoders by name, folder or repository."""

import os
import re
from collections.abc import Mapping
from contextlib import suppress
from functools import cache
from pathlib import Path
from threading import Lock, Thread
from types import MappingProxyType
from typing import Final

from alignment.encoders.base import Encoder, EncoderSpec
from common.data import load_table
from common.errors import InputError, UsageError
from common.model_files import folder_named

DEFAULT_ENCODER: Final = "use"

_LOADING: Final = Lock()
_REPOSITORY: Final = re.compile(r"(?P<repository>[\w-][\w.-]*/[\w-][\w.-]*)(?:@(?P<revision>[\w./-]+))?")


@cache
def encoder_specs() -> Mapping[str, EncoderSpec]:
    """Return the named encoders, by name."""
    table = load_table(__name__, "encoders.toml")
    return MappingProxyType({name: EncoderSpec(name, **entry) for name, entry in table.items()})


def known_encoders() -> tuple[str, ...]:
    """Return the names that `load_encoder` accepts besides folders and repositories."""
    return tuple(encoder_specs())


def spec_of_repository(repository: str, revision: str | None) -> EncoderSpec:
    """Return the description of a repository on the hub: its entry, or a default one.

    Args:
        repository: Owner and name.
        revision: Commit or branch; None for that of the entry, or the default branch.
    """
    for spec in encoder_specs().values():
        if spec.repository == repository and revision in (None, spec.revision):
            return spec
    return EncoderSpec(repository if revision is None else f"{repository}@{revision}", None, repository, revision)


@cache
def load_encoder(name: str = DEFAULT_ENCODER) -> Encoder:
    """Return the encoder called `name`; it is loaded once per process.

    Args:
        name: One of `known_encoders()`; or a folder that holds a sentence-transformers model; or a repository of the
            Hugging Face hub, as `owner/name` or `owner/name@revision`. `use` is the multilingual Universal Sentence
            Encoder v3 (Yang et al. 2020, https://arxiv.org/abs/1907.04307), which is part of the installation; all
            others need the extra `encoders`, and a download unless they are cached.

    Raises:
        UsageError: It is none of these.
        InputError: The folder holds no usable model.
        OfflineError: It needs a download, and the user allows no network.
        NetworkError: The hub cannot be reached, or fails.
        TolmachError: Its weights are not installed, the extra is missing, or its weights are not safe to load.
    """
    spec = encoder_specs().get(name)
    if spec is not None and spec.repository is None:
        from alignment.encoders.use import load_use  # noqa: PLC0415 - loads numpy

        with _LOADING:  # who asks while another thread loads it waits
            return load_use()
    from alignment.encoders.sentence_transformer import (  # noqa: PLC0415 - loads numpy
        fetch_encoder,
        load_sentence_transformer,
        require_extra,
    )

    folder = None if spec else _folder(name)
    spec = spec or _unnamed(name, folder)
    require_extra()  # before gigabytes are downloaded
    return load_sentence_transformer(spec, folder or fetch_encoder(spec))


def load_ahead() -> None:
    """Begin to load the embedded encoder in a thread; most of that is unpacking, beside which the caller can go on."""
    Thread(target=_load_quietly, daemon=True).start()


def _load_quietly() -> None:
    # Who needs the encoder learns what is wrong with it.
    with suppress(Exception):
        load_encoder()


def _folder(name: str) -> Path | None:
    """Return the folder that `name` names, or None if it cannot be one."""
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
