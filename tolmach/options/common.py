"""Options shared by several commands, with the same wording and default."""

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import wraps
from itertools import permutations
from pathlib import Path
from typing import Any, Final

import click
from click.shell_completion import CompletionItem

from alignment.encoders import DEFAULT_ENCODER, known_encoders
from alignment.types import AlignOptions
from common.messages import VARIABLE as LANGUAGE_VARIABLE
from common.network import OFFLINE_VARIABLE, PRIVATE_VARIABLE, allow_private_addresses, go_offline, is_offline
from corpora.languages import parse_language
from corpora.limits import ARTICLE_BYTES, DATA_BYTES, SIZE_OPTION, SIZE_VARIABLE, set_input_limit
from corpora.testsets.registry import parse_pair
from tolmach.options.clashes import check_parameters
from tolmach.options.command import Command, OptionGroup, matching, option
from tolmach.options.paths import ENCODER, OutputFile, count
from tolmach.results.overview import describe_flags
from tolmach.results.result import Result
from tolmach.terminal.console import say

FORMATS = ("table", "json")
_TAGS = ("en", "ru", "zh", "zh-Hant")
"""Languages that a shell completes; the last is the third in another script."""
INTERFACES = ("en", "ru", "zh")
"""Languages with a catalogue of messages."""


class LanguageType(click.ParamType[str]):
    """A BCP-47 tag on the command line."""

    name = "language"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Return the canonical tag."""
        del param, ctx
        return parse_language(value)

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        """Return the languages that everything works for."""
        del ctx, param
        return matching(_TAGS, incomplete)


class PairType(click.ParamType[tuple[str, str]]):
    """`SOURCE-TARGET`, as in `en-ru`."""

    name = "source-target"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[str, str]:
        """Return the canonical tags of both languages."""
        del param, ctx
        if isinstance(value, tuple):
            return value
        source, target = parse_pair(value)
        return parse_language(source), parse_language(target)

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        """Return the pairs of these languages."""
        del ctx, param
        return matching(map("-".join, permutations(_TAGS[:3], 2)), incomplete)


@dataclass(frozen=True, kw_only=True)
class CommonOptions:
    """Values of `common_options`."""

    quiet: bool


@dataclass(frozen=True, kw_only=True)
class ResultOptions(CommonOptions):
    """Values of `output_options`.

    Attributes:
        output_format: Form of the result; None for the default of the destination.
        output: File or folder of the result; None for standard output.
    """

    output_format: str | None
    output: Path | None


@dataclass(frozen=True, kw_only=True)
class ReadingOptions:
    """The articles to read, and their languages and encoding."""

    articles: tuple[str, ...]
    languages: tuple[str, ...]
    encoding: str | None


LANGUAGE = LanguageType()
PAIR = PairType()
METRIC_OPTION = option(
    "--metric",
    "metrics",
    group=OptionGroup.SCORING,
    multiple=True,
    default=("bleu", "chrf"),
    show_default=True,
    help="bleu, spbleu, chrf, chrf++, ter, comet-22, metricx-24-large or -xl; may be repeated.",
)
"""Metrics against a reference; the command receives `metrics`."""


def common_options(command: Command) -> Command:
    """Add `--quiet`, `--offline`, `--max-input-size` and the check of its files to a command; it receives `quiet`."""

    @option("--quiet", "-q", is_flag=True, help="Print no progress and no notes.")
    @option("--offline", is_flag=True, help=f"Never use a network; {OFFLINE_VARIABLE}=1 does the same.")
    @option(
        SIZE_OPTION,
        expert=True,
        metavar="SIZE",
        help=f"Size limit of input files, such as 200MB; default: {ARTICLE_BYTES / 1e6:g}MB for articles and "
        f"{DATA_BYTES / 1e6:g}MB for others. {SIZE_VARIABLE} does the same.",
    )
    @wraps(command)
    def wrapped(*args: Any, offline: bool, max_input_size: str | None, **kwargs: Any) -> Any:
        """Apply the options that hold for the whole process, then run the command."""
        if offline or is_offline():
            go_offline()
        if max_input_size is not None:
            set_input_limit(max_input_size)
        check_parameters()
        return command(*args, **kwargs)

    return wrapped


def output_options(command: Command) -> Command:
    """Add `--format` and `-o` to a command; it receives `output_format` (None: by destination) and `output`."""
    return output_options_for(FORMATS)(command)


_INFERRED: Final = "; inferred from the suffix of -o, else table on a terminal, json elsewhere"


def output_options_for(
    formats: Sequence[str],
    path_help: str = "Write the result to this file, not to standard output.",
    *,
    folder: bool = False,
) -> Callable[[Command], Command]:
    """Return a decorator that adds `--format` and `-o` to a command with `formats`; see `output_options`.

    Args:
        formats: Values of `--format`.
        path_help: Help of `-o`.
        folder: Whether `-o` may be a folder.
    """

    def add(command: Command) -> Command:
        """Add the options to a command."""
        command = option(
            "--format",
            "output_format",
            group=OptionGroup.OUTPUT,
            type=click.Choice(formats),
            help=f"Form of the result{_INFERRED if 'table' in formats else ''}.",
        )(command)
        kind = OutputFile(folder=folder)
        return option("--output", "-o", group=OptionGroup.OUTPUT, type=kind, help=path_help)(command)

    return add


def align_options(command: Command) -> Command:
    """Add `--encoder`, `--max-bead` and `--no-crossings` to a command."""
    defaults = AlignOptions()
    for add in (
        option(
            "--no-crossings",
            group=OptionGroup.ALIGNMENT,
            expert=True,
            is_flag=True,
            help="Force a monotonic alignment: reordered sentences are joined, or have no counterpart.",
        ),
        option(
            "--max-bead",
            group=OptionGroup.ALIGNMENT,
            expert=True,
            default=defaults.max_bead,
            show_default=True,
            type=count(2),
            help="Most sentences of a bead, counting both sides.",
        ),
        option(
            "--encoder",
            group=OptionGroup.ALIGNMENT,
            expert=True,
            type=ENCODER,
            default=DEFAULT_ENCODER,
            show_default=True,
            metavar="NAME",
            help=f"Sentence encoder: {', '.join(known_encoders())}; a folder, or OWNER/NAME on the Hugging Face hub.",
        ),
    ):
        command = add(command)
    return command


def encoding_option(command: Command) -> Command:
    """Add `--encoding` to a command that reads articles; it receives `encoding` (None: detect)."""
    return option(
        "--encoding",
        group=OptionGroup.INPUT,
        expert=True,
        help="Encoding of the files, such as gb18030; detected by default.",
    )(command)


def private_option(command: Command) -> Command:
    """Add `--allow-private-addresses` to a command that reads articles; it receives nothing."""

    @option(
        "--allow-private-addresses",
        "private",
        group=OptionGroup.INPUT,
        expert=True,
        is_flag=True,
        help="Allow articles from this machine and private networks, not only from the internet; "
        f"{PRIVATE_VARIABLE}=1 does the same.",
    )
    @wraps(command)
    def wrapped(*args: Any, private: bool, **kwargs: Any) -> Any:
        """Allow private addresses if that is asked for, then run the command."""
        if private:
            allow_private_addresses()
        return command(*args, **kwargs)

    return wrapped


def csv_options(command: Command) -> Command:
    """Add `--excel` and `--escape-formulas` to a command that writes CSV; it receives `excel` and `escape`."""
    command = option(
        "--excel",
        group=OptionGroup.OUTPUT,
        expert=True,
        is_flag=True,
        help="In csv, begin with the mark by which Excel knows UTF-8.",
    )(command)
    return option(
        "--escape-formulas",
        "escape",
        group=OptionGroup.OUTPUT,
        expert=True,
        is_flag=True,
        help="In csv, put an apostrophe before texts that begin with =, +, - or @, which a spreadsheet would take "
        "for a formula. By default texts are unchanged.",
    )(command)


def interface_option(command: Command) -> Command:
    """Add `--interface` to a command that writes words for readers; it receives nothing."""

    @option(
        "--interface",
        group=OptionGroup.OUTPUT,
        expert=True,
        type=click.Choice(INTERFACES),
        help=f"Language of pages, tables and findings; en by default. {LANGUAGE_VARIABLE} does the same.",
    )
    @wraps(command)
    def wrapped(*args: Any, interface: str | None, **kwargs: Any) -> Any:
        """Set the language of reports if one is given, then run the command."""
        if interface:
            os.environ[LANGUAGE_VARIABLE] = interface
        return command(*args, **kwargs)

    return wrapped


def languages_option(command: Command) -> Command:
    """Add `--language` to a command that reads several articles; it receives `languages`."""
    return option(
        "--language",
        "languages",
        group=OptionGroup.INPUT,
        type=LANGUAGE,
        multiple=True,
        help="Language of each article, in order; detected by default.",
    )(command)


def source_language_option(command: Command) -> Command:
    """Add `--from` to a command; it receives `source` (None: detect)."""
    return option(
        "--from",
        "source",
        group=OptionGroup.INPUT,
        type=LANGUAGE,
        help="Language of the article; detected by default.",
    )(command)


def target_languages_option(command: Command) -> Command:
    """Add `--to` to a command; it receives `targets`, at least one."""
    return option(
        "--to",
        "targets",
        group=OptionGroup.OUTPUT,
        type=LANGUAGE,
        multiple=True,
        required=True,
        help="Target language; may be repeated.",
    )(command)


CHECK_FAILED = 3


@dataclass(frozen=True, slots=True)
class Strictness:
    """The action after a failed check."""

    enabled: bool = False

    def judge(self, result: Result) -> None:
        """End the command with status 3 if strict and a sentence of the result failed a check, naming each."""
        if not self.enabled or not flagged_sentences(result):
            return
        for line in describe_flags(result):
            say(f"Check failed: {line}")
        raise click.exceptions.Exit(CHECK_FAILED)


def flagged_sentences(result: Result) -> int:
    """Count the translated sentences that failed a check, over all versions."""
    return sum(bool(sentence.checks) for one in result.translations.values() for sentence in one.sentences)


def strict_option(command: Command) -> Command:
    """Add `--strict` to a command; it receives `strict`, a `Strictness`."""
    return option(
        "--strict",
        group=OptionGroup.CHECKS,
        is_flag=True,
        callback=lambda _context, _parameter, value: Strictness(value),
        help="Exit with status 3 if a translation fails a check.",
    )(command)
