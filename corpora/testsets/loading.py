"""Reads a test set in one direction, wherever it is."""

import os
from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import permutations
from pathlib import Path
from typing import Final

from common.errors import InputError, UsageError
from common.files import cache_dir
from corpora.languages import CHINESE, ENGLISH, RUSSIAN, Direction, base_language, parse_language
from corpora.limits import read_text
from corpora.samples import list_samples, sample_bitexts
from corpora.testsets.registry import LINES, PAIRS, SAMPLES, EvaluationSet, SetEntry, find_set
from corpora.testsets.user_files import USER_FORMATS, load_file

FOLDERS_VARIABLE: Final = "TOLMACH_TESTSETS"
"""Environment variable with folders to look for sets in, separated as in `PATH`."""
DOCUMENTS: Final = "documents.txt"
ORIGINS: Final = "origins.txt"
_LANGUAGES: Final = (ENGLISH, RUSSIAN, CHINESE)
DEFAULT_REFERENCES: Final = "default-references.txt"
"""Names of the references that a set is scored against by default; without it, all."""


def load_set(name: str, direction: Direction, *, references: Sequence[str] = ()) -> EvaluationSet:
    """Return a test set in one direction.

    Args:
        name: Name of a set of the registry or of a folder in `set_folders`, or path of a file of the user's (`.tsv`,
            `.tmx` or `.jsonl`).
        direction: Source and target language, BCP-47 tags.
        references: Names of the references; none for those that the set is usually scored against.

    Raises:
        UsageError: No set has that name, or it does not have the direction or a reference.
        InputError: The set is missing, or its files do not match.
    """
    found = _load(name, direction)
    unknown = [one for one in references if one not in found.references]
    if unknown:
        raise UsageError(
            f"{found.name} {'-'.join(found.direction)} has no reference {unknown[0]!r}",
            hint=f"It has {', '.join(found.references)}",
        )
    chosen = references or found.usual_references or tuple(found.references)
    return replace(found, references={one: found.references[one] for one in dict.fromkeys(chosen)})


def _load(name: str, direction: Direction) -> EvaluationSet:
    source, target = (parse_language(tag) for tag in direction)
    if Path(name).suffix.lower() in USER_FORMATS:
        return load_file(Path(name), (source, target))
    entry = locate_set(name)
    if (base_language(source), base_language(target)) not in entry.directions:
        known = ", ".join("-".join(one) for one in entry.directions)
        raise UsageError(f"{entry.name} has no direction {source}-{target}", hint=f"It has {known}")
    if entry.layout == SAMPLES:
        return _samples(entry, (source, target))
    folder = find_folder(entry, (source, target))
    if folder is None:
        first = Path(entry.name) / _first_file(entry, (source, target))
        raise InputError(
            f"the test set {entry.name} is not here in {source}-{target}: "
            f"no {first} in {', '.join(map(str, set_folders()))}",
            hint=f"Fetch it: tolmach corpora fetch {entry.name}; or name its folder's parent in {FOLDERS_VARIABLE}",
        )
    return _lines(entry, folder, (source, target)) if entry.layout == LINES else _pairs(entry, folder, (source, target))


def locate_set(name: str) -> SetEntry:
    """Return the set of a name: one of the registry, or a user's folder with the same layout.

    Raises:
        UsageError: There is none.
    """
    try:
        return find_set(name)
    except UsageError:
        places = (folder / name for folder in set_folders()) if Path(name).name == name else ()
        found = next(filter(None, map(_describe, places)), None)
        if found is None:
            raise
        return found


def _describe(place: Path) -> SetEntry | None:
    """Describe an unregistered set in a folder; None if it contains none."""
    entry = SetEntry(place.name, place.name, PAIRS, licence="", citation="", url="", directions=())
    for layout in (PAIRS, LINES):
        candidate = replace(entry, layout=layout)
        directions = tuple(one for one in permutations(_LANGUAGES, 2) if _holds(candidate, place, one))
        if directions:
            return replace(candidate, directions=directions)
    return None


def find_folder(entry: SetEntry, direction: Direction | None = None) -> Path | None:
    """Return the folder of a set, None if it is missing."""
    for folder in set_folders():
        place = folder / entry.name
        if any(_holds(entry, place, one) for one in ([direction] if direction else entry.directions)):
            return place
    return None


def set_folders() -> tuple[Path, ...]:
    """Return the folders of sets: those of `TOLMACH_TESTSETS`, then the cache's."""
    named = [Path(part) for part in os.environ.get(FOLDERS_VARIABLE, "").split(os.pathsep) if part]
    return (*named, fetched_folder())


def fetched_folder() -> Path:
    """Return the folder for downloaded sets; it may not exist yet."""
    return cache_dir() / "testsets"


def _holds(entry: SetEntry, place: Path, direction: Direction) -> bool:
    source, target = map(base_language, direction)
    if entry.layout == LINES:
        return all((place / f"{tag}.txt").is_file() for tag in (source, target))
    return (place / _first_file(entry, direction)).is_file()


def _first_file(entry: SetEntry, direction: Direction) -> Path:
    """Return the first file of a set that a direction needs, relative to the set's folder."""
    source, target = map(base_language, direction)
    return Path(f"{source}.txt" if entry.layout == LINES else f"{source}-{target}/src.{source}")


def _lines(entry: SetEntry, folder: Path, direction: Direction) -> EvaluationSet:
    source, target = (read_lines(folder / f"{base_language(tag)}.txt") for tag in direction)
    documents = _optional(folder / DOCUMENTS)
    _check_lengths(folder, len(source), {f"{base_language(direction[1])}.txt": target, DOCUMENTS: documents})
    origins = (entry.original,) * len(source) if entry.original else ()
    return replace(_set(entry, direction, source, {"A": target}), documents=documents, origins=origins)


def _pairs(entry: SetEntry, folder: Path, direction: Direction) -> EvaluationSet:
    source, target = map(base_language, direction)
    place = folder / f"{source}-{target}"
    sources = read_lines(place / f"src.{source}")
    references = _numbered(place, "ref", target)
    outputs = _numbered(place, "hyp", target)
    documents, origins = _optional(place / DOCUMENTS), _optional(place / ORIGINS)
    if not references:
        raise InputError(f"{place} holds no reference", hint=f"One is called ref.A.{target}")
    named = {f"ref.{name}.{target}": lines for name, lines in references.items()}
    named |= {f"hyp.{name}.{target}": lines for name, lines in outputs.items()}
    _check_lengths(place, len(sources), named | {DOCUMENTS: documents, ORIGINS: origins})
    found = _set(entry, direction, sources, references)
    usual = tuple(one for one in _optional(place / DEFAULT_REFERENCES) if one in references)
    return replace(found, outputs=outputs, documents=documents, origins=origins, usual_references=usual)


def _numbered(place: Path, kind: str, language: str) -> dict[str, tuple[str, ...]]:
    paths = sorted(place.glob(f"{kind}.*.{language}"))
    return {path.name.removeprefix(f"{kind}.").removesuffix(f".{language}"): read_lines(path) for path in paths}


def _samples(entry: SetEntry, direction: Direction) -> EvaluationSet:
    glue = ["" if base_language(tag) == CHINESE else " " for tag in direction]
    bitexts = sample_bitexts(*direction)
    rows = [
        (_join(bitext.source, source, glue[0]), _join(bitext.target, target, glue[1]), name)
        for name in list_samples()
        for bitext in [bitexts[name]]
        for source, target in bitext.beads
        if source and target
    ]
    sources, targets, documents = zip(*rows, strict=True)
    return replace(_set(entry, direction, sources, {"A": targets}), documents=documents)


def _join(sentences: Sequence[str], indices: Iterable[int], glue: str) -> str:
    return glue.join(sentences[index] for index in indices)


def _set(
    entry: SetEntry, direction: Direction, sources: tuple[str, ...], references: dict[str, tuple[str, ...]]
) -> EvaluationSet:
    return EvaluationSet(entry.name, direction, sources, references, licence=entry.licence, citation=entry.citation)


def _optional(path: Path) -> tuple[str, ...]:
    return read_lines(path) if path.is_file() else ()


def read_lines(path: Path) -> tuple[str, ...]:
    r"""Return the lines of a file; only `\n` ends a line, since test sets have other separators within lines.

    A byte order mark at the beginning is not part of the first line.

    Raises:
        InputError: It cannot be read, is too large or no text.
    """
    return split_lines(read_text(path))


def split_lines(text: str) -> tuple[str, ...]:
    """Return the lines of a text as `read_lines` does."""
    return tuple(line.removesuffix("\r") for line in text.removesuffix("\n").split("\n"))


def _check_lengths(place: Path, first: int, files: dict[str, tuple[str, ...]]) -> None:
    for name, lines in files.items():
        if lines and len(lines) != first:
            raise InputError(
                f"{place / name} has {len(lines)} lines for {first} segments: line {min(len(lines), first) + 1} "
                f"{'is missing' if len(lines) < first else 'has no segment'}",
                hint="Fetch the set again, or repair the file",
            )
