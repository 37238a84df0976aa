"""What an over-long sentence should not be cut in: literals and numbers, then quotations and brackets."""

from collections.abc import Iterator
from itertools import accumulate
from typing import Final

import regex

from corpora.article import Block
from corpora.segmentation.lexicon import characters
from quotes.marks.pairing import pair_marks
from translate.protected import find_literals

_NUMBER: Final = regex.compile(r"[$€£¥₽]?\p{Nd}+(?:[.,:/\s\u2013-]\p{Nd}+)*(?:\s?[%‰°])?")


def tied_places(text: str) -> frozenset[int]:
    """Return the offsets inside literals: nothing is ever cut there."""
    return frozenset(at for literal in find_literals(text) for at in range(literal.start + 1, literal.end))


def number_places(text: str) -> frozenset[int]:
    """Return the offsets inside numbers, with their symbols and groups of digits."""
    return frozenset(at for match in _NUMBER.finditer(text) for at in range(match.start() + 1, match.end()))


def depths(text: str, language: str) -> list[int]:
    """Count the quotations and brackets around each offset of a text, from 0 to its length.

    Args:
        text: One sentence.
        language: BCP-47 tag.
    """
    changes = [0] * (len(text) + 2)
    for opener, closer in enclosures(text, language):
        changes[opener + 1] += 1
        changes[closer + 1] -= 1
    return list(accumulate(changes))[: len(text) + 1]


def enclosures(text: str, language: str) -> list[tuple[int, int]]:
    """Return where quotation marks and brackets open and close in a sentence, in the order of the opening marks."""
    quotes = pair_marks(text, [Block("paragraph", 0, len(text))], language)
    pairs = {(pair.opener, pair.closer) for pair in quotes if pair.closer is not None}
    return sorted(pairs.union(_brackets(text)))


def _brackets(text: str) -> Iterator[tuple[int, int]]:
    known = characters()
    opened: list[int] = []
    for at, character in enumerate(text):
        if character in known.brackets:
            opened.append(at)
        elif opened and character in known.closers[text[opened[-1]]]:
            yield opened.pop(), at
