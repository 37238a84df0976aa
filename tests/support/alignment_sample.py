"""An alignment with one of everything: a merge, an exchange of places, a sentence alone, a bead in doubt."""

from collections.abc import Sequence
from itertools import combinations
from pathlib import Path
from typing import Any

from alignment.types import Alignment, Bead, Relation
from corpora.article import Article, ArticleMeta
from corpora.readers.load import read_lines
from tolmach.results.result import Result, make_alignments, make_versions

ENGLISH = "Talks in Moscow\nThe talks went on.\nThey ended at night.\n“We are close,” the minister said.\n"
RUSSIAN = "Переговоры в Москве\n«Мы близки», — сказал министр.\nЖурналистов не пустили.\nПереговоры шли до ночи.\n"
CHINESE = "莫斯科会谈\n部长说：“我们快谈成了。”\n记者未获准入内。\n会谈持续到深夜。\n"

BEADS = (
    Bead((0,), (0,), 0.91, 0.98),
    Bead((1, 2), (3,), 0.625, 0.25),
    Bead((3,), (1,), 0.75, 0.9),
    Bead((), (2,), 0.0, 0.8),
)
"""English and Russian, English and Chinese. Of the two that changed places the smaller counts as moved."""

STRAIGHT = tuple(Bead((at,), (at,), 0.5, 0.85) for at in range(4))
"""Russian and Chinese."""

RELATED = Relation(related=True, probability=0.99, reason="most sentences have a counterpart")
UNRELATED = Relation(related=False, probability=0.01, reason="2 of 4 sentences have a counterpart.")
SIGNATURE = (("encoder", "fake"),)


def articles(languages: Sequence[str] = ("en", "ru")) -> list[Article]:
    texts = {"en": ENGLISH, "ru": RUSSIAN, "zh": CHINESE}
    return [
        read_lines(texts[language], language=language, meta=ArticleMeta(source=f"{language}.txt", format="lines"))
        for language in languages
    ]


def alignments(count: int, relation: Relation | None = RELATED) -> dict[tuple[int, int], Alignment]:
    return {
        pair: Alignment(STRAIGHT if pair[0] else BEADS, SIGNATURE, relation) for pair in combinations(range(count), 2)
    }


def result(languages: Sequence[str] = ("en", "ru"), relation: Relation | None = RELATED) -> Result:
    versions = make_versions(articles(languages), ["given"] * len(languages))
    found = make_alignments(versions, alignments(len(languages), relation))
    return Result("2025-01-02T03:04:05+00:00", versions, alignments=found, signature={"tolmach": "0.1.0"})


def write_versions(folder: Path) -> None:
    for language, text in (("en", ENGLISH), ("ru", RUSSIAN), ("zh", CHINESE)):
        (folder / f"{language}.txt").write_text(text, encoding="utf-8")


class FakeAligner:
    """Stands in for `align_versions` and keeps what it was called with."""

    def __init__(self, relation: Relation | None = RELATED) -> None:
        self.relation = relation
        self.called: dict[str, Any] = {}

    def __call__(self, versions: Sequence[Article], **called: Any) -> dict[tuple[int, int], Alignment]:
        self.called = called
        return alignments(len(versions), self.relation)
