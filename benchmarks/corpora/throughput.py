"""Articles a second of `tolmach corpus run`, by step and by number of workers, and the memory of its workers.

    python -m benchmarks.corpora.throughput --stories 10000 --workers 2 --output docs/results/throughput.json

The stories are documents of NTREX in three languages, repeated as often as needed; in each copy some sentences are left
out, by chance with a seed, so that no two are the same. Of a hundred articles one is broken, in nine ways. Processor
time says what a core does, whatever else runs on the machine; wall time is that of a machine that is only ours.
Memory is that of the largest worker in each quarter of the run. A result replaces that of as many stories and workers.
"""

import hashlib
import json
import random
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import click

from benchmarks.corpora.sampling import sampled
from benchmarks.corpora.story_versions import documents
from common.files import write_text
from common.progress import SILENT
from tolmach.corpus.folder import CorpusFolder
from tolmach.corpus.plan import BLOCK_TOKENS
from tolmach.corpus.run import RunSettings, run_corpus
from tolmach.corpus.schema import read_table
from tolmach.corpus.worker import CorpusJob

_DROPPED: Final = 0.1
"""Share of sentences that are left out of a copy."""
_STEPS: Final = ("quotes", "align", "compare")
_BROKEN_EVERY: Final = 100
_BROKEN: Final = (
    '{"id": "cut',
    '["a list"]',
    '{"text": "  "}',
    '{"title": "No text"}',
    json.dumps({"text": "\0\1\2\3" * 99}),
    json.dumps({"text": "Министр заявил, что встреча будет".encode().decode("cp1251")}),
    json.dumps({"text": "Der Hund ist nicht in dem Haus, und das ist auch gut so."}),
    json.dumps({"language": "ru", "text": "The minister said that all schools of the town will be opened in May."}),
)
_HUGE: Final = 50_000_000
"""Bytes of a record that is too large."""


def perturbed(stories: int, seed: int = 0) -> Iterator[dict[str, str]]:
    """Yield the records of so many stories in three versions."""
    chance = random.Random(seed)  # noqa: S311 - no secret
    texts = list(documents().values())
    for number in range(stories):
        for language, text in texts[number % len(texts)].items():
            sentences = text.split("\n\n")
            kept = [line for line in sentences if chance.random() >= _DROPPED] or sentences
            yield {
                "id": f"{number}-{language}", "story": str(number), "language": language, "text": "\n\n".join(kept),
                "outlet": f"outlet-{language}", "date": f"2024-01-{1 + number % 28:02}",
            }  # fmt: skip


def write_input(path: Path, stories: int) -> tuple[set[str], int]:
    """Write the records, with broken ones among them; return the ids of the good ones, and how many are broken."""
    good: set[str] = set()
    broken = 0
    with path.open("w", encoding="utf-8") as file:
        for number, record in enumerate(perturbed(stories)):
            if number % _BROKEN_EVERY == 0:
                kind = broken % (len(_BROKEN) + 1)
                file.write(_BROKEN[kind] if kind < len(_BROKEN) else json.dumps({"text": "Word. " * (_HUGE // 6)}))
                file.write("\n")
                broken += 1
            file.write(json.dumps(record, ensure_ascii=False) + "\n")
            good.add(record["id"])
    return good, broken


def measure(folder: Path, source: Path, settings: RunSettings, good: set[str]) -> dict[str, Any]:
    """Run over a corpus; return its speed, its memory, and what became of each article."""
    name = f"{settings.ray or 'pool'}-{settings.workers}"
    job = CorpusJob(input=source, output=folder / name, steps=_STEPS)
    began = time.perf_counter(), time.process_time()
    with sampled(lambda: _share(job.folder)) as samples:
        found = run_corpus(job, SILENT, settings)
    wall = time.perf_counter() - began[0]
    processor = time.process_time() - began[1] + sum(samples.seconds.values())
    versions = len(good)
    parts = sorted((job.output / "articles").iterdir())
    read = Counter(row["article"] for path in parts for row in read_table(path, ["article"]))
    return {
        "run": name,
        "versions": versions,
        "broken": found["records"] - versions,
        "quarantined": found["quarantined"],
        "lost": len(good - read.keys()),
        "twice": sum(count > 1 for count in read.values()),
        "digest": _digest(job.output),
        "wall_seconds": round(wall, 1),
        "versions_per_second": round(versions / wall, 2),
        "processor_seconds_per_version": {
            step: round(took / versions, 4) for step, took in found["processor_seconds"].items()
        },
        "processor_seconds_per_version_of_all_processes": round(processor / versions, 4),
        "largest_worker_megabytes_by_quarter": samples.largest,
    }


def _share(folder: CorpusFolder) -> float:
    if not folder.plan.exists():
        return 0.0
    return len(folder.numbers_done()) / sum(1 for _ in folder.plan.open("rb"))


def _digest(output: Path) -> str:
    """Return a digest of all tables."""
    digest = hashlib.sha256()
    for path in sorted(output.rglob("part-*")):
        digest.update(path.relative_to(output).as_posix().encode() + path.read_bytes())
    return digest.hexdigest()[:16]


@click.command()
@click.option("--stories", default=40, show_default=True)
@click.option("--workers", multiple=True, type=int, default=(1, 2), show_default=True)
@click.option("--ray", is_flag=True, help="Also measure with a local Ray.")
@click.option("--block-tokens", default=BLOCK_TOKENS, show_default=True)
@click.option("--output", type=click.Path(path_type=Path))
def main(*, stories: int, workers: tuple[int, ...], ray: bool, block_tokens: int, output: Path | None) -> None:
    result = json.loads(output.read_text(encoding="utf-8")) if output and output.exists() else []
    with tempfile.TemporaryDirectory() as name:
        source = Path(name) / "corpus.jsonl"
        good, _ = write_input(source, stories)
        for how in (None, "local") if ray else (None,):
            for count in workers:
                settings = RunSettings(workers=count, ray=how, block_tokens=block_tokens)
                found = {"stories": stories} | measure(Path(name) / "out", source, settings, good)
                print(json.dumps(found, indent=2), flush=True)
                key = ("stories", "run")
                result = [one for one in result if any(one[part] != found[part] for part in key)] + [found]
    if output:
        write_text(output, json.dumps(result, indent=2) + "\n")


if __name__ == "__main__":
    main()
