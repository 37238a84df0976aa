"""Measure time, memory and F1 of aligners, also on one long document.

    python -m benchmarks.alignment.speed [--runs 3] [--files SOURCE TARGET GOLD --languages de fr] [--long]
        [--peer NAME …] [--long-peer NAME …] [--output docs/results/alignment-speed.json]

Each alignment runs in a separate process, the aligners in turn, so that nothing is cached from the previous run and the
memory peak is that of the alignment. The clock starts when the encoder is loaded and has encoded another text, and
stops with the beads: embedding is included, loading is not. Times are medians; the ratio is a peer's time divided by
Tolmach's. `--files` adds a set in Vecalign's format (one sentence a line; `[0]:[0, 1]`), such as the whole test part of
Text+Berg. `--long` adds the document of `benchmarks.alignment.long`.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from statistics import median
from typing import Any

from alignment.aligner import signature
from alignment.encoders import load_encoder
from benchmarks.alignment.data import Document, text_berg, vecalign_document
from benchmarks.alignment.long import SENTENCES, bead_kinds, long_document
from benchmarks.alignment.sentences import machine, scores
from benchmarks.alignment.systems import OPTIONS, OURS, add_peer_option, chosen_systems, load_system, present_systems
from benchmarks.peers import known_peers
from benchmarks.places import shared_folder
from common.files import write_text

PEERS = ("bertalign", "bertalign-wheel", "vecalign")


def main() -> None:
    arguments = parsed()
    if arguments.child:
        print(json.dumps(run_here(arguments.child, Path(arguments.document), arguments.encoder)))
        return
    systems = list(chosen_systems(arguments))
    results = {}
    print(f"{'set':<24}{'aligner':<16}{'seconds':>9}{'ratio':>7}{'peak MB':>9}{'strict F1':>11}{'lax F1':>8}")
    for name, document in documents(arguments).items():
        results[name] = side_by_side(document, systems, (arguments.runs, arguments.encoder))
        show(name, results[name])
    if arguments.long:
        document = long_document(arguments.sentences)
        results["long"] = side_by_side(
            document, list(present_systems([OURS, *arguments.long_peer])), (1, arguments.encoder)
        )
        results["long"]["beads"] = dict(Counter(bead_kinds(document.gold)).most_common())
        show("long", results["long"])
    if arguments.output:
        known = dict(signature(load_encoder(arguments.encoder), OPTIONS))
        record = {"signature": known, "machine": machine(), "runs": arguments.runs, "results": results}
        write_text(arguments.output, json.dumps(record, ensure_ascii=False, indent=1) + "\n")


def parsed() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--encoder", default="use")
    parser.add_argument("--runs", type=int, default=3, help="odd numbers have a median that was measured")
    parser.add_argument("--files", nargs=3, type=Path, metavar=("SOURCE", "TARGET", "GOLD"), help="a set of your own")
    parser.add_argument("--languages", nargs=2, default=("de", "fr"), help="of --files")
    parser.add_argument("--long", action="store_true", help="align the long document too, once")
    parser.add_argument(
        "--long-peer",
        action="append",
        default=[],
        choices=known_peers(),
        help="align it with this peer too: takes many minutes",
    )
    parser.add_argument("--sentences", type=int, default=SENTENCES, help="of the long document's English side")
    parser.add_argument("--output", type=Path, help="write the figures as JSON too")
    parser.add_argument("--child", help=argparse.SUPPRESS)
    parser.add_argument("--document", help=argparse.SUPPRESS)
    add_peer_option(parser, PEERS)
    return parser.parse_args()


def documents(arguments: argparse.Namespace) -> dict[str, Document]:
    """Return the development part of Text+Berg if available, and the given files."""
    found = {}
    if (shared_folder() / "alignment").is_dir():
        found["text+berg dev"] = text_berg()[0]
    if arguments.files:
        first, second = arguments.languages
        found[arguments.files[2].name] = vecalign_document(tuple(arguments.files), (first, second))
    return found


def side_by_side(document: Document, systems: Sequence[str], settings: tuple[int, str]) -> dict[str, Any]:
    """Return medians and scores of each system, run in turn; `settings` are runs and encoder."""
    runs, encoder = settings
    found: dict[str, list[dict[str, Any]]] = {name: [] for name in systems}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "document.json"
        texts = {"source": document.source, "target": document.target, "languages": document.languages}
        write_text(path, json.dumps(texts))
        for _ in range(runs):
            for name in systems:
                found[name].append(run_apart(name, path, encoder))
    rows = {name: _row(document, each) for name, each in found.items()}
    ours = rows[OURS]["seconds"]
    for row in rows.values():
        row["ratio"] = round(row["seconds"] / ours, 2)
    return {"source": len(document.source), "target": len(document.target), "aligners": rows}


def run_apart(name: str, path: Path, encoder: str) -> dict[str, Any]:
    """Align in a new process."""
    module = "benchmarks.alignment.speed"
    call = [sys.executable, "-m", module, "--child", name, "--document", str(path), "--encoder", encoder]
    done = subprocess.run(call, check=True, capture_output=True, text=True, encoding="utf-8")  # noqa: S603 - this file
    return json.loads(done.stdout.splitlines()[-1])  # type: ignore[no-any-return]


def run_here(name: str, path: Path, encoder_name: str) -> dict[str, Any]:
    """Align, and return seconds, megabytes before and at the peak, and beads."""
    record = json.loads(path.read_text(encoding="utf-8"))
    first, second = record["languages"]
    document = Document("", (first, second), record["source"], record["target"], [])
    align = load_system(name)
    encoder = load_encoder(encoder_name)
    encoder.encode(["The first call is slower."])
    before = peak_megabytes()
    began, used = time.perf_counter(), time.process_time()
    beads = align(document, encoder)
    seconds, processor = time.perf_counter() - began, time.process_time() - used
    memory = {"megabytes_before": before, "megabytes_peak": peak_megabytes()}
    return {"seconds": seconds, "processor_seconds": processor, **memory, "beads": beads}


def peak_megabytes() -> float:
    """Return the peak memory of this process.

    `getrusage` works without /proc, but includes the memory of the calling process.
    """
    status = Path("/proc/self/status")
    if status.exists():
        line = next(line for line in status.read_text(encoding="ascii").splitlines() if line.startswith("VmHWM"))
        return round(int(line.split()[1]) / 1024, 1)
    import resource  # noqa: PLC0415 - not on Windows

    unit = 1024**2 if sys.platform == "darwin" else 1024
    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit, 1)


def _row(document: Document, runs: Sequence[dict[str, Any]]) -> dict[str, Any]:
    beads = [(tuple(source), tuple(target)) for source, target in runs[0]["beads"]]
    return {
        **{
            name: round(median(run[name] for run in runs), 2)
            for name in ("seconds", "processor_seconds", "megabytes_before", "megabytes_peak")
        },
        "all_seconds": [round(run["seconds"], 2) for run in runs],
        **scores([document], [beads]),
    }


def show(name: str, found: dict[str, Any]) -> None:
    for system, row in found["aligners"].items():
        times = f"{row['seconds']:>9.2f}{row['ratio']:>7.1f}{row['megabytes_peak']:>9.0f}"
        print(f"{name:<24}{system:<16}{times}{row['strict_f1']:>11.3f}{row['lax_f1']:>8.3f}", flush=True)


if __name__ == "__main__":
    main()
