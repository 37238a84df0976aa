"""Words and costs of borders, read from `borders.toml`."""

from dataclasses import dataclass
from functools import cache
from typing import Any, Final

import regex

from common.data import load_table
from corpora.languages import CHINESE, base_language, parse_language
from translate.protected.continuing import CLOSING
from translate.protected.finding import compile_with_lists

_WIDE_STOP: Final = r"[\N{IDEOGRAPHIC FULL STOP}\N{FULLWIDTH EXCLAMATION MARK}\N{FULLWIDTH QUESTION MARK}]"
_ELLIPSIS: Final = r"\N{HORIZONTAL ELLIPSIS}"
_WIDE_COMMA: Final = r"\N{FULLWIDTH COMMA}"
_SHORTEST_BEFORE_STOP: Final = 5
"""Letters of a word before a stop that is no abbreviation's; so long a one is hardly ever shortened."""

_NARROW_STOP: Final = rf"(?:(?<=\p{{L}}{{{_SHORTEST_BEFORE_STOP}}})\.|[!?]|{_ELLIPSIS}|\.{{3}})"
_CLOSING_QUOTE: Final = (
    r"[\"\p{Pe}\N{RIGHT DOUBLE QUOTATION MARK}\N{LEFT DOUBLE QUOTATION MARK}"
    r"\N{RIGHT-POINTING DOUBLE ANGLE QUOTATION MARK}]"
)

_SPACED: Final = (
    ("stop", rf"{_NARROW_STOP}{CLOSING}*\s+(?=[\p{{Pi}}\p{{Ps}}\"]*\p{{Lu}})"),
    ("semicolon", r";\s+"),
    ("quote", rf"{_CLOSING_QUOTE},?\s+(?!\p{{P}})"),
    ("colon", r":\s+"),
    ("dash", r"\s[-\N{EN DASH}\N{EM DASH}]\s+|(?<=\w)\N{EM DASH}(?=\w)"),
    ("comma_conjunction", rf",{CLOSING}?\s+(?=(?:\L<conjunctions>)\b)"),
    ("comma_relative", rf",{CLOSING}?\s+(?=(?:\L<relatives>)\b)"),
    ("comma", rf",{CLOSING}?\s+"),
    ("conjunction", r"(?<=[\w\"')\]\p{Pf}])\s+(?=(?:\L<inner>)\b)"),
)
_UNSPACED: Final = (
    ("stop", rf"{_WIDE_STOP}{CLOSING}*(?!{CLOSING})"),
    ("semicolon", r"\N{FULLWIDTH SEMICOLON}|;\s*"),
    ("colon", r"\N{FULLWIDTH COLON}|(?<=\p{Han}):\s*"),
    ("dash", r"\N{EM DASH}{2}|\N{BOX DRAWINGS LIGHT HORIZONTAL}{2}"),
    ("comma_conjunction", rf"(?:{_WIDE_COMMA}|(?<=\p{{Han}}),\s*)(?=\L<conjunctions>)"),
    ("comma_relative", rf"(?:{_WIDE_COMMA}|(?<=\p{{Han}}),\s*)(?=\L<relatives>)"),
    ("comma", rf"{_WIDE_COMMA}|(?<=\p{{Han}}),\s*"),
    ("quote", r"[\N{RIGHT DOUBLE QUOTATION MARK}\N{RIGHT CORNER BRACKET}](?=\p{Han})"),
    ("conjunction", r"(?<=\p{Han})(?=\L<inner>)"),
    ("enumeration", r"\N{IDEOGRAPHIC COMMA}"),
)


@dataclass(frozen=True, slots=True)
class BorderLexicon:
    """How borders look in one language, and what they cost.

    Attributes:
        patterns: Kind of border, and what stands before the place of the cut; earlier ones count at one place.
        costs: Cost of each kind, from 0 to 1, of a quotation cut open (`inside`) and of unequal halves (`unequal`).
        least_share: Least share of a text on either side of a border.
    """

    patterns: tuple[tuple[str, regex.Pattern[str]], ...]
    costs: dict[str, float]
    least_share: float


@cache
def border_lexicon(language: str) -> BorderLexicon:
    """Return the borders of a language.

    Args:
        language: BCP-47 tag.

    Raises:
        UsageError: The language is not known.
    """
    base = base_language(parse_language(language))
    data = _data()
    lists = {name: [word.replace("_", " ") for word in words.split()] for name, words in data[base].items()}
    patterns = _UNSPACED if base == CHINESE else _SPACED
    flags = regex.VERSION0 | regex.IGNORECASE
    compiled = tuple((kind, compile_with_lists(source, lists, flags)) for kind, source in patterns)
    return BorderLexicon(compiled, data["costs"], data["shares"]["least"])


@cache
def _data() -> dict[str, Any]:
    return load_table(__name__, "borders.toml")
