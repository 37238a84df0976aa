"""Options of the commands that translate: which model, how it is run, and what its translations are held to."""

from collections.abc import Callable
from typing import Any

import click

from common.chat.options import TIMEOUT, WORKERS
from tolmach.options.common import LANGUAGE
from tolmach.options.paths import INPUT_FILE, MODEL, MOST_THREADS, count

Command = Callable[..., Any]
_LONGEST_TIMEOUT = 86_400
"""Seconds; a socket cannot wait for any number of them."""


def model_options(command: Command) -> Command:
    """Add what chooses and runs a model, and what is asked of its translations; see `tolmach.workflow.translators`."""
    for option in reversed(
        (*_which_model(), *_which_server(), *_how_it_runs(), *_what_it_keeps(), *_what_is_checked())
    ):
        command = option(command)
    return command


def _which_model() -> tuple[Callable[[Command], Command], ...]:
    return (
        click.option(
            "--model",
            type=MODEL,
            default="auto",
            show_default=True,
            help="Name from `tolmach models list`, a folder, or hf:OWNER/NAME.",
        ),
        click.option(
            "--other-model",
            type=MODEL,
            metavar="MODEL",
            help="Model that is asked for sentences on which the first one fails.",
        ),
        click.option(
            "--via",
            type=LANGUAGE,
            help="Translate through this language even where the model knows a direct way. "
            "Where its entry has a detour, naming the target goes directly.",
        ),
    )


def _which_server() -> tuple[Callable[[Command], Command], ...]:
    return (
        click.option(
            "--server",
            metavar="URL",
            help="Server with OpenAI's interface that runs the model (vLLM, llama.cpp, Ollama), up to and with /v1; "
            "its key is read from TOLMACH_SERVER_KEY.",
        ),
        click.option("--server-model", metavar="NAME", help="What the server calls the model, where it has several."),
        click.option(
            "--server-timeout",
            metavar="SECONDS",
            type=count(most=_LONGEST_TIMEOUT),
            help="Seconds that one answer of the server may take, from the question to its last byte; "
            f"{TIMEOUT:g} when not given.",
        ),
        click.option(
            "--server-workers",
            metavar="N",
            type=count(most=MOST_THREADS),
            help=f"Most sentences the server is asked for at the same time; {WORKERS} when not given.",
        ),
    )


def _how_it_runs() -> tuple[Callable[[Command], Command], ...]:
    from translate.types import DecodeOptions  # noqa: PLC0415 - loaded when used

    return (
        click.option(
            "--device",
            default="auto",
            show_default=True,
            type=click.Choice(["auto", "cpu", "cuda"]),
            help="Where the model runs.",
        ),
        click.option(
            "--engine",
            default="auto",
            show_default=True,
            type=click.Choice(["auto", "ctranslate2", "transformers"]),
            help="What runs the model.",
        ),
        click.option(
            "--precision",
            default="auto",
            show_default=True,
            metavar="TYPE",
            help="Type to compute in: float32, float16, bfloat16, with ctranslate2 also int8 and its mixtures.",
        ),
        click.option("--threads", type=count(most=MOST_THREADS), help="CPU threads; every core when not given."),
        click.option(
            "--beam",
            "beam_size",
            type=count(),
            help="Hypotheses kept in the search; 1 is greedy. The model's own number when not given.",
        ),
        click.option(
            "--batch-size",
            default=DecodeOptions().batch_size,
            show_default=True,
            type=count(),
            help="Most sentences decoded together.",
        ),
        click.option(
            "--examples",
            type=count(0),
            help="Translations a chat model is shown before each sentence; the model's own number when not given.",
        ),
    )


def _what_it_keeps() -> tuple[Callable[[Command], Command], ...]:
    return (
        click.option(
            "--glossary",
            "glossaries",
            type=INPUT_FILE,
            multiple=True,
            help="Terms, names and what is not translated: TSV with a column for each language, or TBX.",
        ),
        click.option(
            "--memory",
            "memories",
            type=INPUT_FILE,
            multiple=True,
            help="Your own translations, TMX or XLIFF: a sentence that is exactly theirs is not translated again.",
        ),
        click.option(
            "--context",
            default=0,
            show_default=True,
            type=count(0),
            help="Sentences before each one that a model which takes context is shown.",
        ),
        click.option(
            "--document", is_flag=True, help="Give a chat model whole paragraphs, and check that each comes back."
        ),
        click.option(
            "--raw-typography",
            is_flag=True,
            help="Leave quotation marks, dashes and spaces as the model wrote them.",
        ),
    )


def _what_is_checked() -> tuple[Callable[[Command], Command], ...]:
    from translate.pipeline.retry_options import AttemptOptions  # noqa: PLC0415 - loaded when used

    return (
        click.option(
            "--attempts",
            default=AttemptOptions().most,
            show_default=True,
            type=count(),
            help="Most translations made of a sentence that fails a check; the best is kept.",
        ),
        click.option(
            "--no-checks",
            is_flag=True,
            help="Take every translation as it comes; only lost and cut ones are tried again and flagged.",
        ),
    )
