"""The translator that the options of a command ask for."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from corpora.article import Article
from corpora.progress import Progress

if TYPE_CHECKING:
    from translate.translator import Translator


def load_translator_from(options: dict[str, Any], progress: Progress) -> "Translator":
    """Load a translator as `tolmach.options.model_options` describe it.

    Raises:
        UnknownModelError: No model has that name.
        NetworkError: Its weights cannot be fetched.
        OfflineError: They would have to be, and no network is allowed.
    """
    from translate import DecodeOptions, ExampleOptions, TranslatorOptions, load_translator  # noqa: PLC0415 - loaded when used

    decode = DecodeOptions(beam_size=options["beam_size"], batch_size=options["batch_size"])
    count = options["examples"]
    shown = None if count is None else ExampleOptions(count)
    chosen = TranslatorOptions(engine=options["engine"], decode=decode, via=options["via"], examples=shown)
    return load_translator(options["model"], device=options["device"], options=chosen, progress=progress)


def read_references(named: Sequence[tuple[str, str]], progress: Progress) -> dict[str, Article]:
    """Load the reference version of each language.

    Raises:
        InputError: One cannot be read.
    """
    from corpora.readers.load import load_article  # noqa: PLC0415 - loaded when used

    return {language: load_article(path, language, progress=progress) for language, path in named}
