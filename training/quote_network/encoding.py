"""The encoder's features of all training words, on disk."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from alignment import load_encoder
from alignment.encoders import WordFeatureEncoder
from common.errors import UsageError
from common.files import replacing, write_text
from training.quote_network.examples import Words, read_examples, read_lines

SIZE = 1024
BATCH = 400
"""Texts per encoded batch."""

Floats = NDArray[np.float32]


def make_features(work: Path) -> None:
    """Write `features.npy`, `rarity.npy` and `texts.jsonl`."""
    encoder = load_encoder()
    if not isinstance(encoder, WordFeatureEncoder):
        raise UsageError(f"the encoder {encoder.name!r} gives no features of words")
    files = [work / name for name in ("written.jsonl", "planted.jsonl")]
    texts = list(
        dict.fromkeys(words for path in files for one in read_examples(path) for words in (one.first, one.second))
    )
    with replacing(work / "features.npy") as features, replacing(work / "rarity.npy") as rarity:
        _encode(texts, encoder, features, rarity)
    write_text(work / "texts.jsonl", "".join(json.dumps(words, ensure_ascii=False) + "\n" for words in texts))
    print(f"{len(texts)} texts, {sum(map(len, texts))} words")


def _encode(texts: Sequence[Words], encoder: WordFeatureEncoder, features: Path, rarity: Path) -> None:
    count = sum(map(len, texts))
    rows = np.lib.format.open_memmap(features, "w+", np.float16, (count, SIZE))
    nats = np.lib.format.open_memmap(rarity, "w+", np.float32, (count,))
    at = 0
    for start in range(0, len(texts), BATCH):
        for found in encoder.encode_word_features(texts[start : start + BATCH]):
            end = at + len(found.rarity)
            rows[at:end], nats[at:end] = found.vectors, found.rarity
            at = end
    rows.flush()
    nats.flush()


@dataclass(frozen=True)
class Features:
    """Features and rarity (in nats) of the words of each encoded text.

    Attributes:
        rows: Shape (words of all texts, 1024), float16.
        nats: Shape (words of all texts,).
        starts: Row of each text's first word.
    """

    rows: NDArray[np.float16]
    nats: Floats
    starts: dict[Words, int]

    @classmethod
    def load(cls, work: Path) -> "Features":
        """Open the files of `make_features`; rows are read when needed."""
        starts: dict[Words, int] = {}
        at = 0
        for words in map(tuple, read_lines(work / "texts.jsonl")):
            starts[words] = at
            at += len(words)
        return cls(np.load(work / "features.npy", mmap_mode="r"), np.load(work / "rarity.npy"), starts)

    def of(self, words: Words) -> tuple[Floats, Floats]:
        """Return the features, shape (words, 1024), and the rarity of the words of a text."""
        start = self.starts[words]
        end = start + len(words)
        return self.rows[start:end].astype(np.float32), self.nats[start:end]
