"""Aligned versions in the formats of other tools: TMX 1.4b, XLIFF 2.1, TSV and vecalign's index lines.

Every format reads back to the alignment that was written: sentences, beads and their order, scores and confidences.
What a format cannot store, the caller provides when reading: `tsv` has no languages and names, `ids` has neither
sentences nor confidences. Notes are kept in `tmx` and `xliff`.
"""

from importlib import import_module
from typing import Final, Protocol, cast

from common.errors import UsageError
from corpora.article import Bitext
from corpora.exchange.checks import ReadOptions, check_bitext

__all__ = ["ReadOptions", "known_formats", "read_bitext", "write_bitext"]

_MODULES: Final = {
    "tmx": "corpora.exchange.tmx",
    "xliff": "corpora.exchange.xliff",
    "tsv": "corpora.exchange.tsv",
    "ids": "corpora.exchange.rows",
}


_WITHOUT_SENTENCES: Final = frozenset({"ids"})
"""Formats without sentences, which therefore lose none that is in no bead."""


class _Format(Protocol):
    def write(self, bitext: Bitext) -> str:
        """Return the text of a file with these beads."""
        ...

    def read(self, text: str, options: ReadOptions) -> Bitext:
        """Return the beads of a file's text."""
        ...


def known_formats() -> tuple[str, ...]:
    """Return the names of the formats that `write_bitext` and `read_bitext` accept."""
    return tuple(_MODULES)


def write_bitext(bitext: Bitext, format_name: str) -> str:
    r"""Return an alignment as text in a format; write it as UTF-8 with the line ends unchanged, `\n`.

    Args:
        bitext: Each sentence in exactly one bead; `ids` takes sentences that are in none.
        format_name: One of `known_formats()`.

    Raises:
        UsageError: The format is not known, or the bitext breaks its own rules: an index without its sentence, a
            sentence in two beads or in none, a lone surrogate, a score that is not finite, a malformed language tag.
    """
    module = _module(format_name)
    check_bitext(bitext, complete=format_name not in _WITHOUT_SENTENCES)
    return module.write(bitext)


def read_bitext(text: str, format_name: str, options: ReadOptions | None = None) -> Bitext:
    """Read an alignment that `write_bitext` or another tool wrote.

    A TMX or XLIFF file of another tool gives a 1-1 bead for each of its units or segments, one-sided where a side is
    missing or empty; it has no scores.

    Args:
        text: Decoded contents of the file.
        format_name: One of `known_formats()`.
        options: What the caller knows about the versions; an error if the file contradicts it.

    Raises:
        InputError: The text is not in that format or contradicts itself or the options; the message names the place.
        UsageError: The format is not known.
    """
    return _module(format_name).read(text, options or ReadOptions())


def _module(format_name: str) -> _Format:
    if format_name not in _MODULES:
        raise UsageError(f"unknown exchange format {format_name!r}", hint=f"Known: {', '.join(_MODULES)}")
    return cast("_Format", import_module(_MODULES[format_name]))
