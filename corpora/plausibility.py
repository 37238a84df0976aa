"""How much a text looks like English, Russian or Chinese running text, character by character.

The score is a cost in nats: what each character would cost under a simple model of such text. Bytes read with the wrong
encoding give rare characters in odd company, which cost more, whatever the encoding was.
"""

import math
import re
from dataclasses import dataclass
from functools import cache
from typing import Final

from common.data import load_table
from corpora.normalization import INVISIBLE

ASCII: Final = 3.0
"""Cost of an ASCII character; the same for all, since every encoding we know agrees on them."""

_SAMPLE: Final = 20_000  # characters; enough for any verdict, and it bounds the time for a huge file
_PUNCTUATION: Final = 5.0
_LATIN: Final = 6.0
_HAN_COMMON, _HAN_FREQUENT, _HAN_KNOWN, _HAN_RARE = 6.0, 9.0, 12.0, 15.0
_OTHER_LETTER: Final = 9.0
_SYMBOL: Final = 11.0
_BROKEN: Final = 20.0
_CAPITAL: Final = 1.5
_MIXED: Final = 6.0  # two scripts within a word, or a capital inside one
_LIMITS: Final = {"cyrillic": 4.2, "han": 6.8, "accented": 6.5}  # means of running text are 3.3, 6.4 and 6.0
_LIMIT: Final = 8.0
_SCRIPTS: Final = {
    "ascii": re.compile(r"[\0-\x7F]"),
    "accented": re.compile(r"[\u0080-\u024F]"),  # Latin-1 Supplement, Latin Extended A and B
    "cyrillic": re.compile(r"[\u0400-\u052F]"),
    "han": re.compile(r"[\u3400-\u4DBF\u4E00-\u9FFF\U00020000-\U0003FFFF]"),
}
_RARE_LETTER: Final = 2_000.0  # per million: ё is a matter of taste, so no letter counts as rarer than this
# Lead bytes below these belong to the frequent half of the character sets (GB 2312 level 1, Big5 level 1).
_GB_FREQUENT, _BIG5_FREQUENT = 0xD8, 0xC7


@dataclass(frozen=True, slots=True)
class Plausibility:
    """What the characters of a text cost.

    Attributes:
        total: Sum over the text in nats, from 0; comparable between readings of the same bytes. Lower is better.
        oddness: Cost of the characters beyond ASCII over what running text of their scripts may cost, from 0 (there are
            none); above 1 the text is hardly right. A short text may cost more, since a few characters tell little.
    """

    total: float
    oddness: float


def judge(text: str) -> Plausibility:
    """Return what the characters of `text` cost; of a long text only the start is read."""
    total = beyond = limit = 0.0
    count = 0
    before = " "
    for char in text[:_SAMPLE]:
        cost = _character_cost(char) + _company_cost(before, char)
        total += cost
        if not char.isascii():
            beyond += cost
            limit += _LIMITS.get(_script(char), _LIMIT)
            count += 1
        before = char
    return Plausibility(total, beyond / (limit * (1 + count**-0.5)) if count else 0.0)


def _company_cost(before: str, char: str) -> float:
    if char.isascii() and before.isascii():
        return 0.0
    if not (before.isalpha() and char.isalpha()):
        if "cyrillic" in (_script(before), _script(char)) and (before.isdecimal() or char.isdecimal()):
            return _MIXED / 2
        # An accented Latin letter that opens a word and stands before no other letter is seldom one.
        return 2.0 if _script(char) == "accented" else 0.0
    scripts = {_script(before), _script(char)}
    if "cyrillic" in scripts:
        mixed = len(scripts) > 1 or (before.islower() and char.isupper())
        return _MIXED if mixed else 0.0
    return _MIXED / 2 if scripts in ({"accented"}, {"accented", "han"}) else 0.0


@cache
def _script(char: str) -> str:
    script = next((script for script, pattern in _SCRIPTS.items() if pattern.match(char)), "other")
    return script if char.isalpha() or script == "ascii" else "other"


@cache
def _character_cost(char: str) -> float:
    if char in _tables():
        return _tables()[char]
    script = _script(char)
    if script == "han":
        return _han_cost(char)
    if char.isspace() or char in INVISIBLE:
        return ASCII if char.isascii() else _PUNCTUATION
    if not char.isprintable():
        return _BROKEN
    if char.isalpha():
        return {"ascii": ASCII, "accented": _LATIN}.get(script, _OTHER_LETTER)
    return ASCII if char.isascii() else _SYMBOL


def _han_cost(char: str) -> float:
    leads = [(_lead(char, "gb2312"), _GB_FREQUENT), (_lead(char, "big5"), _BIG5_FREQUENT)]
    if any(lead is not None and lead < frequent for lead, frequent in leads):
        return _HAN_FREQUENT
    return _HAN_KNOWN if any(lead is not None for lead, _ in leads) else _HAN_RARE


def _lead(char: str, codec: str) -> int | None:
    try:
        return char.encode(codec)[0]
    except UnicodeEncodeError:
        return None


@cache
def _tables() -> dict[str, float]:
    data = load_table(__name__, "characters.toml")
    costs = dict.fromkeys("".join(data["punctuation"].split()), _PUNCTUATION)
    costs |= dict.fromkeys("".join((data["han_simplified"] + data["han_traditional"]).split()), _HAN_COMMON)
    for letter, frequency in data["russian_per_million"].items():
        cost = math.log(1e6 / max(frequency, _RARE_LETTER))
        costs |= {letter: cost, letter.upper(): cost + _CAPITAL}
    return costs
