"""Reads a model's own files through transformers: safetensors or GGUF, from a folder, never from a network."""

import json
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from translate.engines.base import ModelFiles
from translate.engines.errors import ModelFilesError, UnsupportedModelError
from translate.engines.quiet import quiet_libraries
from translate.engines.saved_tokenizers import FAST, read_saved_tokenizer
from translate.engines.text_tokenizer import LibraryTokenizer, TextTokenizer

_SHAPES = (OSError, ValueError, RuntimeError, AttributeError, TypeError, LookupError, struct.error, EOFError)
"""How a configuration, tokenizer or header that is missing or of the wrong shape shows."""


def load_tokenizer(files: ModelFiles) -> Any:
    """Return the tokenizer of a model.

    Raises:
        ModelFilesError: Its files are missing or damaged.
    """
    from transformers import AutoTokenizer, M2M100Tokenizer  # noqa: PLC0415 - slow to import

    # SMaLL-100 names a class of its own, which is code beside its weights; its vocabulary is M2M100's.
    kind = M2M100Tokenizer if files.family == "small100" else AutoTokenizer
    with _reading(files.path, "tokenizer"):
        return kind.from_pretrained(files.path, **_where(files))


def load_model(files: ModelFiles, *, dtype: str) -> Any:
    """Return the model on the CPU, ready to run.

    Args:
        files: Where it is.
        dtype: `float32`, `float16`, `bfloat16`, or `auto` for what the files hold.

    Raises:
        ModelFilesError: Its files are missing or damaged, or of a kind that transformers does not know.
    """
    from transformers import AutoModelForCausalLM, AutoModelForSeq2SeqLM, GgufConfig  # noqa: PLC0415 - slow to import

    kind = AutoModelForCausalLM if files.family == "chat" else AutoModelForSeq2SeqLM
    # A quantized GGUF is unpacked into a plain model: only such a one can be converted, or run without extra kernels.
    source = {"quantization_config": GgufConfig(dequantize=True)} if files.gguf_file else {"use_safetensors": True}
    with _reading(files.path, "model"), _without_gguf_bar():
        model = kind.from_pretrained(files.path, dtype=dtype, **source, **_where(files))
    if files.gguf_file:
        # Unpacked as it is, it still says that it is quantized, and then neither runs everywhere nor converts.
        model.config.quantization_config = None
    return model


def load_saved_tokenizer(folder: Path) -> TextTokenizer:
    """Return a tokenizer that was saved beside a converted model, without loading torch where that can be avoided.

    Raises:
        ModelFilesError: Its files are missing or damaged.
    """
    try:
        return read_saved_tokenizer(folder)
    except UnsupportedModelError:
        return _load_with_transformers(folder)
    except _SHAPES as error:
        raise _unreadable(folder, "tokenizer", error) from error


def _load_with_transformers(folder: Path) -> TextTokenizer:
    import transformers  # noqa: PLC0415 - slow to import

    with _reading(folder, "tokenizer"):
        if (folder / FAST).exists():
            return LibraryTokenizer(transformers.PreTrainedTokenizerFast.from_pretrained(folder, local_files_only=True))
        name = json.loads((folder / "tokenizer_config.json").read_text(encoding="utf-8"))["tokenizer_class"]
        return LibraryTokenizer(getattr(transformers, name).from_pretrained(folder, local_files_only=True))


def _where(files: ModelFiles) -> dict[str, Any]:
    place: dict[str, Any] = {"local_files_only": True, "trust_remote_code": False}
    return place | {"gguf_file": files.gguf_file} if files.gguf_file else place


@contextmanager
def _without_gguf_bar() -> Iterator[None]:
    """Keep the GGUF reader from drawing a bar of its own: it is the one that ignores transformers' settings."""
    from transformers import modeling_gguf_pytorch_utils as reader  # noqa: PLC0415 - slow to import

    shown = vars(reader).get("tqdm")
    setattr(reader, "tqdm", lambda items, **_: items)  # noqa: B010 - types know it as a class
    try:
        yield
    finally:
        setattr(reader, "tqdm", shown)  # noqa: B010 - as above


@contextmanager
def _reading(path: Path, what: str) -> Iterator[None]:
    """Turn whatever the libraries raise about bad files into one error that names the folder and the cause."""
    from huggingface_hub.errors import StrictDataclassError  # noqa: PLC0415 - slow to import
    from safetensors import SafetensorError  # noqa: PLC0415 - only where a model is read

    try:
        with quiet_libraries():
            yield
    except (*_SHAPES, ImportError, SafetensorError, StrictDataclassError) as error:
        raise _unreadable(path, what, error) from error


def _unreadable(path: Path, what: str, error: Exception) -> ModelFilesError:
    cause = str(error).strip().splitlines()
    reason = cause[0].rstrip(".") if cause else type(error).__name__
    return ModelFilesError(
        f"cannot load the {what} in {path}: {reason}", hint="Fetch the model again, or name another one"
    )
