"""Parameter types: numbers, and file names with their use as input or output.

`tolmach.options.clashes` uses them to prevent overwriting.
"""

import os
from collections.abc import Callable, Collection, Iterable
from pathlib import Path
from typing import Any, Final

import click
from click.shell_completion import CompletionItem

from alignment.encoders import known_encoders
from common.names import expand_user, is_folder, printable, require_text, usable_name
from corpora.languages import parse_language
from tolmach.options.command import matching
from translate.models.registry import load_registry

STANDARD = "-"
"""Placeholder of standard input or output."""
MOST: Final = 1_000_000
"""Largest count in an option: no such work ends, and libraries fail on larger numbers with obscure messages."""
MOST_THREADS: Final = 1024


def count(least: int = 1, most: int = MOST) -> click.IntRange:
    """Return the type of an option with a count."""
    return click.IntRange(min=least, max=most)


class PathType(click.ParamType[Any]):
    """A parameter that names a file or folder."""

    name = "file"
    envvar_list_splitter = os.pathsep
    completed = "file"
    """What a shell completes: files or folders."""

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        """Let the shell complete a file or folder."""
        del ctx, param
        return [CompletionItem(incomplete, type=self.completed)]

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Return the value for the command."""
        return self.parse(value, param, ctx) if isinstance(value, str) else value

    def parse(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Parse a value of the command line."""
        del param, ctx
        return Path(usable_name(value))

    def refuse_empty(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> None:
        """Fail for an empty name, which the system would take for the current folder."""
        if not value.strip():
            self.fail(f"the name of the {self.name} is empty", param, ctx)

    def read(self, value: Any) -> Iterable[str | Path]:
        """Return the files and folders that are read."""
        del value
        return ()

    def written(self, value: Any) -> Iterable[Path]:
        """Return the files that are written, as far as known."""
        del value
        return ()


class InputFile(PathType):
    """A file that is read."""

    def parse(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> Path:
        """Return the path, which must not be a folder."""
        if is_folder(value):
            self.fail(f"{printable(value)} is a folder, not a file", param, ctx)
        return Path(usable_name(value))

    def read(self, value: Path) -> Iterable[Path]:
        """Return the file."""
        return (value,)


class InputName(PathType):
    """A word that may name an input file or folder, or something else."""

    name = "text"

    def parse(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Return the word."""
        del param, ctx
        return value if "://" in value else usable_name(value)

    def read(self, value: str) -> Iterable[str | Path]:
        """Return the file or folder of the word, if it may be a path."""
        if "://" in value:
            return ()
        return (value,) if value == STANDARD else (value, expand_user(value))


class ModelName(InputName):
    """A word that may name a folder with a model."""

    def __init__(self, known: Callable[[], Collection[str]] = tuple) -> None:
        self._known = known

    def parse(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Return the word; libraries that load models accept UTF-8 paths only."""
        word = super().parse(value, param, ctx)
        require_text(Path(word))
        return word

    def read(self, value: str) -> Iterable[str | Path]:
        """Return the file or folder of the word, if it may be a path."""
        return () if value in self._known() else super().read(value)

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        """Return the known names, else let the shell complete a folder."""
        return matching(self._known(), incomplete) or super().shell_complete(ctx, param, incomplete)


class KeyedFile(PathType):
    """`KEY=FILE`, as in `ru=reference.txt`: an input file with its key."""

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


class NamedArticle(KeyedFile):
    """`NAME=FILE`, or a file or URL alone, which is called as its file is."""

    def parse(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> tuple[str, str]:
        """Return the name and the path or URL."""
        name, _, path = value.partition("=")
        if name and path and "://" not in name and not Path(usable_name(value)).exists():
            return super().parse(value, param, ctx)
        found = ARTICLE.parse(value, param, ctx)
        return printable(Path(found).name), found

    def read(self, value: tuple[str, str]) -> Iterable[str | Path]:
        """Return the file."""
        return ARTICLE.read(value[1])


class InputFolder(PathType):
    """An input folder, or with `files` also a file."""

    name = "directory"

    def __init__(self, read: Callable[[Path], Iterable[Path]], *, files: bool = False) -> None:
        self._read = read
        self._files = files

    def parse(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> Path:
        """Return the existing path."""
        path = Path(usable_name(value))
        if not (is_folder(path) or (self._files and path.exists())):
            self.fail(f"there is no folder{' or file' if self._files else ''} {printable(value)}", param, ctx)
        return path

    def read(self, value: Path) -> Iterable[Path]:
        """Return the files in it that are read."""
        return self._read(value) if is_folder(value) else (value,)


class OutputFile(PathType):
    """An output file; `-` is standard output, and becomes None.

    Args:
        folder: Whether it may be a folder, whose files the command checks later.
        text: Whether the command receives the name verbatim, with a final slash.
        stream: Whether it may be standard output.
    """

    name = "path"

    def __init__(self, *, folder: bool = False, text: bool = False, stream: bool = True) -> None:
        self._folder = folder
        self._text = text
        self._stream = stream

    def parse(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> Path | str | None:
        """Return the path, or None for standard output."""
        self.refuse_empty(value, param, ctx)
        if value == STANDARD:
            return None if self._stream else self.fail("standard output has the result; name a file", param, ctx)
        return usable_name(value) if self._text else Path(usable_name(value))

    def written(self, value: Path | str) -> Iterable[Path]:
        """Return the file."""
        return () if self._folder and is_folder(value) else (Path(value),)


class OutputFolder(PathType):
    """A folder for files that the command checks later."""

    name = "directory"
    completed = "dir"

    def parse(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> Path:
        """Return the path."""
        self.refuse_empty(value, param, ctx)
        path = Path(usable_name(value))
        if value == STANDARD:
            self.fail("several files cannot go to standard output; name a folder", param, ctx)
        if path.exists() and not path.is_dir():
            self.fail(f"{printable(value)} is a file, not a folder", param, ctx)
        return path


def _known_models() -> Collection[str]:

    return [model.name for model in load_registry().models]


def _known_encoders() -> Collection[str]:

    return known_encoders()


ARTICLE = InputName()
INPUT_FILE = InputFile()
MODEL = ModelName(_known_models)
ENCODER = ModelName(_known_encoders)
LANGUAGE_FILE = KeyedFile("language", "ru=reference.txt", parse_language)
NAMED_FILE = KeyedFile("name", "google=google.ru.txt", printable)
NAMED_ARTICLE = NamedArticle("name", "mine=mine.ru.txt", printable)
