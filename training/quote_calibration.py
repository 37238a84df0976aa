"""Write how often the verdict `altered` is right on text that nothing was fitted on.

Counted are the unseen articles and NTREX documents with extracted quotes, as `benchmarks.quotes.comparison` left them
in `docs/results/quote_comparison.json`. A pair of languages with few verdicts is drawn towards the share of all three.
Every third quote there was changed on purpose, far more than in honest news, where a verdict is wrong more often.

    python -m training.quote_calibration [--write]
"""

import json
import sys
from collections import Counter
from collections.abc import Mapping
from typing import Any

from benchmarks.places import ROOT
from common.files import write_text

RESULTS = ROOT / "docs" / "results" / "quote_comparison.json"
TARGET = ROOT / "quotes" / "findings" / "calibration.toml"
UNSEEN = ("held-samples", "held-ntrex")
DRAWN = 5
"""Verdicts of the overall share that are added to those of a pair of languages."""


def count_verdicts(parts: Mapping[str, Any]) -> tuple[Counter[str], Counter[str]]:
    """Count for every pair of languages the verdicts `altered` that are right, and all of them."""
    right: Counter[str] = Counter()
    called: Counter[str] = Counter()
    for part in UNSEEN:
        for pair, figures in parts[part].items():
            if pair != "all":
                own = list(map(int, figures["verdicts"].get("altered", "0/0").split("/")))
                right[pair] += own[0]
                called[pair] += own[1]
    return right, called


def shares(right: Counter[str], called: Counter[str]) -> dict[str, float]:
    """Return for every pair of languages the share of verdicts that are right."""
    overall = right.total() / called.total()
    return {pair: (right[pair] + DRAWN * overall) / (called[pair] + DRAWN) for pair in sorted(called)}


def main() -> None:
    right, called = count_verdicts(json.loads(RESULTS.read_text(encoding="utf-8"))["alterations"]["extracted"])
    lines = [
        "# How often `altered` was right on unseen text, by pair of languages: of the quotes called so, the share",
        "# that was changed on purpose. Written by `training.quote_calibration`, which says on what.",
    ]
    for pair, share in shares(right, called).items():
        lines += [f"[{pair}]  # {right[pair]} of {called[pair]}", f"right = {share:.2f}", ""]
    print("\n".join(lines))
    if "--write" in sys.argv[1:]:
        write_text(TARGET, "\n".join(lines).rstrip("\n") + "\n")


if __name__ == "__main__":
    main()
