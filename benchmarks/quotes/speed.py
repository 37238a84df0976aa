"""Time everything about the quotes of an article: the command from a cold start, and each step once all is loaded.

Told are seconds and seconds of the processors, the medians of several runs; on a busy machine only the latter say
much. `--against` runs another checkout in turn, and gives the ratio of its processor seconds to ours.

- `command`: `tolmach compare` of the sample `lavrov` in three versions, with a report, in a process of its own; Python
  finds its bytecode, as it does where tolmach is installed, after a first run that is not counted;
- `article`: one of the nine sample articles in three versions, in a process that has compared `lavrov`;
- `long`: the first 320 sentences of NTREX in three versions, whose sentences and quotes are those of many articles;
- `interview`: the sentences of NTREX, each as a quote with its speaker, in English and Russian.

Usage: python -m benchmarks.quotes.speed [article command long interview] [--quotes 1000] [--runs 3]
    [--against CHECKOUT] [--output docs/results/quote_speed.json]

`--output` replaces the parts that were timed and keeps the others of the file.
"""

import argparse
import json
import os
import re
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

from alignment import align_versions
from alignment.encoders import load_encoder
from benchmarks.places import ROOT, SAMPLES, shared_folder
from benchmarks.quotes.stories import LANGUAGES
from common.files import write_text
from corpora.article import Article
from quotes.comparison import compare_versions
from quotes.extraction import extract_quotes

NAMES = tuple(f"a0{number}" for number in range(1, 10))
PARTS = ("article", "command", "long", "interview")
STEPS = ("extract", "align", "compare", "all")
LONG = 320
FORMS = {"en": "“{},” {} said.", "ru": "«{}», — сказал {}."}
SPEAKERS = {
    "en": [
        f"{one} {other}" for one in ("Oleg", "Robert", "Martin", "Viktor") for other in ("Miller", "Keller", "Brandt")
    ],
    "ru": [
        f"{one} {other}" for one in ("Олег", "Роберт", "Мартин", "Виктор") for other in ("Миллер", "Келлер", "Брандт")
    ],
}
MARKS = re.compile('["“”„‟«»]')

Times = dict[str, list[float]]
"""For each step its seconds and its processor seconds."""


def read_versions(folder: Path) -> list[Article]:
    return [
        Article.from_text((folder / f"{language}.txt").read_text(encoding="utf-8"), language=language)
        for language in LANGUAGES
    ]


def long_versions() -> list[Article]:
    return [Article.from_text("\n\n".join(ntrex(language)[:LONG]), language=language) for language in LANGUAGES]


def interview(count: int) -> list[Article]:
    """Make an article in which `count` different sentences are quotes, in English and Russian."""
    versions = []
    for language, form in FORMS.items():
        sentences = [MARKS.sub("", line).strip().rstrip(".") for line in ntrex(language)[:count]]
        names = SPEAKERS[language]
        said = [form.format(words, names[at % len(names)]) for at, words in enumerate(sentences)]
        versions.append(Article.from_text("\n\n".join(said), language=language))
    return versions


def ntrex(language: str) -> list[str]:
    return (shared_folder() / "testsets" / "ntrex" / f"{language}.txt").read_text(encoding="utf-8").splitlines()


def timed(articles: Sequence[Article]) -> Times:
    """Return the times of each step for the versions of one article."""
    encoder = load_encoder()
    marks = [_clocks()]
    quotes = [extract_quotes(article) for article in articles]
    marks.append(_clocks())
    alignments = align_versions(articles, encoder=encoder)
    marks.append(_clocks())
    compare_versions(articles, encoder=encoder, quotes=quotes, alignments=alignments)
    marks.append(_clocks())
    spans = [*pairwise(marks), (marks[0], marks[-1])]
    return dict(zip(STEPS, [[b - a for a, b in zip(*span, strict=True)] for span in spans], strict=True))


def _clocks() -> tuple[float, float]:
    return time.perf_counter(), time.process_time()


def one_process(part: str, count: int) -> Iterator[Times]:
    timed(read_versions(SAMPLES / "lavrov"))
    if part == "article":
        yield from (timed(read_versions(SAMPLES / "articles" / name)) for name in NAMES)
    else:
        yield timed(long_versions() if part == "long" else interview(count))


def run(part: str, checkout: Path, count: int) -> list[Times]:
    """Measure one part in a process of its own, with the code of a checkout."""
    environment = os.environ | {"PYTHONPATH": str(checkout), "TOLMACH_SHARED": str(shared_folder())}
    if part == "command":
        with tempfile.TemporaryDirectory() as bytecode:
            cached = {**environment, "PYTHONDONTWRITEBYTECODE": "", "PYTHONPYCACHEPREFIX": bytecode}
            return [_command(checkout, cached) for _ in range(2)][1:]
    words = [sys.executable, __file__, part, "--once", "--quotes", str(count)]
    done = subprocess.run(words, check=True, stdout=subprocess.PIPE, text=True, cwd=checkout, env=environment)  # noqa: S603 - this very script
    found: list[Times] = json.loads(done.stdout)
    return found


def _command(checkout: Path, environment: dict[str, str]) -> Times:
    texts = [str(SAMPLES / "lavrov" / f"{name}.txt") for name in ("en", "ru-altered", "zh-altered")]
    with tempfile.TemporaryDirectory() as folder:
        written = ["--report", f"{folder}/report.html", "-o", f"{folder}/result.json", "-q"]
        before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
        words = [sys.executable, "-m", "tolmach", "compare", *texts, *written]
        subprocess.run(words, check=True, cwd=checkout, env=environment)  # noqa: S603 - ours
        seconds, after = time.perf_counter() - began, resource.getrusage(resource.RUSAGE_CHILDREN)
    used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return {"all": [seconds, used]}


def measure(part: str, checkouts: Sequence[Path], arguments: argparse.Namespace) -> dict[str, Any]:
    """Return the medians of a part, and how many times as long each other checkout works."""
    runs: list[list[Times]] = [[] for _ in checkouts]
    for _ in range(arguments.runs):
        for mine, checkout in zip(runs, checkouts, strict=True):
            mine.extend(run(part, checkout, arguments.quotes))
    medians = [
        {step: [statistics.median(one[step][clock] for one in found) for clock in (0, 1)] for step in found[0]}
        for found in runs
    ]
    told: dict[str, Any] = {
        name: {step: round(times[clock], 3) for step, times in medians[0].items()}
        for clock, name in enumerate(("seconds", "processor_seconds"))
    }
    if len(checkouts) > 1:
        told["other_processor_seconds"] = {step: round(times[1], 3) for step, times in medians[1].items()}
        told["ratio"] = {step: round(medians[1][step][1] / times[1], 2) for step, times in medians[0].items()}
    return told | {"runs": arguments.runs} | ({"quotes": arguments.quotes} if part == "interview" else {})


def save(file: Path, found: Mapping[str, Any]) -> None:
    """Put the figures of some parts beside those of the other parts in a file."""
    known = json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
    parts = {part: found.get(part) or known.get(part) for part in PARTS}
    write_text(file, json.dumps({part: told for part, told in parts.items() if told}, indent=1) + "\n")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("parts", nargs="*", choices=[*PARTS, []], default=["article", "command"], help="what to time")
    parser.add_argument("--quotes", type=int, default=1000, help="quotes of the interview (default: 1000)")
    parser.add_argument("--runs", type=int, default=3, help="processes of each part (default: 3)")
    parser.add_argument("--against", type=Path, help="another checkout to run in turn")
    parser.add_argument("--output", type=Path, help="write the figures to this JSON file")
    parser.add_argument("--once", action="store_true", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.once:
        print(json.dumps(list(one_process(arguments.parts[0], arguments.quotes))))
        return
    checkouts = [ROOT, *([arguments.against.resolve()] if arguments.against else [])]
    result = {part: measure(part, checkouts, arguments) for part in arguments.parts}
    print(json.dumps(result, indent=1))
    if arguments.output:
        save(arguments.output, result)


if __name__ == "__main__":
    main()
