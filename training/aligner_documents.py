"""Training documents for alignment: gold ones, and parallel lines disturbed at random.

Lines of FLORES-200 and WMT 22 (TOLMACH_SHARED) are cut at clauses, thinned, dropped, merged with their neighbours and
exchanged, each document at its own rates, so that the weights do not depend on the rates of one collection. No line of
NTREX-128 is used for it.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from alignment.refinement.documents import cut_clauses
from benchmarks.alignment.data import Document, Link
from benchmarks.places import shared_folder
from corpora.segmentation import segment

_DOCUMENTS = 24  # of each collection and pair
_SHORTEST, _LONGEST = 6, 20  # lines
_CLAUSE = 22  # letters
_MOST_MERGED = 4

Unit = list[str]
Pair = tuple[str, str]


@dataclass
class Disturbance:
    """Rates of disturbance of one document; lists have a value for the source and one for the target."""

    chance: random.Random
    merged: list[float] = field(default_factory=list)
    dropped: list[float] = field(default_factory=list)
    looseness: float = 0.0

    def __post_init__(self) -> None:
        chance = self.chance
        self.merged = [chance.choice([0, 0.05, 0.1, 0.15, 0.2]) for _ in range(2)]
        self.dropped = [chance.choice([0, 0.02, 0.05, 0.1, 0.15]) for _ in range(2)]
        if chance.random() < 0.15:  # noqa: PLR2004 - a share
            self.dropped[chance.randrange(2)] = 0.25
        self.looseness = chance.choice([0, 0, 0.15, 0.3, 0.45])


def synthetic_documents(seed: int = 7) -> list[Document]:
    """Make documents from lines of every collection and pair; the same seed makes the same ones."""
    chance = random.Random(seed)  # noqa: S311 - no secret
    found = []
    for name, languages, lines in _parallel_lines():
        for number in range(_DOCUMENTS):
            size = chance.randint(_SHORTEST, _LONGEST)
            at = chance.randrange(len(lines) - size)
            found.append(disturbed(lines[at : at + size], languages, f"{name}-{number}", chance))
    return found


def disturbed(lines: Sequence[tuple[str, str]], languages: Pair, name: str, chance: random.Random) -> Document:
    """Make two versions of lines, with known gold beads."""
    how = Disturbance(chance)
    sides = [[_loosened(line[side], languages[side], how) for line in lines] for side in range(2)]
    for side in range(2):
        _drop(sides[side], how.dropped[side], chance)
    for number, line in enumerate(lines):
        if not (sides[0][number] or sides[1][number]):
            sides[1][number] = [line[1]]
    order = _exchanged(sides, chance)
    source = _merged(sides[0], range(len(lines)), how.merged[0], languages[0], chance)
    target = _merged(sides[1], order, how.merged[1], languages[1], chance)
    return Document(name, languages, [text for text, _ in source], [text for text, _ in target], _gold(source, target))


def _parallel_lines() -> list[tuple[str, Pair, list[tuple[str, str]]]]:
    sets = shared_folder() / "testsets"
    found: list[tuple[str, Pair, list[tuple[str, str]]]] = []
    for pair in (("en", "ru"), ("en", "zh"), ("ru", "zh")):
        files = [sets / "flores200-devtest" / f"{language}.txt" for language in pair]
        found.append(("flores", pair, _zipped(*files)))
    for pair in (("en", "ru"), ("ru", "en"), ("en", "zh"), ("zh", "en")):
        folder = sets / "wmt22" / "-".join(pair)
        found.append(("wmt22", pair, _zipped(folder / f"src.{pair[0]}", folder / f"ref.A.{pair[1]}")))
    return found


def _zipped(*files: Path) -> list[tuple[str, str]]:
    first, second = (file.read_text(encoding="utf-8").split("\n")[:-1] for file in files)
    return list(zip(first, second, strict=True))


def _loosened(line: str, language: str, how: Disturbance) -> Unit:
    """Split a line into sentences, leave out clauses, reorder them, split a sentence."""
    chance, rate = how.chance, how.looseness
    texts = [line]
    if chance.random() < 0.4:  # noqa: PLR2004 - a share
        texts = [line[begin:end] for begin, end in segment(line, language)] or texts
    found: Unit = []
    for text in texts:
        clauses = [clause.text for clause in cut_clauses(text, _CLAUSE)]
        if len(clauses) > 1 and chance.random() < rate * 0.5:
            clauses.pop(chance.randrange(len(clauses)))
        if len(clauses) > 1 and chance.random() < rate * 0.4:
            chance.shuffle(clauses)
        if len(clauses) > 1 and chance.random() < rate:
            at = chance.randrange(1, len(clauses))
            stop = "\N{IDEOGRAPHIC FULL STOP}" if language == "zh" else "."
            rest = _joined(clauses[at:], language)
            found += [
                _joined(clauses[:at], language).rstrip(",\N{FULLWIDTH COMMA}; ") + stop,
                rest[:1].upper() + rest[1:],
            ]
        else:
            found.append(_joined(clauses, language))
    return found


def _joined(texts: Sequence[str], language: str) -> str:
    return ("" if language == "zh" else " ").join(text.strip() for text in texts)


def _drop(side: list[Unit], rate: float, chance: random.Random) -> None:
    for at in range(len(side)):
        if chance.random() < rate * 0.7:
            side[at] = []
        if chance.random() < rate * 0.06:
            for gone in range(at, min(at + chance.randint(2, 6), len(side))):
                side[gone] = []


def _exchanged(sides: Sequence[list[Unit]], chance: random.Random) -> list[int]:
    order = list(range(len(sides[0])))
    if chance.random() < 0.4:  # noqa: PLR2004 - a share
        for at in chance.sample(range(len(order) - 1), max(len(order) // 15, 1)):
            whole = all(side[at] and side[at + 1] for side in sides)
            if whole and order[at : at + 2] == [at, at + 1]:
                order[at : at + 2] = [at + 1, at]
    return order


def _merged(
    side: Sequence[Unit], order: Sequence[int], rate: float, language: str, chance: random.Random
) -> list[tuple[str, set[int]]]:
    """Join neighbours at random; each text has the numbers of its lines."""
    found: list[tuple[str, set[int]]] = []
    for number in order:
        for text in side[number]:
            if found and chance.random() < rate and len(found[-1][1]) < _MOST_MERGED:
                found[-1] = (_joined([found[-1][0], text], language), found[-1][1] | {number})
            else:
                found.append((text, {number}))
    return found


def _gold(source: Sequence[tuple[str, set[int]]], target: Sequence[tuple[str, set[int]]]) -> list[Link]:
    """Put sentences with common lines, directly or through others, into one bead."""
    groups: list[tuple[set[int], list[int], list[int]]] = []
    for side, texts in enumerate((source, target)):
        for at, (_, lines) in enumerate(texts):
            mine = [group for group in groups if group[0] & lines]
            new: tuple[set[int], list[int], list[int]] = (set(lines), [], [at]) if side else (set(lines), [at], [])
            for group in mine:
                new = (new[0] | group[0], new[1] + group[1], new[2] + group[2])
                groups.remove(group)
            groups.append(new)
    links: list[Link] = []
    for _, left, right in groups:
        if left and right:
            links.append((tuple(sorted(left)), tuple(sorted(right))))
        else:
            links += [((at,), ()) for at in left] + [((), (at,)) for at in right]
    return links
