"""Runs Firefox's models by `fxtranslate`, Mozilla's engine: int8, one CPU thread, greedy, no scores."""

import gzip
import threading
import zlib
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from common.errors import InputError, UsageError
from common.extras import require_extra
from common.model_files import failures_as, try_out
from translate.engines.base import EngineOptions, Hypothesis
from translate.models.firefox import FirefoxFiles
from translate.models.requests import Request
from translate.types import DecodeOptions, InputTooLongError, ModelFilesError

if TYPE_CHECKING:
    from fxtranslate import Translator

MAX_INPUT_TOKENS: Final = 400
"""Longest training sentences of Mozilla's models, in tokens (`max-length` in the training configuration of
mozilla/translations); the engine has no limit."""

_AGAIN: Final = "Fetch or copy the model again; in a git checkout, run `git lfs pull`"
_TRIAL: Final = """
import contextlib, gzip, sys
from pathlib import Path
with contextlib.suppress(ImportError, ValueError, OSError):
    import resource
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_AS, (1 << 32, 1 << 32))
from fxtranslate import Translator, discovery
unpack = {".gz": gzip.decompress, ".zst": discovery.verify_and_decompress}
contents = [unpack.get(path.suffix, bytes)(path.read_bytes()) for path in map(Path, sys.argv[1:])]
Translator(*contents).translate("A, b 1.")
"""
"""Loads and uses a model within 4 GB of address space: fxtranslate aborts if a model claims too much."""


class FirefoxEngine:
    """A Firefox model in memory; created by `load_firefox`."""

    def __init__(self, model: bytes, source_vocabulary: bytes, target_vocabulary: bytes) -> None:
        self._contents = (model, source_vocabulary, target_vocabulary)
        self._source, self._target = _pieces(source_vocabulary), _pieces(target_vocabulary)
        self._here = threading.local()

    @property
    def max_input_tokens(self) -> int | None:
        """Most tokens of one request: the longest in training."""
        return MAX_INPUT_TOKENS

    def count_tokens(self, request: Request) -> int:
        """Return how many tokens the model reads for `request`, its end included."""
        return len(self._source.encode(request.text)) + 1

    def generate(self, requests: Sequence[Request], *, options: DecodeOptions) -> list[Hypothesis]:
        """Return one hypothesis for each request, in order.

        Raises:
            InputTooLongError: A request has more than `max_input_tokens`; none is ever cut.
        """
        return [hypothesis for _, hypothesis in self.stream(requests, options=options)]

    def stream(self, requests: Sequence[Request], *, options: DecodeOptions) -> Iterator[tuple[int, Hypothesis]]:
        """Yield the index of a request and its hypothesis, in order; the search has no options."""
        del options
        for request in requests:
            length = self.count_tokens(request)
            if length > MAX_INPUT_TOKENS:
                raise InputTooLongError(
                    f"a text of {length} tokens is too long for the model, which reads {MAX_INPUT_TOKENS}",
                    hint="Split it, or take a model for longer texts",
                )
        yield from ((at, self._translate(request)) for at, request in enumerate(requests))

    def signature(self) -> dict[str, str]:
        """Return the settings that affect a result: version and arithmetic, precision, device."""
        engine = f"{engine_version()} {self._translator().backend()}"
        return {"engine": engine, "precision": "int8", "device": "cpu"}

    def _translate(self, request: Request) -> Hypothesis:
        with failures_as(partial(ModelFilesError, hint=_AGAIN)):
            text = self._translator().translate(request.text).strip()
        tokens = tuple(self._target.encode(text, out_type=str))
        # The length at which fxtranslate ends a translation that does not end by itself.
        limit = 2 * self.count_tokens(request) + 4
        return Hypothesis(text, tokens, None, len(tokens) < limit)

    def _translator(self) -> "Translator":
        """Return the model of this thread: fxtranslate cannot share it between threads."""
        if not hasattr(self._here, "model"):
            from fxtranslate import Translator  # noqa: PLC0415 - loaded when used

            self._here.model = Translator(*self._contents)
        model: Translator = self._here.model
        return model


def engine_version() -> str:
    """Return the name and version of the engine."""
    require_extra("firefox")
    return f"fxtranslate {version('fxtranslate')}"


def load_firefox(files: FirefoxFiles, options: EngineOptions | None = None) -> FirefoxEngine:
    """Return an engine for a model.

    Raises:
        UsageError: Another device or precision is asked for.
        TolmachError: fxtranslate is not installed.
        ModelFilesError: The files are missing, damaged, or do not match.
    """
    options = options or EngineOptions()
    if options.device == "cuda" or options.precision not in {"auto", "int8"}:
        raise UsageError("Firefox's models run on the CPU in int8", hint="Leave out --device and --precision")
    check_firefox(files)
    return FirefoxEngine(*map(_content, (files.model, files.source_vocabulary, files.target_vocabulary)))


def check_firefox(files: FirefoxFiles) -> None:
    """Check that a model can be used.

    Raises:
        TolmachError: fxtranslate is not installed.
        ModelFilesError: It cannot.
    """
    engine_version()
    try:
        try_out(_TRIAL, files.model, files.source_vocabulary, files.target_vocabulary)
    except InputError as error:
        raise ModelFilesError(error.message, hint=_AGAIN) from error
    for path in files.paths[1:]:
        _pieces(_content(path), name=path.name)


def _content(path: Path) -> bytes:
    """Return the decompressed content of a file, which was tried out in another process before."""
    from fxtranslate import discovery  # noqa: PLC0415 - loaded when used

    unpack: dict[str, Callable[[bytes], bytes]] = {".gz": gzip.decompress, ".zst": discovery.verify_and_decompress}
    try:
        return unpack.get(path.suffix, bytes)(path.read_bytes())
    except (OSError, EOFError, ValueError, zlib.error) as error:
        raise ModelFilesError(f"cannot read {path}: {error}", hint=_AGAIN) from error


def _pieces(vocabulary: bytes, *, name: str = "the vocabulary") -> Any:
    import sentencepiece  # noqa: PLC0415 - loaded when used

    try:
        return sentencepiece.SentencePieceProcessor(model_proto=vocabulary)
    except RuntimeError as error:
        raise ModelFilesError(f"{name} is not a SentencePiece model", hint=_AGAIN) from error
