"""Figures that must not fall, and the floors that they are held to.

    python -m tests.gates.floors            # measures, and shows how far each figure is above its floor
    python -m tests.gates.floors --raise    # raises the floors in floors.toml to what is measured, less one item

Higher is better. A floor is only lowered by hand, in `floors.toml`, with a comment beside it that says why: a reviewer
reads that file.
"""

import argparse
import math
import re
import tomllib
from collections.abc import Callable
from functools import cache, partial
from pathlib import Path
from typing import Final

from alignment import align_sentences, score_alignments
from benchmarks.quotes.extraction import LANGUAGES, QuoteTally, sample_gold, score
from common.files import write_text
from corpora.article import Article
from corpora.samples import sample_bitexts
from quotes.extraction import extract_quotes

FLOORS: Final = Path(__file__).with_name("floors.toml")

Figure = tuple[float, float]
"""A value, and what one item (a bead, a quote) is worth in it."""


def alignment(lavrov: bool, source: str, target: str) -> Figure:  # noqa: FBT001 - bound by the table below
    """Strict F1 of sentence alignment over all beads of a set of samples."""
    bitexts = [one for name, one in sample_bitexts(source, target).items() if (name == "lavrov") == lavrov]
    scored = [
        (align_sentences(one.source, one.target, source_language=source, target_language=target), one.beads)
        for one in bitexts
    ]
    beads = sum(bool(bead[0] and bead[1]) for one in bitexts for bead in one.beads)
    return score_alignments(scored).strict.f1, 1 / beads


def quotes(language: str, figure: str) -> Figure:
    """F1 of extraction, accuracy of the kind, or accuracy of the speaker over all samples."""
    tally = _tally(language)
    return float(str(tally.report()[figure])), 1 / (tally.speakers_gold if figure == "speaker" else tally.gold)


@cache
def _tally(language: str) -> QuoteTally:
    tally = QuoteTally()
    for gold in sample_gold():
        if gold.language == language:
            score(gold, extract_quotes(Article.from_text(gold.text, language=language)), tally, [])
    return tally


MEASURES: Final[dict[str, Callable[[], Figure]]] = {
    f"alignment/{data}/{source}-{target}/strict-f1": partial(alignment, data == "lavrov", source, target)
    for data in ("articles", "lavrov")
    for source, target in (("en", "ru"), ("en", "zh"), ("ru", "zh"))
} | {f"quotes/{language}/{name}": partial(quotes, language, name) for language in LANGUAGES
     for name in ("f1", "kind", "speaker")}  # fmt: skip


def read_floors() -> dict[str, float]:
    """Return the floor of each figure."""
    return tomllib.loads(FLOORS.read_text(encoding="utf-8"))


def raised(text: str, found: dict[str, Figure]) -> str:
    """Return the text of a file of floors with those raised that are exceeded by more than an item."""

    def line(match: re.Match[str]) -> str:
        value, item = found[match["name"]]
        return f'"{match["name"]}" = {max(float(match["floor"]), math.floor((value - item) * 10_000) / 10_000)}'

    return re.sub(r'^"(?P<name>[^"]+)" = (?P<floor>[\d.]+)', line, text, flags=re.MULTILINE)


def main() -> None:
    """Show all figures, and raise their floors on demand."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--raise", action="store_true", dest="raising", help="raise the floors that are exceeded")
    floors, found = read_floors(), {}
    raising = parser.parse_args().raising
    for name, measure in MEASURES.items():
        found[name] = measure()
        print(f"{name:<40}{found[name][0]:>8.4f}{floors.get(name, 0):>8.4f}")  # noqa: T201 - a command
    if raising:
        write_text(FLOORS, raised(FLOORS.read_text(encoding="utf-8"), found))


if __name__ == "__main__":
    main()
