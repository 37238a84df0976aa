"""Detection rate and false alarms of the translation checks.

A damaged row counts as found if any check fires, a good one as a false alarm. Besides the hand-written set, human
translations of NTREX-128 and FLORES-200 are measured unchanged and damaged by rules, if the shared data is available.

Usage: python -m benchmarks.translation.checks [--set dev|test|FILE] [--lines N] [--write]
"""

import argparse
import json
import random
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from benchmarks.places import GOLD, ROOT, shared_folder
from benchmarks.translation.damage import DAMAGES, HumanTranslation
from common.files import write_text
from translate.checks import Checker, SentencePair
from translate.types import Check

FAULTS = GOLD / "translation_faults"
RESULTS = ROOT / "docs" / "results" / "translation_checks.json"
DIRECTIONS = ("en-ru", "ru-en", "en-zh", "zh-en", "ru-zh", "zh-ru")
SETS = {"ntrex": "testsets/ntrex", "flores200-devtest": "testsets/flores200-devtest"}
GOOD = "good"
Row = tuple[str, str, SentencePair]


def written_rows(path: Path) -> list[Row]:
    """Return direction, fault (`good` for none) and pair of every row of a hand-written set."""
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
    return [
        (
            row["direction"],
            row["fault"] or GOOD,
            SentencePair(row["source"], row["hypothesis"], *row["direction"].split("-")),
        )
        for row in rows
    ]


def human_rows(folder: Path, lines: int) -> Iterator[Row]:
    """Yield human translations, each unchanged and damaged in one way."""
    rng = random.Random(11)  # noqa: S311 - no secret
    texts = {
        language: (folder / f"{language}.txt").read_text(encoding="utf-8").split("\n")
        for language in ("en", "ru", "zh")
    }
    count = min(map(len, texts.values()))
    for direction in DIRECTIONS:
        source, target = direction.split("-")
        listed = [
            HumanTranslation(texts[source][at].strip(), texts[target][at].strip(), source, target)
            for at in range(count)
            if texts[source][at].strip() and texts[target][at].strip()
        ]
        for at in sorted(rng.sample(range(len(listed)), min(lines, len(listed)))):
            sample = listed[at]
            yield direction, GOOD, SentencePair(sample.source, sample.target, source, target)
            near = [*listed[max(0, at - 20) : at], *listed[at + 1 : at + 21]]
            yield from _damaged(direction, sample, near, rng)


def _damaged(
    direction: str, sample: HumanTranslation, near: Sequence[HumanTranslation], rng: random.Random
) -> Iterator[Row]:
    for kind in rng.sample(list(DAMAGES), len(DAMAGES)):
        text = DAMAGES[kind](sample, near, rng)
        if text and text != sample.target:
            yield direction, kind, SentencePair(sample.source, text, sample.source_language, sample.target_language)
            return


def measure(rows: Sequence[Row]) -> dict[str, Any]:
    """Check all rows and count."""
    checker = Checker()
    checker.check([rows[0][2]])
    start = time.perf_counter()
    found = checker.check([pair for _, _, pair in rows])
    print(f"{1000 * (time.perf_counter() - start) / len(rows):.1f} ms a pair")
    return _rates(rows, found)


def _rates(rows: Sequence[Row], found: Sequence[tuple[Check, ...]]) -> dict[str, Any]:
    count: Counter[tuple[str, str]] = Counter()
    fired: Counter[tuple[str, str]] = Counter()
    alarms: Counter[str] = Counter()
    for (direction, kind, _), checks in zip(rows, found, strict=True):
        state = GOOD if kind == GOOD else "damaged"
        for key in (("all", state), ("kind", kind), (f"direction {state}", direction)):
            count[key] += 1
            fired[key] += bool(checks)
        if kind == GOOD:
            alarms.update({check.kind for check in checks})
    share = {key: round(fired[key] / count[key], 3) for key in count}
    return {
        "rows": {state: count["all", state] for state in (GOOD, "damaged")},
        "recall": share.get(("all", "damaged")),
        "false_alarms": share.get(("all", GOOD)),
        "false_alarms_by_check": dict(alarms.most_common()),
        "found_by_kind": {kind: [fired["kind", kind], count["kind", kind]] for _, kind in count if _kind(kind)},
        "false_alarms_by_direction": {each: share.get((f"direction {GOOD}", each)) for each in DIRECTIONS},
        "recall_by_direction": {each: share.get(("direction damaged", each)) for each in DIRECTIONS},
    }


def _kind(name: str) -> bool:
    return name not in {GOOD, "damaged", *DIRECTIONS}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--set", default="dev", help="dev, test, or a file of such rows")
    parser.add_argument("--lines", type=int, default=200, help="human translations a direction; 0 leaves them out")
    parser.add_argument("--write", action="store_true", help="keep the figures in docs/results")
    arguments = parser.parse_args()
    path = FAULTS / f"{arguments.set}.jsonl" if arguments.set in {"dev", "test"} else Path(arguments.set)
    results = {path.stem: measure(written_rows(path))}
    for name, folder in SETS.items():
        if arguments.lines and (shared_folder() / folder).is_dir():
            results[name] = measure(list(human_rows(shared_folder() / folder, arguments.lines)))
    text = json.dumps(results, ensure_ascii=False, indent=1) + "\n"
    print(text)
    if arguments.write:
        known = json.loads(RESULTS.read_text(encoding="utf-8")) if RESULTS.is_file() else {}
        write_text(RESULTS, json.dumps({**known, **results}, ensure_ascii=False, indent=1) + "\n")


if __name__ == "__main__":
    main()
