"""Training pairs: the hand-written versions of each passage, paired in every way."""

import difflib
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, product
from pathlib import Path
from typing import Any

from alignment import Encoder, align_word_pairs, load_encoder
from alignment.words.segmentation import split_words
from benchmarks.places import GOLD
from quotes.findings.divergence.model import is_edge
from training.quote_network.examples import PassageExample, Words, read_lines, write_records

LINKED = 0.3
"""Least probability of a link between corresponding words."""

Links = Sequence[tuple[int, int, float]]
Key = tuple[str, str, Words, Words]
"""Languages and words of two texts to align."""


@dataclass(frozen=True)
class WrittenVersion:
    """One wording of a passage.

    Attributes:
        language: `en`, `ru` or `zh`.
        words: Its tokens.
        base: Tokens of the faithful version in this language.
        treatment: `same`, `paraphrase_ok` or `altered`.
        new: Indices of the words of an altered version that replace those of `base`.
        gone: Indices of the words of `base` that it lacks.
    """

    language: str
    words: Words
    base: Words
    treatment: str = "same"
    new: frozenset[int] = frozenset()
    gone: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Couple:
    """Two versions of a passage, with the set and the name of their record."""

    source: str
    group: str
    first: WrittenVersion
    second: WrittenVersion

    def keys(self) -> tuple[Key, Key]:
        """Return the alignments needed: each side's words with the faithful version of the other side."""
        first, second = self.first, self.second
        return (
            (first.language, second.language, first.words, second.base),
            (second.language, first.language, second.words, first.base),
        )


def make_written(work: Path, limit: int | None) -> None:
    """Write `written.jsonl` from the sets in `benchmarks/gold`; `limit` is the number of records used of each."""
    couples = [
        couple
        for path in sorted(GOLD.glob("alterations-w*.jsonl"))
        for record in list(read_lines(path))[:limit]
        for couple in couples_of(record, path.stem.removeprefix("alterations-"))
    ]
    links = _links(couples, load_encoder())
    count = write_records(work / "written.jsonl", (_example(couple, links) for couple in couples))
    print(f"{count} pairs")


def couples_of(record: Mapping[str, Any], source: str) -> Iterator[Couple]:
    """Pair the versions of a record, across languages and within one; not two altered ones of one language."""
    english = cut(record["en"], "en")
    versions = {language: list(_versions(record[language], language)) for language in ("ru", "zh")}
    pairs: list[tuple[WrittenVersion, WrittenVersion]] = []
    for own in versions.values():
        pairs += product([WrittenVersion("en", english, english)], own)
        pairs += [pair for pair in combinations(own, 2) if any(one.treatment != "altered" for one in pair)]
    pairs += product(versions["ru"], versions["zh"])
    for first, second in pairs:
        if first.words and second.words:
            yield Couple(source, record["id"], first, second)


def cut(text: str, language: str) -> Words:
    """Split a passage into words as the model does, without outer punctuation, which is a matter of style."""
    words = split_words(text, language)
    while words and is_edge(words[-1]):
        words.pop()
    return tuple(words[next((at for at, word in enumerate(words) if not is_edge(word)), 0) :])


def _versions(records: Sequence[Mapping[str, str]], language: str) -> Iterator[WrittenVersion]:
    base = next((record["text"] for record in records if record["treatment"] == "same"), None)
    if base is None:
        return
    old = cut(base, language)
    for record in records:
        words = cut(record["text"], language)
        new, gone = difference(old, words) if record["treatment"] == "altered" else (frozenset(), frozenset())
        yield WrittenVersion(language, words, old, record["treatment"], new, gone)


def difference(old: Words, words: Words) -> tuple[frozenset[int], frozenset[int]]:
    """Return the indices of new words, and of missing old ones, ignoring case."""
    before, after = ([word.lower() for word in side] for side in (old, words))
    moves = difflib.SequenceMatcher(None, before, after, autojunk=False).get_opcodes()
    changed = [move[1:] for move in moves if move[0] != "equal"]
    new = frozenset(at for _, _, begin, end in changed for at in range(begin, end))
    return new, frozenset(at for begin, end, _, _ in changed for at in range(begin, end))


def _links(couples: Sequence[Couple], encoder: Encoder) -> dict[Key, Links]:
    """Compute the alignments that identify the counterparts of missing words."""
    wanted: defaultdict[tuple[str, str], dict[Key, None]] = defaultdict(dict)
    for couple in couples:
        for key, other in zip(couple.keys(), (couple.second, couple.first), strict=True):
            if other.gone:
                wanted[key[:2]][key] = None
    links: dict[Key, Links] = {}
    for (first, second), keys in wanted.items():
        pairs = [key[2:] for key in keys]
        found = align_word_pairs(pairs, source_language=first, target_language=second, encoder=encoder)
        links |= zip(keys, found, strict=True)
    return links


def _example(couple: Couple, links: Mapping[Key, Links]) -> PassageExample:
    keys = couple.keys()
    treatments = {couple.first.treatment, couple.second.treatment}
    return PassageExample(
        (couple.first.language, couple.second.language),
        couple.first.words,
        couple.second.words,
        (
            _marks(couple.first, couple.second, links.get(keys[0], ())),
            _marks(couple.second, couple.first, links.get(keys[1], ())),
        ),
        changed="altered" in treatments,
        source=couple.source,
        group=couple.group,
        treatment=min(treatments),  # in alphabetical order the more serious one comes first
    )


def _marks(own: WrittenVersion, other: WrittenVersion, links: Links) -> tuple[int, ...]:
    """Mark the words of `own` that are new or correspond to missing words of `other`."""
    marked = own.new | {at for at, answer, probability in links if answer in other.gone and probability > LINKED}
    return tuple(int(at in marked) for at in range(len(own.words)))
