"""What Marian's settings say of a model, and which of them Tolmach can run."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from translate.engines.errors import UnsupportedModelError

ACTIVATIONS: Final = ("relu", "swish", "gelu")
"""Feed-forward activations that are known."""

_REQUIRED: Final[Mapping[str, tuple[str, ...]]] = {
    "type": ("transformer",),
    "transformer-decoder-autoreg": ("rnn",),
    "dec-cell": ("ssru",),
    "transformer-preprocess": ("",),
    "transformer-postprocess": ("dan", "an"),
    "transformer-postprocess-emb": ("d", ""),
    "transformer-postprocess-top": ("",),
    "transformer-ffn-depth": ("2",),
    "transformer-ffn-activation": ACTIVATIONS,
    "transformer-no-projection": ("false",),
    "transformer-train-position-embeddings": ("false",),
    "transformer-pool": ("false",),
    "input-types": ("[]",),
    "transformer-tied-layers": ("[]",),
}
"""Values that every released student has, and that the network is written for: marian-dev's `transformer.h`."""

_DEFAULTS: Final[Mapping[str, str]] = {
    "transformer-postprocess-top": "",
    "transformer-pool": "false",
    "input-types": "[]",
    "transformer-tied-layers": "[]",
    "transformer-ffn-depth": "2",
    "transformer-no-projection": "false",
    "transformer-train-position-embeddings": "false",
    "transformer-preprocess": "",
}


@dataclass(frozen=True, slots=True)
class Architecture:
    """The shape of a student model: a transformer's encoder and a decoder of SSRU cells.

    Attributes:
        dim: Width of the embeddings and of every layer.
        heads: Attention heads.
        encoder_layers: Layers of the encoder.
        decoder_layers: Layers of the decoder.
        activation: Between the two halves of a feed-forward block.
    """

    dim: int
    heads: int
    encoder_layers: int
    decoder_layers: int
    activation: str


def architecture_of(config: Mapping[str, str]) -> Architecture:
    """Return the architecture that a model's settings describe.

    Raises:
        UnsupportedModelError: It is one that this engine has not, or the settings lack a number.
    """
    known = {**_DEFAULTS, **config}
    for key, allowed in _REQUIRED.items():
        if known.get(key) not in allowed:
            raise UnsupportedModelError(
                f"the model's {key} is {known.get(key)!r}, which only Marian itself can run",
                hint="Take one of the student models that Firefox uses: tiny, base-memory or base",
            )
    heads, dim = _number(known, "transformer-heads"), _number(known, "dim-emb")
    if dim % (2 * heads):
        raise UnsupportedModelError(f"the model has {heads} heads for a width of {dim}")
    layers = _number(known, "enc-depth"), _number(known, "dec-depth")
    return Architecture(dim, heads, *layers, known["transformer-ffn-activation"])


def _number(config: Mapping[str, str], key: str) -> int:
    text = config.get(key, "")
    if not text.isdecimal() or not int(text):
        raise UnsupportedModelError(f"the model's {key} is {text!r}, not a number")
    return int(text)
