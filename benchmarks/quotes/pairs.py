"""Pairs of quoted passages whose meaning is known to be the same or changed."""

import json
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from benchmarks.places import GOLD
from benchmarks.quotes.stories import LANGUAGES, QuotedStory
from corpora.article import Article
from quotes.facts.passages import Passage, PassagePair
from quotes.facts.vectors import Vectors
from quotes.types import Quote

FAITHFUL = frozenset({"same", "paraphrase_ok"})
"""Treatments of a passage that leave its meaning as it was."""


def written_pairs(name: str, vectors: Vectors) -> Iterator[tuple[str, str, PassagePair]]:
    """Give the name, the treatment and the words of English with every Russian and Chinese version of a passage."""
    path = GOLD / f"alterations-{name}.jsonl"
    for line in path.read_text(encoding="utf-8").splitlines():
        record = json.loads(line)
        english = whole_passage(record["en"], "en")
        for language in LANGUAGES[1:]:
            for version in record[language]:
                pair = PassagePair(english, whole_passage(version["text"], language), vectors)
                yield record["id"], version.get("kind") or version["treatment"], pair


def whole_passage(text: str, language: str) -> Passage:
    """Take a text for a quote that stands alone."""
    span = (0, len(text))
    quote = Quote("q", "direct", text, (text,), (span,), sentences=(0,))
    return Passage.of(Article.from_text(text, language=language), quote)


def gold_pairs(story: QuotedStory, languages: tuple[str, str], vectors: Vectors) -> Iterator[tuple[str, PassagePair]]:
    """Give the treatment and the words of every scored quote that both versions have; changed speakers are left out."""
    first, second = ({quote.id: quote for quote in story.quotes[language]} for language in languages)
    for name in sorted(first.keys() & second.keys()):
        kinds = {story.treatment.get((language, name), "same") for language in languages}
        scored = (
            first[name].kind in {"direct", "partial"}
            and not {(language, name) for language in languages} & story.unscored
        )
        if not scored or "speaker" in kinds:
            continue
        passages = [
            Passage.of(story.articles[language], side[name])
            for language, side in zip(languages, (first, second), strict=True)
        ]
        changed = kinds - FAITHFUL
        treatment = min(changed) if changed else "paraphrase_ok" if "paraphrase_ok" in kinds else "same"
        yield treatment, PassagePair(passages[0], passages[1], vectors)


def area(positive: NDArray[np.float64], negative: NDArray[np.float64]) -> float:
    """Return the area under the ROC curve: how often a changed pair scores above an unchanged one."""
    return float(np.mean((positive[:, None] > negative) + 0.5 * (positive[:, None] == negative)))
