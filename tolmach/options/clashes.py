"""Ensures that no output of a command overwrites an input or another output."""

import os
import stat
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path
from typing import Any

import click

from common.errors import OutputError, UsageError
from common.files import cache_dir, require_writable
from common.names import is_folder, printable
from corpora.testsets.loading import set_folders
from corpora.testsets.registry import known_sets
from tolmach.options.paths import STANDARD, PathType
from tolmach.options.settings import settings_path

Identity = tuple[int, int] | tuple[tuple[int, int], str]
"""Device and inode of a file; for a missing one, those of the existing parent folder and the rest of its path."""

_WITHIN = ("*", "*/*")
"""Most files checked in the folder of a model or test set; a wrong name, such as `/`, must not take an hour."""
_ELSEWHERE = "Name another folder or file with -o"


def check_outputs(outputs: Collection[Path]) -> None:
    """Check, before the long work, that files can be written without overwriting inputs.

    Inputs are the files named by the running command's parameters, and the settings file. Files are compared by
    identity, not by name; devices and pipes are not overwritten.

    Raises:
        OutputError: One is an input, is in a folder of Tolmach's own, or cannot be written.
        UsageError: Two are the same.
    """
    for path in outputs:
        _refuse_cached(path)
    named = [(path, _identity(path)) for path in outputs]
    # A missing file cannot be an input, and searching a folder with a model takes a while.
    there = any(identity for _, identity in named)
    inputs = set(filter(None, map(_identity, _read(click.get_current_context())))) if there else set()
    seen: dict[Identity, Path] = {}
    for path, known in named:
        require_writable(path)
        identity = known or _future_identity(path)
        if identity in inputs:
            raise OutputError(f"{printable(path)} is an input and would be overwritten", hint=_ELSEWHERE)
        if identity and seen.setdefault(identity, path) is not path:
            raise UsageError(
                f"{printable(seen[identity])} and {printable(path)} are one file", hint="Give each result its own"
            )


def _refuse_cached(path: Path) -> None:
    """Refuse a path in Tolmach's cache or in a test set: a command may read it."""
    cache, known = cache_dir(), _identity(path)
    sets = [folder / entry.name for folder in set_folders() for entry in known_sets()]
    is_link = known is not None and is_folder(cache) and known in map(_identity, cache.glob("*"))
    around = Path(os.path.realpath(path)).parents
    if is_link or any(_is_one_of(Path(os.path.realpath(folder)), [*around]) for folder in (cache, *sets)):
        raise OutputError(f"{printable(path)} is in a folder of files that Tolmach reads", hint=_ELSEWHERE)


def _is_one_of(folder: Path, others: Iterable[Path]) -> bool:
    try:
        return folder in others or any(folder.samefile(other) for other in others if other.exists())
    except OSError:  # it does not exist
        return False


def check_parameters() -> None:
    """Check the outputs among the parameters of the running command; see `check_outputs`."""
    context = click.get_current_context()
    check_outputs([path for kind, value in _values(context) for path in kind.written(value)])


def _values(context: click.Context) -> Iterator[tuple[PathType, Any]]:
    for parameter in context.command.params:
        value = context.params.get(parameter.name or "")
        if isinstance(parameter.type, PathType) and value is not None:
            for one in value if parameter.multiple or parameter.nargs != 1 else [value]:
                yield parameter.type, one


def _read(context: click.Context) -> Iterator[str | Path]:
    yield settings_path()
    for kind, value in _values(context):
        for path in kind.read(value):
            yield path
            for pattern in _WITHIN if is_folder(path) else ():
                yield from Path(path).glob(pattern)


def _identity(path: str | Path) -> Identity | None:
    """Return the identity of a regular file, None for anything else."""
    try:
        # A write creates the folder that `new/..` lacks, and may meet an existing file then.
        state = os.fstat(0) if path == STANDARD else os.stat(os.path.realpath(path))  # noqa: PTH116 - not always a Path
    except (OSError, ValueError):
        return None
    return (state.st_dev, state.st_ino) if stat.S_ISREG(state.st_mode) else None


def _future_identity(path: Path) -> Identity | None:
    """Return the future identity of a missing file, None if it exists."""
    target = Path(os.path.realpath(path))
    if target.exists():
        return None
    nearest = next(folder for folder in target.parents if folder.exists())
    state, rest = nearest.stat(), str(target.relative_to(nearest))
    return (state.st_dev, state.st_ino), rest.casefold() if _folds_case(nearest) else rest


def _folds_case(folder: Path) -> bool:
    other = folder.with_name(folder.name.swapcase()) if folder.name else folder
    return other != folder and other.exists() and folder.samefile(other)
