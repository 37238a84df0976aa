"""The encoders that have a name, read from `encoders.toml`."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Final

SPECS_PATH: Final = Path(__file__).with_name("encoders.toml")


@dataclass(frozen=True, slots=True)
class EncoderSpec:
    """What is known of an encoder before it is loaded.

    Attributes:
        name: What `load_encoder` calls it.
        licence: SPDX identifier of the licence of its weights; None where nothing is known.
        repository: Owner and name on the Hugging Face hub; None for one that is not fetched from there.
        revision: Commit or branch of the repository; None for the default branch.
        prefix: Put before every text.
        dimension: Components of a vector; 0 where it is known only after loading.
        size: Roughly what is fetched, in bytes; 0 where it is not known or nothing is.
        citation: Who made it.
        url: Where it is described.
    """

    name: str
    licence: str | None = None
    repository: str | None = None
    revision: str | None = None
    prefix: str = ""
    dimension: int = 0
    size: int = 0
    citation: str = ""
    url: str = ""


@cache
def encoder_specs() -> Mapping[str, EncoderSpec]:
    """Return the encoders that have a name, by name."""
    table = tomllib.loads(SPECS_PATH.read_text(encoding="utf-8"))
    return MappingProxyType({name: EncoderSpec(name, **entry) for name, entry in table.items()})


def spec_of_repository(repository: str, revision: str | None) -> EncoderSpec:
    """Return how a repository on the hub is used: as its entry says, or where it has none, as it is.

    Args:
        repository: Owner and name.
        revision: Commit or branch; None for that of the entry, or the default branch.
    """
    for spec in encoder_specs().values():
        if spec.repository == repository and revision in (None, spec.revision):
            return spec
    return EncoderSpec(repository if revision is None else f"{repository}@{revision}", None, repository, revision)
