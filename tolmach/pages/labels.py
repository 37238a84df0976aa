"""Words of the report, read from `labels.toml`."""

from functools import cache
from typing import Any

from common.data import load_table
from corpora.languages import NAMES
from tolmach.results.result import Version


@cache
def labels() -> dict[str, Any]:
    """Return the tables of `labels.toml`."""
    return load_table(__name__, "labels.toml")


def html_lang(tag: str) -> str:
    """Return the tag that chooses the right glyphs: `zh-Hans` for `zh`."""
    return str(labels()["lang"].get(tag, tag))


def version_name(version: Version) -> str:
    """Return the version's language in English, with its number where two versions share a language."""
    number = version.id.removeprefix(version.article.language).lstrip("-")
    name = NAMES.get(version.article.language, version.article.language)
    return f"{name} {number}" if number else name
