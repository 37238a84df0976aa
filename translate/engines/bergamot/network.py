"""A Bergamot model in torch: an encoder that sees the sentence at once, a decoder that takes a token at a time."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Self

import torch
from torch import Tensor

from translate.engines.bergamot.architecture import Architecture, architecture_of
from translate.engines.bergamot.binary import MarianModel
from translate.engines.bergamot.layers import (
    Arithmetic,
    Attention,
    FeedForward,
    Parameters,
    Recurrence,
    read_attention,
    read_feed_forward,
    read_output,
    read_recurrence,
)


@dataclass(frozen=True, slots=True)
class EncoderLayer:
    """Self-attention and feed-forward."""

    attention: Attention
    feed_forward: FeedForward

    def __call__(self, x: Tensor, mask: Tensor) -> Tensor:
        """Return the layer's result."""
        return self.feed_forward(self.attention(x, self.attention.memorise(x), mask))


@dataclass(frozen=True, slots=True)
class DecoderLayer:
    """Recurrence, attention to the source, and feed-forward."""

    recurrence: Recurrence
    attention: Attention
    feed_forward: FeedForward


@dataclass(frozen=True, slots=True)
class State:
    """What a decoder knows of a batch.

    Attributes:
        memories: Keys and values of the source, one pair a layer, `[batch, heads, length, width]`.
        mask: True where the source has a token, `[batch, 1, 1, length]`.
        cells: Recurrent cells, one a layer, `[batch, beams, dim]`.
        position: Tokens decoded so far.
    """

    memories: tuple[tuple[Tensor, Tensor], ...]
    mask: Tensor
    cells: tuple[Tensor, ...]
    position: int

    def select(self, rows: Tensor) -> Self:
        """Return the state of some sentences only."""
        return replace(
            self,
            memories=tuple((keys[rows], values[rows]) for keys, values in self.memories),
            mask=self.mask[rows],
            cells=tuple(cell[rows] for cell in self.cells),
        )

    def reorder(self, beams: Tensor) -> Self:
        """Return the state with each sentence's beams taken from `beams`, `[batch, beams]`."""
        rows = torch.arange(beams.shape[0], device=beams.device)[:, None]
        return replace(self, cells=tuple(cell[rows, beams] for cell in self.cells))


class Network:
    """A model that is ready to run.

    Args:
        model: Its tensors and settings.
        arithmetic: What to compute in.

    Raises:
        UnsupportedModelError: It is of another architecture.
        ModelFilesError: A tensor is missing or of the wrong shape.
    """

    def __init__(self, model: MarianModel, arithmetic: Arithmetic) -> None:
        self.architecture = architecture_of(model.config)
        self.arithmetic = arithmetic
        tensors = {name: torch.from_numpy(array) for name, array in model.tensors.items()}
        parameters = Parameters(tensors, arithmetic)
        dim = self.architecture.dim
        shared = parameters.has("Wemb")
        self._source = parameters.matrix("Wemb" if shared else "encoder_Wemb", dim)
        self._target = self._source if shared else parameters.matrix("decoder_Wemb", dim)
        self._output = read_output(parameters, self._target)
        self._encoder = _read_encoder(parameters, self.architecture)
        self._decoder = _read_decoder(parameters, self.architecture)

    @property
    def source_size(self) -> int:
        """Tokens of the source language that have an embedding."""
        return int(self._source.shape[0])

    @property
    def target_size(self) -> int:
        """Tokens of the target language that can be produced."""
        return int(self._output.weight.shape[0])

    def start(self, rows: Sequence[Sequence[int]], beams: int) -> State:
        """Return the decoder's state before its first token.

        Args:
            rows: Source tokens of each sentence, the end included.
            beams: Hypotheses that will be kept for each.
        """
        width = max(map(len, rows))
        ids = torch.tensor([[*row, *[0] * (width - len(row))] for row in rows], device=self.arithmetic.device)
        lengths = torch.tensor([len(row) for row in rows], device=self.arithmetic.device)
        mask = (torch.arange(width, device=self.arithmetic.device) < lengths[:, None])[:, None, None, :]
        x = self._source[ids] * math.sqrt(self.architecture.dim) + self._positions(0, width)
        for layer in self._encoder:
            x = layer(x, mask)
        cell = torch.zeros(
            len(rows), beams, self.architecture.dim, dtype=self.arithmetic.dtype, device=self.arithmetic.device
        )
        memories = tuple(layer.attention.memorise(x) for layer in self._decoder)
        return State(memories, mask, (cell,) * len(self._decoder), 0)

    def step(self, state: State, tokens: Tensor) -> tuple[Tensor, State]:
        """Return the logits of the next token, `[batch, beams, tokens]` in float32, and the state after it.

        Args:
            state: The decoder's state.
            tokens: The last token of each hypothesis, `[batch, beams]`; the first step does not look at them, since
                Marian begins with an embedding of zeros.
        """
        x = self._target[tokens] * (math.sqrt(self.architecture.dim) if state.position else 0.0)
        x = x + self._positions(state.position, 1)
        cells = []
        for layer, memory, before in zip(self._decoder, state.memories, state.cells, strict=True):
            x, cell = layer.recurrence(x, before)
            x = layer.feed_forward(layer.attention(x, memory, state.mask))
            cells.append(cell)
        return self._output(x).float(), replace(state, cells=tuple(cells), position=state.position + 1)

    def _positions(self, start: int, count: int) -> Tensor:
        """Return sinusoids of positions: sines in the first half, cosines in the second."""
        half = self.architecture.dim // 2
        steps = torch.arange(half, dtype=torch.float32, device=self.arithmetic.device)
        scales = torch.exp(steps * (-math.log(10000.0) / max(1, half - 1)))
        angles = torch.arange(start, start + count, device=self.arithmetic.device)[:, None] * scales
        return torch.cat([angles.sin(), angles.cos()], dim=-1).to(self.arithmetic.dtype)


def _read_encoder(parameters: Parameters, shape: Architecture) -> tuple[EncoderLayer, ...]:
    def layer(name: str) -> EncoderLayer:
        attention = read_attention(parameters, f"{name}_self", dim=shape.dim, heads=shape.heads)
        forward = read_feed_forward(parameters, f"{name}_ffn", dim=shape.dim, activation=shape.activation)
        return EncoderLayer(attention, forward)

    return tuple(layer(f"encoder_l{number}") for number in range(1, shape.encoder_layers + 1))


def _read_decoder(parameters: Parameters, shape: Architecture) -> tuple[DecoderLayer, ...]:
    def layer(name: str) -> DecoderLayer:
        return DecoderLayer(
            read_recurrence(parameters, f"{name}_rnn", dim=shape.dim),
            read_attention(parameters, f"{name}_context", dim=shape.dim, heads=shape.heads),
            read_feed_forward(parameters, f"{name}_ffn", dim=shape.dim, activation=shape.activation),
        )

    return tuple(layer(f"decoder_l{number}") for number in range(1, shape.decoder_layers + 1))
