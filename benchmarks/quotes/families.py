"""Score the verdicts on families of golden pairs: how many changes are found, how many faithful pairs are accused.

`tests/cases/families/FAMILY.json` has short quotes in two languages, `same` or not, in two splits written together
by somebody who had not seen the code: `dev` is worked with, `held` only scored. `trial.json` holds what a trial found.
A change is found where the verdict is `altered`.

    python -m benchmarks.quotes.families [--split dev|held] [--wrong] [--output docs/results/quote_families.json]

`--wrong` lists the cases of `dev` that are judged wrong; those of `held` are never shown. A file keeps what it has of
the other split.
"""

import argparse
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from alignment.encoders import load_encoder
from benchmarks.places import ROOT
from benchmarks.quotes.pairs import whole_passage
from common.files import write_text
from quotes.comparison import judge_pair
from quotes.facts.passages import PassagePair
from quotes.facts.vectors import Vectors
from quotes.findings.measure import prepare
from quotes.matching.members import Member
from quotes.types import QuotePair, VerdictOptions

FAMILIES = ROOT / "tests" / "cases" / "families"
SPLITS = ("dev", "held")


@dataclass(frozen=True)
class Judged:
    """A golden pair and what the comparison says of it."""

    case: dict[str, Any]
    pair: QuotePair

    @property
    def is_right(self) -> bool:
        """Whether it is `altered` where it should be, and only there."""
        return (self.pair.verdict == "altered") != bool(self.case["same"])


def read_cases(split: str, folder: Path = FAMILIES) -> list[dict[str, Any]]:
    """Return the cases of a split, by family."""
    cases = (case for path in sorted(folder.glob("*.json")) for case in json.loads(path.read_text(encoding="utf-8")))
    return [case for case in cases if case["split"] == split]


def judge_cases(cases: list[dict[str, Any]]) -> Iterator[Judged]:
    """Compare both sides of each case, as two quotes that stand alone."""
    vectors = Vectors(load_encoder())
    passages = [
        [whole_passage(case[side]["text"], case[side]["language"]) for side in ("first", "second")] for case in cases
    ]
    pairs = [PassagePair(first, second, vectors) for first, second in passages]
    prepare(pairs)
    for case, pair in zip(cases, pairs, strict=True):
        members = (Member(pair.first.quote, pair.first.spans), Member(pair.second.quote, pair.second.spans))
        yield Judged(case, judge_pair((0, 1), pair, members, VerdictOptions()))


def count(judged: list[Judged]) -> dict[str, dict[str, int]]:
    """Count, by family and altogether, changes and faithful pairs, and how many of each are called altered."""
    counts: dict[str, dict[str, int]] = {}
    for one in judged:
        for family in (one.case["kind"], "all"):
            row = counts.setdefault(family, dict.fromkeys(("changed", "found", "faithful", "accused"), 0))
            row["faithful" if one.case["same"] else "changed"] += 1
            row["accused" if one.case["same"] else "found"] += one.pair.verdict == "altered"
    return counts


def _show(one: Judged) -> None:
    case, pair = one.case, one.pair
    told = ", ".join(f"{each.kind}:{each.severity}" for each in pair.findings)
    print(case["id"], "same" if case["same"] else "CHANGED", pair.verdict, f"{pair.altered:.2f}", told)
    print("   ", case["first"]["text"], "|", case["second"]["text"], f"({case['note']})")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--split", choices=SPLITS, default="dev")
    parser.add_argument("--wrong", action="store_true")
    parser.add_argument("--output", type=Path)
    options = parser.parse_args()
    judged = list(judge_cases(read_cases(options.split)))
    if options.wrong and options.split == "dev":
        for one in (one for one in judged if not one.is_right):
            _show(one)
    counts = count(judged)
    for family, row in counts.items():
        print(f"{family}: {row['found']}/{row['changed']} changes found, {row['accused']}/{row['faithful']} accused")
    if options.output:
        known = json.loads(options.output.read_text(encoding="utf-8")) if options.output.exists() else {}
        write_text(options.output, json.dumps(known | {options.split: counts}, indent=1) + "\n")


if __name__ == "__main__":
    main()
