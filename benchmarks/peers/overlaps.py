"""Vectors of joined neighbours: each run of sentences is joined and encoded as a separate text."""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from alignment.encoders import Encoder

Link = tuple[tuple[int, ...], tuple[int, ...]]
Peer = Callable[[Sequence[str], Sequence[str], tuple[str, str], Encoder], list[Link]]

LONGEST_TEXT = 10_000
"""Most encoded characters of a joined text; both tools truncate there."""


def joined_layers(sentences: Sequence[str], most: int) -> list[list[str]]:
    """Return, for 1 to `most` neighbours, the text that ends at each sentence.

    Both tools store a run under its last sentence, put `PAD` where it would begin before the first, and join with a
    space in every language.
    """
    lines = [sentence.strip() or "BLANK_LINE" for sentence in sentences]
    layers = []
    for size in range(1, most + 1):
        runs = [" ".join(lines[at : at + size])[:LONGEST_TEXT] for at in range(len(lines) - size + 1)]
        layers.append(["PAD"] * min(size - 1, len(lines)) + runs)
    return layers


def encode_layers(layers: Sequence[Sequence[str]], encoder: Encoder) -> NDArray[np.float32]:
    """Return unit vectors of the texts, each distinct one encoded once: shape (layers, sentences, dimension)."""
    places = {text: number for number, text in enumerate(sorted({text for layer in layers for text in layer}))}
    vectors = encoder.encode(list(places))
    found: NDArray[np.float32] = vectors[np.array([[places[text] for text in layer] for layer in layers])]
    return found


def sums_up_to(most: int) -> list[tuple[int, int]]:
    """Return numbers of source and target sentences, each at least 1, together at most `most`."""
    return [(source, target) for source in range(1, most) for target in range(1, most) if source + target <= most]


def only_nulls(source: Sequence[str], target: Sequence[str]) -> list[Link]:
    """Return the beads for an empty side, which neither tool expects."""
    return [((at,), ()) for at in range(len(source))] + [((), (at,)) for at in range(len(target))]


def trace_back(source: int, target: int, step: Callable[[int, int], tuple[int, int]]) -> list[Link]:
    """Follow a table of best steps back from its end; `step(i, j)` is the size of the bead that ends there."""
    links: list[Link] = []
    while source or target:
        back, left = step(source, target)
        links.append((tuple(range(source - back, source)), tuple(range(target - left, target))))
        source, target = source - back, target - left
    return links[::-1]
