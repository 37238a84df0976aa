"""A literal: text that a translation repeats byte for byte."""

from dataclasses import dataclass
from typing import Final
from typing import Literal as OneOf

Span = tuple[int, int]
LiteralKind = OneOf["url", "email", "placeholder", "code", "tag", "handle"]

KINDS: Final[tuple[LiteralKind, ...]] = ("url", "email", "placeholder", "tag", "code", "handle")
"""All kinds; of two literals of one length at one place the kind that stands first counts."""


@dataclass(frozen=True, slots=True)
class Literal:
    """A piece of text that no language changes.

    Attributes:
        kind: `url` (with or without scheme), `email`, `placeholder` (of a format string or template), `tag` (of XML or
            HTML, entities too), `code` (back-ticked text, paths, names of files and of program parts, versions) or
            `handle` (`@name`, `#tag`).
        start: Offset of its first code point.
        end: Offset after its last code point.
        text: The code points between.
    """

    kind: LiteralKind
    start: int
    end: int
    text: str

    @property
    def span(self) -> Span:
        """Where it stands: offsets in code points, end exclusive."""
        return self.start, self.end
