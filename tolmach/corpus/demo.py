"""A small corpus to try searches with: the sample articles, as outlets in three countries would publish them."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from common.files import write_text
from corpora.languages import CHINESE, ENGLISH, RUSSIAN
from corpora.samples import list_samples, load_sample

_OUTLETS: Final = {ENGLISH: "The Daily Sample", RUSSIAN: "Пример", CHINESE: "样报"}
_ALTERED: Final = {RUSSIAN: "Пересказ", CHINESE: "转述报"}
"""Outlets of the versions with planted changes. All names of outlets are invented."""
_ALTERED_SAMPLE: Final = "lavrov"
_STORIES: Final = 4
"""Stories that are taken: enough to choose among, and done in some seconds."""

DEMO_QUERY: Final = "It takes a long time to form a multipolar world"
"""Words that no article has, though somebody says the same in all three languages."""


def write_demo(path: Path) -> None:
    """Write the articles as JSON lines; a file that has them already stays, so that a run over it can go on.

    Raises:
        OutputError: The file cannot be written.
    """
    text = "".join(json.dumps(record, ensure_ascii=False) + "\n" for record in _records())
    if not path.is_file() or path.read_text(encoding="utf-8") != text:
        write_text(path, text)


def _records() -> Iterator[dict[str, str]]:
    for number, story in enumerate(list_samples()[:_STORIES], 1):
        for day, (language, outlet) in enumerate(_OUTLETS.items(), 1):
            yield _record(story, language, outlet, f"2024-{number:02}-{day:02}")
    for language, outlet in _ALTERED.items():
        yield _record(_ALTERED_SAMPLE, language, outlet, "2024-12-01", variant="altered")


def _record(story: str, language: str, outlet: str, date: str, *, variant: str | None = None) -> dict[str, str]:
    article = load_sample(story, language, variant=variant)
    return {
        "id": "-".join(filter(None, (story, language, variant))),
        "story": story,
        "language": article.language,
        "outlet": outlet,
        "date": date,
        "title": article.title or "",
        "text": article.text,
    }
