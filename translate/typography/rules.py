"""The rules of `rules/*.toml`: patterns and their replacements.

A file names the marks of its language and lists rules in the order in which they apply. `{{name}}` in a pattern is an
entry of `classes.toml`. Patterns match only the replaced text (with look-around for context), so that no rule removes
another character.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Final, Literal

import regex

from common.data import load_table
from corpora.languages import base_language
from corpora.offsets import Span

PROTECTED: Final = "\ue000"
"""Placeholder of a span that must not change."""
BORDER: Final = "\ue001"
"""Placeholder of the border of two sentences."""
_OURS: Final = re.compile(f"[{PROTECTED}{BORDER}]")


@dataclass(frozen=True, slots=True)
class MaskedBlock:
    """A block as input of rules.

    Attributes:
        text: The sentences, a `BORDER` between any two, `PROTECTED` for each protected span.
    """

    text: str
    protected_texts: tuple[str, ...]

    def pieces(self, text: str) -> list[str]:
        """Return the sentences of a changed text, with the protected spans restored."""
        protected_texts = iter(self.protected_texts)
        return [re.sub(PROTECTED, lambda _: next(protected_texts), piece) for piece in text.split(BORDER)]


def mask_block(pieces: Sequence[str], protected: Sequence[Sequence[Span]]) -> MaskedBlock:
    """Join the sentences of a block for the rules.

    Args:
        pieces: The sentences of a block, at least one.
        protected: The protected spans of each, in any order; they may overlap.
    """
    texts, protected_texts = [], []
    for piece, spans in zip(pieces, protected, strict=True):
        at, parts = 0, []
        for start, end in _merged(piece, spans):
            parts += [piece[at:start], PROTECTED]
            protected_texts.append(piece[start:end])
            at = end
        texts.append("".join([*parts, piece[at:]]))
    return MaskedBlock(BORDER.join(texts), tuple(protected_texts))


def _merged(piece: str, spans: Sequence[Span]) -> Iterator[Span]:
    """Yield the protected spans of a sentence: disjoint, in order, none empty."""
    own = [match.span() for match in _OURS.finditer(piece)]
    last: Span | None = None
    for start, end in sorted([*((max(0, start), min(end, len(piece))) for start, end in spans), *own]):
        if start >= end:
            continue
        if last is None or start >= last[1]:
            if last is not None:
                yield last
            last = start, end
        else:
            last = last[0], max(last[1], end)
    if last is not None:
        yield last


Group = Literal["quotes", "dashes", "spaces", "width"]
GROUPS: Final[tuple[Group, ...]] = ("width", "quotes", "dashes", "spaces")
"""Groups of rules in the order in which they apply."""


@dataclass(frozen=True, slots=True)
class Rule:
    """A replacement rule.

    Attributes:
        only: Pattern that a sentence must contain for the rule to apply; None for all. In `find` it would be searched
            at every match, in quadratic time.
    """

    find: regex.Pattern[str]
    replace: str
    only: regex.Pattern[str] | None = None

    def apply(self, text: str) -> str:
        """Return a block after applying the rule, see `translate.typography.rules`."""
        if self.only is None:
            return self.find.sub(self.replace, text)
        sentences = text.split(BORDER)
        return BORDER.join(self.find.sub(self.replace, each) if self.only.search(each) else each for each in sentences)


@dataclass(frozen=True, slots=True)
class QuotationStyle:
    """The quotation marks of a language.

    Attributes:
        outer: Opening and closing mark of a quote.
        inner: The same of a quote inside it; deeper ones alternate.
        apostrophe: The apostrophe between letters; empty for no change.
        titles: Whether angle brackets of titles are this language's own marks, which are kept.
    """

    outer: tuple[str, str]
    inner: tuple[str, str]
    apostrophe: str
    titles: bool


@dataclass(frozen=True, slots=True)
class House:
    """The house style of a language.

    Attributes:
        whole: Pattern that a sentence must contain for the rules to apply.
    """

    marks: QuotationStyle
    rules: dict[Group, tuple[Rule, ...]]
    whole: regex.Pattern[str]


@cache
def load_house(language: str) -> House | None:
    """Return the house style of a BCP-47 tag; None if there is none."""
    base = base_language(language)
    file = files("translate.typography").joinpath("rules", f"{base}.toml")
    if not file.is_file():
        return None
    data = load_table(__name__, f"rules/{base}.toml")
    listed = [*_shared(data.get("shares", "")), *data["rule"]]
    rules = {group: tuple(_rule(entry) for entry in listed if entry["group"] == group) for group in GROUPS}
    marks = {**data["marks"][base], **data["marks"].get(language, {})}
    return House(
        QuotationStyle(_both(marks["outer"]), _both(marks["inner"]), marks["apostrophe"], marks["titles"]),
        rules,
        regex.compile(_expanded(data.get("whole", ""))),
    )


def _both(marks: str) -> tuple[str, str]:
    return marks[0], marks[1]


def _shared(name: str) -> list[dict[str, str]]:
    if not name:
        return []
    found: list[dict[str, str]] = load_table(__name__, f"rules/{name}.toml")["rule"]
    return found


def _rule(entry: dict[str, str]) -> Rule:
    only = regex.compile(_expanded(entry["only"])) if "only" in entry else None
    return Rule(regex.compile(_expanded(entry["find"])), entry["replace"], only)


@cache
def _classes() -> dict[str, str]:
    return {**load_table(__name__, "rules/classes.toml"), "held": PROTECTED, "border": BORDER}


def _expanded(pattern: str) -> str:
    """Replace names by their entries of `classes.toml`, which may contain other names."""
    while "{{" in pattern:
        pattern = regex.sub(r"\{\{(\w+)\}\}", lambda match: _classes()[match[1]], pattern)
    return pattern
