"""Time everything about the quotes of one article in three versions, after loading: extraction, alignment, comparison.

Each of the nine sample articles is compared once in a process that has compared `lavrov`, so that models and lexicons
are loaded and the article's own words are new; the median over the articles of several such processes is told.

Usage: python -m benchmarks.quotes.speed [--runs 3] [--output docs/results/quote_speed.json]
"""

import argparse
import json
import statistics
import subprocess
import sys
import time
from itertools import pairwise
from pathlib import Path

from alignment import align_versions
from alignment.encoders import load_encoder
from benchmarks.places import SAMPLES
from benchmarks.quotes.stories import LANGUAGES
from common.files import write_text
from corpora.article import Article
from quotes.comparison import compare_versions
from quotes.extraction import extract_quotes

NAMES = tuple(f"a0{number}" for number in range(1, 10))


def read_versions(folder: Path) -> list[Article]:
    return [
        Article.from_text((folder / f"{language}.txt").read_text(encoding="utf-8"), language=language)
        for language in LANGUAGES
    ]


def timed(folder: Path) -> dict[str, float]:
    """Return the seconds of each step for the article in `folder`."""
    encoder, articles = load_encoder(), read_versions(folder)
    marks = [time.perf_counter()]
    quotes = [extract_quotes(article) for article in articles]
    marks.append(time.perf_counter())
    alignments = align_versions(articles, encoder=encoder)
    marks.append(time.perf_counter())
    compare_versions(articles, encoder=encoder, quotes=quotes, alignments=alignments)
    marks.append(time.perf_counter())
    steps = [later - sooner for sooner, later in pairwise(marks)]
    return dict(zip(("extract", "align", "compare", "all"), [*steps, marks[-1] - marks[0]], strict=True))


def one_process() -> None:
    timed(SAMPLES / "lavrov")
    print(json.dumps([timed(SAMPLES / "articles" / name) for name in NAMES]))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=3, help="processes (default: 3)")
    parser.add_argument("--output", type=Path, help="write the figures to this JSON file")
    parser.add_argument("--once", action="store_true", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.once:
        one_process()
        return
    runs = []
    for _ in range(arguments.runs):
        command = [sys.executable, "-m", "benchmarks.quotes.speed", "--once"]
        done = subprocess.run(command, check=True, capture_output=True, text=True)  # noqa: S603 - this very script
        runs += json.loads(done.stdout)
    medians = {step: round(statistics.median(run[step] for run in runs), 3) for step in runs[0]}
    result = {
        "articles": len(NAMES),
        "runs": arguments.runs,
        "seconds": medians,
        "slowest": max(r["all"] for r in runs),
    }
    print(json.dumps(result, indent=1))
    if arguments.output:
        write_text(arguments.output, json.dumps(result, indent=1) + "\n")


if __name__ == "__main__":
    main()
