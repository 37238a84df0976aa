"""Quotes that the layout sets apart (`>` in Markdown, `blockquote` in HTML), and the signature under them."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence

from corpora.article import Article
from corpora.offsets import Span
from quotes.marks.passages import MarkedPassage, trim

FAMILY = "block"
"""Family of the passages made here; they have no marks."""
_DASHES = "\N{EM DASH}\N{EN DASH}\N{HORIZONTAL BAR}-"
_SIGNATURE = re.compile(
    rf"\s*[{_DASHES}]{{1,3}}[ \t]*(?P<name>[^\W\d_][^,(\n;:!?。，（{_DASHES}]*[\w.])(?P<rest>[^\n!?。]*)\s*\Z"
)
_LAST_LINE = re.compile(rf"(?:\n|(?<=[.!?\"»。！？\N{{RIGHT DOUBLE QUOTATION MARK}}\N{{HORIZONTAL ELLIPSIS}}])\s*)"
                        rf"(?=[{_DASHES}]{{1,3}}[ \t]*[^\W\d_])")  # fmt: skip
_LONGEST = 120
_LONGEST_NAME = 6
_PARTICLE = 3
_MARKED = 0.5


def with_block_quotes(article: Article, passages: list[MarkedPassage]) -> list[MarkedPassage]:
    """Add the blocks that quote somebody without marks; neighbouring ones make one passage.

    A block whose words stand in marks for the greater part keeps the passages of its marks.
    """
    starts = [passage.outer[0] for passage in passages]
    made: list[MarkedPassage] = []
    last = -2
    for number, block in enumerate(article.blocks):
        if block.kind != "quote":
            continue
        end = signature_start(article.text, (block.start, block.end))
        inside = [
            passage
            for passage in passages[bisect_left(starts, block.start) : bisect_left(starts, block.end)]
            if passage.parent is None
        ]
        span = trim(article.text, (block.start, end))
        if span[0] == span[1] or _is_marked(article.text, span, inside):
            last = -2
            continue
        if last == number - 1:
            made[-1].gaps.append((made[-1].outer[1], span[0]))
            made[-1].spans.append(span)
            made[-1].outer = (made[-1].outer[0], span[1])
        else:
            made.append(MarkedPassage([span], span, "", FAMILY, block=number))
        last = number if end == block.end else -2
        for passage in inside:
            passage.parent = made[-1]
    return sorted([*made, *passages], key=lambda passage: (passage.outer[0], -passage.outer[1]))


def _is_marked(text: str, span: Span, inside: Sequence[MarkedPassage]) -> bool:
    marked = sum(min(one.outer[1], span[1]) - one.outer[0] for one in inside if one.outer[0] < span[1])
    return marked >= _MARKED * (span[1] - span[0]) or not any(map(str.isalnum, text[slice(*span)]))


def signature_start(text: str, span: Span) -> int:
    """Where the last line `— Name` of a block quote begins; its end where it has none."""
    for place in reversed([span[0], *(match.end() for match in _LAST_LINE.finditer(text, *span))]):
        if _signed(text[place : span[1]]):
            return place
    return span[1]


def find_signature(article: Article, passage: MarkedPassage) -> Span | None:
    """Find the name behind a block quote: `— Name, role` at its end or as the block after it."""
    starts = [block.start for block in article.blocks]
    here = max(0, bisect_right(starts, passage.outer[1] - 1) - 1)
    for start, end in _places(article, passage.outer[1], here):
        if match := _signed(article.text[start:end]):
            return start + match.start("name"), start + match.end("name")
    return None


def _places(article: Article, end: int, here: int) -> Iterator[Span]:
    block = article.blocks[here]
    if article.text[end : block.end].strip():
        yield end, block.end
    elif here + 1 < len(article.blocks):
        following = article.blocks[here + 1]
        yield following.start, following.end


def _signed(line: str) -> re.Match[str] | None:
    """Match a line that names somebody: a dash and a few words that begin with a capital, or in Chinese with any."""
    match = _SIGNATURE.match(line) if len(line) <= _LONGEST else None
    if match is None:
        return None
    words = match["name"].split()
    named = all(word[0].isupper() or not word.islower() or len(word) <= _PARTICLE for word in words)
    # «— Спасибо.» answers in a dialogue.
    answer = len(words) == 1 and line.rstrip().endswith(".")
    return match if named and not answer and not words[0].islower() and len(words) <= _LONGEST_NAME else None
