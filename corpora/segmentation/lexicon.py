"""The characters and word lists of segmentation, read from the `.toml` files beside it."""

import re
from dataclasses import dataclass, fields
from functools import cache, cached_property

from common.data import load_table
from corpora.languages import CHINESE, ENGLISH


@dataclass(frozen=True)
class SentenceLexicon:
    """Words of an alphabetic language; `en.toml` explains each list."""

    final: frozenset[str]
    before: frozenset[str]
    homographs: frozenset[str]
    bound: frozenset[str]
    before_number: frozenset[str]
    after_number: frozenset[str]
    units_after: frozenset[str]
    either: frozenset[str]
    time: frozenset[str]
    after_time: frozenset[str]
    other: frozenset[str]
    lettered: frozenset[str]
    openers: frozenset[str]
    names: frozenset[str]
    date_units: frozenset[str]
    dating: frozenset[str]
    speech: frozenset[str]
    speech_adverbs: frozenset[str]
    speech_clause: frozenset[str]


@dataclass(frozen=True)
class ChineseLexicon:
    """Words of Chinese in both scripts; `zh.toml` explains each list."""

    speech: tuple[str, ...]
    speech_objects: tuple[str, ...]
    particles: tuple[str, ...]


@cache
def alphabetic_lexicon(language: str) -> SentenceLexicon:
    """Load the lists of `en` or `ru`; those of English are part of Russian's, for names in Latin letters."""
    tables = [_table(name) for name in dict.fromkeys((ENGLISH, language))]
    return SentenceLexicon(
        **{
            item.name: frozenset(word for table in tables for word in table[item.name])
            for item in fields(SentenceLexicon)
        }
    )


@cache
def chinese_lexicon() -> ChineseLexicon:
    """Load the lists of Chinese, longer words first so that they match first."""
    table = _table(CHINESE)
    return ChineseLexicon(
        **{item.name: tuple(sorted(table[item.name], key=len, reverse=True)) for item in fields(ChineseLexicon)}
    )


def _table(language: str) -> dict[str, list[str]]:
    return {
        name: [word.replace("_", " ") for word in words.split()]
        for name, words in load_table(__name__, f"{language}.toml").items()
    }


@dataclass(frozen=True)
class Characters:
    """Character classes, each a set of single characters.

    Attributes:
        period: Stops that may also mark an abbreviation, and their wide forms.
        strong: Question and exclamation marks.
        ellipsis: Characters that are an ellipsis or half of one.
        wide: Stops after which no white space is needed.
        closers: The possible closing marks of each opening mark.
        brackets: Opening marks that are brackets or title marks, not quotation marks.
        spaces: White space unknown to `str.isspace`.
        dashes: Hyphens and dashes that may open a line of dialogue.
        continuation: Characters after which a sentence continues.
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
        """Return whether `char` is white space, no-break and zero-width spaces included."""
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
    """Return whether `char` is a Chinese character: Unified Ideographs, extensions A to H, compatibility ones."""
    return (
        "\N{CJK UNIFIED IDEOGRAPH-4E00}" <= char <= "\N{CJK UNIFIED IDEOGRAPH-9FFF}"
        or "\N{CJK UNIFIED IDEOGRAPH-3400}" <= char <= "\N{CJK UNIFIED IDEOGRAPH-4DBF}"
        or "\N{CJK COMPATIBILITY IDEOGRAPH-F900}" <= char <= "\N{CJK COMPATIBILITY IDEOGRAPH-FAD9}"
        or "\U00020000" <= char <= "\U000323af"
        or char == "\N{IDEOGRAPHIC NUMBER ZERO}"
    )
