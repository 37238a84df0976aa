"""Tables of what was measured of corpora, see `figures.py`."""

from collections.abc import Callable
from typing import Any

from figure_tables import read, table

RUNS = {"pool": "processes", "local": "Ray"}


def _runs() -> str:
    found = read("throughput")
    rows = []
    for one in found:
        how, _, workers = one["run"].partition("-")
        rows.append([
            f"{one['versions']:,}",
            f"{workers} {RUNS[how]}",
            f"{one['versions_per_second']:.1f}",
            f"{one['processor_seconds_per_version_of_all_processes']:.2f}",
            f"{one['broken']}, {one['quarantined']}",
            f"{one['lost']}, {one['twice']}",
            ", ".join(map(str, one["largest_worker_megabytes_by_quarter"])),
            f"`{one['digest'][:8]}`",
        ])  # fmt: skip
    head = ["versions", "workers", "a second", "core-seconds each", "broken, quarantined", "lost, twice",
            "MB in each quarter", "digest"]  # fmt: skip
    return table(head, rows)


def _index() -> str:
    found = read("quote_index")
    rows = [
        [f"building the index of {found['built']['quotes']:,} quotes", _time(found["built"])],
        [f"adding {found['added']['new_quotes']:,}", _time(found["added"])],
        ["running again with nothing new", _time(found["again"])],
        [f"search, median of {found['search']['searches']}", _median(found["search"])],
        [f"search over HTTP, median of {found['http']['requests']}", f"{found['http']['median_seconds']:.3f} s"],
        ["memory: building, serving", f"{found['megabytes_of_memory']} MB, {found['http']['megabytes_of_server']} MB"],
        ["disk", f"{found['megabytes_on_disk']} MB"],
        ["planted wordings found among the ten best", f"{found['search']['recall_at_10']:.3f}"],
        [
            "precision and recall of pairs in one utterance, of which one is planted",
            f"{found['clusters']['precision']:.3f}, {found['clusters']['recall']:.3f}",
        ],
    ]
    return table(["measure", "result"], rows)


def _time(one: dict[str, Any]) -> str:
    return f"{one['processor_seconds']} s of a core; {one['seconds']} s elapsed"


def _median(one: dict[str, Any]) -> str:
    return f"{one['median_processor_seconds']:.3f} s of a core; {one['median_seconds']:.3f} s elapsed"


CORPUS_TABLES: dict[str, Callable[[], str]] = {"corpus-runs": _runs, "quote-index": _index}
