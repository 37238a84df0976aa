"""Precision and recall of the versions that a corpus is searched for where no story is given.

    python -m benchmarks.corpora.story_versions --output docs/results/story_versions.json

The articles are the documents of NTREX, a third of them in three languages, a third in two and a third in one, all of
one day, which is harder than real dates. Weight and threshold are chosen on every other document, and the figures are
those of the rest. Each pair of articles counts.
"""

import json
from collections.abc import Iterable, Mapping
from itertools import combinations
from pathlib import Path
from typing import Final

import click

from alignment import load_encoder
from benchmarks.places import shared_folder
from common.arrays import Floats
from common.files import write_text
from corpora.article import Article
from tolmach.corpus.stories import LEAD, LEAST, Traits, link_versions, name_stories, traits_of

_LANGUAGES: Final = ("en", "ru", "zh")
_LEAST: Final = (0.35, 0.4, 0.45, 0.5, 0.55, 0.6, 0.65, 0.7, 0.75)


def documents() -> dict[str, dict[str, str]]:
    """Return the text of each document of NTREX, by name and language."""
    folder = shared_folder() / "testsets" / "ntrex"
    names = (folder / "documents.txt").read_text(encoding="utf-8").splitlines()
    found: dict[str, dict[str, str]] = {name: {} for name in names}
    for language in _LANGUAGES:
        lines = (folder / f"{language}.txt").read_text(encoding="utf-8").splitlines()
        for name, line in zip(names, lines, strict=True):
            before = found[name].get(language)
            found[name][language] = f"{before}\n\n{line}" if before else line
    return found


def measure(traits: list[Traits], vectors: Floats, least: float) -> dict[str, float]:
    """Return precision, recall and F1 of the pairs in one story; the gold story is the id up to the last colon."""
    found = _pairs(name_stories(traits, link_versions(traits, vectors, least)))
    gold = _pairs({one.id: one.id.rpartition(":")[0] for one in traits})
    right = len(found & gold)
    precision, recall = right / max(len(found), 1), right / len(gold)
    return {"precision": precision, "recall": recall, "f1": 2 * right / (len(found) + len(gold))}


def _pairs(story: Mapping[str, str]) -> set[tuple[str, ...]]:
    groups: dict[str, list[str]] = {}
    for name, one in story.items():
        groups.setdefault(one, []).append(name)
    return {tuple(sorted(pair)) for group in groups.values() for pair in combinations(group, 2)}


def _read(names: Iterable[str], texts: Mapping[str, Mapping[str, str]]) -> tuple[list[Traits], Floats]:
    articles = {
        f"{name}:{language}": Article.from_text(texts[name][language], language=language)
        for number, name in enumerate(names)
        for at, language in enumerate(_LANGUAGES)
        if (number // 3 + at) % 3 >= number % 3
    }
    vectors = load_encoder().encode([article.text[:LEAD] for article in articles.values()])
    return [traits_of(name, article) for name, article in articles.items()], vectors


@click.command()
@click.option("--output", type=click.Path(path_type=Path))
def main(output: Path | None) -> None:
    texts = documents()
    names = list(texts)
    chosen, rest = (_read(names[half::2], texts) for half in (0, 1))
    scores = {least: measure(*chosen, least)["f1"] for least in _LEAST}
    result = {
        "documents": len(names),
        "chosen": max(scores, key=lambda least: scores[least]),
        "f1_by_least": scores,
        "shipped": LEAST,
        "held_out": measure(*rest, LEAST),
    }
    text = json.dumps(result, indent=2) + "\n"
    print(text)
    if output:
        write_text(output, text)


if __name__ == "__main__":
    main()
