"""Options of the commands that translate: the model, how to run it, and checks of its translations."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import click

from common.chat.options import TIMEOUT, WORKERS
from tolmach.options.command import Command, OptionGroup, option
from tolmach.options.common import LANGUAGE
from tolmach.options.paths import INPUT_FILE, MODEL, MOST_THREADS, count
from translate.options import RetryPolicy
from translate.types import DecodeOptions

_LONGEST_TIMEOUT = 86_400
"""Seconds; sockets do not accept arbitrarily large timeouts."""


@dataclass(frozen=True, kw_only=True)
class RunningOptions:
    """How to run a model, and its decoding; values of `running_options`.

    Attributes:
        server: Address of a server that runs the model; None for this machine.
        threads: CPU threads; None for every core.
        beam_size: Beam size; None for the model's own setting.
        batch_size: Batch size; None for the default.
    """

    server: str | None
    server_model: str | None
    device: Literal["auto", "cpu", "cuda"]
    engine: Literal["auto", "ctranslate2", "transformers"]
    precision: str
    threads: int | None
    beam_size: int | None
    batch_size: int | None


@dataclass(frozen=True, kw_only=True)
class ModelOptions(RunningOptions):
    """The model, and options of its translations; values of `model_options`.

    Attributes:
        server_timeout: Most seconds for one response of the server.
        examples: Example translations in a chat model's prompt; None for the model's own setting.
        attempts: Most translations of a sentence that fails a check.
    """

    model: str
    via: str | None
    server_timeout: int | None
    server_workers: int | None
    examples: int | None
    glossaries: tuple[Path, ...]
    memories: tuple[Path, ...]
    context: int
    document: bool
    raw_typography: bool
    attempts: int
    no_checks: bool


def model_options(command: Command) -> Command:
    """Add the fields of `ModelOptions` to a command; see `tolmach.workflow.translators`."""
    return _add(command, *_which_model(), *_which_server(), *_how_it_runs(), *_what_it_keeps(), *_what_is_checked())


def running_options(command: Command) -> Command:
    """Add the fields of `RunningOptions` to a command with its own option of models."""
    return _add(command, *_which_server()[:2], *_how_it_runs())


def _add(command: Command, *options: Callable[[Command], Command]) -> Command:
    for one in reversed(options):
        command = one(command)
    return command


def _which_model() -> tuple[Callable[[Command], Command], ...]:
    return (
        option(
            "--model",
            group=OptionGroup.MODEL,
            type=MODEL,
            default="auto",
            show_default=True,
            help="Name from `tolmach models list`, a folder, or hf:OWNER/NAME.",
        ),
        option(
            "--via",
            group=OptionGroup.MODEL,
            expert=True,
            type=LANGUAGE,
            help="Translate through this language even if the model has a direct way. "
            "If its entry has a detour, naming the target forces the direct way.",
        ),
        option(
            "--examples",
            group=OptionGroup.MODEL,
            expert=True,
            type=count(0),
            help="Example translations in a chat model's prompt; default: the model's own setting.",
        ),
    )


def _which_server() -> tuple[Callable[[Command], Command], ...]:
    return (
        option(
            "--server",
            group=OptionGroup.MODEL,
            metavar="URL",
            help="Server with OpenAI's interface that runs the model (vLLM, llama.cpp, Ollama), including /v1; "
            "its key is read from TOLMACH_SERVER_KEY.",
        ),
        option(
            "--server-model",
            group=OptionGroup.MODEL,
            expert=True,
            metavar="NAME",
            help="Name of the model on the server, if it has several.",
        ),
        option(
            "--server-timeout",
            group=OptionGroup.MODEL,
            expert=True,
            metavar="SECONDS",
            type=count(most=_LONGEST_TIMEOUT),
            help="Most seconds for one response of the server, from the request to its last byte; "
            f"default: {TIMEOUT:g}.",
        ),
        option(
            "--server-workers",
            group=OptionGroup.MODEL,
            expert=True,
            metavar="N",
            type=count(most=MOST_THREADS),
            help=f"Number of parallel requests to the server; default: {WORKERS}.",
        ),
    )


def _how_it_runs() -> tuple[Callable[[Command], Command], ...]:
    return (
        option(
            "--device",
            group=OptionGroup.DECODING,
            expert=True,
            default="auto",
            show_default=True,
            type=click.Choice(["auto", "cpu", "cuda"]),
            help="Device of the model.",
        ),
        option(
            "--engine",
            group=OptionGroup.DECODING,
            expert=True,
            default="auto",
            show_default=True,
            type=click.Choice(["auto", "ctranslate2", "transformers"]),
            help="Engine of the model.",
        ),
        option(
            "--precision",
            group=OptionGroup.DECODING,
            expert=True,
            default="auto",
            show_default=True,
            metavar="TYPE",
            help="Type of computation: float32, float16, bfloat16, with ctranslate2 also int8 and its mixtures.",
        ),
        option(
            "--threads",
            group=OptionGroup.DECODING,
            expert=True,
            type=count(most=MOST_THREADS),
            help="CPU threads; default: every core.",
        ),
        option(
            "--beam-size",
            old_names=["--beam"],
            group=OptionGroup.DECODING,
            expert=True,
            type=count(),
            help="Beam size; 1 is greedy search. Default: the model's own setting.",
        ),
        option(
            "--batch-size",
            group=OptionGroup.DECODING,
            expert=True,
            type=count(),
            help=f"Batch size; default: {DecodeOptions().batch_size}.",
        ),
    )


def _what_it_keeps() -> tuple[Callable[[Command], Command], ...]:
    return (
        option(
            "--glossary",
            "glossaries",
            group=OptionGroup.INPUT,
            type=INPUT_FILE,
            multiple=True,
            help="Glossary of terms, names and untranslated words: TSV or CSV with a column for each language.",
        ),
        option(
            "--memory",
            "memories",
            group=OptionGroup.INPUT,
            type=INPUT_FILE,
            multiple=True,
            help="Your translation memory, TMX or XLIFF: sentences found in it are not translated again.",
        ),
        option(
            "--context",
            group=OptionGroup.MODEL,
            expert=True,
            default=0,
            show_default=True,
            type=count(0),
            help="Number of preceding sentences shown to a model that supports context.",
        ),
        option(
            "--document",
            group=OptionGroup.MODEL,
            expert=True,
            is_flag=True,
            help="Let a chat model translate whole paragraphs, and check that none is lost.",
        ),
        option(
            "--raw-typography",
            group=OptionGroup.OUTPUT,
            expert=True,
            is_flag=True,
            help="Leave the model's quotation marks, dashes and spaces unchanged.",
        ),
    )


def _what_is_checked() -> tuple[Callable[[Command], Command], ...]:
    return (
        option(
            "--attempts",
            group=OptionGroup.CHECKS,
            expert=True,
            default=RetryPolicy().attempts,
            show_default=True,
            type=count(),
            help="Most translations of a sentence that fails a check; the best is used.",
        ),
        option(
            "--no-checks",
            group=OptionGroup.CHECKS,
            expert=True,
            is_flag=True,
            help="Don't check translations; only lost and truncated ones are retried and flagged.",
        ),
    )
