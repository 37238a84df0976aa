"""One long document pair with known beads, made from public English-Russian test sets.

Lines: NTREX-128 (1,997), FLORES-200 devtest (1,012), WMT22 en-ru (2,037) and ru-en (2,016) in this order, 6,960
different pairs. That is fewer than a long document needs, so they are repeated joined in twos and in threes, at random
and each line once: 12,760 units. Hardly any text is repeated, but a line may occur in three places, which can mislead
an alignment. Then, by a seeded generator, each unit is kept, merged with the next on the English or the Russian side,
joined with the next two so that the border differs between the sides (2-2, two overlapping merges), dropped on one
side, or exchanged with the next on the Russian side; and the whole is truncated at the requested number of English
sentences. The lines are read from the folder named by TOLMACH_SHARED.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np

from benchmarks.alignment.data import Document, Link
from benchmarks.places import shared_folder

SENTENCES = 11_900
SEED = 20_260_301
SOURCES = (
    ("ntrex/en.txt", "ntrex/ru.txt"),
    ("flores200-devtest/en.txt", "flores200-devtest/ru.txt"),
    ("wmt22/en-ru/src.en", "wmt22/en-ru/ref.A.ru"),
    ("wmt22/ru-en/ref.A.en", "wmt22/ru-en/src.ru"),
)
EDITS = {
    "merge source": 0.04,
    "merge target": 0.04,
    "overlap": 0.01,
    "drop source": 0.02,
    "drop target": 0.02,
    "exchange": 0.003,
}

Pair = tuple[str, str]


def long_document(sentences: int = SENTENCES) -> Document:
    """Return the document pair, with exactly this many English sentences or as many as available.

    Raises:
        FileNotFoundError: The test sets are absent.
    """
    generator = np.random.default_rng(SEED)
    maker = _Maker()
    units = enlarged(parallel_lines(), generator)
    kinds = generator.choice(["keep", *EDITS], size=len(units), p=[1 - sum(EDITS.values()), *EDITS.values()])
    at = 0
    while at < len(units) and len(maker.source) < sentences:
        kind = str(kinds[at]) if at + 1 < len(units) and len(maker.source) + 3 < sentences else "keep"
        at += maker.add(kind, units[at : at + 3])
    return Document("long", ("en", "ru"), maker.source, maker.target, maker.gold)


def parallel_lines() -> list[Pair]:
    """Return the distinct pairs of lines of the test sets, in order."""
    folder = shared_folder() / "testsets"
    pairs: dict[Pair, None] = {}
    for names in SOURCES:
        english, russian = ((folder / name).read_text(encoding="utf-8").splitlines() for name in names)
        pairs |= dict.fromkeys((one.strip(), other.strip()) for one, other in zip(english, russian, strict=True))
    return [pair for pair in pairs if all(pair)]


def enlarged(lines: Sequence[Pair], generator: np.random.Generator) -> list[Pair]:
    """Return the lines, then the lines joined in twos and in threes in random order."""
    units = list(lines)
    for size in (2, 3):
        order = generator.permutation(len(lines))
        starts = range(0, len(order) - size + 1, size)
        units += [_joined([lines[at] for at in order[start : start + size]]) for start in starts]
    return units


def _joined(pairs: Sequence[Pair]) -> Pair:
    return " ".join(pair[0] for pair in pairs), " ".join(pair[1] for pair in pairs)


@dataclass
class _Maker:
    """Builds the sentences of both sides and the beads between them."""

    source: list[str] = field(default_factory=list)
    target: list[str] = field(default_factory=list)
    gold: list[Link] = field(default_factory=list)

    def add(self, kind: str, units: Sequence[Pair]) -> int:
        """Apply an edit to the next units; return how many it used."""
        if kind == "overlap" and len(units) > 2:  # noqa: PLR2004 - it takes three
            (one, un), (two, deux), (three, trois) = units
            self._bead([f"{one} {two}", three], [un, f"{deux} {trois}"])
            return 3
        if kind == "exchange":
            self._exchanged(units[:2])
            return 2
        english, russian = ([unit[side] for unit in units[: 1 + kind.startswith("merge")]] for side in (0, 1))
        if kind == "merge source":
            english = [" ".join(english)]
        elif kind == "merge target":
            russian = [" ".join(russian)]
        elif kind == "drop source":
            english = []
        elif kind == "drop target":
            russian = []
        self._bead(english, russian)
        return 1 + kind.startswith("merge")

    def _bead(self, english: list[str], russian: list[str]) -> None:
        source, target = (
            tuple(range(len(side), len(side) + len(more)))
            for side, more in ((self.source, english), (self.target, russian))
        )
        self.source += english
        self.target += russian
        self.gold.append((source, target))

    def _exchanged(self, units: Sequence[Pair]) -> None:
        first, second = len(self.source), len(self.target)
        self.source += [english for english, _ in units]
        self.target += [russian for _, russian in reversed(units)]
        self.gold += [((first,), (second + 1,)), ((first + 1,), (second,))]


def bead_kinds(gold: Sequence[Link]) -> Iterator[str]:
    """Yield `n-m` for each bead."""
    return (f"{len(source)}-{len(target)}" for source, target in gold)
