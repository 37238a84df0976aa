"""List missed gold beads, by kind, with the aligner's beads instead.

    python -m benchmarks.alignment.errors [--aligner tolmach] [--output docs/results/alignment-errors.json]

The kind of a bead is its numbers of source and target sentences, and `crossing` if it crosses another bead. The beads
instead are all beads of the aligner with one of its sentences. Examples include their text if it is from the samples in
the repo; of the other sets, which may not be copied, only document and numbers are written.
"""

import argparse
import json
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from alignment.aligner import signature
from alignment.encoders import load_encoder
from benchmarks.alignment.data import Document, Link, documents_by_set
from benchmarks.alignment.systems import OPTIONS, OURS, load_system
from benchmarks.peers import known_peers
from common.files import write_text

OF_THE_REPO = ("articles", "lavrov")
EXAMPLES = 3
READINGS = 5


@dataclass(frozen=True)
class Miss:
    """A gold bead that the aligner missed.

    Attributes:
        document: Its
        document. kind: Kind of the gold bead.
        gold: The bead.
        given: The aligner's beads that hold one of its sentences.
    """

    document: Document
    kind: str
    gold: Link
    given: tuple[Link, ...]

    @property
    def reading(self) -> str:
        """Return the kinds of the aligner's beads, in source order."""
        return " + ".join(bead_kind(link) for link in self.given)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--encoder", default="use")
    parser.add_argument("--aligner", default=OURS, choices=[OURS, *known_peers()])
    parser.add_argument("--output", type=Path, help="write the counts and examples as JSON too")
    arguments = parser.parse_args()
    encoder, align = load_encoder(arguments.encoder), load_system(arguments.aligner)
    results = {}
    for name, documents in documents_by_set().items():
        found = [(document, align(document, encoder)) for document in documents]
        results[name] = report(found, with_text=name in OF_THE_REPO)
        show(name, results[name])
    if arguments.output:
        known = dict(signature(encoder, OPTIONS))
        record = {"aligner": arguments.aligner, "signature": known, "results": results}
        write_text(arguments.output, json.dumps(record, ensure_ascii=False, indent=1) + "\n")


def report(found: Sequence[tuple[Document, Sequence[Link]]], *, with_text: bool) -> dict[str, Any]:
    """Return gold beads, missed ones and the aligner's kinds instead, by kind of gold bead; most missed first."""
    counts = Counter(kind for document, _ in found for kind in gold_kinds(document.gold))
    missed: dict[str, list[Miss]] = defaultdict(list)
    for document, links in found:
        for miss in misses(document, links):
            missed[miss.kind].append(miss)
    kinds = sorted(counts, key=lambda kind: (-len(missed[kind]), kind))
    return {kind: _kind(counts[kind], missed[kind], with_text=with_text) for kind in kinds}


def _kind(count: int, missed: Sequence[Miss], *, with_text: bool) -> dict[str, Any]:
    readings = Counter(miss.reading for miss in missed)
    worst = [reading for reading, _ in readings.most_common(EXAMPLES)]
    examples = [next(miss for miss in missed if miss.reading == reading) for reading in worst]
    return {
        "gold": count,
        "missed": len(missed),
        "given": dict(readings.most_common(READINGS)),
        "examples": [_example(miss, with_text=with_text) for miss in examples],
    }


def misses(document: Document, links: Sequence[Link]) -> list[Miss]:
    """Return the gold beads that the aligner missed."""
    known = {(tuple(source), tuple(target)) for source, target in links}
    holders: tuple[dict[int, Link], dict[int, Link]] = ({}, {})
    for link in known:
        for side in (0, 1):
            holders[side].update(dict.fromkeys(link[side], link))
    found = []
    for kind, gold in zip(gold_kinds(document.gold), document.gold, strict=True):
        if gold not in known:
            given = {holders[side][at] for side in (0, 1) for at in gold[side] if at in holders[side]}
            found.append(Miss(document, kind, gold, tuple(sorted(given, key=_place))))
    return found


def _place(link: Link) -> tuple[bool, tuple[int, ...], tuple[int, ...]]:
    return not link[0], link[0], link[1]


def bead_kind(link: Link) -> str:
    return f"{len(link[0])}-{len(link[1])}"


def gold_kinds(gold: Sequence[Link]) -> list[str]:
    """Return the kind of each bead, marked if it crosses another."""
    crossing = crossing_beads(gold)
    return [bead_kind(link) + (" crossing" if link in crossing else "") for link in gold]


def crossing_beads(gold: Sequence[Link]) -> set[Link]:
    """Return the two-sided beads that cross others."""
    both = sorted(link for link in gold if all(link))
    found: set[Link] = set()
    for number, link in enumerate(both):
        for other in islice(both, number + 1, None):
            if other[1][0] < link[1][0]:
                found |= {link, other}
    return found


def _example(miss: Miss, *, with_text: bool) -> dict[str, Any]:
    document = miss.document
    place: dict[str, Any] = {"document": document.name, "pair": "-".join(document.languages)}
    if not with_text:
        return {**place, "gold": miss.gold, "given": miss.given}
    return {**place, "gold": _texts(document, miss.gold), "given": [_texts(document, link) for link in miss.given]}


def _texts(document: Document, link: Link) -> dict[str, list[str]]:
    return {"source": [document.source[at] for at in link[0]], "target": [document.target[at] for at in link[1]]}


def show(name: str, kinds: dict[str, Any]) -> None:
    missed, gold = (sum(one[count] for one in kinds.values()) for count in ("missed", "gold"))
    print(f"\n{name}: {missed} of {gold} missed")
    for kind, one in kinds.items():
        if one["missed"]:
            given = ", ".join(f"{reading} ({count})" for reading, count in one["given"].items())
            print(f"  {kind:<14}{one['missed']:>4} of {one['gold']:<5} as {given}", flush=True)


if __name__ == "__main__":
    main()
