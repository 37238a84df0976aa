"""Find literals by the patterns of `protected.toml`."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from html.entities import html5
from typing import Any, Final

import regex

from common.data import load_table
from translate.protected.types import KINDS, Literal, LiteralKind, Span

_TRAILING: Final = frozenset(".,;:!?*_~'\N{HORIZONTAL ELLIPSIS}")
_BRACKETS: Final = {")": "(", "]": "["}


@dataclass(frozen=True, slots=True)
class _Pattern:
    """One entry of `protected.toml`."""

    kind: LiteralKind
    regex: regex.Pattern[str]
    trim: bool
    entity: bool


def find_literals(text: str) -> tuple[Literal, ...]:
    """Find what a translation of `text` must repeat byte for byte.

    Args:
        text: Any text.

    Returns:
        Literals in order; they do not overlap. Of two that would, the longer one counts, then the earlier one.

    Example:
        >>> [(found.kind, found.text) for found in find_literals("Ask {name} at a@b.org or see example.com/faq.")]
        [('placeholder', '{name}'), ('email', 'a@b.org'), ('url', 'example.com/faq')]
    """
    found: list[Literal] = []
    taken = bytearray(len(text))
    for literal in sorted(_candidates(text), key=_precedence):
        if not any(taken[literal.start : literal.end]):
            taken[literal.start : literal.end] = b"\1" * len(literal.text)
            found.append(literal)
    return tuple(sorted(found, key=lambda literal: literal.start))


def _precedence(literal: Literal) -> tuple[int, int, int]:
    return literal.start - literal.end, literal.start, KINDS.index(literal.kind)


def _candidates(text: str) -> Iterator[Literal]:
    for pattern in _patterns():
        for match in pattern.regex.finditer(text):
            start, end = match.span()
            if pattern.trim:
                end = _trimmed(text, (start, end))
            if start < end and not (pattern.entity and not _is_entity(match.group())):
                yield Literal(pattern.kind, start, end, text[start:end])


def _trimmed(text: str, span: Span) -> int:
    """Return where an address ends once the marks of the sentence around it are taken off."""
    start, end = span
    while start < end:
        last = text[end - 1]
        opening = _BRACKETS.get(last, "")
        if last not in _TRAILING and not (opening and text.count(last, start, end) > text.count(opening, start, end)):
            return end
        end -= 1
    return end


def _is_entity(text: str) -> bool:
    return text[1] == "#" or text[1:] in html5


@cache
def _patterns() -> tuple[_Pattern, ...]:
    data = load_table(__name__, "protected.toml")
    lists = {name: words.split() for name, words in data["lists"].items()}
    return tuple(
        _Pattern(
            entry["kind"],
            compile_with_lists(entry["regex"], lists, regex.VERBOSE | regex.VERSION0),
            entry.get("trim", False),
            entry.get("entity", False),
        )
        for entry in data["pattern"]
    )


def compile_with_lists(source: str, lists: dict[str, list[str]], flags: int) -> regex.Pattern[str]:
    r"""Compile a pattern that names lists of words.

    Args:
        source: A pattern of the `regex` module in which `\L<name>` is any word of a list.
        lists: Words by the name of their list; those that the pattern does not name are passed over.
        flags: Flags of the `regex` module.
    """
    named: dict[str, Any] = {name: words for name, words in lists.items() if f"<{name}>" in source}
    return regex.compile(source, flags, **named)
