"""The witnesses that the options of `tolmach compare` ask for."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import TYPE_CHECKING, Any

import click

from common.errors import UsageError
from common.files import cache_dir
from common.keys import read_key
from common.names import expand_user
from common.progress import Progress
from common.secrets import JUDGE_KEY
from tolmach.options.paths import MODEL, ModelName

if TYPE_CHECKING:
    from quotes.witnesses.base import Witness


@dataclass(frozen=True, slots=True)
class WitnessOptions:
    """Who is heard beside the typed evidence.

    Attributes:
        model: Translation model, as `translate.load_translator` takes it; None for none.
        nli: Folder or repository of a model of natural language inference; None for none.
        judge: Address of a server, or a chat model as `load_likelihood` takes it; None for none.
    """

    model: str | None = None
    nli: str | None = None
    judge: str | None = None


def witness_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add `--model`, `--nli` and `--judge` to a command; it receives `witnesses`."""

    @wraps(command)
    def wrapped(*args: Any, model: str | None, nli: str | None, judge: str | None, **kwargs: Any) -> Any:
        return command(*args, witnesses=WitnessOptions(model, nli, judge), **kwargs)

    made: Callable[..., Any] = wrapped
    for option in (
        click.option(
            "--judge",
            type=MODEL,
            metavar="MODEL|URL",
            help="Ask a chat model, too: a name from `tolmach models list`, a folder, or a server as "
            "http://HOST:PORT/v1#MODEL.",
        ),
        click.option(
            "--nli",
            type=ModelName(),
            metavar="MODEL",
            help="Ask a cross-lingual model of natural language inference, too: a folder or hf:OWNER/NAME.",
        ),
        click.option(
            "--model",
            type=MODEL,
            metavar="MODEL",
            help="Compare the words in one language, too: a translation model from `tolmach models list`, a folder, "
            "or hf:OWNER/NAME.",
        ),
    ):
        made = option(made)
    return made


def load_witnesses(options: WitnessOptions, progress: Progress) -> "tuple[Witness, ...]":
    """Return the witnesses; models are loaded when they are first asked.

    Raises:
        UnknownModelError: No model has such a name.
        UsageError: A model cannot do what is wanted of it, or an address is none.
        NetworkError: What a model needs to be known cannot be fetched.
        OfflineError: It would have to be, and no network is allowed.
    """
    made: list[Witness] = []
    if options.model is not None:
        made.append(_translation(options.model, progress))
    if options.nli is not None:
        made.append(_nli(options.nli, progress))
    if options.judge is not None:
        made.append(_judge(options.judge, progress))
    return tuple(made)


def _translation(model: str, progress: Progress) -> "Witness":
    from tolmach.judges.translation import TranslationWitness  # noqa: PLC0415 - loaded when used
    from translate import ArticleOptions, TranslatorOptions, load_translator  # noqa: PLC0415 - loaded when used

    # A witness is to say what the model makes of the words, not what could be made of that.
    bare = TranslatorOptions(article=ArticleOptions(checks=None, typography=None))
    return TranslationWitness(load_translator(model, options=bare, progress=progress))


def _nli(model: str, progress: Progress) -> "Witness":
    from quotes.witnesses.nli import NliWitness  # noqa: PLC0415 - loaded when used

    folder = expand_user(model)
    if folder.is_dir():
        return NliWitness(folder)
    from translate.models.registry import HUB_PREFIX, find_model  # noqa: PLC0415 - loaded when used
    from translate.weights.store import WeightsStore  # noqa: PLC0415 - loaded when used

    if not model.startswith(HUB_PREFIX):
        raise UsageError(f"there is no folder {model}", hint=f"Name a folder with a model, or {HUB_PREFIX}OWNER/NAME")
    store, spec = WeightsStore(cache_dir()), find_model(model)
    fetched = store.fetch(spec, progress=progress)
    manifest = store.manifest(spec)
    return NliWitness(fetched, model.removeprefix(HUB_PREFIX), manifest.revision if manifest else None)


def _judge(model: str, progress: Progress) -> "Witness":
    if "://" in model:
        from quotes.witnesses.endpoint import EndpointOptions  # noqa: PLC0415 - loaded when used
        from quotes.witnesses.judge import EndpointJudge  # noqa: PLC0415 - loaded when used

        address, _, name = model.partition("#")
        return EndpointJudge(address, name or None, EndpointOptions(key=read_key(JUDGE_KEY)))
    from tolmach.judges.local import LocalJudge  # noqa: PLC0415 - loaded when used
    from translate.pipeline.likelihood import load_likelihood  # noqa: PLC0415 - loaded when used

    return LocalJudge(load_likelihood(model, progress=progress))
