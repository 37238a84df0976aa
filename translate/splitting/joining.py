"""Make one sentence of the translations of its pieces."""

from collections.abc import Sequence
from typing import Final

import regex

from common.errors import UsageError
from corpora.languages import CHINESE, base_language, parse_language
from translate.protected.continuing import CLOSING, begun_small, ends_in_stop, without_stop

_MARK: Final = regex.compile(rf"(?P<mark>[,;:\N{{FULLWIDTH COMMA}}\N{{FULLWIDTH SEMICOLON}}\N{{FULLWIDTH COLON}}]"
                             rf"|\N{{EM DASH}}+|\s[-\N{{EN DASH}}])(?:{CLOSING}?)$")  # fmt: skip
_PAUSED: Final = regex.compile(
    r"[,;:\N{FULLWIDTH COMMA}\N{FULLWIDTH SEMICOLON}\N{FULLWIDTH COLON}\N{IDEOGRAPHIC COMMA}\p{Pd}]$"
)
_WIDE: Final = regex.compile(r"[\p{Han}\u3000-\u303f\uff01-\uff60\u2014\u2018-\u201d\u2026]")
_MARKS: Final = {",": "\N{FULLWIDTH COMMA}", ";": "\N{FULLWIDTH SEMICOLON}", ":": "\N{FULLWIDTH COLON}"}
_NARROW: Final = {wide: narrow for narrow, wide in _MARKS.items()}


def join_translations(translations: Sequence[str], language: str, *, sources: Sequence[str] | None = None) -> str:
    """Make one sentence of translated pieces.

    Models end every piece with a full stop and begin it with a capital. Where the source goes on, the stop goes and the
    mark of the source takes its place, if there is none; the next piece begins small if its first word is one that is
    hardly ever a name.

    Args:
        translations: Translation of each piece, in order.
        language: BCP-47 tag of the translations.
        sources: The pieces as `split_long` gave them, empty ones left out; None where they are not known: then every
            border is taken for one within the sentence, and no mark is added.

    Returns:
        The sentence; empty translations are passed over.

    Raises:
        UsageError: The language is not known, or there are more or fewer sources than translations.
    """
    base = base_language(parse_language(language))
    if sources is not None and len(sources) != len(translations):
        raise UsageError(f"{len(translations)} translations do not fit {len(sources)} pieces")
    originals = sources if sources is not None else [""] * len(translations)
    pieces = [(text.strip(), origin.strip()) for text, origin in zip(translations, originals, strict=True)]
    pieces = [piece for piece in pieces if piece[0]]
    joined = ""
    goes_on = False
    for place, (text, origin) in enumerate(pieces):
        words = begun_small(text, base) if goes_on and not origin[:1].isupper() else text
        goes_on = not ends_in_stop(origin)
        if goes_on and place < len(pieces) - 1:
            words = _paused(without_stop(words, base), origin, base)
        joined += (" " if _spaced(joined, words, base) else "") + words
    return joined


def _spaced(left: str, right: str, base: str) -> bool:
    if not left:
        return False
    return base != CHINESE or not (_WIDE.match(left[-1]) or _WIDE.match(right[0]))


def _paused(text: str, origin: str, base: str) -> str:
    """Put the mark at which the source was cut behind a piece that has none."""
    mark = _MARK.search(origin)
    if mark is None or _PAUSED.search(text):
        return text
    return text + _in_language(mark["mark"].strip(), base)


def _in_language(mark: str, base: str) -> str:
    """Return a pause as the language writes it."""
    if mark in _MARKS or mark in _NARROW:
        return _MARKS.get(mark, mark) if base == CHINESE else _NARROW.get(mark, mark)
    return "\N{EM DASH}\N{EM DASH}" if base == CHINESE else " \N{EM DASH}"
