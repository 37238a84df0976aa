"""Measure word alignment: alignment error rate on a Chinese-English gold set, and time.

    python -m benchmarks.alignment.words [--output docs/results/word-alignment.json]

The set is the development half in TOLMACH_SHARED. Costs were tuned on its even-numbered pairs only; the odd-numbered
ones were scored at every step of development, so they are not held out. AER, precision and recall are those of Och and
Ney 2003: precision over sure and possible gold links, recall over the sure ones. Baselines are simple methods on the
same vectors, and eflomal (https://github.com/robertostling/eflomal) if installed, which is trained on the pairs
themselves, with and without the lines of WMT22.
"""

import argparse
import importlib.util
import itertools
import json
import platform
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from alignment import align_words, load_encoder
from alignment.encoders.base import WordEncoder
from alignment.encoders.use import load_use
from alignment.words.align import DEFAULTS, align_word_pairs
from alignment.words.segmentation import split_words
from benchmarks.places import shared_folder
from common.files import write_text

ROUNDS = 5
Links = set[tuple[int, int]]
Pair = tuple[list[str], list[str]]


@dataclass(frozen=True)
class WordGold:
    """Words of a pair and their gold links, counted from 0; the sure ones are also possible."""

    pair: Pair
    sure: Links
    possible: Links


@dataclass(frozen=True)
class WordAligner:
    """An alignment method, and its number of timed rounds, of which the fastest counts."""

    name: str
    align: Callable[[list[Pair]], list[Links]]
    rounds: int = ROUNDS


def gold_pairs() -> list[WordGold]:
    folder = shared_folder() / "alignment"
    texts, links = (
        (folder / f"words-zhen-dev.{name}").read_text(encoding="utf-8").splitlines() for name in ("src-tgt", "gold")
    )
    return [_gold(text, line) for text, line in zip(texts, links, strict=True)]


def _gold(text: str, line: str) -> WordGold:
    source, target = (side.split() for side in text.split("|||"))
    sure, possible = (
        {(int(i) - 1, int(j) - 1) for i, j in (link.split(sign) for link in line.split() if sign in link)}
        for sign in "-p"
    )
    return WordGold((source, target), sure, sure | possible)


def score(found: Sequence[Links], gold: Sequence[WordGold]) -> dict[str, float]:
    links, sure = (sum(map(len, each)) for each in (found, [one.sure for one in gold]))
    right = sum(len(links & one.possible) for links, one in zip(found, gold, strict=True))
    right_sure = sum(len(links & one.sure) for links, one in zip(found, gold, strict=True))
    figures = {
        "aer": 1 - (right + right_sure) / (links + sure),
        "precision": right / max(links, 1),
        "recall": right_sure / sure,
    }
    return {name: round(value, 4) for name, value in figures.items()}


def ours(pairs: list[Pair]) -> list[Links]:
    return [{(i, j) for i, j, _ in align_words(*pair, source_language="zh", target_language="en")} for pair in pairs]


def ours_together(pairs: list[Pair]) -> list[Links]:
    return [
        {(i, j) for i, j, _ in found} for found in align_word_pairs(pairs, source_language="zh", target_language="en")
    ]


def ours_on_texts(pairs: list[Pair]) -> list[Links]:
    """Return links between our own words; a link holds for all gold words that overlap its two."""
    texts = [("".join(source), " ".join(target)) for source, target in pairs]
    found = [align_words(*text, source_language="zh", target_language="en") for text in texts]
    out = []
    for links, text, (source, target) in zip(found, texts, pairs, strict=True):
        to_source = shared_words(split_words(text[0], "zh"), source)
        to_target = shared_words(split_words(text[1], "en"), target)
        out.append({(i, j) for a, b, _ in links for i in to_source[a] for j in to_target[b]})
    return out


def shared_words(own: Sequence[str], gold: Sequence[str]) -> list[set[int]]:
    """Return the indices of the gold words that overlap each of our words."""
    owners = [place for place, word in enumerate(gold) for _ in word]
    ends = np.cumsum([0, *map(len, own)])
    return [set(owners[start:stop]) for start, stop in itertools.pairwise(ends)]


def _cosines(pairs: list[Pair]) -> Iterator[Any]:
    encoder = load_encoder()
    assert isinstance(encoder, WordEncoder)
    for pair in pairs:
        first, second = encoder.encode_words(pair)
        yield first.vectors @ second.vectors.T


def _apart(shape: tuple[int, int]) -> Any:
    rows, columns = ((np.arange(size) + 0.5) / size for size in shape)
    return np.abs(np.subtract.outer(rows, columns))


def mutual_argmax(pairs: list[Pair], penalty: float = 0.0) -> list[Links]:
    out = []
    for cosines in _cosines(pairs):
        scores = cosines - penalty * _apart(cosines.shape)
        best, back = scores.argmax(axis=1), scores.argmax(axis=0)
        out.append({(i, int(j)) for i, j in enumerate(best) if back[j] == i})
    return out


def with_diagonal(pairs: list[Pair]) -> list[Links]:
    return mutual_argmax(pairs, penalty=0.3)


def symmetrised_softmax(pairs: list[Pair]) -> list[Links]:
    out = []
    for cosines in _cosines(pairs):
        weights = np.exp((cosines - 0.5 * _apart(cosines.shape)) / 0.055)
        shares = np.sqrt(weights / weights.sum(axis=0) * weights / weights.sum(axis=1, keepdims=True))
        out.append({(int(i), int(j)) for i, j in zip(*np.nonzero(shares > DEFAULTS.least_share), strict=True)})
    return out


def eflomal(pairs: list[Pair], more: Sequence[Pair] = ()) -> list[Links]:
    from eflomal import Aligner  # noqa: PLC0415 - may be absent

    lines = [[" ".join(words) + "\n" for words in side] for side in zip(*pairs, *more, strict=True)]
    with tempfile.TemporaryDirectory() as folder:
        paths = [Path(folder) / name for name in ("forward", "backward")]
        Aligner().align(*lines, links_filename_fwd=str(paths[0]), links_filename_rev=str(paths[1]))
        forward, backward = (_pharaoh(path)[: len(pairs)] for path in paths)
    return [grow_diagonally(one, other) for one, other in zip(forward, backward, strict=True)]


def eflomal_with_more(pairs: list[Pair]) -> list[Links]:
    folder = shared_folder() / "testsets" / "wmt22" / "zh-en"
    source, target = (
        (folder / name).read_text(encoding="utf-8").lower().splitlines() for name in ("src.zh", "ref.A.en")
    )
    more = [(split_words(a, "zh"), split_words(b, "en")) for a, b in zip(source, target, strict=True)]
    return eflomal(pairs, more)


def _pharaoh(path: Path) -> list[Links]:
    lines = path.read_text(encoding="utf-8").splitlines()
    return [{(int(i), int(j)) for i, j in (link.split("-") for link in line.split())} for line in lines]


def grow_diagonally(forward: Links, backward: Links) -> Links:
    """Symmetrise by grow-diag-final-and of Koehn et al. 2005."""
    both, either = forward & backward, forward | backward
    found, grown = set(both), True
    while grown:
        near = {(i + a, j + b) for i, j in found for a in (-1, 0, 1) for b in (-1, 0, 1)} & either - found
        new = [link for link in sorted(near) if _left_over(link, found, either=True)]
        found |= set(new[:1])
        grown = bool(new)
    for link in sorted(either - found):
        if _left_over(link, found, either=False):
            found.add(link)
    return found


def _left_over(link: tuple[int, int], found: Links, *, either: bool) -> bool:
    """Return whether one (or, not `either`, both) of the words has no link yet."""
    free = (link[0] not in {i for i, _ in found}, link[1] not in {j for _, j in found})
    return any(free) if either else all(free)


def systems() -> list[WordAligner]:
    found = [
        WordAligner("mutual argmax", mutual_argmax),
        WordAligner("mutual argmax, distance from the diagonal", with_diagonal),
        WordAligner("symmetrised softmax, distance from the diagonal", symmetrised_softmax),
        WordAligner("Tolmach", ours),
        WordAligner("Tolmach, all pairs in one call", ours_together),
        WordAligner("Tolmach, words of its own cutting", ours_on_texts),
    ]
    if importlib.util.find_spec("eflomal"):
        found += [WordAligner("eflomal, these pairs", eflomal, 1)]
        found += [WordAligner("eflomal, these pairs and WMT22", eflomal_with_more, 1)]
    return found


def measure(system: WordAligner, gold: Sequence[WordGold]) -> dict[str, Any]:
    pairs = [one.pair for one in gold]
    times = []
    for _ in range(system.rounds):
        for load in (load_encoder, load_use):
            load.cache_clear()
        load_encoder()
        began = time.perf_counter()
        found = system.align(pairs)
        times.append(time.perf_counter() - began)
    return {
        "even": score(found[::2], gold[::2]),
        "odd": score(found[1::2], gold[1::2]),
        "all": score(found, gold),
        "pairs_per_second": round(len(pairs) / min(times)),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--output", type=Path, help="write the figures as JSON too")
    arguments = parser.parse_args()
    if not (shared_folder() / "alignment").is_dir():
        sys.exit(f"{shared_folder()} is absent: set TOLMACH_SHARED")
    gold = gold_pairs()
    results: dict[str, dict[str, Any]] = {}
    print(f"{'':<50}{'AER':>7}{'even':>7}{'odd':>7}{'P':>7}{'R':>7}{'pairs/s':>9}")
    for system in systems():
        row = results[system.name] = measure(system, gold)
        rates = (
            row["all"]["aer"],
            row["even"]["aer"],
            row["odd"]["aer"],
            row["all"]["precision"],
            row["all"]["recall"],
        )
        print(f"{system.name:<50}" + "".join(f"{rate:>7.3f}" for rate in rates) + f"{row['pairs_per_second']:>9}")
    if arguments.output:
        encoder = load_encoder()
        record = {
            "signature": {"encoder": encoder.name, "revision": encoder.revision, "pairs": len(gold)},
            "machine": {"python": platform.python_version(), "numpy": np.__version__, "machine": platform.machine()},
            "results": results,
        }
        write_text(arguments.output, json.dumps(record, ensure_ascii=False, indent=1) + "\n")


if __name__ == "__main__":
    main()
