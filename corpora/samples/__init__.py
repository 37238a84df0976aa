"""Sample articles in three languages, with gold sentences and alignments; `LICENSE` says how they may be used."""

import json
from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable
from typing import Any, Final

from corpora.article import Article, ArticleMeta, Bitext
from corpora.errors import UsageError
from corpora.languages import CHINESE, TRADITIONAL_CHINESE, base_language, parse_language

VARIANTS: Final = ("altered", "as-received")
"""Other forms of some texts: with planted changes of meaning; as the page was copied."""

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
    """Return a version as an article; its language says which script a Chinese one is in.

    Raises:
        UsageError: There is no such story, version or variant.
    """
    file = sample_path(name, language, variant=variant)
    meta = ArticleMeta(source=f"sample:{name}/{file.name}", format="text", encoding="utf-8")
    return Article.from_text(file.read_text(encoding="utf-8"), language=sample_language(name, language), meta=meta)


def sample_language(name: str, language: str) -> str:
    """Return the exact tag of a version: `zh-Hant` where a Chinese version is in Traditional script.

    Raises:
        UsageError: There is no such story, or the language is not known.
    """
    tag = base_language(parse_language(language))
    script = _gold(name).get("zh_script")
    return TRADITIONAL_CHINESE if tag == CHINESE and script == "Hant" else tag


def sample_bitexts(source: str, target: str) -> dict[str, Bitext]:
    """Return the gold sentence alignment of every story for a language pair, by name.

    Beads are in source order; one without source follows the bead of the target sentence before it.

    Args:
        source: BCP-47 tag; `zh` and `zh-Hant` both name the Chinese versions.
        target: Another language.

    Raises:
        UsageError: A language is not known, or both are the same.
    """
    first, second = base_language(parse_language(source)), base_language(parse_language(target))
    if first == second:
        raise UsageError(f"a bitext needs two languages, not {source} twice", hint="Name two of en, ru, zh")
    return {name: _bitext(_gold(name), first, second) for name in list_samples()}


def sample_quotes(name: str, language: str) -> tuple[tuple[str, str], ...]:
    """Return text and kind of the gold quotes of a version, in the order of the gold data.

    Records that share one pair of marks with another are left out.

    Args:
        name: One of `list_samples()`.
        language: BCP-47 tag.

    Raises:
        UsageError: There is no such story, or the language is not known.
    """
    tag = base_language(parse_language(language))
    if name == _ALONE:
        rows = json.loads(_folder(name).joinpath("quotes.json").read_text(encoding="utf-8"))["quotes"]
        return tuple((row["text"][tag], row["kind"]) for row in rows if row["text"].get(tag))
    rows = [row for row in _gold(name)["quotes"] if row[tag] and not row[tag].get("merged_with")]
    return tuple((row[tag]["text"], row["kind"]) for row in rows)


def _bitext(gold: dict[str, Any], source: str, target: str) -> Bitext:
    forward = gold["alignment"].get(f"{source}-{target}")
    listed = forward if forward is not None else _reverse(gold["alignment"][f"{target}-{source}"])
    beads = tuple((tuple(left), tuple(right)) for left, right in listed)
    return Bitext(tuple(gold["sentences"][source]), tuple(gold["sentences"][target]), beads)


def _reverse(beads: list[list[list[int]]]) -> list[list[list[int]]]:
    """Swap the sides and bring the beads into the order of the new source."""
    swapped = sorted(([right, left] for left, right in beads if right), key=lambda bead: bead[0])
    for right, left in ((right, left) for left, right in beads if not right):
        before = [place for place, bead in enumerate(swapped) if bead[1] and bead[1][-1] < left[0]]
        after = max(before, key=lambda place: swapped[place][1][-1]) + 1 if before else 0
        swapped.insert(after, [right, left])
    return swapped


@cache
def _gold(name: str) -> dict[str, Any]:
    file = "alignment.json" if name == _ALONE else "gold.json"
    gold: dict[str, Any] = json.loads(_folder(name).joinpath(file).read_text(encoding="utf-8"))
    return gold


def _folder(name: str) -> Traversable:
    if name not in list_samples():
        raise UsageError(f"there is no sample {name!r}", hint=f"Known: {', '.join(list_samples())}")
    return _root().joinpath(name) if name == _ALONE else _root().joinpath("articles", name)


def _root() -> Traversable:
    return resources.files("corpora.samples")
