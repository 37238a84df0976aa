"""What the parameters of a command read and write; no output may take the place of an input or of another output.

A parameter that names a file, or anything that may be one, has a `PathType`: the check knows it by that.
"""

import os
import stat
from collections.abc import Callable, Collection, Iterable, Iterator
from pathlib import Path
from typing import Any

import click

from corpora.errors import OutputError, UsageError
from corpora.files import expand_user, is_folder, printable, require_text, require_writable, usable_name
from corpora.languages import parse_language

STANDARD = "-"
"""Stands for standard input or output."""

Identity = tuple[int, int] | tuple[tuple[int, int], str]


class PathType(click.ParamType[Any]):
    """What a parameter names on the file system."""

    name = "file"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Return what the command works with.

        Raises:
            InputError: The system can do nothing with such a name.
        """
        return self.parse(value, param, ctx) if isinstance(value, str) else value

    def parse(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Return what a word on the command line means."""
        del param, ctx
        return Path(usable_name(value))

    def read(self, value: Any) -> Iterable[str | Path]:
        """Return the files that are read, and the folders in which all are."""
        del value
        return ()

    def written(self, value: Any) -> Iterable[Path]:
        """Return the files that are written, as far as the parameter tells."""
        del value
        return ()


class InputFile(PathType):
    """A file that is read."""

    def parse(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> Path:
        """Return the path; a folder is none."""
        if is_folder(value):
            self.fail(f"{printable(value)} is a folder, not a file", param, ctx)
        return Path(usable_name(value))

    def read(self, value: Path) -> Iterable[Path]:
        """Return the file."""
        return (value,)


class InputName(PathType):
    """A word that may name a file or folder that is read, or something else."""

    name = "text"

    def parse(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Return the word."""
        del param, ctx
        return value if "://" in value else usable_name(value)

    def read(self, value: str) -> Iterable[str | Path]:
        """Return what the word names, where it may be a path."""
        if "://" in value:
            return ()
        return (value,) if value == STANDARD else (value, expand_user(value))


class ModelName(InputName):
    """A word that may name a folder with a model.

    Args:
        known: Returns the words that name another model even where a folder is called so.
    """

    def __init__(self, known: Callable[[], Collection[str]] = tuple) -> None:
        self._known = known

    def parse(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Return the word; libraries that load models take no path but in UTF-8.

        Raises:
            InputError: It is no such path, or the system can do nothing with it.
        """
        word = super().parse(value, param, ctx)
        require_text(Path(word))
        return word

    def read(self, value: str) -> Iterable[str | Path]:
        """Return what the word names, where it may be a path."""
        return () if value in self._known() else super().read(value)


class KeyedFile(PathType):
    """`KEY=FILE`, as in `ru=reference.txt`: a file that is read, and what it is.

    Args:
        key: What help calls the key.
        example: What an error shows.
        parse_key: Returns the key as the command works with it.
    """

    def __init__(self, key: str, example: str, parse_key: Callable[[str], str]) -> None:
        self.name = f"{key}=file"
        self._form = f"{key.upper()}=FILE, as in {example}"
        self._parse_key = parse_key

    def parse(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> tuple[str, str]:
        """Return the key and the path."""
        key, separator, path = value.partition("=")
        if not key or not separator or not path:
            self.fail(f"{printable(value)!r} is not of the form {self._form}", param, ctx)
        return self._parse_key(key), usable_name(path)

    def read(self, value: tuple[str, str]) -> Iterable[str | Path]:
        """Return the file."""
        return (value[1], expand_user(value[1]))


class InputFolder(PathType):
    """A folder that is read, or with `files` a file.

    Args:
        read: Returns what of it is read.
        files: Whether it may be a file.
    """

    name = "directory"

    def __init__(self, read: Callable[[Path], Iterable[Path]], *, files: bool = False) -> None:
        self._read = read
        self._files = files

    def parse(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> Path:
        """Return the path of what is there."""
        path = Path(usable_name(value))
        if not (is_folder(path) or (self._files and path.exists())):
            self.fail(f"there is no folder{' or file' if self._files else ''} {printable(value)}", param, ctx)
        return path

    def read(self, value: Path) -> Iterable[Path]:
        """Return what of it is read."""
        return self._read(value) if is_folder(value) else (value,)


class OutputFile(PathType):
    """A file that is written; `-` is standard output, and becomes None.

    Args:
        folder: Whether it may be a folder, whose files the command checks when it knows their names.
        text: Whether the command receives the name as it was given, with a slash at its end.
        stream: Whether it may be standard output.
    """

    name = "path"

    def __init__(self, *, folder: bool = False, text: bool = False, stream: bool = True) -> None:
        self._folder = folder
        self._text = text
        self._stream = stream

    def parse(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> Path | str | None:
        """Return the path, or None for standard output."""
        if value == STANDARD:
            return None if self._stream else self.fail("standard output has the result; name a file", param, ctx)
        return usable_name(value) if self._text else Path(usable_name(value))

    def written(self, value: Path | str) -> Iterable[Path]:
        """Return the file."""
        return () if self._folder and is_folder(value) else (Path(value),)


class OutputFolder(PathType):
    """A folder for files whose names the command checks when it knows them."""

    name = "directory"

    def parse(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> Path:
        """Return the path."""
        path = Path(usable_name(value))
        if value == STANDARD:
            self.fail("several files cannot go to standard output; name a folder", param, ctx)
        if path.exists() and not path.is_dir():
            self.fail(f"{printable(value)} is a file, not a folder", param, ctx)
        return path


def _known_models() -> Collection[str]:
    from translate.registry import load_registry  # noqa: PLC0415 - loaded when used

    return [model.name for model in load_registry().models]


def _known_encoders() -> Collection[str]:
    from alignment.encoders import known_encoders  # noqa: PLC0415 - loaded when used

    return known_encoders()


ARTICLE = InputName()
INPUT_FILE = InputFile()
MODEL = ModelName(_known_models)
ENCODER = ModelName(_known_encoders)
LANGUAGE_FILE = KeyedFile("language", "ru=reference.txt", parse_language)
NAMED_FILE = KeyedFile("name", "google=google.ru.txt", printable)


def check_outputs(outputs: Iterable[Path]) -> None:
    """Make sure, before the long work, that files can be written and take the place of nothing that is read.

    What is read is what the parameters of the command that runs name. Files are the same where the system says so,
    whatever they are called; devices and pipes take the place of nothing.

    Args:
        outputs: Files that will be written, all that are known by now.

    Raises:
        OutputError: One is an input, or cannot be written.
        UsageError: Two are the same.
    """
    context = click.get_current_context()
    inputs = {identity: path for path in _read(context) if (identity := _identity(path))}
    seen: dict[Identity, Path] = {}
    for path in outputs:
        require_writable(path)
        identity = _identity(path) or _future_identity(path)
        if identity in inputs:
            raise OutputError(
                f"{printable(path)} is an input and would be overwritten", hint="Name another folder or file with -o"
            )
        if identity and seen.setdefault(identity, path) is not path:
            raise UsageError(
                f"{printable(seen[identity])} and {printable(path)} are one file", hint="Give each result its own"
            )


def check_parameters() -> None:
    """Check the files that the parameters of the command that runs name as outputs; see `check_outputs`."""
    context = click.get_current_context()
    check_outputs([path for kind, value in _values(context) for path in kind.written(value)])


def _values(context: click.Context) -> Iterator[tuple[PathType, Any]]:
    for parameter in context.command.params:
        value = context.params.get(parameter.name or "")
        if isinstance(parameter.type, PathType) and value is not None:
            for one in value if parameter.multiple or parameter.nargs != 1 else [value]:
                yield parameter.type, one


def _read(context: click.Context) -> Iterator[str | Path]:
    for kind, value in _values(context):
        for path in kind.read(value):
            if is_folder(path):
                yield from (Path(folder, name) for folder, _, names in os.walk(path) for name in names)
            else:
                yield path


def _identity(path: str | Path) -> Identity | None:
    """Return what tells a regular file from all others, None for anything else."""
    try:
        state = os.fstat(0) if path == STANDARD else os.stat(path)  # noqa: PTH116 - a URL is no Path
    except (OSError, ValueError):
        return None
    return (state.st_dev, state.st_ino) if stat.S_ISREG(state.st_mode) else None


def _future_identity(path: Path) -> Identity | None:
    """Return what will tell a file that is not there yet from all others, None where something is there."""
    target = Path(os.path.realpath(path))
    if target.exists():
        return None
    nearest = next(folder for folder in target.parents if folder.exists())
    state, rest = nearest.stat(), str(target.relative_to(nearest))
    return (state.st_dev, state.st_ino), rest.casefold() if _folds_case(nearest) else rest


def _folds_case(folder: Path) -> bool:
    other = folder.with_name(folder.name.swapcase()) if folder.name else folder
    return other != folder and other.exists() and folder.samefile(other)
