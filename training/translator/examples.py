"""What the model reads and writes: pairs as prompts and answers, in ids, in a reproducible order."""

import random
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import cycle, islice
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from training.translator.pairs import Pair

LANGUAGES: Final = {"en": "English", "ru": "Russian", "zh": "Chinese"}
EXAMPLES: Final = "examples.npz"
DIRECTIONS: Final = ("en-ru", "ru-en", "en-zh", "zh-en", "ru-zh", "zh-ru")
BEGIN, END, PAD = 2, 1, 0
"""Ids of Gemma's `<bos>`, `<eos>` and `<pad>`, which the cut leaves as they are."""
LONGEST: Final = 200
"""Most ids of a prompt and its answer: longer pairs are few, and cost many times as much."""
CHUNK: Final = 1536
"""Examples that are sorted by length together, so that a batch needs little padding."""


def prompt(direction: str, text: str) -> str:
    """Return what stands before the translation."""
    source, target = direction.split("-")
    return f"{LANGUAGES[source]}: {text}\n{LANGUAGES[target]}:"


def answer(direction: str, text: str) -> str:
    """Return the translation as it follows the prompt: Chinese words have no space before them."""
    return text if direction.endswith("zh") else f" {text}"


@dataclass(frozen=True)
class Examples:
    """Examples in ids, one behind another.

    Attributes:
        ids: All ids.
        starts: Where each example begins; a last number says where the last one ends.
        answers: Where the answer of each begins.
        directions: The number of the direction of each.
        origins: The number of the sentence that each comes from.
    """

    ids: NDArray[np.int32]
    starts: NDArray[np.int64]
    answers: NDArray[np.int64]
    directions: NDArray[np.int8]
    origins: NDArray[np.int32]

    def write(self, path: Path) -> None:
        """Write them to an `.npz`."""
        np.savez(path, **vars(self))

    @classmethod
    def read(cls, path: Path) -> "Examples":
        """Read them back."""
        with np.load(path) as content:
            return cls(**{name: content[name] for name in content.files})

    def length(self, at: int) -> int:
        """Return the number of ids of an example."""
        return int(self.starts[at + 1] - self.starts[at])


def encode(pairs: Sequence[Pair], tokenizer: Any) -> Examples:
    """Return the pairs as examples; those that are too long are left out."""
    prompts = tokenizer.encode_batch([prompt(one.direction, one.source) for one in pairs], add_special_tokens=False)
    answers = tokenizer.encode_batch([answer(one.direction, one.target) for one in pairs], add_special_tokens=False)
    origins: dict[str, int] = {}
    rows: list[tuple[list[int], int, int, int]] = []
    for pair, before, after in zip(pairs, prompts, answers, strict=True):
        ids = [BEGIN, *before.ids, *after.ids, END]
        if len(ids) <= LONGEST:
            origin = origins.setdefault(pair.origin, len(origins))
            rows.append((ids, 1 + len(before.ids), DIRECTIONS.index(pair.direction), origin))
    starts = np.cumsum([0, *(len(ids) for ids, *_ in rows)], dtype=np.int64)
    return Examples(
        np.fromiter((one for ids, *_ in rows for one in ids), np.int32, int(starts[-1])),
        starts,
        starts[:-1] + np.array([row[1] for row in rows], np.int64),
        np.array([row[2] for row in rows], np.int8),
        np.array([row[3] for row in rows], np.int32),
    )


def in_order(examples: Examples, seed: int, directions: Sequence[str] = DIRECTIONS) -> Iterator[int]:
    """Yield examples without end: the directions in turn, in each every sentence once before any comes again.

    Each time round, a sentence comes with the next of its translations.
    """
    streams = [_of_direction(examples, number, seed) for number in map(DIRECTIONS.index, directions)]
    for stream in cycle(streams):
        yield next(stream)


def _of_direction(examples: Examples, number: int, seed: int) -> Iterator[int]:
    chance = random.Random(f"{seed} {number}")  # noqa: S311 - no secret
    variants: dict[int, list[int]] = defaultdict(list)
    for at in np.flatnonzero(examples.directions == number):
        variants[int(examples.origins[at])].append(int(at))
    for one in variants.values():
        chance.shuffle(one)
    order = list(variants)
    turn = 0
    while order:
        chance.shuffle(order)
        yield from (variants[origin][turn % len(variants[origin])] for origin in order)
        turn += 1


def batches(examples: Examples, tokens: int, seed: int, directions: Sequence[str] = DIRECTIONS) -> Iterator[list[int]]:
    """Yield batches without end, each of about `tokens` ids with its padding, of examples of like length."""
    chance = random.Random(seed)  # noqa: S311 - no secret
    stream = in_order(examples, seed, directions)
    while chunk := sorted(islice(stream, CHUNK), key=lambda at: (examples.length(at), at)):
        cut: list[list[int]] = [[]]
        for at in reversed(chunk):
            longest = examples.length(cut[-1][0]) if cut[-1] else 0
            if cut[-1] and (len(cut[-1]) + 1) * longest > tokens:
                cut.append([])
            cut[-1].append(at)
        chance.shuffle(cut)
        yield from cut
