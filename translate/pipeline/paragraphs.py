"""Runs of paragraphs as one text with numbers, and the way back: each number once, in order, with words behind it."""

from collections.abc import Iterator, Sequence

import regex

_NUMBER = regex.compile(r"^[ \t]*[\[【［]\s*(\d{1,3})\s*[\]】］][ \t]*", regex.MULTILINE)


_FENCE = regex.compile(r"```\w*\n(.*?)\n?```", regex.DOTALL)


def number_paragraphs(paragraphs: Sequence[str]) -> str:
    """Return paragraphs as one text: `[1] …`, a blank line, `[2] …`."""
    return "\n\n".join(f"[{number}] {' '.join(text.split())}" for number, text in enumerate(paragraphs, 1))


def read_paragraphs(answer: str, count: int) -> list[str] | None:
    """Return the paragraphs of an answer to a numbered text.

    Args:
        answer: What the model wrote.
        count: How many paragraphs there were.

    Returns:
        `count` paragraphs; None where a number is missing, stands twice or in another order, has no words behind it, or
        where words stand before the first one.
    """
    fenced = _FENCE.fullmatch(answer.strip())
    answer = fenced[1] if fenced else answer
    marks = list(_NUMBER.finditer(answer))
    if [int(mark[1]) for mark in marks] != list(range(1, count + 1)) or answer[: marks[0].start()].strip():
        return None
    ends = [mark.start() for mark in marks[1:]] + [len(answer)]
    found = [" ".join(answer[mark.end() : end].split()) for mark, end in zip(marks, ends, strict=True)]
    return found if all(found) else None


def runs(weights: Sequence[int], most: int) -> Iterator[range]:
    """Yield runs of consecutive paragraphs that weigh at most `most` together; a heavier one stands alone."""
    start, total = 0, 0
    for at, weight in enumerate(weights):
        if at > start and total + weight > most:
            yield range(start, at)
            start, total = at, 0
        total += weight
    if start < len(weights):
        yield range(start, len(weights))
