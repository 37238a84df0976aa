"""Articles a second of `tolmach corpus run`, by step and by number of workers, and the memory of a worker.

    python -m benchmarks.corpora.throughput --stories 40 --output docs/results/throughput.json

The stories are documents of NTREX in three languages, repeated as often as needed; in each copy some sentences are left
out, by chance with a seed, so that no two are the same. Processor time says what a core does, whatever else runs on the
machine; wall time is that of a machine that is only ours.
"""

import json
import random
import resource
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import click

from benchmarks.corpora.story_versions import documents
from common.files import write_text
from common.progress import SILENT
from tolmach.corpus.run import RunSettings, run_corpus
from tolmach.corpus.worker import CorpusJob

_DROPPED: Final = 0.1
"""Share of sentences that are left out of a copy."""
_STEPS: Final = ("quotes", "align", "compare")


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


def measure(folder: Path, source: Path, settings: RunSettings) -> dict[str, Any]:
    """Run over a corpus; return versions a second, processor seconds a version by step, and the largest worker."""
    name = f"{settings.ray or 'pool'}-{settings.workers}"
    began = time.perf_counter()
    found = run_corpus(CorpusJob(input=source, output=folder / name, steps=_STEPS), SILENT, settings)
    wall = time.perf_counter() - began
    seconds = found["processor_seconds"]
    largest = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    return {
        "run": name,
        "versions": found["done"],
        "quarantined": found["quarantined"],
        "wall_seconds": round(wall, 1),
        "versions_per_second": round(found["done"] / wall, 2),
        "processor_seconds_per_version": {step: round(took / found["done"], 4) for step, took in seconds.items()},
        "versions_per_core_hour": {step: round(3600 * found["done"] / took) for step, took in seconds.items() if took},
        "versions_per_core_hour_in_all": round(3600 * found["done"] / sum(seconds.values())),
        # Ray's workers are no children of this process; of the pools the largest so far counts.
        "largest_worker_megabytes": None if settings.ray else round(largest / 1024),
    }


@click.command()
@click.option("--stories", default=40, show_default=True)
@click.option("--workers", multiple=True, type=int, default=(1, 2), show_default=True)
@click.option("--ray", is_flag=True, help="Also measure with a local Ray.")
@click.option("--block-tokens", default=10_000, show_default=True)
@click.option("--output", type=click.Path(path_type=Path))
def main(*, stories: int, workers: tuple[int, ...], ray: bool, block_tokens: int, output: Path | None) -> None:
    with tempfile.TemporaryDirectory() as name:
        source = Path(name) / "corpus.jsonl"
        lines = (json.dumps(record, ensure_ascii=False) + "\n" for record in perturbed(stories))
        source.write_text("".join(lines), encoding="utf-8")
        result = [
            measure(Path(name) / "out", source, RunSettings(workers=count, ray=how, block_tokens=block_tokens))
            for how in ((None, "local") if ray else (None,))
            for count in workers
        ]
    text = json.dumps(result, indent=2) + "\n"
    print(text)
    if output:
        write_text(output, text)


if __name__ == "__main__":
    main()
