"""The folder of a corpus: its tables, what is done, what failed, and who is working on it."""

import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Final

from common.errors import InputError, UsageError
from common.files import output_errors, replacing, write_text
from common.names import printable
from corpora.limits import read_text
from tolmach.corpus.schema import SCHEMA, TABLES, TableForm, TableRow, read_table, write_table

_RECENT: Final = 20
"""Blocks by which the present speed is judged: enough to even out their differences, few enough to be recent."""


@dataclass(frozen=True, slots=True)
class BlockReport:
    """What came of a block.

    Attributes:
        number: The block.
        records: Number of its records.
        rows: Number of rows, by table.
        seconds: Seconds of processor time, by step.
        failures: Rows of `failures`.
        again: Stories that a later block does again.
        withdrawn: Articles that a later block does again.
    """

    number: int
    records: int
    rows: Mapping[str, int] = field(default_factory=dict)
    seconds: Mapping[str, float] = field(default_factory=dict)
    failures: list[dict[str, Any]] = field(default_factory=list)
    again: list[str] = field(default_factory=list)
    withdrawn: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class CorpusFolder:
    """The files of a corpus; `docs/scale.md` names those that are for users."""

    root: Path
    form: TableForm = "parquet"

    @property
    def plan(self) -> Path:
        """The blocks of the run, one a line."""
        return self.root / "state" / "plan.jsonl"

    @property
    def pages(self) -> Path:
        """Pages of the addresses that were asked for, one a line."""
        return self.root / "state" / "pages.jsonl"

    @property
    def manifest(self) -> Path:
        """What the run is made of, and its figures."""
        return self.root / "manifest.json"

    @property
    def quarantine(self) -> Path:
        """All that failed, one failure a line; written at the end."""
        return self.root / "quarantine.jsonl"

    def running(self, number: int) -> Path:
        """Return the file that names the story that a worker is at."""
        return self.root / "state" / "running" / f"{number:06}.json"

    def done(self, number: int) -> Path:
        """Return the file that says that a block is done."""
        return self.root / "state" / "done" / f"{number:06}.json"

    def write(self, report: BlockReport, rows: Mapping[str, list[TableRow]]) -> None:
        """Write the tables of a block, and then that it is done."""
        for table in TABLES:
            path = self.part(table, report.number)
            # The first block writes all tables, since programs fail on a folder without files.
            if rows[table] or report.number == 0:
                write_table(path, table, rows[table], self.form)
            else:
                path.unlink(missing_ok=True)  # of a block of that number that was interrupted and planned anew
        self.note(report)

    def part(self, table: str, number: int) -> Path:
        """Return the file of a table with the rows of a block."""
        return self.root / table / f"part-{number:06}.{self.form}"

    def filter_rows(self, number: int, stays: Callable[[str, TableRow], bool]) -> dict[str, int]:
        """Remove rows of a block for which `stays` is false of table and row; return how many are left, by table."""
        left = {}
        for table, columns in TABLES.items():
            path = self.part(table, number)
            rows = read_table(path, [*columns])
            kept = [row for row in rows if stays(table, row)]
            if len(kept) < len(rows):
                write_table(path, table, kept, self.form)
            left[table] = len(kept)
        return left

    def note(self, report: BlockReport) -> None:
        """Write that a block is done."""
        write_text(self.done(report.number), json.dumps(asdict(report), ensure_ascii=False) + "\n")

    def numbers_done(self) -> set[int]:
        """Return the blocks that are done."""
        return {int(path.stem) for path in (self.root / "state" / "done").glob("*.json")}

    def report(self, number: int) -> BlockReport:
        """Return the report of a block that is done."""
        return BlockReport(**json.loads(self.done(number).read_text(encoding="utf-8")))

    def reports(self) -> Iterator[BlockReport]:
        """Yield the reports of all blocks that are done, in order."""
        yield from map(self.report, sorted(self.numbers_done()))

    def read_manifest(self) -> dict[str, Any]:
        """Return what the run is made of; empty if there was none.

        Raises:
            InputError: The manifest is damaged.
        """
        if not self.manifest.exists():
            return {}
        with suppress(ValueError):
            found = json.loads(read_text(self.manifest))
            if isinstance(found, dict):
                return found
        raise InputError(f"{printable(self.manifest)} is damaged", hint="Remove it, and run again")

    def write_manifest(self, found: Mapping[str, Any]) -> None:
        """Replace the manifest."""
        write_text(self.manifest, json.dumps(found, ensure_ascii=False, indent=2) + "\n")

    def write_quarantine(self) -> None:
        """Write all failures into one file, in the order of the blocks."""
        with replacing(self.quarantine) as temporary, temporary.open("w", encoding="utf-8", newline="\n") as file:
            for report in self.reports():
                file.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in report.failures)

    @contextmanager
    def locked(self, name: str = "lock") -> Iterator[None]:
        """Keep other runs out until the block ends; a killed run keeps nobody out.

        Args:
            name: What is locked: `lock` for the tables, `index-lock` for their index.

        Raises:
            UsageError: Another run is at work.
        """
        from filelock import FileLock, Timeout  # noqa: PLC0415 - loaded when used

        with output_errors(self.root):
            (self.root / "state").mkdir(parents=True, exist_ok=True)
        lock = FileLock(self.root / "state" / name, timeout=0)
        try:
            with lock:
                yield
        except Timeout as error:
            raise UsageError(
                f"another run is at work in {printable(self.root)}", hint="Wait for it: tolmach corpus status"
            ) from error

    def is_running(self) -> bool:
        """Return whether a run is at work."""
        if not (self.root / "state").is_dir():
            return False
        with suppress(UsageError), self.locked():
            return False
        return True

    def recent_speed(self) -> float | None:
        """Return records a second over the last blocks; None if there are too few."""
        files = [(path.stat().st_mtime, path) for path in (self.root / "state" / "done").glob("*.json")]
        last = sorted(files)[-_RECENT:]
        took = last[-1][0] - last[0][0] if last else 0.0
        records = sum(json.loads(path.read_text(encoding="utf-8"))["records"] for _, path in last[1:])
        return records / took if took > 0 else None


def describe(folder: CorpusFolder) -> dict[str, Any]:
    """Return how far a corpus is, for users.

    Raises:
        InputError: There is no corpus.
    """
    manifest = folder.read_manifest()
    if manifest.get("schema") != SCHEMA:
        raise InputError(f"there is no corpus in {printable(folder.root)}", hint="Make one with tolmach corpus run")
    rows: Counter[str] = Counter()
    seconds: Counter[str] = Counter()
    reasons: Counter[str] = Counter()
    records = quarantined = 0
    for report in folder.reports():
        records += report.records
        rows.update(report.rows)
        seconds.update(report.seconds)
        reasons.update(f"{row['step']}: {row['error']}" for row in report.failures)
        quarantined += report.records - report.rows["articles"]
    running = folder.is_running()
    speed = folder.recent_speed() if running else None
    left = manifest["records"] - records
    return {
        "state": "running" if running else "complete" if not left else "interrupted",
        "records": manifest["records"],
        "done": records,
        "quarantined": quarantined,
        "failures": dict(sorted(reasons.items())),
        "rows": {table: rows[table] for table in TABLES},
        "processor_seconds": {step: round(took, 1) for step, took in sorted(seconds.items())},
        "articles_per_second": round(speed, 2) if speed else None,
        "seconds_left": round(left / speed) if speed else None,
    }
