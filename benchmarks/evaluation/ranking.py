"""How well reference-free quality estimates rank systems, compared with human rankings: Kendall's tau and its p-value.

    python -m benchmarks.evaluation.ranking --output docs/results/ranking.json

On the systems of WMT22 with human judgements (z-scores of direct assessment, which exist only into English). `p` is the
probability that a random order agrees with the human one as well or better, in one direction of translation and in both
together. Needs `TOLMACH_SHARED` (default `../shared/data`).
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from itertools import combinations
from pathlib import Path
from typing import Any, Final

import click
import numpy as np

from benchmarks.evaluation.adequacy import WMT22
from common.files import write_text
from corpora.testsets.loading import read_lines
from eval import evaluate
from eval.qe.adequacy import sentence_adequacy, system_adequacy
from eval.qe.segments import agreement

SIGNS: Final = ("worst tenth", "mean", "agreement", "chrf")


@click.command()
@click.option("--output", type=click.Path(path_type=Path), help="Write the figures as JSON too.")
def main(output: Path | None) -> None:
    """Compare rankings of systems with human rankings, where available."""
    pairs = {folder.name: _ranked(folder) for folder in sorted(WMT22.iterdir()) if _human(folder)}
    found = {"pairs": pairs, "together": {sign: _chance(sign, pairs.values()) for sign in SIGNS}}
    print(json.dumps(found, indent=1))
    if output:
        write_text(output, json.dumps(found, indent=1) + "\n")


def _ranked(folder: Path) -> dict[str, Any]:
    source, target = folder.name.split("-")
    sources = read_lines(folder / f"src.{source}")
    references = [[line or None for line in read_lines(path)] for path in sorted(folder.glob("ref.*"))]
    human = _human(folder)
    outputs = {path.name.split(".")[1]: read_lines(path) for path in sorted(folder.glob("hyp.*"))}
    outputs = {name: texts for name, texts in outputs.items() if name in human}
    scores = {
        name: sentence_adequacy(sources, texts, source_language=source, target_language=target)
        for name, texts in outputs.items()
    }
    signs = {
        "worst tenth": {name: system_adequacy(each) for name, each in scores.items()},
        "mean": {name: float(np.mean(each)) for name, each in scores.items()},
        "agreement": agreement(outputs),
        "chrf": {name: _chrf(texts, references, target) for name, texts in outputs.items()},
    }
    row: dict[str, Any] = {"systems": len(outputs)}
    for sign, values in signs.items():
        own, judged = [values[name] for name in outputs], [human[name] for name in outputs]
        row[sign] = {"tau": kendall(own, judged), "discordant": _discordant(own, judged)}
        row[sign]["p"] = _chance(sign, [row])
    return row


def _chrf(texts: Sequence[str], references: Sequence[Sequence[str | None]], target: str) -> float:
    return float(evaluate(texts, references, target_language=target, metrics=["chrf"])["chrf"].score)


def kendall(first: Sequence[float], second: Sequence[float]) -> float:
    """Return Kendall's tau-b, https://doi.org/10.1093/biomet/33.3.239."""
    signs = [
        (np.sign(first[a] - first[b]), np.sign(second[a] - second[b])) for a, b in combinations(range(len(first)), 2)
    ]
    products = sum(one * other for one, other in signs)
    untied = [sum(bool(pair[side]) for pair in signs) for side in (0, 1)]
    return float(products / np.sqrt(untied[0] * untied[1]))


def _discordant(first: Sequence[float], second: Sequence[float]) -> int:
    """Return the number of pairs of systems ordered differently; ties count as such."""
    return sum((first[a] - first[b]) * (second[a] - second[b]) <= 0 for a, b in combinations(range(len(first)), 2))


def _chance(sign: str, rows: Iterable[Mapping[str, Any]]) -> float:
    """Return the probability that random orders have no more discordant pairs, all rows together.

    The number of orders of n systems by their discordant pairs is that of permutations by inversions, which has the
    generating function of the product of 1 + x + ... + x^(k-1) for k up to n (Kendall 1938).
    """
    orders, found = np.ones(1), 0
    for row in rows:
        found += row[sign]["discordant"]
        for number in range(2, row["systems"] + 1):
            orders = np.convolve(orders, np.ones(number) / number)
    return float(orders[: found + 1].sum())


def _human(folder: Path) -> dict[str, float]:
    """Return the human z-score of each system; empty if there are none."""
    path = folder / "human-da-ranking.txt"
    if not path.exists():
        return {}
    rows = [line.split() for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
    return {row[-1]: float(row[1]) for row in rows}


if __name__ == "__main__":
    main()
