"""What has a quality floor: functions that measure on the data that comes with the package, by name."""

import hashlib
import json
from collections.abc import Callable, Mapping
from functools import partial
from types import MappingProxyType
from typing import Final

from alignment import align_sentences, load_encoder, score_alignments
from corpora.article import Bitext
from corpora.samples import sample_bitexts
from eval.floors import Measured

_PAIRS: Final = (("en", "ru"), ("en", "zh"), ("ru", "zh"))
_SAMPLE_SETS: Final = ("articles", "lavrov")
_ALONE: Final = "lavrov"


def alignment_strict_f1(data: str, source: str, target: str) -> Measured:
    """Measure sentence alignment on the samples: strict F1 over all beads of a set, as `alignment.scoring` defines it.

    Args:
        data: `articles` or `lavrov`.
        source: Language of the first side.
        target: Language of the second.

    Raises:
        TolmachError: The embedded encoder is not installed.
    """
    bitexts = {
        name: bitext for name, bitext in sample_bitexts(source, target).items() if (name == _ALONE) == (data == _ALONE)
    }
    scored = [
        (
            align_sentences(bitext.source, bitext.target, source_language=source, target_language=target),
            bitext.beads,
        )
        for bitext in bitexts.values()
    ]
    beads = sum(bool(bead[0] and bead[1]) for bitext in bitexts.values() for bead in bitext.beads)
    encoder = load_encoder()
    return Measured(
        score_alignments(scored).strict.f1, 1 / beads, _digest(bitexts), f"encoder {encoder.name} {encoder.revision}"
    )


MEASURES: Final[Mapping[str, Callable[[], Measured]]] = MappingProxyType(
    {
        f"alignment/{data}/{source}-{target}/strict-f1": partial(alignment_strict_f1, data, source, target)
        for data in _SAMPLE_SETS
        for source, target in _PAIRS
    }
)
"""Every measure that has to have a floor; each function takes nothing. Higher is better."""


def _digest(bitexts: Mapping[str, Bitext]) -> str:
    """Start of a SHA-256 over sentences and gold beads, 12 characters."""
    content = [(name, bitext.source, bitext.target, bitext.beads) for name, bitext in sorted(bitexts.items())]
    return hashlib.sha256(json.dumps(content, ensure_ascii=False).encode()).hexdigest()[:12]
