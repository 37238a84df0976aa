"""Aligners from PyPI, called through their public interfaces."""

from collections.abc import Sequence
from importlib import import_module
from typing import Any

import numpy as np

from alignment.encoders import Encoder

from .overlaps import Link, Peer, encode_layers, joined_layers, only_nulls


def sentalign_installed() -> Peer:
    """Return `sentalign` (Apache-2.0): Vecalign's code, packaged for any encoder."""
    package = import_module("sentalign")

    def align(source: Sequence[str], target: Sequence[str], languages: tuple[str, str], encoder: Encoder) -> list[Link]:
        del languages
        if not (source and target):
            return only_nulls(source, target)
        found = package.sentalign(source, target, encoder.encode)
        return [(tuple(map(int, one.src_indices)), tuple(map(int, one.tgt_indices))) for one in found.alignments]

    return align


def bertalign_installed() -> Peer:
    """Return `bertalign` (GPL-3.0, Python 3.12 or newer) with our encoder instead of its sentence-transformers."""
    package = import_module("bertalign")

    class OurEncoder(package.Encoder):  # type: ignore[misc, name-defined]
        """The tool accepts only its own class, whose constructor would load a model."""

        def __init__(self, encoder: Encoder) -> None:  # no call to super: it loads weights
            self.model_name = encoder.name
            self._encoder = encoder

        def transform(self, sents: list[str], num_overlaps: int) -> tuple[Any, Any]:
            layers = joined_layers(sents, num_overlaps)
            lengths = np.array([[len(text.encode()) for text in layer] for layer in layers])
            return encode_layers(layers, self._encoder), lengths

    def align(source: Sequence[str], target: Sequence[str], languages: tuple[str, str], encoder: Encoder) -> list[Link]:
        del languages
        if not (source and target):
            return only_nulls(source, target)
        texts = ("\n".join(sentence.strip() or "BLANK_LINE" for sentence in side) for side in (source, target))
        found = package.Bertalign(*texts, is_split=True, model=OurEncoder(encoder)).align_sents()
        return [(tuple(map(int, first)), tuple(map(int, second))) for first, second in found]

    return align


def gale_church_installed() -> Peer:
    """Return Gale & Church's aligner by length (1993, https://aclanthology.org/J93-1004/) in `nltk`.

    The ratio of lengths, 1 by default, is set for each document: else it would be useless for Chinese.
    """
    package = import_module("nltk.translate.gale_church")

    def align(source: Sequence[str], target: Sequence[str], languages: tuple[str, str], encoder: Encoder) -> list[Link]:
        del languages, encoder
        if not (source and target):
            return only_nulls(source, target)
        first, second = ([max(len(sentence), 1) for sentence in side] for side in (source, target))
        ratio = sum(second) / sum(first)
        settings = type("Settings", (package.LanguageIndependent,), {"AVERAGE_CHARACTERS": ratio})
        return joined_links(package.align_blocks(first, second, settings), len(source), len(target))

    return align


def joined_links(pairs: Sequence[tuple[int, int]], source: int, target: int) -> list[Link]:
    """Return pairs of sentences as beads: those that share a sentence are joined, the others have one side."""
    beads: list[tuple[set[int], set[int]]] = []
    for first, second in sorted(pairs):
        if beads and (first in beads[-1][0] or second in beads[-1][1]):
            beads[-1][0].add(first)
            beads[-1][1].add(second)
        else:
            beads.append(({first}, {second}))
    links = [(tuple(sorted(one)), tuple(sorted(other))) for one, other in beads]
    seen = [{at for bead in beads for at in bead[side]} for side in (0, 1)]
    alone = [((at,), ()) for at in range(source) if at not in seen[0]]
    return [*links, *alone, *(((), (at,)) for at in range(target) if at not in seen[1])]
