"""Literals: what a translation repeats byte for byte, found by `protected.toml`, and which of them it lost."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from html.entities import html5
from typing import Any, Final
from typing import Literal as OneOf

import regex

from common.data import load_table
from corpora.offsets import Span

LiteralKind = OneOf["url", "email", "placeholder", "code", "tag", "handle"]

KINDS: Final[tuple[LiteralKind, ...]] = ("url", "email", "placeholder", "tag", "code", "handle")
"""All kinds; of two literals of one length at one place the first kind in this list counts."""

_TRAILING: Final = frozenset(".,;:!?*_~'\N{HORIZONTAL ELLIPSIS}")
_BRACKETS: Final = {")": "(", "]": "["}
_DOTTED_NAME: Final = regex.compile(r"\p{L}{2,}\.\p{L}{2,}")
_BARE_DOMAIN: Final = regex.compile(r"(?!www\.)[\p{L}\p{N}.-]+")
_WORD: Final = regex.compile(r"[a-zA-Z0-9_]")


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
        """Its offsets in code points, end exclusive."""
        return self.start, self.end


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


def missing_literals(source: str, hypothesis: str, *, literals: Sequence[Literal] | None = None) -> tuple[Literal, ...]:
    """Return the literals of a source that its translation does not have, byte for byte and as often.

    Args:
        source: The text that was translated.
        hypothesis: Its translation.
        literals: Literals of `source`; None finds them.

    Returns:
        Literals of `source` in order. Of several alike, of which some are there, the last ones are missing.
    """
    wanted = find_literals(source) if literals is None else tuple(literals)
    if not wanted:
        return ()
    found = _counted(hypothesis, {literal.text for literal in wanted})
    missing = []
    for literal in wanted:
        found[literal.text] -= 1
        if found[literal.text] < 0:
            missing.append(literal)
    return tuple(missing)


def surplus_literals(source: str, hypothesis: str) -> tuple[Literal, ...]:
    """Return the literals of a translation that its source does not have, or not as often.

    Args:
        source: The text that was translated.
        hypothesis: Its translation.

    Returns:
        Literals of `hypothesis` in order. A bare domain, as Gazeta.ru for Газета.Ru, is none where the source has a
        name with a dot in it: it is a translation.
    """
    found = missing_literals(hypothesis, source)
    dotted = _DOTTED_NAME.search(source)
    return tuple(literal for literal in found if not (dotted and _BARE_DOMAIN.fullmatch(literal.text)))


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


def _counted(text: str, wanted: set[str]) -> Counter[str]:
    """Count what is wanted in a text; no place counts twice, and nothing counts that is part of a longer literal."""
    there = find_literals(text)
    counts = Counter(literal.text for literal in there if literal.text in wanted)
    taken = [literal.span for literal in there]
    # A suffix of the language, or a sign that no source has there, may hide a literal from `find_literals`.
    for literal in sorted(wanted, key=len, reverse=True):
        at = text.find(literal)
        while at >= 0:
            span = at, at + len(literal)
            if _stands_alone(text, span) and not any(first < span[1] and span[0] < last for first, last in taken):
                counts[literal] += 1
                taken.append(span)
            at = text.find(literal, at + 1)
    return counts


def _stands_alone(text: str, span: Span) -> bool:
    """Tell whether no Latin letter or digit goes on where the literal begins or ends with one."""
    start, end = span
    before = start > 0 and _WORD.match(text[start - 1]) and _WORD.match(text[start])
    behind = end < len(text) and _WORD.match(text[end]) and _WORD.match(text[end - 1])
    return not before and not behind
