"""Which words of a translation are in its reference, and in how long a run."""

from itertools import groupby
from typing import Final

import regex

_TOKEN: Final = regex.compile(r"\p{Han}|[\p{L}\p{N}\p{M}]+|[^\s\p{L}\p{N}]")
_LONGEST: Final = 4
"""Words of the longest run that counts, as in BLEU."""


def mark_ngrams(text: str, reference: str) -> list[tuple[int, str]]:
    """Return the pieces of a translation, each with the length of its runs that are in the reference.

    Args:
        text: The translation.
        reference: What it is compared with; case does not matter.

    Returns:
        Pieces that together are the text, each with 0 for words that the reference lacks, up to 4 for those in a run
        of four words or more that it has.
    """
    places = [found.span() for found in _TOKEN.finditer(text)]
    words = [text[start:end].casefold() for start, end in places]
    others = [found.group().casefold() for found in _TOKEN.finditer(reference)]
    levels = [0] * len(words)
    for size in range(1, _LONGEST + 1):
        known = {tuple(others[at : at + size]) for at in range(len(others) - size + 1)}
        for at in range(len(words) - size + 1):
            if tuple(words[at : at + size]) in known:
                levels[at : at + size] = [size] * size
    marks = [0] * len(text)
    for (start, end), level in zip(places, levels, strict=True):
        marks[start:end] = [level] * (end - start)
    # A space between two words of one run belongs to it.
    for (_, end), (start, _), level, following in zip(places, places[1:], levels, levels[1:], strict=False):
        marks[end:start] = [min(level, following)] * (start - end)
    pieces = groupby(range(len(text)), marks.__getitem__)
    return [(level, "".join(text[at] for at in run)) for level, run in pieces]
