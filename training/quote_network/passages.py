"""Faithful pairs of passages, cut from parallel lines like quotes: whole lines, clauses, runs of words."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import regex

from alignment import AlignOptions, Encoder, align_sentences, align_word_pairs, load_encoder
from alignment.words.segmentation import split_words
from benchmarks.places import shared_folder
from training.quote_network.examples import Passages, write_records

SEED = 7
FLORES_LINES = 750
"""Lines of FLORES-200 that are used; set w4 was written from later ones."""
OUTPUTS = {("en", "ru"): 4, ("en", "zh"): 4, ("ru", "en"): 3, ("zh", "en"): 3}
"""System outputs of WMT22 used for each direction, besides all references."""

BATCH = 400
"""Lines whose clauses are aligned together."""
SURE = 0.85
"""Least confidence of a bead of clauses."""
MOST_CLAUSES = 3
PHRASES = 900
"""Lines of each collection from which runs of words are cut."""
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
Cut = tuple[list[str], list[str]]


@dataclass(frozen=True)
class Collection:
    """Parallel lines, none of them empty."""

    name: str
    languages: tuple[str, str]
    lines: Sequence[tuple[str, str]]

    def passages(self, first: str, second: str, cut: str) -> Passages:
        """Make a record of two texts."""
        return Passages(self.languages, first, second, self.name, cut)

    def join(self, side: int, parts: Sequence[str]) -> str:
        """Join parts of a text of one side."""
        return ("" if self.languages[side] == "zh" else " ").join(parts)


def make_passages(work: Path, limit: int | None) -> None:
    """Write `passages.jsonl`; `limit` is the number of lines used of every collection."""
    chance = random.Random(SEED)  # noqa: S311 - no secret
    encoder = load_encoder()
    collections = [replace(one, lines=one.lines[:limit]) for one in read_collections(chance)]
    count = write_records(
        work / "passages.jsonl", (found for one in collections for found in cut_collection(one, chance, encoder))
    )
    print(f"{count} passages from {len(collections)} collections")


def read_collections(chance: random.Random) -> Iterator[Collection]:
    sets = shared_folder() / "testsets"
    for (source, target), outputs in OUTPUTS.items():
        folder = sets / "wmt22" / f"{source}-{target}"
        systems = chance.sample(sorted(folder.glob("hyp.*")), outputs)
        for path in [*sorted(folder.glob("ref.*")), *systems]:
            sides = (folder / f"src.{source}", path) if source == "en" else (path, folder / f"src.{source}")
            yield _collection(f"wmt22 {path.name}", ("en", source if target == "en" else target), *map(_read, sides))
    yield _through_english(sets / "wmt22")
    for languages in (("en", "ru"), ("en", "zh"), ("ru", "zh")):
        first, second = (_read(sets / "flores200-devtest" / f"{language}.txt")[:FLORES_LINES] for language in languages)
        yield _collection("flores", languages, first, second)


def _through_english(folder: Path) -> Collection:
    """Russian and Chinese references of the same English lines."""
    chinese = dict(zip(_read(folder / "en-zh" / "src.en"), _read(folder / "en-zh" / "ref.A.zh"), strict=True))
    russian = zip(_read(folder / "en-ru" / "src.en"), _read(folder / "en-ru" / "ref.A.ru"), strict=True)
    both = [(line, chinese[source]) for source, line in russian if source in chinese]
    return _collection("wmt22 ref.A", ("ru", "zh"), [first for first, _ in both], [second for _, second in both])


def _read(path: Path) -> list[str]:
    return path.read_text(encoding="utf-8").split("\n")[:-1]


def _collection(name: str, languages: tuple[str, str], first: Sequence[str], second: Sequence[str]) -> Collection:
    pairs = [(one.strip(), other.strip()) for one, other in zip(first, second, strict=True)]
    return Collection(name, languages, [pair for pair in pairs if all(pair)])


def cut_collection(collection: Collection, chance: random.Random, encoder: Encoder) -> Iterator[Passages]:
    for first, second in collection.lines:
        yield collection.passages(first, second, "line")
    for at in range(0, len(collection.lines), BATCH):
        yield from _clauses(replace(collection, lines=collection.lines[at : at + BATCH]), encoder)
    yield from _phrases(collection, chance, encoder)


def cut_clauses(text: str, language: str) -> list[str]:
    """Split after punctuation; parts without a letter or digit are left out."""
    return [clause for clause in _CLAUSE_END[language].split(text) if _WORD.search(clause)]


def _clauses(collection: Collection, encoder: Encoder) -> Iterator[Passages]:
    source, target = collection.languages
    sides = [
        [clause for line in collection.lines for clause in cut_clauses(line[side], language)]
        for side, language in enumerate(collection.languages)
    ]
    options = AlignOptions(refine=False)
    found = align_sentences(*sides, source_language=source, target_language=target, options=options, encoder=encoder)
    for bead in found.beads:
        fits = all(0 < len(part) <= MOST_CLAUSES for part in (bead.source, bead.target))
        if fits and bead.confidence >= SURE:
            parts = zip(sides, (bead.source, bead.target), strict=True)
            texts = [collection.join(at, [side[i] for i in part]) for at, (side, part) in enumerate(parts)]
            yield collection.passages(texts[0], texts[1], "clause")


def _phrases(collection: Collection, chance: random.Random, encoder: Encoder) -> Iterator[Passages]:
    source, target = collection.languages
    chosen = chance.sample(collection.lines, min(len(collection.lines), PHRASES))
    cut = [(split_words(first, source), split_words(second, target)) for first, second in chosen]
    linked = align_word_pairs(cut, source_language=source, target_language=target, encoder=encoder)
    for words, links in zip(cut, linked, strict=True):
        sure = [link for link in links if link[2] > LINKED and _between_words(words, link)]
        runs = (_run(words, sure, chance) for _ in range(TRIES))
        found = next((run for run in runs if run), None)
        if found:
            yield collection.passages(collection.join(0, found[0]), collection.join(1, found[1]), "phrase")


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
