"""Faithful pairs of passages, cut from parallel lines as quotes are cut: whole lines, clauses, runs of words.

WMT's test sets have up to thirty translations of each line, so that one meaning is learned in many wordings.
"""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import combinations, product
from pathlib import Path

import regex

from alignment import AlignOptions, Encoder, align_sentences, align_word_pairs, load_encoder
from alignment.words.segmentation import split_words
from benchmarks.places import shared_folder
from training.quote_network.examples import PAIRS, SAME, Passages, write_records

SEED = 7
SETS = ("wmt21", "wmt22", "wmt24")
DRAWN = 3
"""Translations drawn of each line, so that no line of a set with many systems counts more."""
LONGEST_LINE, CHINESE_SHARE = 300, 0.4
"""Characters of a line, in Chinese a share of them; quotes in news are rarely longer."""
CANARY = "canary"
"""Part of the first line of WMT24, which is no text."""
SHORTEST_SHARE = 0.5
"""Least length of a translation beside the longest of its line; what is shorter left something out."""
UNLIKE = 0.1
"""Share of the pairs of lines that are left out."""
LINES = {("en", "ru"): 8_000, ("en", "zh"): 8_000, ("ru", "zh"): 6_000, ("ru", "ru"): 2_500, ("zh", "zh"): 2_500}
"""Pairs of lines of each pair of languages."""

BATCH = 400
"""Lines whose clauses are aligned together."""
SURE = 0.85
"""Least confidence of a bead of clauses."""
MOST_CLAUSES = 3
CLAUSES, PHRASES = 0.5, 0.3
"""Shares of the lines that are also cut into clauses, and into runs of words."""
TRIES = 3
SHORTEST, LONGEST = 2, 7
LINKED = 0.25
"""Least probability of a link of words."""
COVERED = 0.6
"""Least share of linked words in both runs."""
STRETCHED = 2.2
"""Most words of the second run for each of the first."""

_WORD = regex.compile(r"\w")
_CLAUSE_END = {
    "en": regex.compile(r"(?<=[,;:.!?—–)])\s+"),
    "zh": regex.compile(
        r"(?<=[,;:\N{FULLWIDTH COMMA}\N{FULLWIDTH SEMICOLON}\N{FULLWIDTH COLON}\N{IDEOGRAPHIC FULL STOP}"
        r"\N{FULLWIDTH EXCLAMATION MARK}\N{FULLWIDTH QUESTION MARK}])\s*"
    ),
}
_CLAUSE_END["ru"] = _CLAUSE_END["en"]

Links = Sequence[tuple[int, int, float]]
Wordings = dict[str, list[str]]
"""The texts of each language that say one thing."""
Cut = tuple[list[str], list[str]]


@dataclass(frozen=True)
class ParallelLine:
    """Two lines that say the same, and the name of the source that both come from."""

    source: str
    first: str
    second: str


@dataclass(frozen=True)
class Collection:
    """Parallel lines of two languages, or of one."""

    languages: tuple[str, str]
    lines: Sequence[ParallelLine]

    def passages(self, line: ParallelLine, cut: str) -> Passages:
        """Make a record of two texts."""
        return Passages(self.languages, line.first, line.second, line.source, cut)

    def join(self, side: int, parts: Sequence[str]) -> str:
        """Join parts of a text of one side."""
        return ("" if self.languages[side] == "zh" else " ").join(parts)


def make_passages(work: Path, limit: int | None) -> None:
    """Write `passages.jsonl`; `limit` is the number of lines used of every pair of languages."""
    chance = random.Random(SEED)  # noqa: S311 - no secret
    encoder = load_encoder()
    collections = [
        _alike(Collection(languages, chance.sample(lines, min(len(lines), limit or LINES[languages]))), encoder)
        for languages, lines in read_lines_by_pair(chance).items()
    ]
    count = write_records(
        work / "passages.jsonl", (found for one in collections for found in cut_collection(one, chance, encoder))
    )
    print(f"{count} passages from {len(collections)} collections")


def read_lines_by_pair(chance: random.Random) -> dict[tuple[str, str], list[ParallelLine]]:
    """Pair every line of the test sets with its translations, and translations of one line with each other."""
    found: dict[tuple[str, str], list[ParallelLine]] = {languages: [] for languages in (*PAIRS, *SAME)}
    for name, wording in _wordings(chance):
        for languages, lines in found.items():
            lines.extend(ParallelLine(name, *pair) for pair in _pairs(wording, languages))
    return found


def _pairs(wording: Wordings, languages: tuple[str, str]) -> Iterator[tuple[str, str]]:
    first, second = (wording.get(language, ()) for language in languages)
    return combinations(first, 2) if languages in SAME else product(first, second)


def _wordings(chance: random.Random) -> Iterator[tuple[str, Wordings]]:
    """Give a name for every short source line, and all that says it in each language."""
    for name in SETS:
        found: dict[str, Wordings] = {}
        for folder in sorted(path for path in (shared_folder() / "testsets" / name).iterdir() if path.is_dir()):
            source, target = folder.name.split("-")
            for line, texts in _translated(folder, (source, target)):
                drawn = chance.sample(texts, min(len(texts), DRAWN))
                found.setdefault(line, {source: [line]})[target] = drawn
        yield from ((f"{name} {number}", wording) for number, wording in enumerate(found.values()))


def _translated(folder: Path, languages: tuple[str, str]) -> Iterator[tuple[str, list[str]]]:
    """Give each short line with its translations, without those that left out something."""
    source, target = languages
    paths = [path for path in sorted(folder.iterdir()) if path.name.endswith(f".{target}")]
    longest = LONGEST_LINE * (CHINESE_SHARE if source == "zh" else 1)
    for line, *texts in zip(*map(_read, (folder / f"src.{source}", *paths)), strict=True):
        if line and len(line) <= longest and CANARY not in line:
            shortest = SHORTEST_SHARE * max(map(len, texts))
            yield line, [text for text in dict.fromkeys(texts) if text and len(text) >= shortest]


def _alike(collection: Collection, encoder: Encoder) -> Collection:
    """Leave out the lines that are least like each other, as many of them are translated wrong."""
    first, second = (encoder.encode([getattr(line, side) for line in collection.lines]) for side in ("first", "second"))
    cosines = (first * second).sum(axis=1)
    least = sorted(cosines)[int(UNLIKE * len(cosines))]
    return replace(
        collection, lines=[line for line, cosine in zip(collection.lines, cosines, strict=True) if cosine >= least]
    )


def _read(path: Path) -> list[str]:
    return [line.strip() for line in path.read_text(encoding="utf-8").split("\n")[:-1]]


def cut_collection(collection: Collection, chance: random.Random, encoder: Encoder) -> Iterator[Passages]:
    for line in collection.lines:
        yield collection.passages(line, "line")
    if collection.languages in SAME:
        return
    clauses, phrases = (_share(collection, share, chance) for share in (CLAUSES, PHRASES))
    for at in range(0, len(clauses.lines), BATCH):
        yield from _clauses(replace(clauses, lines=clauses.lines[at : at + BATCH]), encoder)
    yield from _phrases(phrases, chance, encoder)


def _share(collection: Collection, share: float, chance: random.Random) -> Collection:
    return replace(collection, lines=chance.sample(collection.lines, int(share * len(collection.lines))))


def cut_clauses(text: str, language: str) -> list[str]:
    """Split after punctuation; parts without a letter or digit are left out."""
    return [clause for clause in _CLAUSE_END[language].split(text) if _WORD.search(clause)]


def _clauses(collection: Collection, encoder: Encoder) -> Iterator[Passages]:
    source, target = collection.languages
    first = [(clause, line) for line in collection.lines for clause in cut_clauses(line.first, source)]
    second = [clause for line in collection.lines for clause in cut_clauses(line.second, target)]
    sides = [clause for clause, _ in first], second
    options = AlignOptions(refine=False)
    found = align_sentences(*sides, source_language=source, target_language=target, options=options, encoder=encoder)
    for bead in found.beads:
        fits = all(0 < len(part) <= MOST_CLAUSES for part in (bead.source, bead.target))
        if fits and bead.confidence >= SURE:
            parts = zip(sides, (bead.source, bead.target), strict=True)
            texts = [collection.join(at, [side[i] for i in part]) for at, (side, part) in enumerate(parts)]
            yield collection.passages(ParallelLine(first[bead.source[0]][1].source, *texts), "clause")


def _phrases(collection: Collection, chance: random.Random, encoder: Encoder) -> Iterator[Passages]:
    source, target = collection.languages
    cut = [(split_words(line.first, source), split_words(line.second, target)) for line in collection.lines]
    linked = align_word_pairs(cut, source_language=source, target_language=target, encoder=encoder)
    for line, words, links in zip(collection.lines, cut, linked, strict=True):
        sure = [link for link in links if link[2] > LINKED and _between_words(words, link)]
        runs = (_run(words, sure, chance) for _ in range(TRIES))
        found = next((run for run in runs if run), None)
        if found:
            texts = (collection.join(side, run) for side, run in enumerate(found))
            yield collection.passages(ParallelLine(line.source, *texts), "phrase")


def _between_words(words: Cut, link: tuple[int, int, float]) -> bool:
    return all(_WORD.search(side[at]) for side, at in zip(words, link[:2], strict=True))


def _run(words: Cut, links: Links, chance: random.Random) -> Cut | None:
    """Choose a run of the first words and the corresponding run of the second; None if they do not match."""
    first, second = words
    size = chance.randint(SHORTEST, LONGEST)
    if len(first) <= size:
        return None
    begin = chance.randrange(len(first) - size + 1)
    answers = [(i, j) for i, j, _ in links if begin <= i < begin + size]
    if not answers:
        return None
    start, end = min(j for _, j in answers), max(j for _, j in answers) + 1
    run = first[begin : begin + size], second[start:end]
    strangers = any(start <= j < end and not begin <= i < begin + size for i, j, _ in links)
    covered = all(len({one[side] for one in answers}) >= COVERED * len(run[side]) for side in (0, 1))
    plain = all(_WORD.search(word) for word in run[0])
    return run if covered and plain and not strangers and len(run[1]) <= STRETCHED * size else None
