"""Encoders that are sentence-transformers models: BERT and its kin, one forward pass for every text."""

import logging
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from alignment.encoders.folder import ModelFolder
from alignment.encoders.hub import fetch_encoder
from alignment.encoders.specs import EncoderSpec
from common.errors import InputError, TolmachError
from common.model_files import check_claims, loading_errors, model_view, spelling

if TYPE_CHECKING:
    from alignment.encoders.base import Vectors

_BATCH: Final = 32
# What a model's files may lack, as nothing that we use comes from it: the head for BERT's sentence-order task.
_UNUSED: Final = "pooler."
# Names of the two weights of a layer norm in models converted from TensorFlow, which transformers reads as well.
_OLD_NAMES: Final = (("gamma", "weight"), ("beta", "bias"))


class TransformerEncoder:
    """A sentence-transformers model behind the interface of encoders.

    It shares no work between runs of sentences, so an alignment encodes every run as a text of its own. A text longer
    than the model's window (256 to 8,192 tokens) counts with its beginning only.

    Args:
        model: The loaded `SentenceTransformer`.
        spec: Its name and prefix.
        revision: What identifies its weights.
        licence: Licence of its weights, None where nobody says.
        batch: Texts in one forward pass, at least 1; it changes speed and memory, not vectors.
    """

    def __init__(
        self, model: Any, spec: EncoderSpec, *, revision: str, licence: str | None = None, batch: int = _BATCH
    ) -> None:
        self.name = spec.name
        self.revision = revision
        self.licence = licence
        self._model = model
        self._prefix = spec.prefix or None
        self._batch = batch
        self._lock = Lock()
        self.dimension = int(model.get_embedding_dimension() or self._raw(["."]).shape[1])

    def encode(self, texts: Sequence[str]) -> "Vectors":
        """Return one unit vector a text: float32, shape (texts, dimension).

        A text in which the model sees nothing at all gets the vector whose components are all the same.

        Raises:
            TolmachError: The model gives something that is no number: its weights are damaged.
        """
        if not len(texts):
            return np.zeros((0, self.dimension), np.float32)
        vectors = self._raw(texts)
        if not np.isfinite(vectors).all():
            raise TolmachError(
                f"the encoder {self.name} gives vectors that are no numbers", hint="Copy or fetch the model again"
            )
        norms = np.linalg.norm(vectors, axis=1, keepdims=True)
        vectors = np.where(norms > 0, vectors, np.float32(1.0))
        return np.asarray(vectors / np.where(norms > 0, norms, np.sqrt(self.dimension)), np.float32)

    def _raw(self, texts: Sequence[str]) -> "Vectors":
        # The tokenizers of transformers fail when two threads use one at once ("Already borrowed").
        with self._lock, spelling():
            found = self._model.encode(
                list(texts), prompt=self._prefix, batch_size=self._batch, show_progress_bar=False, convert_to_numpy=True
            )
        return np.asarray(found, np.float32)


def load_transformer(spec: EncoderSpec, folder: Path | None = None, *, batch: int = _BATCH) -> TransformerEncoder:
    """Load a sentence-transformers model.

    Only safetensors are read, and no code that comes with a model is run.

    Args:
        spec: Its name, repository and prefix.
        folder: Where its files are; None fetches the repository, unless that was done before.
        batch: Texts in one forward pass.

    Raises:
        InputError: The folder holds no model, or a damaged one.
        OfflineError: It would have to be fetched, and the user allows no network.
        NetworkError: The hub cannot be reached, or fails.
        TolmachError: The extra `encoders` is not installed, or the model is not safe to load.
    """
    _require_extra()
    found = ModelFolder.check(folder or fetch_encoder(spec))
    model = _load(found)
    return TransformerEncoder(
        model, spec, revision=f"sha256:{found.digest()}", licence=spec.licence or found.licence(), batch=batch
    )


def _require_extra() -> None:
    try:
        with _quiet():
            import sentence_transformers  # noqa: F401, PLC0415 - an extra, and slow to import
    except ImportError as error:
        raise TolmachError(
            f"this encoder needs sentence-transformers, which cannot be loaded: {error}",
            hint="Run: pip install tolmach[encoders]; the encoder `use` needs nothing more",
        ) from error


def _load(folder: ModelFolder) -> Any:
    from sentence_transformers import SentenceTransformer  # noqa: PLC0415 - an extra, and slow to import
    from transformers import AutoConfig, AutoModel  # noqa: PLC0415 - slow to import

    with _reading(folder) as view, _quiet():
        if (view / "config.json").exists():
            make: Any = AutoModel.from_config
            check_claims(partial(make, AutoConfig.from_pretrained(view, local_files_only=True)), view)
        model = SentenceTransformer(
            str(view),
            trust_remote_code=False,
            local_files_only=True,
            # Half precision makes a vector depend on what else is in the batch.
            model_kwargs={"use_safetensors": True, "dtype": "float32"},
        )
        _check_complete(model, folder)
    return model.eval()


def _check_complete(model: Any, folder: ModelFolder) -> None:
    """Refuse a model whose files lack weights: transformers would put random numbers in their place."""
    from safetensors import safe_open  # noqa: PLC0415 - only where a model is read

    held: set[str] = set()
    for path in folder.weight_files():
        with safe_open(path, framework="numpy") as file:
            held |= {_new_name(name) for name in file.keys()}  # noqa: SIM118 - it is no mapping
    transformer = getattr(model[0], "auto_model", None)
    wanted = [] if transformer is None else [name for name, _ in transformer.named_parameters()]
    tails = held | {name.split(".", cut)[-1] for name in held for cut in (1, 2)}
    if missing := next((name for name in wanted if name not in tails and not name.startswith(_UNUSED)), None):
        raise ValueError(f"its files lack the weights {missing}")


def _new_name(name: str) -> str:
    head, _, last = name.rpartition(".")
    return f"{head}.{dict(_OLD_NAMES).get(last, last)}" if head else name


@contextmanager
def _reading(folder: ModelFolder) -> Iterator[Path]:
    """Give a private view of a model, and turn whatever the libraries raise about it into one error with the cause."""
    try:
        with model_view(folder.path, folder.names()) as view:
            yield view
    except loading_errors() as error:
        cause = str(error).strip().splitlines()
        reason = cause[0].rstrip(".") if cause else type(error).__name__
        raise InputError(
            f"cannot load the encoder in {folder.path}: {reason}",
            hint="Copy or fetch the model again, or name another one",
        ) from error


@contextmanager
def _quiet() -> Iterator[None]:
    """Silence the libraries' bars, log lines and advice to programmers; what a user must know, Tolmach says itself."""
    import transformers  # noqa: PLC0415 - slow to import

    messages: Any = transformers.utils.logging
    level, bars = messages.get_verbosity(), messages.is_progress_bar_enabled()
    messages.set_verbosity(logging.CRITICAL)
    messages.disable_progress_bar()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        messages.set_verbosity(level)
        if bars:
            messages.enable_progress_bar()
