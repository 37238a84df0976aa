"""Time, memory, recall and precision of the index of a corpus's quotes.

    python -m benchmarks.corpora.quote_index --others 100000 --output docs/results/quote_index.json

Planted are utterances of WMT21 and NTREX: a source sentence with a reference and outputs of systems in another
language or two, which makes three to five wordings. The others are clauses of WMT22, WMT24 and FLORES in one language
each, and, since there are no hundred thousand of these, sentences put together from three such clauses. The threshold
is chosen on every other planted utterance, and the figures are those of the rest.

Which utterances occur in several documents of NTREX is what the README of the shared quotes names.
"""

import gzip
import json
import random
import re
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from http.client import HTTPConnection
from itertools import chain, combinations, cycle
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlencode

import click
import numpy as np

from alignment import load_encoder
from benchmarks.corpora.story_versions import documents
from benchmarks.places import shared_folder
from common.files import write_text
from common.progress import SILENT
from quotes.matching.links import weighted_length
from tolmach.corpus.folder import BlockReport, CorpusFolder
from tolmach.corpus.index.building import index_corpus
from tolmach.corpus.index.search import QuoteFilter, QuoteIndex
from tolmach.corpus.index.utterances import ACCEPT, IndexedPassage, passage_score
from tolmach.corpus.run import RunSettings, run_corpus
from tolmach.corpus.schema import SCHEMA, TABLES, TableRow
from tolmach.corpus.worker import CorpusJob

_LANGUAGES: Final = ("en", "ru", "zh")
_SYSTEMS: Final = ("Facebook-AI", "NiuTrans", "Online-W", "Online-A", "Online-Y")
_CUT: Final = re.compile(r"(?<=[,;:.!?。，；：！？])\s*|\s[—–-]\s")
_CLAUSE: Final = 30
"""Characters of the shortest clause, a Chinese one counting as three."""
_PLANTED: Final = 60
"""The same of planted sentences, which are utterances."""
_UNNAMED: Final = 0.3
"""Share of quotes whose speaker is not known."""
_PART: Final = 1_000
_ADDED: Final = 1_000
_ACCEPT: Final = (0.64, 0.66, 0.68, 0.7, 0.72, 0.74, 0.76, 0.78, 0.8)
_REPEATED: Final = (
    ("cnn.304489", "cnn.304447", "Five weeks away from one of the most important elections"),
    ("cnn.304489", "cnn.304447", "all over the place fighting for great candidates"),
    ("cnn.304489", "cnn.304447", "resist and obstruct"),
    ("cnn.304447", "newsweek.51330", "the worst body language I've ever seen"),
    ("cnn.304447", "newsweek.51330", "mean and nasty and untruthful"),
    ("cnn.304447", "newsweek.51330", "the meanness, the nastiness"),
    ("bbc.381647", "newsweek.51329", "The being formally known as Kanye West"),
    ("reuters.218861", "cnbc.com.6790", "corresponding response"),
)
"""Two documents, and words of a quote that both have."""


@dataclass(frozen=True)
class PlantedQuote:
    """A quote of the benchmark.

    Attributes:
        utterance: What it is a wording of; each of the others is one by itself.
        language: Its language.
        text: Its words.
        speaker: Name of the speaker.
    """

    utterance: str
    language: str
    text: str
    speaker: str | None


def planted(seed: int = 0) -> dict[str, list[PlantedQuote]]:
    """Return the planted utterances in their wordings, by name."""
    chance = random.Random(seed)  # noqa: S311 - no secret
    folder, found = shared_folder() / "testsets", defaultdict[str, list[tuple[str, str]]](list)
    for language in _LANGUAGES:
        for number, line in enumerate(_lines(folder / "ntrex" / f"{language}.txt")):
            found[f"ntrex:{number}"].append((language, line))
    for source, targets in (("en", ("ru", "zh")), ("ru", ("en",)), ("zh", ("en",))):
        for target in targets:
            pair = folder / "wmt21" / f"{source}-{target}"
            systems = chance.sample(_SYSTEMS, 2)
            files = [pair / f"ref.A.{target}", *(pair / f"hyp.{system}.{target}" for system in systems)]
            for path in ([pair / f"src.{source}"] if target == targets[0] else []) + files[: 4 - len(targets)]:
                for number, line in enumerate(_lines(path)):
                    found[f"wmt21-{source}:{number}"].append((path.suffix[1:], line))
    people, result = _people(), {}
    sources: Counter[str] = Counter(wordings[0][1].casefold() for wordings in found.values())
    for name, wordings in found.items():
        long = [(language, text) for language, text in wordings if weighted_length(text) >= _PLANTED]
        if sources[wordings[0][1].casefold()] == 1 and len(long) == len(wordings):
            person = chance.choice(people)
            named = [person[language] if chance.random() > _UNNAMED else None for language, _ in long]
            result[name] = [PlantedQuote(name, *words, who) for words, who in zip(long, named, strict=True)]
    return result


def others(count: int, seed: int = 1) -> Iterator[PlantedQuote]:
    """Yield so many quotes, each of another sentence or clause."""
    chance, people = random.Random(seed), _people()  # noqa: S311 - no secret
    clauses: dict[str, list[str]] = {language: [] for language in _LANGUAGES}
    seen: set[str] = set()
    for language, line in _background():
        for clause in _CUT.split(line):
            plain = clause.strip(' ,;:.!?，；：。！？—–"“”«»')
            if weighted_length(plain) >= _CLAUSE and plain.casefold() not in seen:
                seen.add(plain.casefold())
                clauses[language].append(plain)
    single = [(language, text) for language, texts in clauses.items() for text in texts]
    chance.shuffle(single)
    languages = cycle(_LANGUAGES)
    for number in range(count):
        if number < len(single):
            language, text = single[number]
        else:
            language = next(languages)
            text = ("，" if language == "zh" else ", ").join(chance.sample(clauses[language], 3))
        who = chance.choice(people)[language] if chance.random() > _UNNAMED else None
        yield PlantedQuote(f"other:{number}", language, text, who)


def write_corpus(folder: CorpusFolder, quotes: Sequence[PlantedQuote], first: int = 0) -> None:
    """Write quotes as blocks of a corpus that are done, one article for each."""
    for start in range(0, len(quotes), _PART):
        rows: dict[str, list[TableRow]] = {table: [] for table in TABLES}
        block = (first + start) // _PART
        for at, quote in enumerate(quotes[start : start + _PART], start=first + start):
            shared = {
                "article": f"a{at}", "story": quote.utterance, "language": quote.language, "url": None,
                "outlet": f"outlet-{at % 50}", "date": f"20{10 + at % 15}-{1 + at % 12:02}-{1 + at % 28:02}",
            }  # fmt: skip
            length = len(quote.text)
            rows["articles"].append(shared | {"title": None, "text": quote.text, "sentences": [(0, length)]})
            own = dict.fromkeys(TABLES["quotes"]) | {"quote": "q1", "kind": "direct", "start": 0, "end": length}
            rows["quotes"].append(own | shared | {"text": quote.text, "speaker_name": quote.speaker})
        report = BlockReport(block, _PART, {table: len(found) for table, found in rows.items()})
        folder.write(report, rows)
    folder.write_manifest({"schema": SCHEMA, "format": "parquet", "records": len(quotes)})


def choose(groups: Sequence[Sequence[PlantedQuote]], rest: Sequence[PlantedQuote]) -> dict[float, dict[str, float]]:
    """Return precision and recall of pairs of planted wordings and of these with others, by threshold."""
    quotes = [quote for group in groups for quote in group]
    listed = [*quotes, *rest]
    vectors = load_encoder().encode([quote.text for quote in listed])
    right: list[float] = []
    wrong: list[float] = []
    for at, quote in enumerate(quotes):
        cosines = vectors[at] @ vectors[at + 1 :].T
        for other in np.flatnonzero(cosines >= 0.4) + at + 1:  # noqa: PLR2004 - no threshold accepts less
            score = passage_score(_passage(quote), _passage(listed[other]), float(cosines[other - at - 1]))
            (right if listed[other].utterance == quote.utterance else wrong).append(score)
    gold = sum(len(group) * (len(group) - 1) // 2 for group in groups)
    found = {}
    for accept in _ACCEPT:
        good, bad = (sum(score >= accept for score in scores) for scores in (right, wrong))
        found[accept] = {"precision": good / max(1, good + bad), "recall": good / gold}
    return found


def measure_clusters(index: QuoteIndex, names: Sequence[str], wanted: set[str]) -> dict[str, float]:
    """Return precision and recall of the pairs of quotes in one utterance of which one is planted.

    Among the others are repeats that nobody has marked, so pairs of these do not count.
    """
    clusters: defaultdict[int, list[str]] = defaultdict(list)
    for row in index.quotes(("article", "utterance")):
        clusters[row["utterance"]].append(names[int(row["article"][1:])])
    pairs = [pair for members in clusters.values() for pair in combinations(members, 2)]
    mine = [pair for pair in pairs if wanted.intersection(pair)]
    right = sum(one == other for one, other in mine)
    gold = sum(count * (count - 1) // 2 for name, count in Counter(names).items() if name in wanted)
    return {"pairs": gold, "precision": right / max(1, len(mine)), "recall": right / gold}


def measure_search(index: QuoteIndex, groups: Sequence[Sequence[PlantedQuote]]) -> dict[str, float]:
    """Search for the last wording of each utterance; return how many of the others the ten best have, and times."""
    chance = random.Random(2)  # noqa: S311 - no secret
    recall, wall, processor = [], [], []
    for group in groups:
        query = chance.choice(group)
        began = time.perf_counter(), time.process_time()
        found = index.search(query.text, QuoteFilter(), limit=10)
        wall.append(time.perf_counter() - began[0])
        processor.append(time.process_time() - began[1])
        stories = Counter(one.story for utterance in found.utterances for one in utterance.wordings)
        recall.append((stories[query.utterance] - 1) / (len(group) - 1))
    return {
        "searches": len(groups),
        "recall_at_10": statistics.mean(recall),
        "median_seconds": statistics.median(wall),
        "median_processor_seconds": statistics.median(processor),
    }


def measure_http(folder: Path, groups: Sequence[Sequence[PlantedQuote]]) -> dict[str, float]:
    """Ask `tolmach corpus serve` for a wording of each utterance; return times, and the memory of the server."""
    command = [sys.executable, "-m", "tolmach", "corpus", "serve", str(folder), "--port", "0"]
    seconds = []
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as server:  # noqa: S603 - our own command
        try:
            assert server.stderr is not None
            address = server.stderr.readline().split()[0].removeprefix("http://").rstrip("/")
            connection = HTTPConnection(address)
            for group in groups:
                began = time.perf_counter()
                connection.request("GET", f"/api/search?{urlencode({'q': group[0].text})}")
                json.load(connection.getresponse())
                seconds.append(time.perf_counter() - began)
            status = Path(f"/proc/{server.pid}/status").read_text(encoding="utf-8")
        finally:
            server.terminate()
    most = re.search(r"VmHWM:\s+(\d+) kB", status)
    return {
        "requests": len(seconds),
        "median_seconds": statistics.median(seconds),
        "megabytes_of_server": round(int(most[1]) / 1000) if most else 0,
    }


def measure_repeated(folder: Path) -> dict[str, Any]:
    """Search the documents of NTREX for utterances that two of them have; return which were found, and joined."""
    records = (
        {"id": f"{name}:{language}", "story": name, "language": language, "text": text}
        for name, texts in documents().items()
        for language, text in texts.items()
    )
    source = folder / "ntrex.jsonl"
    write_text(source, "".join(json.dumps(record, ensure_ascii=False) + "\n" for record in records))
    job = CorpusJob(input=source, output=folder / "ntrex", steps=("quotes",))
    run_corpus(job, SILENT, RunSettings(workers=1))
    index_corpus(job.folder, SILENT)
    index = QuoteIndex.open(job.output)
    result = []
    for first, second, words in _REPEATED:
        found = index.search(words, QuoteFilter(), limit=10).utterances
        having = [
            {one.story for one in utterance.wordings if words.casefold()[-12:] in one.text.casefold()}
            for utterance in found
        ]
        result.append({
            "words": words,
            "documents": [first, second],
            "found": {first, second} <= set().union(*having),
            "joined": any({first, second} <= stories for stories in having),
        })  # fmt: skip
    return {"repeated": result}


def _passage(quote: PlantedQuote) -> IndexedPassage:
    return IndexedPassage(0, quote.text, "direct", quote.speaker)


def _background() -> Iterator[tuple[str, str]]:
    """Yield sentences with their language, each in one language only."""
    folder = shared_folder() / "testsets"
    for name in ("wmt22/en-ru/src.en", "wmt22/ru-en/src.ru", "wmt22/zh-en/src.zh", "wmt24/en-ru/src.en"):
        yield from ((Path(name).suffix[1:], line) for line in _lines(folder / name))
    with gzip.open(folder / "wmt24" / "en-zh-suites.jsonl.gz", "rt", encoding="utf-8") as file:
        for number, line in enumerate(file):
            record = json.loads(line)
            yield ("zh", record["GPT-4"]) if number % 3 == 0 else ("en", record["en"])
    for number, lines in enumerate(zip(*(_lines(folder / "flores200-devtest" / f"{one}.txt") for one in _LANGUAGES),
                                       strict=True)):  # fmt: skip
        at = number % len(_LANGUAGES)
        yield _LANGUAGES[at], lines[at]


def _people() -> list[dict[str, str]]:
    """Return the speakers of the shared quotes, each by language."""
    found = {}
    for line in _lines(shared_folder() / "quotes" / "ntrex-dev.jsonl"):
        for quote in json.loads(line)["quotes"]:
            names = quote["speaker"]
            if names and quote["speaker_canonical"] and all(names.get(language) for language in _LANGUAGES):
                found[quote["speaker_canonical"]] = names
    return list(found.values())


def _lines(path: Path) -> list[str]:
    return path.read_text(encoding="utf-8").splitlines()


def _timed(folder: CorpusFolder) -> dict[str, Any]:
    began = time.perf_counter(), time.process_time()
    figures: dict[str, Any] = index_corpus(folder, SILENT)
    wall, processor = time.perf_counter() - began[0], time.process_time() - began[1]
    return figures | {"seconds": round(wall, 1), "processor_seconds": round(processor, 1)}


def measure(folder: Path, count: int, groups: Sequence[Sequence[PlantedQuote]]) -> Iterator[dict[str, Any]]:
    """Build an index of planted and other quotes, add a thousand, and search it; yield figures as they come."""
    corpus = CorpusFolder(folder / "corpus")
    listed = [quote for group in groups for quote in group]
    rest = list(others(count + _ADDED))
    whole = [*listed, *rest[: count - (len(listed) + count) % _PART]]  # whole parts
    random.Random(3).shuffle(whole)  # noqa: S311 - no secret
    write_corpus(corpus, whole)
    yield {"built": _timed(corpus)}
    write_corpus(corpus, rest[count:], first=len(whole))
    yield {"added": _timed(corpus), "again": _timed(corpus)}
    names = [quote.utterance for quote in (*whole, *rest[count:])]
    held = {quote.utterance for group in groups[1::2] for quote in group}
    index = QuoteIndex.open(corpus.root)
    yield {"clusters": measure_clusters(index, names, held)}
    yield {"search": measure_search(index, groups[1::2])}
    yield {"http": measure_http(corpus.root, groups[1::2])}
    yield {
        "megabytes_of_memory": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
        "megabytes_on_disk": round(sum(path.stat().st_size for path in corpus.root.rglob("index/**/*")) / 1e6),
    }


@click.command()
@click.option("--others", "count", default=10_000, show_default=True)
@click.option("--utterances", default=1_000, show_default=True, help="Planted utterances.")
@click.option("--choose", "choosing", is_flag=True, help="Only compare thresholds, on the other half.")
@click.option("--output", type=click.Path(path_type=Path))
def main(*, count: int, utterances: int, choosing: bool, output: Path | None) -> None:
    groups = list(planted().values())
    groups = random.Random(4).sample(groups, min(utterances, len(groups)))  # noqa: S311 - no secret
    if choosing:
        print(json.dumps(choose(groups[::2], list(others(count))), indent=2))
        return
    result: dict[str, Any] = {"others": count, "utterances": len(groups), "accept": ACCEPT}
    with tempfile.TemporaryDirectory() as name:
        for figures in chain(measure(Path(name), count, groups), map(measure_repeated, [Path(name)])):
            print(json.dumps(figures, ensure_ascii=False), flush=True)
            result |= figures
    if output:
        write_text(output, json.dumps(result, indent=2, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
