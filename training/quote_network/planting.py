"""Training pairs: faithful passages, each also with changes planted in one side."""

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from alignment import Encoder, align_word_pairs, load_encoder
from training.quote_network.changes import Change, Planter
from training.quote_network.examples import PAIRS, SAME, PassageExample, Passages, Words, read_passages, write_records
from training.quote_network.substitutes import neighbours
from training.quote_network.written import cut as cut_words

SEED = 11
LONGEST_TEXT = 400
"""Least and most characters of a first passage."""
MOST_WORDS = 60
TRIES = 1
"""Changes that are tried on each passage."""
LINKED = 0.3
"""Least probability of a link between corresponding words."""

Links = Sequence[tuple[int, int, float]]


@dataclass(frozen=True)
class Cut:
    """A faithful pair in words."""

    languages: tuple[str, str]
    words: tuple[Words, Words]
    source: str


def make_planted(work: Path, limit: int | None) -> None:
    """Write `planted.jsonl` from `passages.jsonl`; `limit` is the number of passages used."""
    chance = random.Random(SEED)  # noqa: S311 - no secret
    cut = _cut(_drawn(read_passages(work / "passages.jsonl"), chance))[:limit]
    examples = list(_examples(cut, chance, load_encoder()))
    count = write_records(work / "planted.jsonl", examples)
    print(f"{count} pairs of {len(cut)} passages, {sum(one.changed for one in examples)} changed")


def _drawn(passages: Sequence[Passages], chance: random.Random) -> list[Passages]:
    """Leave out long passages and those that were drawn twice, and put the others in any order."""
    short = {(one.first, one.second): one for one in passages if len(one.first) <= LONGEST_TEXT}
    drawn = list(short.values())
    chance.shuffle(drawn)
    return drawn


def _cut(passages: Sequence[Passages]) -> list[Cut]:
    cut = [
        Cut(one.languages, (cut_words(one.first, first), cut_words(one.second, second)), one.source)
        for one in passages
        for first, second in (one.languages,)
    ]
    return [one for one in cut if all(0 < len(words) <= MOST_WORDS for words in one.words)]


def _examples(cut: Sequence[Cut], chance: random.Random, encoder: Encoder) -> Iterator[PassageExample]:
    links = _links(cut, encoder)
    planters = _planters(cut, chance, encoder)
    for number, one in enumerate(cut):
        yield PassageExample(
            one.languages,
            *one.words,
            _unmarked(one),
            changed=False,
            source="planted",
            group=one.source,
            treatment="same",
        )
        side = chance.randrange(2) if one.languages[0] == "ru" else 1
        for _ in range(TRIES):
            change = planters[one.languages[side]].plant(one.words[side])
            if change:
                yield _changed(one, side, change, links[number])


def _unmarked(cut: Cut) -> tuple[tuple[int, ...], tuple[int, ...]]:
    first, second = ((0,) * len(words) for words in cut.words)
    return first, second


def _planters(cut: Sequence[Cut], chance: random.Random, encoder: Encoder) -> Mapping[str, Planter]:
    sides = [side for one in cut for side in zip(one.languages, one.words, strict=True) if side[0] != "en"]
    known = neighbours(sides, encoder)
    return {
        language: Planter(language, known, [words for own, words in sides if own == language], chance)
        for language in ("ru", "zh")
    }


def _links(cut: Sequence[Cut], encoder: Encoder) -> dict[int, Links]:
    links: dict[int, Links] = {}
    for first, second in (*PAIRS, *SAME):
        places = [at for at, one in enumerate(cut) if one.languages == (first, second)]
        pairs = [cut[at].words for at in places]
        found = align_word_pairs(pairs, source_language=first, target_language=second, encoder=encoder)
        links |= zip(places, found, strict=True)
    return links


def _changed(cut: Cut, side: int, change: Change, links: Links) -> PassageExample:
    """Put the change in place; on the other side the words that answered what is gone are marked."""
    answered = {link[1 - side] for link in links if link[side] in change.gone and link[2] > LINKED}
    words = (change.words, cut.words[1]) if side == 0 else (cut.words[0], change.words)
    marked = (change.new, answered) if side == 0 else (answered, change.new)
    first, second = (
        tuple(int(at in marks) for at in range(len(own))) for own, marks in zip(words, marked, strict=True)
    )
    return PassageExample(
        cut.languages, *words, (first, second), changed=True, source="planted", group=cut.source, treatment=change.kind
    )
