"""Loads the translator for the options of a command."""

import sys
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import click

from common.chat.options import ServerOptions
from common.errors import UsageError
from common.extras import require_extra
from common.files import describe_size
from common.network import is_offline
from common.progress import Progress
from corpora.article import Article
from corpora.languages import Direction, require_translated
from corpora.readers.load import load_article
from tolmach.options.models import ModelOptions
from tolmach.workflow.listings import parts_for
from translate.glossary import load_glossary
from translate.loading import choose_model, load_translator, named_model
from translate.memory.translation_memory import load_user_memory
from translate.models.specs import ModelSpec
from translate.options import AUTO, ArticleOptions, RetryPolicy, TranslatorOptions
from translate.weights.store import WeightsStore

if TYPE_CHECKING:
    from translate.options import ArticleOptions, TranslatorOptions
    from translate.translator import Translator


_ASK_ABOVE = 1_000_000_000
"""Bytes of a download that surprise nobody on a home connection: minutes, not an hour."""


def load_translator_from(
    options: ModelOptions, progress: Progress, directions: Sequence[Direction] = ()
) -> "Translator":
    """Load the translator of `tolmach.options.models.model_options`."""
    for direction in directions:
        require_translated(*direction)
    if not options.server and not options.model.startswith("firefox"):
        require_extra("translate")  # before the download of weights
    chosen = _options(options, _article_options(options, progress))
    name = options.model
    if not options.server:
        store = WeightsStore()
        spec = choose_model(store, progress, directions) if name == AUTO else named_model(name, store)
        announce_download(spec, store, directions, progress)
        name = spec.name if name == AUTO else name
    return load_translator(name, device=options.device, options=chosen, progress=progress)


def announce_download(
    spec: ModelSpec, store: WeightsStore, directions: Sequence[Direction], progress: Progress
) -> None:
    """Say how much of a model has to be downloaded; on a terminal ask first where it is over 1 GB.

    Raises:
        UsageError: The user declines.
    """
    parts = dict.fromkeys(part for pair in directions for part in parts_for(spec, pair))
    missing = [part for part in parts if store.locate(spec, part) is None]
    size = (spec.size or 0) * len(missing) // len(parts_for(spec))
    if not size or is_offline():
        return
    progress.note(f"{spec.name} is not in the cache yet: about {describe_size(size)} will be downloaded")
    if size > _ASK_ABOVE and sys.stdin.isatty() and sys.stderr.isatty() and not click.confirm("Download it?", err=True):
        raise UsageError("the download was declined", hint="`tolmach models list` shows smaller models: --model NAME")


def _options(options: ModelOptions, article: "ArticleOptions") -> "TranslatorOptions":
    return TranslatorOptions(
        engine=options.engine,
        precision=options.precision,
        threads=options.threads,
        beam_size=options.beam_size,
        batch_size=options.batch_size,
        via=options.via,
        examples=options.examples,
        server=_server_options(options),
        article=article,
    )


def _server_options(options: ModelOptions) -> ServerOptions | None:
    named: dict[str, Any] = {
        "model": options.server_model,
        "timeout": options.server_timeout,
        "workers": options.server_workers,
    }
    given = {name: value for name, value in named.items() if value is not None}
    if given and not options.server:
        raise UsageError(f"--server-{next(iter(given))} needs --server")
    return ServerOptions(options.server, **given) if options.server else None


def _article_options(options: ModelOptions, progress: Progress) -> "ArticleOptions":
    made = ArticleOptions(retry=RetryPolicy(options.attempts), context=options.context, document=options.document)
    changes: dict[str, Any] = {}
    if options.no_checks:
        changes["checks"] = None
    if options.raw_typography:
        changes["typography"] = None
    if options.glossaries:
        changes["glossary"] = load_glossary(*options.glossaries)
        for note in changes["glossary"].notes:
            progress.note(note)
    if options.memories:
        changes["memory"] = load_user_memory(options.memories)
    return replace(made, **changes)


def read_references(named: Sequence[tuple[str, str]], progress: Progress) -> dict[str, Article]:
    """Load the reference version of each language."""
    return {language: load_article(path, language, progress=progress) for language, path in named}
