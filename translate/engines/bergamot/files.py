"""Where the files of a Bergamot model are: one direction's in a folder, or several below it."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from translate.models.specs import ALL_DIRECTIONS, Direction

PLACES: Final = ("", "base", "base-memory", "tiny", "prod")
"""Folders that hold those of the directions: as in mozilla/firefox-translations-models, the larger models first."""

MODEL_NAMES: Final = (
    "model.{pair}.intgemm.alphas.bin",
    "model.{pair}.intgemm8.bin",
    "model.{pair}.intgemm.bin",
    "model.{pair}.bin",
    "model.{pair}.npz",
)
"""Names of a direction's weights; each may end in `.gz` too."""

_PLAIN_NAMES: Final = ("model.intgemm.alphas.bin", "model.intgemm8.bin", "model.bin", "model.npz")
_ENDINGS: Final = ("", ".gz")
_ROOTS: Final = ("", "models")


@dataclass(frozen=True, slots=True)
class BergamotFiles:
    """The files of one direction.

    Attributes:
        model: Weights, in Marian's binary format or as a NumPy archive, perhaps packed with gzip.
        source_vocabulary: SentencePiece model of the source language.
        target_vocabulary: SentencePiece model of the target language; often the same file.
    """

    model: Path
    source_vocabulary: Path
    target_vocabulary: Path

    @property
    def paths(self) -> tuple[Path, ...]:
        """Every file, each once."""
        return tuple(dict.fromkeys((self.model, self.source_vocabulary, self.target_vocabulary)))


def pair_name(direction: Direction) -> str:
    """Return how the files call a direction: `enru`, or `enzh_hant` for Traditional Chinese."""
    return "".join(tag.lower().replace("-", "_") for tag in direction)


def find_bergamot(folder: Path, direction: Direction) -> BergamotFiles | None:
    """Return the files of a direction in `folder` or below it; None where there are none.

    Args:
        folder: One direction's files, or sub-folders `enru` or `en-ru` with them, or those below `base`, `base-memory`,
            `tiny` or `prod`, or a checkout of mozilla/firefox-translations-models.
        direction: Source and target language, by tag.
    """
    found = (_files_in(place, direction, own=own) for place, own in _places(folder, direction))
    return next((files for files in found if files), None)


def bergamot_directions(folder: Path) -> tuple[Direction, ...]:
    """Return the directions whose files are in `folder` or below it; files that name no direction count for none."""
    return tuple(direction for direction in ALL_DIRECTIONS if find_bergamot(folder, direction))


def bergamot_members(folder: Path) -> tuple[str, ...]:
    """Return the paths of all files of all directions, relative to `folder` and sorted."""
    found = [find_bergamot(folder, direction) for direction in bergamot_directions(folder)]
    return tuple(sorted({path.relative_to(folder).as_posix() for files in found if files for path in files.paths}))


def _places(folder: Path, direction: Direction) -> Iterator[tuple[Path, bool]]:
    """Yield folders to look into, and whether the folder's own name tells the direction."""
    names = (pair_name(direction), "-".join(direction))
    yield folder, folder.name in names
    for root in _ROOTS:
        for place in PLACES:
            for name in names:
                yield folder / root / place / name, True


def _files_in(folder: Path, direction: Direction, *, own: bool) -> BergamotFiles | None:
    pair = pair_name(direction)
    # A file without a direction in its name may be any direction's: then the folder's name must tell it.
    model = _first(folder, *(name.format(pair=pair) for name in MODEL_NAMES), *(_PLAIN_NAMES if own else ()))
    if model is None:
        return None
    shared = _first(folder, f"vocab.{pair}.spm", "vocab.spm")
    source = shared or _first(folder, f"srcvocab.{pair}.spm", "srcvocab.spm")
    target = shared or _first(folder, f"trgvocab.{pair}.spm", "trgvocab.spm")
    return BergamotFiles(model, source, target) if source and target else None


def _first(folder: Path, *names: str) -> Path | None:
    paths = (folder / (name + ending) for name in names for ending in _ENDINGS)
    return next((path for path in paths if path.is_file()), None)
