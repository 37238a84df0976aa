"""From words to code points: which marks at its edges belong to a span."""

from collections.abc import Sequence
from typing import Final

import regex

from translate.markup.placing import Place, Scene
from translate.markup.types import Span

_TAILS: Final = (
    regex.compile(r"[,;:\N{FULLWIDTH COMMA}\N{FULLWIDTH SEMICOLON}\N{FULLWIDTH COLON}\N{IDEOGRAPHIC COMMA}]+"),
    regex.compile(
        r"[.!?\N{HORIZONTAL ELLIPSIS}\N{IDEOGRAPHIC FULL STOP}\N{FULLWIDTH EXCLAMATION MARK}"
        r"\N{FULLWIDTH QUESTION MARK}]+"
    ),
)


def edges(scene: Scene, span: Span, place: Place) -> Span:
    """Return the code points of a place.

    Quotation marks and brackets around it are part of it where they are part of the span, and so is a stop or a pause
    behind it. A span that is all of the source is all of the translation.

    Args:
        scene: The sentences.
        span: The span of the source.
        place: Its place.
    """
    linked = scene.linked
    words = linked.source[span[0] : span[1]].strip()
    if words == linked.source.strip():
        return linked.words[0][0], linked.words[-1][1]
    found = _balanced(word_edges(scene, place), scene.enclosed[1])
    if any(_fills(pair, span, linked.source) for pair in scene.enclosed[0]):
        found = _with_marks(found, scene.enclosed[1])
    for tail in _TAILS:
        if tail.match(words[-1:]) and (behind := tail.match(linked.hypothesis, found[1])):
            return found[0], behind.end()
    return found


def word_edges(scene: Scene, place: Place) -> Span:
    """Return the code points of the words of a place, without any mark around them."""
    return scene.linked.words[place.first][0], scene.linked.words[place.last - 1][1]


def _fills(pair: Span, span: Span, text: str) -> bool:
    """Tell whether a span begins and ends with a pair of marks."""
    opener, closer = pair
    if not span[0] <= opener < closer < span[1]:
        return False
    return not text[span[0] : opener].strip() and not text[closer + 1 : span[1]].strip()


def _with_marks(span: Span, enclosed: Sequence[Span]) -> Span:
    for opener, closer in enclosed:
        if opener + 1 == span[0] and closer == span[1]:
            return opener, closer + 1
    return span


def _balanced(span: Span, enclosed: Sequence[Span]) -> Span:
    """Take in the other mark of a pair that a span has one mark of, if it stands beside the span."""
    start, end = span
    for opener, closer in enclosed:
        if start <= opener < end == closer:
            end = closer + 1
        elif opener == start - 1 and start <= closer < end:
            start = opener
    return start, end
