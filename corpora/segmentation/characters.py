"""Character classes for finding sentence borders, read from `characters.toml`."""

import re
from dataclasses import dataclass
from functools import cache, cached_property

from common.data import load_table


@dataclass(frozen=True)
class Characters:
    """Character classes; every set holds single characters.

    Attributes:
        period: Stops that may also mark an abbreviation, and their wide forms.
        strong: Question and exclamation marks.
        ellipsis: Characters that are an ellipsis or half of one.
        wide: Stops after which no white space is needed.
        closers: For each opening mark, what may close it.
        brackets: Opening marks that are brackets or title marks, not quotation marks.
        spaces: White space unknown to `str.isspace`.
        dashes: Hyphens and dashes that may open a line of dialogue.
        bullets: MarkPairs of list items.
        colons: MarkPairs that introduce a quote.
        continuation: MarkPairs after which a sentence goes on.
    """

    period: frozenset[str]
    strong: frozenset[str]
    ellipsis: frozenset[str]
    wide: frozenset[str]
    closers: dict[str, frozenset[str]]
    brackets: frozenset[str]
    spaces: frozenset[str]
    dashes: frozenset[str]
    bullets: frozenset[str]
    colons: frozenset[str]
    continuation: frozenset[str]

    @cached_property
    def stops(self) -> frozenset[str]:
        """All sentence-final characters."""
        return self.period | self.strong | self.ellipsis

    @cached_property
    def marks(self) -> frozenset[str]:
        """All opening and closing marks."""
        return frozenset(self.closers).union(*self.closers.values())

    def is_space(self, char: str) -> bool:
        """Tell whether `char` is white space, no-break and zero-width spaces included."""
        return char.isspace() or char in self.spaces


@cache
def characters() -> Characters:
    """Load the classes once."""
    table = load_table(__name__, "characters.toml")
    pairs = [*table["marks"]["quotes"], *table["marks"]["brackets"]]
    named = {name: frozenset(members) for section in ("stops", "other") for name, members in table[section].items()}
    return Characters(
        closers={pair[0]: frozenset(pair[1:]) for pair in pairs},
        brackets=frozenset(pair[0] for pair in table["marks"]["brackets"]),
        **named,
    )


@cache
def any_of(members: frozenset[str], *, repeat: str = "") -> re.Pattern[str]:
    """Compile a pattern for one of `members`, or for a run of them with `repeat="+"`."""
    return re.compile(f"[{re.escape(''.join(sorted(members)))}]{repeat}")


def is_han(char: str) -> bool:
    """Tell whether `char` is a Chinese character: Unified Ideographs with extensions A to H, and compatibility ones."""
    return (
        "\N{CJK UNIFIED IDEOGRAPH-4E00}" <= char <= "\N{CJK UNIFIED IDEOGRAPH-9FFF}"
        or "\N{CJK UNIFIED IDEOGRAPH-3400}" <= char <= "\N{CJK UNIFIED IDEOGRAPH-4DBF}"
        or "\N{CJK COMPATIBILITY IDEOGRAPH-F900}" <= char <= "\N{CJK COMPATIBILITY IDEOGRAPH-FAD9}"
        or "\U00020000" <= char <= "\U000323af"
        or char == "\N{IDEOGRAPHIC NUMBER ZERO}"
    )
