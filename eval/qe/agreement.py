"""How far systems agree with each other: a sign of quality that needs neither reference nor download.

What independent systems make of a source alike is seldom wrong, so that the others' translations stand for a reference.
The idea is that of pseudo-references (Albrecht and Hwa 2007, https://aclanthology.org/P07-1111), and of choosing the
translation nearest to all others (Kumar and Byrne 2004, https://aclanthology.org/N04-1022).
"""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Final

import numpy as np

from common.errors import InputError, UsageError
from eval.qe.reference_free import embedded_encoder

if TYPE_CHECKING:
    from alignment.encoders import Encoder

LEAST_SYSTEMS: Final = 3
"""Of two systems each agrees with the other as much as the other with it."""


def agreement(outputs: Mapping[str, Sequence[str]], *, encoder: "Encoder | None" = None) -> dict[str, float]:
    """Return how far each system agrees with the others: the mean cosine of a segment with the sum of the others.

    It ranks systems that were made apart from each other. Copies of one system agree with each other, whatever they
    say; a system that is better than all others in its own way loses by it.

    Args:
        outputs: The translations of each system, by its name; at least three systems.
        encoder: Sentence encoder; None takes the embedded one.

    Returns:
        By system, from -1 to 1, higher is better. A segment counts 0 where a system or all others have no text.

    Raises:
        InputError: Lists of different length, or without segments.
        UsageError: Fewer than three systems.
    """
    if len(outputs) < LEAST_SYSTEMS:
        raise UsageError("agreement needs at least three systems", hint="Name more")
    lengths = {len(lines) for lines in outputs.values()}
    if len(lengths) > 1 or not all(lengths):
        raise InputError("the systems do not have the same segments", hint="Give one translation a segment")
    model = encoder or embedded_encoder()
    vectors = {name: _encode(lines, model) for name, lines in outputs.items()}
    total = sum(vectors.values())
    return {name: _mean_cosine(own, total - own) for name, own in vectors.items()}


def _encode(lines: Sequence[str], model: "Encoder") -> "np.typing.NDArray[np.float64]":
    """Return a vector for each line, zeros where it is empty."""
    vectors = np.asarray(model.encode([line if line.strip() else "." for line in lines]), dtype=np.float64)
    vectors[[not line.strip() for line in lines]] = 0.0
    return vectors


def _mean_cosine(own: "np.typing.NDArray[np.float64]", others: "np.typing.NDArray[np.float64]") -> float:
    lengths = np.linalg.norm(own, axis=1) * np.linalg.norm(others, axis=1)
    dots = (own * others).sum(axis=1)
    return float(np.divide(dots, lengths, out=np.zeros_like(dots), where=lengths > 0).mean())
