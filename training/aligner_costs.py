"""Fit alignment/first_pass/costs.toml on half of the NTREX development documents.

    python -m training.aligner_costs [--rounds 2] [--output alignment/first_pass/costs.toml]

Even-numbered documents of each language pair are used, odd ones are left for `benchmarks.alignment.sentences` to
report. As these documents have no longer passages without counterpart, no exchanged neighbours and no moved passages,
each is used a second time, joined to the next two, with passages deleted, neighbours exchanged and a passage moved at
random (seed 1). Strict F1, averaged over the language pairs and both kinds of documents, is maximised by hill climbing,
one cost at a time, from the current costs. Needs `TOLMACH_SHARED`.
"""

import argparse
import random
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from alignment.aligner import longest_run
from alignment.encoders import load_encoder
from alignment.first_pass.anchors import survey
from alignment.first_pass.coarse import search
from alignment.first_pass.features import FEATURES, Costs, load_costs
from alignment.first_pass.overlaps import encode_runs
from alignment.first_pass.search import Plane
from alignment.scoring import score_alignments
from alignment.types import AlignOptions, IndexBead
from benchmarks.alignment.data import Document, ntrex_documents, split_halves
from common.files import write_text

OPTIONS = AlignOptions()
FACTORS = (0.6, 0.8, 1.25, 1.6)
LEAST_GAIN = 0.0005
MOVED = 0.4

Group = list[tuple[Plane, Sequence[IndexBead]]]


def plane_of(document: Document) -> Plane:
    sides = [
        encode_runs(text, language, longest_run(text, OPTIONS), load_encoder())
        for text, language in zip((document.source, document.target), document.languages, strict=True)
    ]
    return Plane(sides[0], sides[1], survey(sides[0], sides[1]))


def strict_f1(prices: Costs, groups: Sequence[Group]) -> float:
    """Return strict F1, averaged over the groups."""
    scores = [
        score_alignments((search(plane, OPTIONS, prices), gold) for plane, gold in group).strict.f1 for group in groups
    ]
    return float(np.mean(scores))


def disturbed(documents: Sequence[Document], chance: random.Random) -> Document:
    """Join documents of one pair and delete passages, exchange neighbours, or move a passage."""
    joined: list[tuple[list[str], list[str]]] = []
    for document in documents:
        joined += [([document.source[i] for i in s], [document.target[j] for j in t]) for s, t in document.gold]
    for _ in range(chance.randrange(2)):
        side, at, length = chance.randrange(2), chance.randrange(len(joined)), chance.randint(2, 6)
        joined = [
            ((s if side else [], t if not side else []) if at <= n < at + length else (s, t))
            for n, (s, t) in enumerate(joined)
        ]
    order = list(range(len(joined)))
    for at in chance.sample(range(len(joined) - 1), len(joined) // 12):
        if all(joined[at] + joined[at + 1]) and order[at : at + 2] == [at, at + 1]:
            order[at : at + 2] = [at + 1, at]
    if chance.random() < MOVED:
        at, length, to = chance.randrange(len(joined) - 4), chance.randint(1, 4), chance.randrange(len(joined) - 4)
        taken = order[at : at + length]
        rest = order[:at] + order[at + length :]
        order = rest[:to] + taken + rest[to:]
    return rebuilt(documents[0], joined, order)


def rebuilt(like: Document, units: Sequence[tuple[list[str], list[str]]], order: Sequence[int]) -> Document:
    """Number the sentences of the units: the source in its own order, the target in the given one."""
    source = [text for texts, _ in units for text in texts]
    target = [text for unit in order for text in units[unit][1]]
    begins = dict(zip(order, np.cumsum([0, *(len(units[unit][1]) for unit in order)])[:-1].tolist(), strict=True))
    gold: list[IndexBead] = []
    at = 0
    for number, (left, right) in enumerate(units):
        begin = begins[number]
        link = (tuple(range(at, at + len(left))), tuple(range(begin, begin + len(right))))
        at += len(left)
        gold += [link] if all(link) else [((i,), ()) for i in link[0]] + [((), (j,)) for j in link[1]]
    return Document(like.name, like.languages, source, target, gold)


def neighbours(prices: Costs, number: int) -> list[Costs]:
    """Return costs that differ in one value: a weight, or after the weights a cost of a move."""
    if number < len(FEATURES):
        old = prices.weights[number]
        changed = [old * factor for factor in FACTORS] if old else [-0.1, 0.1]
        before, after = prices.weights[:number], prices.weights[number + 1 :]
        return [replace(prices, weights=(*before, new, *after)) for new in changed]
    name = ("gap", "more_gap", "swap", "move")[number - len(FEATURES)]
    found = [replace(prices, **{name: getattr(prices, name) * factor}) for factor in FACTORS]
    return [each for each in found if each.more_gap >= each.gap]


def hill_climb(prices: Costs, groups: Sequence[Group], rounds: int) -> Costs:
    """Change one cost at a time while that improves alignment."""
    best = strict_f1(prices, groups)
    for turn in range(rounds):
        for number in range(len(FEATURES) + 4):
            scored = [(strict_f1(each, groups), each) for each in neighbours(prices, number)]
            score, candidate = max(scored, key=lambda pair: pair[0])
            if score > best + LEAST_GAIN:
                best, prices = score, candidate
        print(f"round {turn + 1}: {best:.4f}", flush=True)
    return prices


def render(prices: Costs) -> str:
    lines = [
        "# Worth of the evidence for a bead, and prices of the moves of the search; see features.py and costs.py.",
        "# Made by `python -m training.aligner_costs`.",
        "",
        "[weights]",
    ]
    lines += [f"{name} = {weight:.3f}" for name, weight in zip(FEATURES, prices.weights, strict=True)]
    moves = {name: getattr(prices, name) for name in ("gap", "more_gap", "swap", "move", "same")}
    return "\n".join([*lines, "", "[moves]", *(f"{name} = {price:.3f}" for name, price in moves.items()), ""])


def groups_of(documents: Sequence[Document], chance: random.Random) -> list[Group]:
    """Group the documents by language pair, separately from the disturbed ones."""
    groups = []
    for pair in sorted({document.languages for document in documents}):
        mine = [document for document in documents if document.languages == pair]
        triples = [mine[at : at + 3] for at in range(0, len(mine) - 2, 2)]
        groups += [mine, [disturbed(triple, chance) for triple in triples]]
    return [[(plane_of(document), document.gold) for document in group] for group in groups]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--output", type=Path, default=Path("alignment/first_pass/costs.toml"))
    arguments = parser.parse_args()
    groups = groups_of(split_halves(ntrex_documents())[0], random.Random(1))  # noqa: S311 - no secret
    write_text(arguments.output, render(hill_climb(load_costs(), groups, arguments.rounds)))


if __name__ == "__main__":
    main()
