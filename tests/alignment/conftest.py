import hashlib
from collections.abc import Callable, Sequence

import numpy as np
import pytest

from alignment.encoders import load_encoder
from alignment.encoders.use import UseEncoder
from alignment.types import Alignment


class WordBagEncoder:
    """Sums a random but fixed vector for each word, case folded: "Мама" and "мама" are translations of one another."""

    name = "fake"
    revision = "1"
    dimension = 64

    def encode(self, texts: Sequence[str]) -> np.ndarray:
        rows = [
            sum((self._word(word) for word in text.casefold().split()), np.full(self.dimension, 1e-3)) for text in texts
        ]
        return np.array([row / np.linalg.norm(row) for row in rows], np.float32).reshape(-1, self.dimension)

    def _word(self, word: str) -> np.ndarray:
        seed = int.from_bytes(hashlib.sha256(word.encode()).digest()[:8], "big")
        return np.random.default_rng(seed).standard_normal(self.dimension)


@pytest.fixture(scope="session")
def fake_encoder() -> WordBagEncoder:
    return WordBagEncoder()


@pytest.fixture(scope="session")
def use_encoder() -> UseEncoder:
    encoder = load_encoder("use")
    assert isinstance(encoder, UseEncoder)
    return encoder


@pytest.fixture
def links() -> Callable[[Alignment], list[tuple[list[int], list[int]]]]:
    return lambda alignment: [(list(bead.source), list(bead.target)) for bead in alignment.beads]


@pytest.fixture(scope="session")
def sentences() -> Callable[[int], list[str]]:
    """Sentences without a word in common, of different lengths."""

    def make(count: int) -> list[str]:
        return [" ".join(f"w{number}x{place}" for place in range(4 + (number * 7) % 5)) for number in range(count)]

    return make
