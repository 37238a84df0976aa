"""Words of the report, read from `labels.toml`."""

import tomllib
from functools import cache
from importlib import resources
from typing import Any

from corpora.languages import NAMES
from tolmach.result import Version


@cache
def labels() -> dict[str, Any]:
    """Return the tables of `labels.toml`."""
    return tomllib.loads(resources.files("tolmach.report").joinpath("labels.toml").read_text(encoding="utf-8"))


def html_lang(tag: str) -> str:
    """Return the tag that chooses the right glyphs: `zh-Hans` for `zh`."""
    return str(labels()["lang"].get(tag, tag))


def version_name(version: Version) -> str:
    """Return the version's language in English, with its number where two versions share a language."""
    number = version.id.removeprefix(version.language).lstrip("-")
    name = NAMES.get(version.language, version.language)
    return f"{name} {number}" if number else name
