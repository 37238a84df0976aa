"""Measure sentence alignment against other aligners with the same encoder.

    python -m benchmarks.alignment.sentences [--peer NAME …] [--output docs/results/alignment.json] [--encoder use]

Sets: `samples/articles` and `samples/lavrov` from the repo; with TOLMACH_SHARED also the NTREX development documents
(the costs were chosen on the even-numbered ones, the odd-numbered ones are held out) and the development part of
Text+Berg. Peers: the algorithms of Bertalign and Vecalign, rewritten in `benchmarks.peers`, and from PyPI (`pip install
"tolmach[peers]"`) Vecalign's own code as `sentalign`, Gale & Church's in `nltk`, and `bertalign` for Python 3.12 or
newer; `--peer none` leaves all out. Scores are those of Vecalign's scorer, see `alignment.scoring`; seconds include the
embedding.
"""

import argparse
import json
import platform
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from alignment.aligner import signature
from alignment.encoders import Encoder, load_encoder
from alignment.refinement.documents import SentenceList
from alignment.scoring import score_alignments
from alignment.versions import align_version_lines
from benchmarks.alignment.data import Document, documents_by_set
from benchmarks.alignment.systems import OPTIONS, OURS, WITHOUT_REFINEMENT, System, add_peer_option, chosen_systems
from benchmarks.peers import Link, known_peers
from common.files import write_text

KINDS = ("strict", "lax")
AGREED = "three versions"
THREE_VERSIONS = ("articles", "articles a05-a09 (held out)", "lavrov (held out)")
FIGURES = ("precision", "recall", "f1")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--encoder", default="use")
    parser.add_argument("--output", type=Path, help="write the figures as JSON too")
    add_peer_option(parser, [WITHOUT_REFINEMENT, *known_peers()])
    arguments = parser.parse_args()
    encoder = load_encoder(arguments.encoder)
    encoder.encode(["The first call is slower."])
    results = measure_all(chosen_systems(arguments), encoder)
    if arguments.output:
        record = {"signature": dict(signature(encoder, OPTIONS)), "machine": machine(), "results": results}
        write_text(arguments.output, json.dumps(record, ensure_ascii=False, indent=1) + "\n")


def measure_all(systems: dict[str, System], encoder: Encoder) -> dict[str, dict[str, Any]]:
    """Print a row per set, pair and system; return them by set and pair."""
    results: dict[str, dict[str, Any]] = {}
    print(f"{'set':<36}{'pair':<8}{'aligner':<16}{'strict F1':>10}{'lax F1':>9}{'seconds':>9}")
    for name, documents in documents_by_set().items():
        results[name] = {}
        for pair in sorted({document.languages for document in documents}):
            chosen = [document for document in documents if document.languages == pair]
            rows = {}
            for system, align in systems.items():
                row = rows[system] = measure(chosen, align, encoder)
                figures = f"{row['strict_f1']:>10.3f}{row['lax_f1']:>9.3f}{row['seconds']:>9.2f}"
                print(f"{name:<36}{'-'.join(pair):<8}{system:<16}{figures}", flush=True)
            sentences = sum(len(document.source) + len(document.target) for document in chosen)
            results[name]["-".join(pair)] = {"documents": len(chosen), "sentences": sentences, "aligners": rows}
        if OURS in systems and name in THREE_VERSIONS:
            measure_agreed(results[name], documents, encoder)
    return results


def measure_agreed(rows: dict[str, Any], documents: Sequence[Document], encoder: Encoder) -> None:
    """Add rows for the same pairs aligned consistently as three versions."""
    found = list(agreed(documents, encoder))
    for pair, row in rows.items():
        chosen = [(document, links) for document, links in found if "-".join(document.languages) == pair]
        mine = row["aligners"][AGREED] = scores([one for one, _ in chosen], [links for _, links in chosen])
        print(f"{'':<36}{pair:<8}{AGREED:<16}{mine['strict_f1']:>10.3f}{mine['lax_f1']:>9.3f}", flush=True)


def agreed(documents: Sequence[Document], encoder: Encoder) -> Iterator[tuple[Document, list[Link]]]:
    """Align each article's three versions together, and yield their pairs."""
    by_name: dict[str, dict[tuple[str, str], Document]] = {}
    for document in documents:
        by_name.setdefault(document.name, {})[document.languages] = document
    for pairs in by_name.values():
        texts = {language: text for one in pairs.values() for language, text in one.texts()}
        languages = sorted(texts)
        found = align_version_lines(
            [SentenceList(texts[language], language) for language in languages], OPTIONS, encoder
        )
        for (first, second), alignment in found.items():
            document = pairs[languages[first], languages[second]]
            yield document, [(bead.source, bead.target) for bead in alignment.beads]


def measure(documents: Sequence[Document], align: System, encoder: Encoder) -> dict[str, float]:
    began, used = time.perf_counter(), time.process_time()
    found = [align(document, encoder) for document in documents]
    seconds, processor = time.perf_counter() - began, time.process_time() - used
    return {"seconds": round(seconds, 2), "processor_seconds": round(processor, 2), **scores(documents, found)}


def scores(documents: Sequence[Document], found: Sequence[Sequence[Link]]) -> dict[str, float]:
    """Return precision, recall and F1, strict and lax, over the beads of all documents together."""
    gold = [document.gold for document in documents]
    score = score_alignments(zip(found, gold, strict=True))
    return {f"{kind}_{name}": round(getattr(getattr(score, kind), name), 4) for kind in KINDS for name in FIGURES}


def machine() -> dict[str, str]:
    """Return the environment of the measurements."""
    return {"python": platform.python_version(), "numpy": np.__version__, "machine": platform.machine()}


if __name__ == "__main__":
    main()
