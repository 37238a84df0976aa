"""Whether a translation begins, ends and stops where its source does: what was cut off or scrambled does not."""

from typing import Final

import regex

_STOPS: Final = (
    ".!?\N{HORIZONTAL ELLIPSIS}\N{IDEOGRAPHIC FULL STOP}\N{FULLWIDTH EXCLAMATION MARK}\N{FULLWIDTH QUESTION MARK}"
)
_CLOSING: Final = regex.compile(r"[\p{Pe}\p{Pf}\p{Pi}\"'\s]+$")
_LETTER: Final = regex.compile(r"\p{L}")
_INNER: Final = regex.compile(rf"[{_STOPS}]+[\p{{Pe}}\p{{Pf}}\"']*(?=\s*\p{{L}})")
_MOST: Final = 2
"""Stops from which a difference counts no more."""


def beginning(source: str, hypothesis: str) -> float:
    """Return 1 where a translation begins with a small letter and its source does not, else 0."""
    return float(_begins_small(hypothesis) and not _begins_small(source))


def ending(source: str, hypothesis: str) -> float:
    """Return 1 where one of the two ends with a full stop or its like and the other does not, else 0."""
    return float(_ends_with_stop(source) != _ends_with_stop(hypothesis))


def stops(source: str, hypothesis: str) -> float:
    """Return how many more full stops or their like one of the two has before its end, from 0 to 2."""
    return float(min(_MOST, abs(len(_INNER.findall(source)) - len(_INNER.findall(hypothesis)))))


def _begins_small(text: str) -> bool:
    found = _LETTER.search(text)
    return found is not None and found.group().islower()


def _ends_with_stop(text: str) -> bool:
    bare = _CLOSING.sub("", text)
    return bare.endswith(tuple(_STOPS))
