"""The divergence network in torch; `quotes/findings/divergence/model.py` computes the same from its arrays."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from training.quote_network.encoding import Features
from training.quote_network.examples import PassageExample, Words

LANGUAGES = ("en", "ru", "zh")
HALF = 512
"""Length of each of the two vectors in a word's features."""
LANGUAGE_SIZE = 8
RARITY = 10.0
"""Divisor of the rarity in nats."""
NEVER = -1e4
"""Score of padding."""


@dataclass(frozen=True)
class Shape:
    """Sizes of a network: compared and passed features of each word, and hidden layers."""

    values: int = 128
    hidden: int = 96
    dropout: float = 0.2


@dataclass(frozen=True)
class PassageSide:
    """The passages of one side of a batch, padded to one length.

    Attributes:
        language: Number of the language: shape (pairs,).
        features: Of each word: shape (pairs, words, 1024).
        there: Mask of real words: shape (pairs, words).
        rarity: Scaled, shape (pairs, words).
        unanswered: 1 for words without an equivalent on the other side: shape (pairs, words).
    """

    language: Tensor
    features: Tensor
    there: Tensor
    rarity: Tensor
    unanswered: Tensor


@dataclass(frozen=True)
class Batch:
    """Pairs of passages, and for each 1 if the meaning changed: shape (pairs,)."""

    first: PassageSide
    second: PassageSide
    changed: Tensor

    @classmethod
    def of(cls, examples: Sequence[PassageExample], features: Features) -> "Batch":
        """Convert examples, at least one, to tensors."""
        first, second = (
            _side(
                [one.languages[at] for one in examples],
                [(one.first, one.second)[at] for one in examples],
                [one.unanswered[at] for one in examples],
                features,
            )
            for at in (0, 1)
        )
        return cls(first, second, torch.tensor([float(one.changed) for one in examples]))


def _side(
    languages: Sequence[str], texts: Sequence[Words], marks: Sequence[Sequence[int]], features: Features
) -> PassageSide:
    shape = len(texts), max(map(len, texts))
    rows = np.zeros((*shape, 2 * HALF), np.float32)
    there, (rarity, unanswered) = np.zeros(shape, bool), np.zeros((2, *shape), np.float32)
    for at, (words, marked) in enumerate(zip(texts, marks, strict=True)):
        size = len(words)
        rows[at, :size], rarity[at, :size] = features.of(words)
        there[at, :size], unanswered[at, :size] = True, marked
    numbers = torch.tensor([LANGUAGES.index(language) for language in languages])
    return PassageSide(numbers, *map(torch.from_numpy, (rows, there, rarity / RARITY, unanswered)))


class PassageReader(nn.Module):
    """Computes logits that the meaning changed, and that each word of both sides has no equivalent.

    Its parameters have the names of the arrays that `AnswerNetwork` reads.
    """

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        size, hidden, dropout = shape.values, shape.hidden, shape.dropout
        self.E = nn.Linear(2 * HALF, size, bias=False)
        self.V = nn.Linear(2 * HALF, size)
        self.null = nn.Parameter(torch.zeros(1))
        self.scale = nn.Parameter(torch.tensor(6.0))
        self.lang = nn.Embedding(len(LANGUAGES), LANGUAGE_SIZE)
        self.mlp = nn.Sequential(
            nn.Linear(4 * size + 3 + 2 * LANGUAGE_SIZE, hidden), _gelu(), nn.Dropout(dropout),
            nn.Linear(hidden, hidden), _gelu(),
        )  # fmt: skip
        self.word = nn.Linear(hidden, 1)
        self.pool = nn.Linear(hidden, 1)
        self.out = nn.Sequential(
            nn.Linear(4 * hidden + 6, hidden), _gelu(), nn.Dropout(dropout), nn.Linear(hidden, 1)
        )  # fmt: skip
        self.drop = nn.Dropout(dropout)

    def forward(self, batch: Batch) -> tuple[Tensor, Tensor, Tensor]:
        """Return the logits: shapes (pairs,), (pairs, words of the first), (pairs, words of the second)."""
        first, second = batch.first, batch.second
        rows = [_normalised(side.features) for side in (first, second)]
        keys = [functional.normalize(self.E(each), dim=2) for each in rows]
        values = [self.V(each) for each in rows]
        cosines = torch.bmm(keys[1], keys[0].transpose(1, 2))
        hidden = (
            self._answer(second, first, (values[1], values[0]), cosines),
            self._answer(first, second, (values[0], values[1]), cosines.transpose(1, 2)),
        )
        logits = [self.word(each).squeeze(2) for each in hidden]
        seen = list(zip(hidden, logits, (second, first), strict=True))
        counts = [side.there.sum(1).float() for side in (first, second)]
        extra = [
            *(own.masked_fill(~side.there, NEVER).amax(1) for _, own, side in seen),
            *((torch.sigmoid(own) * side.there).sum(1) for _, own, side in seen),
            torch.log(counts[0]) / 3,
            torch.log(counts[1] / counts[0]),
        ]
        pooled = [vector for states, _, side in seen for vector in self._pooled(states, side.there)]
        changed = self.out(torch.cat([*pooled, torch.stack(extra, 1)], 1)).squeeze(1)
        return changed, logits[1], logits[0]

    def _answer(self, side: PassageSide, other: PassageSide, values: tuple[Tensor, Tensor], cosines: Tensor) -> Tensor:
        """Return the hidden states of the words of `side`; `cosines` is of shape (pairs, its words, the other's)."""
        own, others = values
        absent = ~other.there[:, None, :]
        nothing = self.null.expand(*cosines.shape[:2], 1)
        share = torch.cat([self.scale * cosines.masked_fill(absent, NEVER), nothing], 2).softmax(2)
        found = torch.bmm(share[:, :, :-1], others)
        nearest = cosines.masked_fill(absent, -1).amax(2, keepdim=True)
        languages = torch.cat([self.lang(side.language), self.lang(other.language)], 1)
        columns = [own, found, own * found, (own - found).abs(), nearest, share[:, :, -1:], side.rarity[:, :, None]]
        columns.append(languages[:, None, :].expand(-1, own.shape[1], -1))
        states: Tensor = self.mlp(self.drop(torch.cat(columns, 2)))
        return states

    def _pooled(self, states: Tensor, there: Tensor) -> tuple[Tensor, Tensor]:
        share = self.pool(states).squeeze(2).masked_fill(~there, NEVER).softmax(1)
        weighed = torch.bmm(share[:, None, :], states).squeeze(1)
        return weighed, (states * there[:, :, None]).sum(1) / there.sum(1, keepdim=True)


def _gelu() -> nn.Module:
    return nn.GELU(approximate="tanh")


def _normalised(features: Tensor) -> Tensor:
    halves = (functional.layer_norm(half, (HALF,)) for half in torch.split(features, HALF, 2))
    return torch.cat(list(halves), 2)
