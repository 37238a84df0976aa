"""The engine of Bergamot models, in float32 on a CPU and in 16 bits on a GPU.

CTranslate2 cannot run them: its decoders attend to what they wrote, and an SSRU's gates weigh each dimension of the
past on its own, which no softmax over heads can express. The layers are few and small, so plain torch does.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from common.errors import UsageError
from common.progress import SILENT, Progress
from translate.engines.base import BatchEngine, EngineOptions, Hypothesis
from translate.engines.bergamot.files import BergamotFiles
from translate.engines.errors import ModelFilesError, UnsupportedModelError
from translate.engines.tokens import Encoded, ModelTokenizer
from translate.types import DecodeOptions

if TYPE_CHECKING:
    from translate.engines.bergamot.network import Network
    from translate.engines.bergamot.vocabulary import Pieces

PRECISIONS: Final = ("float32", "float16", "bfloat16", "int8")
"""Types that this engine computes in; `int8` is float32 with all that enters a matrix rounded as Marian rounds it, to
compare with it: it is not faster."""

MAX_INPUT_TOKENS: Final = 400
"""Longest sentences that Mozilla's students were trained on, in tokens (`max-length` in the training configuration of
mozilla/translations); the positions have no limit of their own."""


class BergamotEngine(BatchEngine):
    """A Bergamot model in memory; `load_bergamot` makes it."""

    def __init__(self, network: "Network", pieces: "Pieces", *, threads: int | None = None) -> None:
        super().__init__(ModelTokenizer(pieces), max_positions=None, shares_positions=False)
        self._network = network
        self._pieces = pieces
        self._threads = threads
        unspelled = range(pieces.target_size, network.target_size)
        self._never = (pieces.unknown, *unspelled)

    @property
    def max_input_tokens(self) -> int | None:
        """Most tokens of one request: as many as the model has seen in training."""
        return MAX_INPUT_TOKENS

    def signature(self) -> dict[str, str]:
        """Return what of the engine moves a result: its name and version, the precision, the device."""
        import torch  # noqa: PLC0415 - heavy

        arithmetic = self._network.arithmetic
        return {
            "engine": f"bergamot torch {torch.__version__}",
            "precision": "int8" if arithmetic.rounds else str(arithmetic.dtype).removeprefix("torch."),
            "device": arithmetic.device,
        }

    def _run(self, batch: Sequence[Encoded], limit: int, options: DecodeOptions) -> list[Hypothesis]:
        from translate.engines.bergamot.search import Tokens, search  # noqa: PLC0415 - imports torch

        rows = [self._tokenizer.ids(one.tokens) for one in batch]
        tokens = Tokens(self._pieces.end, self._never)
        with _threads(self._threads):
            found = search(self._network, rows, tokens, limit=limit, options=options)
        end = self._pieces.end_piece
        spelled = [(*self._pieces.target_tokens(one.ids), *((end,) if one.finished else ())) for one in found]
        ends = frozenset({end})
        return [self._hypothesis(tokens, one.score, ends) for tokens, one in zip(spelled, found, strict=True)]

    def _log_probs(self, batch: Sequence[Encoded], lasts: Sequence[int]) -> list[list[float]]:
        del batch, lasts
        raise UnsupportedModelError("only decoder-only models are asked how likely an answer is")


def load_bergamot(
    files: BergamotFiles, *, options: EngineOptions | None = None, progress: Progress = SILENT
) -> BergamotEngine:
    """Return an engine for a model.

    Args:
        files: The model of one direction, as `find_bergamot` found it.
        options: Device, precision and threads; `auto` is float32 on a CPU and float16 on a GPU.
        progress: Told that the model is being loaded.

    Raises:
        UsageError: The precision is none that this engine has, or there is no such device.
        ModelFilesError: The files are missing, damaged, or do not belong together.
        UnsupportedModelError: The model is of another architecture.
    """
    import torch  # noqa: PLC0415 - heavy

    from translate.engines.bergamot.binary import read_model  # noqa: PLC0415 - imports numpy
    from translate.engines.bergamot.layers import Arithmetic  # noqa: PLC0415 - imports torch
    from translate.engines.bergamot.network import Network  # noqa: PLC0415 - imports torch
    from translate.engines.bergamot.vocabulary import load_pieces  # noqa: PLC0415 - only where a model is read

    device, precision = _place(options or EngineOptions())
    rounds = precision == "int8"
    arithmetic = Arithmetic(torch.float32 if rounds else getattr(torch, precision), device, rounds)
    with progress.bar(f"Loading {files.model.name}", 2, unit="step") as advance:
        pieces = load_pieces(files)
        advance(1)
        network = Network(read_model(files.model), arithmetic)
        advance(1)
    for what, size, rows in (
        ("source", pieces.source_size, network.source_size),
        ("target", pieces.target_size, network.target_size),
    ):
        if size > rows:
            raise ModelFilesError(
                f"the {what} vocabulary has {size} pieces and the model in {files.model} only {rows}",
                hint="Take the vocabulary and the model from one place",
            )
    return BergamotEngine(network, pieces, threads=options.threads if options else None)


@contextmanager
def _threads(wanted: int | None) -> Iterator[None]:
    """Let torch use so many CPU threads for a while; None leaves it as it is."""
    import torch  # noqa: PLC0415 - heavy

    before = torch.get_num_threads()
    torch.set_num_threads(wanted or before)
    try:
        yield
    finally:
        torch.set_num_threads(before)


def _place(options: EngineOptions) -> tuple[str, str]:
    import torch  # noqa: PLC0415 - heavy

    cuda = torch.cuda.is_available()
    if options.device == "cuda" and not cuda:
        raise UsageError("there is no GPU that torch can use", hint="Use --device cpu")
    device = "cuda" if cuda and options.device != "cpu" else "cpu"
    precision = options.precision
    if precision == "auto":
        precision = "float16" if device == "cuda" else "float32"
    if precision not in PRECISIONS:
        raise UsageError(f"Bergamot models do not run in {precision}", hint=f"They do in {', '.join(PRECISIONS)}")
    return device, precision
