"""Text cut where marks begin and end, so that a template can wrap the pieces without touching the words."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

from corpora.offsets import Span


@dataclass(frozen=True, slots=True)
class Highlight:
    """A span of a text and what it is.

    Attributes:
        start: Offset of the first code point.
        end: Offset after the last one.
        kind: CSS class: `quote`, the severity of a finding, or `changed` for words that differ within one language.
        group: Number of the quote's group, 0 where there is none.
        finding: Number on its card of the finding that it is evidence for, 0 where there is none.
    """

    start: int
    end: int
    kind: str
    group: int = 0
    finding: int = 0


@dataclass(frozen=True, slots=True)
class Fragment:
    """A piece of text under the same marks from end to end.

    Attributes:
        text: The words.
        kinds: Kinds of the marks over it, without repeats.
        group: Group of the innermost mark that has one, 0 where none has.
        findings: Numbers of the findings that it is evidence for.
    """

    text: str
    kinds: tuple[str, ...] = ()
    group: int = 0
    findings: tuple[int, ...] = ()


def cut(text: str, span: Span, marks: Iterable[Highlight]) -> tuple[Fragment, ...]:
    """Cut `text[span]` at the borders of `marks`; the fragments joined give exactly that text.

    Args:
        text: A whole article.
        span: The part that is shown.
        marks: In any order; they may nest, overlap and reach out of the span.
    """
    start, end = span
    inside = [mark for mark in marks if mark.start < end and mark.end > start and mark.start < mark.end]
    borders = {start, end, *(at for mark in inside for at in (mark.start, mark.end) if start < at < end)}
    ordered = sorted(borders)
    return tuple(
        _fragment(text[first:last], [mark for mark in inside if mark.start <= first and mark.end >= last])
        for first, last in pairwise(ordered)
    )


def _fragment(text: str, marks: list[Highlight]) -> Fragment:
    kinds = tuple(dict.fromkeys(mark.kind for mark in marks))
    innermost = min((mark for mark in marks if mark.group), key=lambda mark: mark.end - mark.start, default=None)
    findings = tuple(dict.fromkeys(mark.finding for mark in marks if mark.finding))
    return Fragment(text, kinds, innermost.group if innermost else 0, findings)


def outside(spans: Iterable[Span], within: Iterable[Span]) -> bool:
    """Tell whether one of `spans` is not wholly inside one of `within`."""
    limits = list(within)
    return any(not any(low <= start and end <= high for low, high in limits) for start, end in spans)
