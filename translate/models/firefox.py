"""Finds the files of Firefox's models: of one direction in a folder, or of several below it."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from corpora.languages import Direction
from translate.models.specs import ALL_DIRECTIONS

SIZES: Final = ("base", "base-memory", "tiny")
"""Sizes of models, folder names in mozilla/firefox-translations-models; the better ones first."""

MODEL_NAMES: Final = ("model.{pair}.intgemm.alphas.bin", "model.{pair}.intgemm8.bin", "model.{pair}.bin")
"""File names of a direction's weights; compressed ones end in `.zst` or `.gz`."""

_ENDINGS: Final = ("", ".zst", ".gz")


@dataclass(frozen=True, slots=True)
class FirefoxFiles:
    """The files of one direction, each possibly compressed with zstd or gzip.

    Attributes:
        source_vocabulary: SentencePiece model of the source language.
        target_vocabulary: SentencePiece model of the target language; often the same file.
    """

    model: Path
    source_vocabulary: Path
    target_vocabulary: Path

    @property
    def paths(self) -> tuple[Path, ...]:
        """All files, each once."""
        return tuple(dict.fromkeys((self.model, self.source_vocabulary, self.target_vocabulary)))


def pair_name(direction: Direction) -> str:
    """Return a direction in file names: `enru`, or `enzh_hant` for Traditional Chinese."""
    return "".join(tag.lower().replace("-", "_") for tag in direction)


def places(direction: Direction) -> Iterator[str]:
    """Yield the possible folders of a direction's files, relative to that of all directions."""
    for name in (pair_name(direction), "-".join(direction)):
        yield name
        yield from (f"{size}/{name}" for size in SIZES)


def find_firefox(folder: Path, direction: Direction) -> FirefoxFiles | None:
    """Return the files of a direction in `folder` or below it; None if there are none.

    Args:
        folder: One direction's files, or folders with them: `enru` or `en-ru`, possibly below `base`, `base-memory` or
            `tiny`.
        direction: Source and target language, by tag.
    """
    found = (_files_in(folder / place, pair_name(direction)) for place in ("", *places(direction)))
    return next((files for files in found if files), None)


def firefox_directions(folder: Path) -> tuple[Direction, ...]:
    """Return the directions with files in `folder` or below it."""
    return tuple(direction for direction in ALL_DIRECTIONS if find_firefox(folder, direction))


def firefox_members(folder: Path) -> tuple[str, ...]:
    """Return the paths of all files of all directions, relative to `folder` and sorted."""
    found = [find_firefox(folder, direction) for direction in ALL_DIRECTIONS]
    return tuple(sorted({path.relative_to(folder).as_posix() for files in found if files for path in files.paths}))


def _files_in(folder: Path, pair: str) -> FirefoxFiles | None:
    model = _first(folder, *(name.format(pair=pair) for name in MODEL_NAMES))
    shared = _first(folder, f"vocab.{pair}.spm")
    source = shared or _first(folder, f"srcvocab.{pair}.spm")
    target = shared or _first(folder, f"trgvocab.{pair}.spm")
    return FirefoxFiles(model, source, target) if model and source and target else None


def _first(folder: Path, *names: str) -> Path | None:
    paths = (folder / (name + ending) for name in names for ending in _ENDINGS)
    return next((path for path in paths if path.is_file()), None)
