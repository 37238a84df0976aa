"""A run over a corpus: planned once, done block by block, and resumed where it stopped."""

import os
import shutil
from collections.abc import Generator
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from common.errors import InputError, UsageError
from common.extras import require_extra
from common.names import printable
from common.progress import Progress
from tolmach.corpus.cluster import run_on_ray
from tolmach.corpus.folder import BlockReport, describe
from tolmach.corpus.growth import PastWork, withdraw_superseded
from tolmach.corpus.pages import fetch_pages
from tolmach.corpus.plan import BLOCK_TOKENS, group_stories, read_plan, write_plan
from tolmach.corpus.pool import run_in_processes
from tolmach.corpus.records import CorpusRecord, Source, open_source
from tolmach.corpus.schema import SCHEMA
from tolmach.corpus.worker import CorpusJob
from tolmach.results.result import code_signature


@dataclass(frozen=True, kw_only=True)
class RunSettings:
    """How a job is distributed; nothing of it changes the results.

    Attributes:
        workers: Number of processes or actors; None for one on each core.
        ray: Address of a cluster, `cluster.LOCAL`, or None for processes.
        block_tokens: Estimated size of a block.
    """

    workers: int | None = None
    ray: str | None = None
    block_tokens: int = BLOCK_TOKENS


_DEFAULTS: Final = RunSettings()


def run_corpus(job: CorpusJob, progress: Progress, settings: RunSettings = _DEFAULTS) -> dict[str, Any]:
    """Do what is not done yet, also of an input that has grown, and return the summary of `folder.describe`.

    Raises:
        UsageError: The folder holds a run of another kind, or another run is at work in it.
        InputError: The input cannot be read.
        MissingExtraError: A library is not installed.
    """
    require_extra("corpus")
    if job.output.is_relative_to(job.input):
        raise UsageError("the results would be among the articles", hint="Name a folder outside the input with -o")
    folder = job.folder
    with folder.locked():
        if job.input.suffix.lower() == ".txt":
            fetch_pages(job.input, folder.pages, progress)
            job = replace(job, input=folder.pages)
        source = open_source(job.input)
        manifest = _plan(job, source, settings, progress)
        shutil.rmtree(folder.root / "state" / "running", ignore_errors=True)  # deaths count within a run
        done = folder.numbers_done()
        before = sum(report.records for report in folder.reports())
        with progress.bar("Processing the corpus", manifest["records"], unit="articles") as advance:
            if before:
                progress.note(f"{before} of {manifest['records']} articles were done before")
            advance(before)
            with closing(_work(job, done, settings)) as reports:
                for report in reports:
                    advance(report.records)
        folder.write_quarantine()
    summary = describe(folder)
    folder.write_manifest(manifest | {"complete": True, "summary": summary})
    return summary


def _work(job: CorpusJob, done: set[int], settings: RunSettings) -> Generator[BlockReport]:
    blocks = (block for block in read_plan(job.folder.plan) if block.number not in done)
    if settings.ray is None:
        yield from run_in_processes(job, blocks, settings.workers or os.cpu_count() or 1)
    elif numbers := [block.number for block in blocks]:
        yield from run_on_ray(job, numbers, settings.workers, settings.ray)


def _plan(job: CorpusJob, source: Source, settings: RunSettings, progress: Progress) -> dict[str, Any]:
    """Plan what is not done yet, or find it planned; return the manifest.

    Raises:
        UsageError: Other steps were planned, or by another version of Tolmach.
        InputError: The input is empty.
    """
    wanted = {
        "schema": SCHEMA,
        "input": str(job.input),
        "fingerprint": source.fingerprint(),
        "steps": list(job.steps),
        "to": list(job.targets),
        "model": _model(job),
        "format": job.form,
        "software": code_signature(),
    }
    known = job.folder.read_manifest()
    if known:
        _check_same(known, wanted, job.output)
        if known["fingerprint"] == wanted["fingerprint"]:
            return {name: value for name, value in known.items() if name != "summary"} | {"complete": False}
    elif job.output.exists() and any(path.name != "state" for path in job.output.iterdir()):
        raise UsageError(f"{printable(job.output)} holds other files", hint="Name a new folder with -o")
    with progress.bar("Planning the corpus", None, unit="articles"):
        entries = list(source.entries())
        if not entries:
            raise InputError(f"{printable(job.input)} holds no articles")
        past = PastWork.read(job.folder) if known else PastWork()
        # New articles come last, so that stories keep the names that their first articles gave them.
        entries.sort(key=lambda entry: entry.id not in past.records)
        stories = group_stories(entries, _versions(job, entries, source, progress))
        write_plan(job.folder.plan, past.fresh(stories), settings.block_tokens, past.blocks)
        records = withdraw_superseded(job.folder)
    manifest = wanted | {"records": records, "stories": len(stories), "complete": False}
    job.folder.write_manifest(manifest)
    return manifest


def _versions(job: CorpusJob, entries: list[CorpusRecord], source: Source, progress: Progress) -> dict[str, str]:
    """Return the stories of the records that name none; where nothing is compared, none are looked for."""
    unknown = [entry for entry in entries if entry.story is None]
    if len(unknown) < 2 or {"align", "compare"}.isdisjoint(job.steps):  # noqa: PLR2004 - a story has two
        return {}
    from tolmach.corpus.stories import find_stories  # noqa: PLC0415 - loads the encoder

    found = find_stories(unknown, source)
    progress.note(f"{len(found)} of {len(unknown)} articles without a story are versions of one another")
    return found


def _check_same(known: dict[str, Any], wanted: dict[str, Any], output: Path) -> None:
    for name, value in wanted.items():
        if name == "fingerprint" or known.get(name) == value:
            continue
        raise UsageError(
            f"{printable(output)} holds a run with another {name}: {known.get(name)}, not {value}",
            hint="Name a new folder with -o",
        )


def _model(job: CorpusJob) -> str | None:
    if job.models is None:
        return None
    server = f"{job.models.server}#{job.models.server_model}" if job.models.server else None
    return server or job.models.model
