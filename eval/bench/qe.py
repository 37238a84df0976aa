"""Signs of translated segments that are kept in a benchmark's folder: they take longer than all else in scoring."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from functools import cache
from hashlib import sha256
from importlib import resources
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

from common.errors import InputError
from common.files import write_text
from common.json_text import parse_json
from corpora.limits import read_text
from eval.qe.adequacy import weights_digest
from eval.qe.reference_free import embedded_encoder
from eval.qe.segments import SegmentSigns, assess_segments
from translate.types import Check

_FOLDER: Final = "signs"
_PACKAGES: Final = ("alignment", "eval", "translate.checks")
_CODE: Final = (".py", ".toml", ".txt", ".tsv", ".json")


def kept_signs(
    folder: Path, sources: Sequence[str], hypotheses: Sequence[str], direction: tuple[str, str]
) -> SegmentSigns:
    """Return what `assess_segments` says, from the folder where it was asked the same before.

    Args:
        folder: The benchmark's folder.
        sources: As for `assess_segments`.
        hypotheses: As for `assess_segments`.
        direction: As for `assess_segments`.

    Raises:
        OutputError: The folder cannot be written.
    """
    encoder = embedded_encoder()
    made_by = [version("tolmach"), _code_digest(), weights_digest(), encoder.name, encoder.revision]
    asked = [*made_by, *direction, list(sources), list(hypotheses)]
    key = sha256(json.dumps(asked).encode("ascii")).hexdigest()
    path = folder / _FOLDER / f"{key}.json"
    try:
        return _decoded(parse_json(read_text(path), str(path)), len(sources))
    except (InputError, ValueError, KeyError, TypeError):
        pass  # not there, or damaged: it is measured again
    found = assess_segments(sources, hypotheses, direction)
    write_text(path, json.dumps(asdict(found), ensure_ascii=False) + "\n")
    return found


@cache
def _code_digest() -> str:
    """Return the checksum of what finds the signs: it changes more often than the version."""
    found = sha256()
    for package in _PACKAGES:
        folder = Path(str(resources.files(package)))
        for file in sorted(path for path in folder.rglob("*") if path.suffix in _CODE):
            found.update(file.read_bytes())
    return found.hexdigest()


def _decoded(data: Any, segments: int) -> SegmentSigns:
    checks = tuple(tuple(Check(**one) for one in each) for each in data["checks"])
    if not len(data["segments"]) == len(checks) == segments:
        raise ValueError("it is about other segments")
    return SegmentSigns(
        tuple(map(float, data["segments"])), checks, float(data["length_ratio"]), float(data["usual_length_ratio"])
    )
