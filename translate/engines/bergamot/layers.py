"""The blocks of a Bergamot model, as marian-dev's `models/transformer.h` and `rnn/cells.h` put them together.

Every block ends in a residual and a layer norm (`transformer-postprocess: dan`; dropout does nothing here). The decoder
has no attention to what it wrote: a Simpler Simple Recurrent Unit carries that along, one vector a layer (Kim et al.
2019, https://aclanthology.org/D19-5632):

    f(t) = sigmoid(x(t) Wf + bf);  c(t) = f(t) c(t-1) + (1 - f(t)) (x(t) W);  h(t) = relu(c(t))
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

import torch
from torch import Tensor
from torch.nn import functional

from translate.engines.errors import ModelFilesError

EPSILON: Final = 1e-6
"""Added to the variance, as in Marian's `layers/generic.h`; the tensors' scale decides how much it matters."""

_STEPS: Final = 127.0

Activation = Callable[[Tensor], Tensor]

_ACTIVATIONS: Final[Mapping[str, Activation]] = {
    "relu": torch.relu,
    "swish": functional.silu,
    "gelu": functional.gelu,
}


@dataclass(frozen=True, slots=True)
class Arithmetic:
    """What a model computes in.

    Attributes:
        dtype: Type of all numbers.
        device: As torch names it.
        rounds: Round what enters a matrix to the 255 steps that the file gives for it, as Marian and Firefox do.
    """

    dtype: torch.dtype = torch.float32
    device: str = "cpu"
    rounds: bool = False


@dataclass(frozen=True, slots=True)
class Linear:
    """An affine map.

    Attributes:
        weight: `[out, in]`.
        bias: `[out]`, or None.
        steps: Steps to a unit that what enters is rounded to, at most 127 of them either way; None rounds nothing.
    """

    weight: Tensor
    bias: Tensor | None
    steps: float | None = None

    def __call__(self, x: Tensor) -> Tensor:
        """Return the map of the last dimension."""
        if self.steps is not None:
            x = (x * self.steps).round().clamp(-_STEPS, _STEPS) / self.steps
        return functional.linear(x, self.weight, self.bias)


class Parameters:
    """Hands out the tensors of a model by Marian's names, ready to compute with.

    Args:
        tensors: Marian's, where `y = x @ W`.
        arithmetic: What to compute in.
    """

    def __init__(self, tensors: Mapping[str, Tensor], arithmetic: Arithmetic) -> None:
        self._tensors = tensors
        self._arithmetic = arithmetic

    def has(self, name: str) -> bool:
        """Tell whether there is such a tensor."""
        return name in self._tensors

    def matrix(self, name: str, width: int | None = None) -> Tensor:
        """Return a matrix as Marian has it; `width` is how many columns it must have.

        Raises:
            ModelFilesError: It is missing, or of another shape.
        """
        tensor = self._get(name)
        if tensor.dim() != 2 or (width is not None and tensor.shape[1] != width):  # noqa: PLR2004 - a matrix
            raise ModelFilesError(f"the model's {name} has the shape {tuple(tensor.shape)}")
        return tensor

    def vector(self, name: str, width: int) -> Tensor:
        """Return a vector, which Marian stores as a matrix of one row.

        Raises:
            ModelFilesError: It is missing, or of another length.
        """
        tensor = self._get(name).reshape(-1)
        if tensor.shape[0] != width:
            raise ModelFilesError(f"the model's {name} has {tensor.shape[0]} numbers, not {width}")
        return tensor

    def linear(self, weight: str, bias: str | None = None, *, width: int | None = None) -> Linear:
        """Return the map that a matrix and a vector make; `width` is that of its results.

        Raises:
            ModelFilesError: One is missing, or of another shape, or there is nothing to round by.
        """
        matrix = self.matrix(weight, width)
        vector = self.vector(bias, matrix.shape[1]) if bias else None
        return Linear(matrix.T.contiguous(), vector, self.steps(weight))

    def steps(self, *names: str) -> float | None:
        """Return by how much to multiply what enters the matrix with the first of `names` that the file has steps for.

        Raises:
            ModelFilesError: The arithmetic rounds, and the file does not say how.
        """
        if not self._arithmetic.rounds:
            return None
        known = [self._tensors[f"{name}_QuantMultA"] for name in names if self.has(f"{name}_QuantMultA")]
        if not known:
            raise ModelFilesError(
                f"the model does not say how to round what enters {names[0]}",
                hint="Take the file whose name has .alphas in it, or --precision float32",
            )
        return float(known[0].reshape(-1)[0])

    def _get(self, name: str) -> Tensor:
        if name not in self._tensors:
            raise ModelFilesError(f"the model has no tensor {name}", hint="Get the file again")
        return self._tensors[name].to(self._arithmetic.device, self._arithmetic.dtype)


@dataclass(frozen=True, slots=True)
class Norm:
    """What ends a block: its result plus what went in, normalised."""

    scale: Tensor
    bias: Tensor

    def __call__(self, branch: Tensor, residual: Tensor) -> Tensor:
        """Return the normalised sum."""
        return functional.layer_norm(branch + residual, self.scale.shape, self.scale, self.bias, EPSILON)


@dataclass(frozen=True, slots=True)
class Attention:
    """Attention with several heads, residual and norm."""

    query: Linear
    key: Linear
    value: Linear
    output: Linear
    norm: Norm
    heads: int

    def memorise(self, memory: Tensor) -> tuple[Tensor, Tensor]:
        """Return keys and values `[batch, heads, length, width]` of what is attended to."""
        return self._split(self.key(memory)), self._split(self.value(memory))

    def __call__(self, x: Tensor, memory: tuple[Tensor, Tensor], mask: Tensor) -> Tensor:
        """Return the block's result for queries `x`, `[batch, queries, dim]`.

        Args:
            x: What asks.
            memory: Keys and values.
            mask: True where a key counts; it broadcasts to `[batch, heads, queries, length]`.
        """
        keys, values = memory
        joined = functional.scaled_dot_product_attention(self._split(self.query(x)), keys, values, attn_mask=mask)
        return self.norm(self.output(joined.transpose(1, 2).flatten(2)), x)

    def _split(self, x: Tensor) -> Tensor:
        return x.reshape(*x.shape[:-1], self.heads, -1).transpose(1, 2)


@dataclass(frozen=True, slots=True)
class FeedForward:
    """Two affine maps with an activation between them, residual and norm."""

    first: Linear
    second: Linear
    norm: Norm
    activation: Activation

    def __call__(self, x: Tensor) -> Tensor:
        """Return the block's result."""
        return self.norm(self.second(self.activation(self.first(x))), x)


@dataclass(frozen=True, slots=True)
class Recurrence:
    """A Simpler Simple Recurrent Unit, residual and norm."""

    candidate: Linear
    gate: Linear
    norm: Norm

    def __call__(self, x: Tensor, cell: Tensor) -> tuple[Tensor, Tensor]:
        """Return the block's result and the new cell, each in the shape of `x`."""
        cell = torch.lerp(self.candidate(x), cell, torch.sigmoid(self.gate(x)))
        return self.norm(torch.relu(cell), x), cell


def read_norm(parameters: Parameters, name: str, dim: int) -> Norm:
    """Return the norm called `name`; Marian leaves out a bias that it was told not to learn."""
    scale = parameters.vector(f"{name}_ln_scale", dim)
    bias = f"{name}_ln_bias"
    return Norm(scale, parameters.vector(bias, dim) if parameters.has(bias) else torch.zeros_like(scale))


def read_attention(parameters: Parameters, name: str, *, dim: int, heads: int) -> Attention:
    """Return the attention block whose tensors begin with `name`."""
    query, key, value, output = (
        parameters.linear(f"{name}_W{letter}", f"{name}_b{letter}", width=dim) for letter in "qkvo"
    )
    return Attention(query, key, value, output, read_norm(parameters, f"{name}_Wo", dim), heads)


def read_feed_forward(parameters: Parameters, name: str, *, dim: int, activation: str) -> FeedForward:
    """Return the feed-forward block whose tensors begin with `name`."""
    first = parameters.linear(f"{name}_W1", f"{name}_b1")
    second = parameters.linear(f"{name}_W2", f"{name}_b2", width=dim)
    return FeedForward(first, second, read_norm(parameters, f"{name}_ffn", dim), _ACTIVATIONS[activation])


def read_recurrence(parameters: Parameters, name: str, *, dim: int) -> Recurrence:
    """Return the recurrent block whose tensors begin with `name`."""
    candidate = parameters.linear(f"{name}_W", width=dim)
    gate = parameters.linear(f"{name}_Wf", f"{name}_bf", width=dim)
    return Recurrence(candidate, gate, read_norm(parameters, f"{name}_ffn", dim))


def read_output(parameters: Parameters, embeddings: Tensor) -> Linear:
    """Return the map to the logits: a matrix of its own, or the embeddings of the target.

    Raises:
        ModelFilesError: The matrix does not fit what the decoder gives.
    """
    own, bias = "decoder_ff_logit_out_W", "decoder_ff_logit_out_b"
    linear = parameters.linear(own) if parameters.has(own) else None
    weight = linear.weight if linear else embeddings
    if weight.shape[1] != embeddings.shape[1]:
        raise ModelFilesError(f"the model's {own} has the shape {tuple(weight.T.shape)}")
    vector = parameters.vector(bias, weight.shape[0]) if parameters.has(bias) else None
    if not linear:
        # Marian forgot the name of embeddings that it uses the other way round.
        return Linear(embeddings, vector, parameters.steps("none", "decoder_Wemb"))
    return Linear(weight, vector, linear.steps)
