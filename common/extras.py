"""Optional extras of the installation: their libraries, and the message if one is missing."""

from importlib.util import find_spec
from typing import Final, Literal

from common.errors import TolmachError

Extra = Literal["translate", "firefox", "encoders", "neural", "docx", "corpus", "cluster", "index", "web"]

_MODULES: Final[dict[Extra, tuple[str, ...]]] = {
    "translate": ("torch", "transformers", "ctranslate2", "tokenizers", "huggingface_hub", "accelerate", "gguf"),
    "firefox": ("fxtranslate",),
    "encoders": ("sentence_transformers",),
    "neural": ("torch", "transformers", "huggingface_hub", "yaml"),
    "docx": ("mammoth", "docx"),
    "corpus": ("pyarrow",),
    "cluster": ("pyarrow", "ray"),
    "index": ("pyarrow", "lancedb"),
    "web": ("pyarrow", "lancedb", "starlette", "uvicorn"),
}
"""Modules of each extra."""


class MissingExtraError(TolmachError):
    """A library that comes with an extra is not installed."""

    def __init__(self, module: str, extra: Extra) -> None:
        super().__init__(f"{module} is not installed", hint=f'Run: pip install "tolmach[{extra}]"')


def require_extra(extra: Extra) -> None:
    """Check before long work that the libraries of an extra are installed, without importing them.

    Raises:
        MissingExtraError: One is not.
    """
    missing = next((module for module in _MODULES[extra] if find_spec(module) is None), None)
    if missing:
        raise MissingExtraError(missing, extra)


def explain_missing(error: ModuleNotFoundError) -> MissingExtraError | None:
    """Return the error to show for a failed import; None if no extra would install the module."""
    module = (error.name or "").partition(".")[0].replace("-", "_")
    extra = next((extra for extra, modules in _MODULES.items() if module in modules), None)
    return MissingExtraError(module, extra) if extra else None
