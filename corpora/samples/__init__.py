"""Sample articles in three languages, with gold sentences and alignments; see `LICENSE` for their terms."""

from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable
from typing import Final

from common.errors import UsageError
from corpora.article import Article, Bitext
from corpora.languages import base_language, parse_language
from corpora.samples.stories import Story

VARIANTS: Final = ("altered", "as-received")
"""Variants of some texts: with planted changes of meaning; as copied from a web page."""

_ALONE: Final = "lavrov"


def list_samples() -> tuple[str, ...]:
    """Return the names of the sample stories; each has an English, a Russian and a Chinese version."""
    folders = (entry.name for entry in _root().joinpath("articles").iterdir() if entry.joinpath("gold.json").is_file())
    return (_ALONE, *sorted(folders))


def sample_path(name: str, language: str, *, variant: str | None = None) -> Traversable:
    """Return the text file of a version.

    Args:
        name: One of `list_samples()`.
        language: BCP-47 tag. `zh` and `zh-Hant` both name the Chinese version, whichever script it is in.
        variant: One of `VARIANTS`, None for the text itself.

    Raises:
        UsageError: There is no such story, version or variant.
    """
    tag = base_language(parse_language(language))
    file = _folder(name).joinpath(f"{tag}-{variant}.txt" if variant else f"{tag}.txt")
    if not file.is_file():
        raise UsageError(
            f"the sample {name} has no variant {variant!r} in {tag}", hint=f"Variants: {', '.join(VARIANTS)}"
        )
    return file


def load_sample(name: str, language: str, *, variant: str | None = None) -> Article:
    """Return a version as an article; its language tag has the script of Chinese.

    Raises:
        UsageError: There is no such story, version or variant.
    """
    return _story(name).article(language, sample_path(name, language, variant=variant).name)


def sample_language(name: str, language: str) -> str:
    """Return the exact tag of a version: `zh-Hant` for Chinese in Traditional script."""
    return _story(name).language(language)


def sample_bitexts(source: str, target: str) -> dict[str, Bitext]:
    """Return the gold sentence alignment of every story for a language pair, by name.

    Beads are in source order; one without source follows the bead of the preceding target sentence.

    Args:
        source: BCP-47 tag; `zh` and `zh-Hant` both name the Chinese versions.
        target: Another language.

    Raises:
        UsageError: A language is not known, or both are the same.
    """
    first, second = base_language(parse_language(source)), base_language(parse_language(target))
    if first == second:
        raise UsageError(f"a bitext needs two languages, not {source} twice", hint="Name two of en, ru, zh")
    return {name: _story(name).bitext(first, second) for name in list_samples()}


def sample_stories() -> tuple[Story, ...]:
    """Return all sample stories."""
    return tuple(map(_story, list_samples()))


@cache
def _story(name: str) -> Story:
    return Story(name, _folder(name), f"sample:{name}")


def _folder(name: str) -> Traversable:
    if name not in list_samples():
        raise UsageError(f"there is no sample {name!r}", hint=f"Known: {', '.join(list_samples())}")
    return _root().joinpath(name) if name == _ALONE else _root().joinpath("articles", name)


def _root() -> Traversable:
    return resources.files("corpora.samples")
