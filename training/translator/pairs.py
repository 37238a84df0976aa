"""Pairs of sentences to learn from, chosen by rule from the test sets of WMT21, WMT22 and WMT24.

Each source sentence has human and automatic translations. The better systems are kept; an English sentence's Russian
and Chinese translations pair with each other; every pair is read in both directions.
"""

import gzip
import json
import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import regex

YEARS: Final = ("wmt21", "wmt22", "wmt24")
PAIRS: Final = (("en", "ru"), ("ru", "en"), ("en", "zh"), ("zh", "en"))
SYSTEMS: Final = 6
"""Systems kept of each test set: those nearest to the references, by chrF."""
SCORED: Final = 300
"""Lines, evenly spread, on which systems are compared: enough to tell good from poor."""
PARTNERS: Final = 3
"""Chinese translations that each Russian translation of an English sentence is paired with."""
HELD_OUT: Final = ("ntrex", "flores200-devtest")
REVERSED: Final = "human source"
"""Maker of a target that was the source: the pair is read the other way round."""

_LETTERS: Final = {
    "en": regex.compile(r"\p{Latin}"), "ru": regex.compile(r"\p{Cyrillic}"), "zh": regex.compile(r"\p{Han}"),
}  # fmt: skip
_LETTER: Final = regex.compile(r"\p{L}")
_LEAST_SHARE: Final = {"en": 0.9, "ru": 0.7, "zh": 0.6}
"""Of the letters; a Chinese name in Latin letters takes several for each character."""
_STRETCH: Final = 0.6
"""How far the logarithm of a ratio of lengths may be from the median of its direction; 0.6 is a factor of 1.8."""
_SHORT: Final = 20
"""Characters below which lengths say little."""
_UNEQUAL: Final = regex.compile(r"[\p{P}\p{S}\p{Z}\s]+")


@dataclass(frozen=True)
class Pair:
    """A sentence and its translation.

    Attributes:
        direction: Such as `en-ru`.
        origin: Names the sentence that all pairs of it come from.
        maker: Who made the target: `human`, a system, or `REVERSED`.
    """

    direction: str
    origin: str
    source: str
    target: str
    maker: str


Translations = Mapping[str, Sequence[str]]


def read_pairs(sets: Path) -> tuple[list[Pair], dict[str, object]]:
    """Return the pairs, without duplicates, and the record of how they were chosen."""
    systems: dict[str, list[str]] = {}
    found: list[Pair] = []
    english: dict[str, dict[str, dict[str, str]]] = defaultdict(dict)
    for year in YEARS:
        for source, target in PAIRS:
            folder = sets / year / f"{source}-{target}"
            if not folder.is_dir():
                continue
            lines, chosen = _read_folder(folder, source, target)
            systems[f"{year} {source}-{target}"] = list(chosen)
            for at, line in enumerate(lines):
                made = {name: texts[at] for name, texts in chosen.items()}
                found += _both_ways((source, target), f"{year} {source} {line}", line, made)
                if source == "en":
                    english[f"{year} {line}"][target] = made
    found += [pair for record in _read_suites(sets / "wmt24" / "en-zh-suites.jsonl.gz") for pair in record]
    found += [pair for origin, made in english.items() if {"ru", "zh"} <= made.keys() for pair in _across(origin, made)]
    kept, dropped = filter_pairs(found, _held_out(sets))
    return kept, {"systems": systems, "dropped": dropped, "pairs": dict(Counter(pair.direction for pair in kept))}


def filter_pairs(pairs: Iterable[Pair], held_out: frozenset[str]) -> tuple[list[Pair], dict[str, int]]:
    """Return the pairs that are worth learning from, and how many were dropped for what."""
    dropped: Counter[str] = Counter()
    clean: dict[tuple[str, str, str], Pair] = {}
    for pair in pairs:
        reason = _fault(pair, held_out)
        if reason is None and (pair.direction, pair.source, pair.target) in clean:
            reason = "duplicate"
        if reason:
            dropped[reason] += 1
        else:
            clean[pair.direction, pair.source, pair.target] = pair
    usual = _usual_ratios(clean.values())
    kept = [pair for pair in clean.values() if _fits(pair, usual[pair.direction])]
    dropped["length"] = len(clean) - len(kept)
    return kept, dict(dropped)


def bare(text: str) -> str:
    """Return what is compared to find a sentence again: without case, spaces and signs."""
    return _UNEQUAL.sub("", text).casefold()


def _read_folder(folder: Path, source: str, target: str) -> tuple[list[str], dict[str, list[str]]]:
    references = {f"human {path.name}": _lines(path) for path in sorted(folder.glob(f"ref.*.{target}"))}
    outputs = {path.name.split(".", 1)[1].rsplit(".", 1)[0]: _lines(path) for path in sorted(folder.glob("hyp.*"))}
    scores = {name: _likeness(texts, list(references.values())) for name, texts in outputs.items()}
    best = sorted(scores, key=lambda name: -scores[name])[:SYSTEMS]
    return _lines(folder / f"src.{source}"), references | {name: outputs[name] for name in best}


def _likeness(texts: Sequence[str], references: Sequence[Sequence[str]]) -> float:
    from sacrebleu.metrics.chrf import CHRF  # noqa: PLC0415 - loaded when used

    step = max(1, len(texts) // SCORED)
    return float(CHRF().corpus_score(texts[::step], [one[::step] for one in references]).score)


def _both_ways(languages: tuple[str, str], origin: str, line: str, made: Mapping[str, str]) -> Iterator[Pair]:
    source, target = languages
    for name, text in made.items():
        yield Pair(f"{source}-{target}", origin, line, text, name)
        yield Pair(f"{target}-{source}", origin, text, line, REVERSED)


def _read_suites(path: Path) -> Iterator[list[Pair]]:
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            record: dict[str, str] = json.loads(line)
            english = record.pop("en")
            yield list(_both_ways(("en", "zh"), f"suites {english}", english, record))


def _across(origin: str, made: Mapping[str, Mapping[str, str]]) -> Iterator[Pair]:
    russian, chinese = list(made["ru"].items()), list(made["zh"].items())
    for at, (name, text) in enumerate(russian):
        for step in range(min(PARTNERS, len(chinese))):
            other, partner = chinese[(at + step) % len(chinese)]
            yield Pair("ru-zh", origin, text, partner, other)
            yield Pair("zh-ru", origin, partner, text, name)


def _held_out(sets: Path) -> frozenset[str]:
    paths = [path for name in HELD_OUT for path in (sets / name).glob("??.txt")]
    return frozenset(bare(line) for path in paths for line in _lines(path))


def _fault(pair: Pair, held_out: frozenset[str]) -> str | None:
    source, target = pair.direction.split("-")
    first, second = bare(pair.source), bare(pair.target)
    if not first or not second:
        return "empty"
    if first == second:
        return "copy"
    if first in held_out or second in held_out:
        return "held out"
    right = _is_in(pair.source, source) and _is_in(pair.target, target)
    return None if right else "language"


def _is_in(text: str, language: str) -> bool:
    letters = len(_LETTER.findall(text))
    return letters > 0 and len(_LETTERS[language].findall(text)) >= _LEAST_SHARE[language] * letters


def _ratio(pair: Pair) -> float:
    return math.log(len(pair.target) / len(pair.source))


def _usual_ratios(pairs: Iterable[Pair]) -> dict[str, float]:
    ratios: dict[str, list[float]] = defaultdict(list)
    for pair in pairs:
        ratios[pair.direction].append(_ratio(pair))
    return {direction: sorted(found)[len(found) // 2] for direction, found in ratios.items()}


def _fits(pair: Pair, usual: float) -> bool:
    short = min(len(pair.source), len(pair.target)) < _SHORT
    return abs(_ratio(pair) - usual) <= _STRETCH * (2 if short else 1)


def _lines(path: Path) -> list[str]:
    return [line.strip() for line in path.read_text(encoding="utf-8").split("\n")[:-1]]
