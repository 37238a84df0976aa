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

from training.translator.pairs import REVERSED, Pair

LANGUAGES: Final = {"en": "English", "ru": "Russian", "zh": "Chinese"}
EXAMPLES: Final = "examples.npz"
DIRECTIONS: Final = ("en-ru", "ru-en", "en-zh", "zh-en", "ru-zh", "zh-ru")
PAD: Final = 0
"""Fills a batch; any id would do, for what stands to the right of an answer has no part in it."""
_BEGIN, _END = ("<bos>",), ("<eos>", "<|endoftext|>")
"""What begins and ends a text: the first that the tokenizer has, of Gemma's or Qwen's."""
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
        reversed: Whether the answer of each is what the other side was translated from.
    """

    ids: NDArray[np.int32]
    starts: NDArray[np.int64]
    answers: NDArray[np.int64]
    directions: NDArray[np.int8]
    origins: NDArray[np.int32]
    reversed: NDArray[np.bool_]

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


@dataclass(frozen=True)
class Choice:
    """Which examples to train on. A run with a limit and one without tell what the examples beyond it are worth.

    Attributes:
        directions: Which to train; each has an equal share.
        sentences: Most source sentences of a direction; 0 for all.
        variants: Most translations of a sentence; 0 for all.
        one_way: Leave out pairs whose answer is what the other side was translated from.
    """

    directions: Sequence[str] = DIRECTIONS
    sentences: int = 0
    variants: int = 0
    one_way: bool = False


def begin_ids(tokenizer: Any) -> list[int]:
    """Return the id that begins a text; none for a model that needs none."""
    return _known(tokenizer, _BEGIN)


def end_id(tokenizer: Any) -> int:
    """Return the id that ends a text."""
    return _known(tokenizer, _END)[0]


def _known(tokenizer: Any, pieces: Sequence[str]) -> list[int]:
    found = (tokenizer.token_to_id(piece) for piece in pieces)
    return [one for one in found if one is not None][:1]


def encode(pairs: Sequence[Pair], tokenizer: Any) -> Examples:
    """Return the pairs as examples; those that are too long are left out."""
    begin, end = begin_ids(tokenizer), end_id(tokenizer)
    prompts = tokenizer.encode_batch([prompt(one.direction, one.source) for one in pairs], add_special_tokens=False)
    answers = tokenizer.encode_batch([answer(one.direction, one.target) for one in pairs], add_special_tokens=False)
    origins: dict[str, int] = {}
    rows: list[tuple[list[int], int, int, int, bool]] = []
    for pair, before, after in zip(pairs, prompts, answers, strict=True):
        ids = [*begin, *before.ids, *after.ids, end]
        if len(ids) <= LONGEST:
            origin = origins.setdefault(pair.origin, len(origins))
            rows.append(
                (ids, len(begin) + len(before.ids), DIRECTIONS.index(pair.direction), origin, pair.maker == REVERSED)
            )
    starts = np.cumsum([0, *(len(ids) for ids, *_ in rows)], dtype=np.int64)
    return Examples(
        np.fromiter((one for ids, *_ in rows for one in ids), np.int32, int(starts[-1])),
        starts,
        starts[:-1] + np.array([row[1] for row in rows], np.int64),
        np.array([row[2] for row in rows], np.int8),
        np.array([row[3] for row in rows], np.int32),
        np.array([row[4] for row in rows], np.bool_),
    )


def in_order(examples: Examples, seed: int, choice: Choice = Choice()) -> Iterator[int]:
    """Yield examples without end: the directions in turn, in each every sentence once before any comes again.

    Each time round, a sentence comes with the next of its translations.
    """
    streams = [_of_direction(examples, DIRECTIONS.index(one), seed, choice) for one in choice.directions]
    for stream in cycle(streams):
        yield next(stream)


def _of_direction(examples: Examples, number: int, seed: int, choice: Choice) -> Iterator[int]:
    chance = random.Random(f"{seed} {number}")  # noqa: S311 - no secret
    variants: dict[int, list[int]] = defaultdict(list)
    for at in np.flatnonzero((examples.directions == number) & ~(examples.reversed & choice.one_way)):
        variants[int(examples.origins[at])].append(int(at))
    for one in variants.values():
        chance.shuffle(one)
        del one[choice.variants or len(one) :]
    order = list(variants)
    if choice.sentences:
        chance.shuffle(order)
        del order[choice.sentences :]
    turn = 0
    while order:
        chance.shuffle(order)
        yield from (variants[origin][turn % len(variants[origin])] for origin in order)
        turn += 1


def batches(examples: Examples, tokens: int, seed: int, choice: Choice = Choice()) -> Iterator[list[int]]:
    """Yield batches without end, each of about `tokens` ids with its padding, of examples of like length."""
    chance = random.Random(seed)  # noqa: S311 - no secret
    stream = in_order(examples, seed, choice)
    while chunk := sorted(islice(stream, CHUNK), key=lambda at: (examples.length(at), at)):
        cut: list[list[int]] = [[]]
        for at in reversed(chunk):
            longest = examples.length(cut[-1][0]) if cut[-1] else 0
            if cut[-1] and (len(cut[-1]) + 1) * longest > tokens:
                cut.append([])
            cut[-1].append(at)
        chance.shuffle(cut)
        yield from cut
