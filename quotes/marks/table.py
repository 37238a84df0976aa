"""Which quotation marks open, which close, which pair up, and which are no quotation marks at all.

Typing is unreliable: straight marks look alike on both sides, apostrophes look like closing marks, Chinese pages mix
straight and curly ones at will, marks get lost. So no rule is final. Every way to read the marks of a text has a cost
(what the character usually is, what its neighbours say, what nesting it makes, what stays open), the costs stand in
`marks.toml`, and a beam search (`pairing.py`) finds the cheapest reading. What an odd mark costs is bounded, so it
spoils its own quote and not the rest of the text.
"""

import re
from dataclasses import dataclass
from functools import cache

from common.data import load_table
from corpora.languages import CHINESE, RUSSIAN, base_language, conventions_of
from quotes.lexicon import Lexicon, find_cues, load_lexicon, parse_russian

_STOPS = frozenset(".,;:!?)]}\N{HORIZONTAL ELLIPSIS}\N{IDEOGRAPHIC COMMA}\N{IDEOGRAPHIC FULL STOP}\N{FULLWIDTH COMMA}"
                   "\N{FULLWIDTH SEMICOLON}\N{FULLWIDTH COLON}\N{FULLWIDTH EXCLAMATION MARK}\N{FULLWIDTH QUESTION MARK}"
                   "\N{FULLWIDTH RIGHT PARENTHESIS}")  # fmt: skip
_LEADS = frozenset(":([{\N{FULLWIDTH COLON}\N{FULLWIDTH LEFT PARENTHESIS}")


_COMMA_AND_DASH = re.compile(r"\W*?,\s*[\N{EM DASH}\N{EN DASH}\N{HORIZONTAL BAR}-]")


@dataclass(frozen=True, slots=True)
class MarkReading:
    """What it costs to read one kind of mark in each of the three ways."""

    family: str
    open: float
    close: float
    skip: float


_LETTERS = re.compile(r"[^\W\d_]+")
_NO_MARK = MarkReading("", 0.0, 0.0, 0.0)


@dataclass(frozen=True, slots=True)
class QuoteMark:
    """A character that may be a quotation mark, with its costs where it stands.

    Attributes:
        position: Code point offset in the text.
        family: Marks of one family may close each other.
        skip: Cost of reading it as no quotation mark.
        leading: Whether only white space and other marks stand before it in its block.
        led: Whether it is leading or a colon or bracket stands before it.
        ends_clause: Whether a stop or the block's end is beside it, as at the end of a clause.
        attributed: Whether a dash and an attribution follow it, in languages that set those off.
    """

    position: int
    family: str
    open: float
    close: float
    skip: float
    leading: bool
    led: bool
    ends_clause: bool
    attributed: bool


@dataclass(frozen=True, slots=True)
class MarkTable:
    """The data of `marks.toml` for one language."""

    readings: dict[str, MarkReading]
    context: dict[str, float]
    apostrophe: dict[str, float]
    structure: dict[str, float]
    elided: frozenset[str]
    pattern: re.Pattern[str]
    leads: tuple[str, ...]


@cache
def load_marks(language: str) -> MarkTable:
    """Return the marks and costs for a base language; one without its own has those of the one that it is like."""
    data, like = load_table(__name__, "marks.toml"), conventions_of(language)
    readings = {}
    for entry in data["mark"]:
        costs = {**entry, **entry.get(like, {})}
        readings[entry["char"]] = MarkReading(entry["family"], costs["open"], costs["close"], costs["skip"])
    spaced = language != CHINESE
    structure = dict(data["structure"])
    structure["same_family"] = structure.get(f"same_family_{like}", structure["same_family"])
    pattern = re.compile("[" + "".join(map(re.escape, readings)) + "]")
    apostrophe = dict(data["apostrophe"])
    elided = frozenset(apostrophe.pop("elided"))
    context = data["context"]["spaced" if spaced else "unspaced"]
    leads = tuple(data["leads"].get(language, ()))
    return MarkTable(readings, context, apostrophe, structure, elided, pattern, leads)


def find_marks(text: str, start: int, end: int, language: str) -> list[QuoteMark]:
    """List what may be a quotation mark in `text[start:end]`, one block, with the costs that its neighbours give it."""
    base = base_language(language)
    dashes = conventions_of(base) == RUSSIAN
    table = load_marks(base)
    positions = [match.start() for match in table.pattern.finditer(text, start, end)]
    befores = _outer_neighbours(text, positions, start, end, step=-1)
    afters = _outer_neighbours(text, positions, start, end, step=1)
    return [
        _mark(text, position, (before, after), table, attributed=dashes and is_attributed_behind(text, position, base))
        for position, before, after in zip(positions, befores, afters, strict=True)
    ]


def _outer_neighbours(text: str, positions: list[int], start: int, end: int, *, step: int) -> list[str]:
    """For each mark the nearest character on one side that is no quotation mark; empty at the block's edge."""
    known: dict[int, str] = {}
    marks = set(positions)
    for position in positions if step < 0 else reversed(positions):
        neighbour = position + step
        if not start <= neighbour < end:
            known[position] = ""
        elif neighbour in marks:
            known[position] = known[neighbour]
        else:
            known[position] = text[neighbour]
    return [known[position] for position in positions]


def _mark(text: str, position: int, around: tuple[str, str], table: MarkTable, *, attributed: bool) -> QuoteMark:
    reading = table.readings[text[position]]
    before, after = around
    opens = reading.open + _open_penalty(before, after, table)
    closes = reading.close + _close_penalty(before, after, table)
    skip = reading.skip
    if reading.family == "single":
        near = (text[position - 1] if position else "", text[position + 1] if position + 1 < len(text) else "")
        skip = min(skip, _apostrophe(near, table))
        if _is_elision(text, position, table):
            skip = table.apostrophe["elision"]
        if all(map(_is_latin_or_cyrillic, near)):
            opens += table.apostrophe["as_mark_inside_word"]
            closes += table.apostrophe["as_mark_inside_word"]
    elif text[position] == '"' and before.isdigit():
        skip = min(skip, table.apostrophe["after_digit"] + closes)
    # A comma on its own leads on in the same sentence, with a dash behind it to the attribution.
    leads_on = after == "," and not _COMMA_AND_DASH.match(text, position + 1)
    ends_clause = not after or (after in _STOPS and not leads_on) or before in _STOPS
    led = before == "" or text[max(0, position - 2) : position].rstrip()[-1:] in _LEADS
    if attributed:
        closes = min(closes, table.context["close_attributed"])
    return QuoteMark(position, reading.family, opens, closes, skip, before == "", led, ends_clause, attributed)


def _is_elision(text: str, position: int, table: MarkTable) -> bool:
    """Return whether a single mark begins a word like 'em, or ends the middle of rock 'n' roll."""
    word = _LETTERS.match(text, position + 1)
    if word and word.group().lower() in table.elided:
        return True
    before = text[max(0, position - 2) : position]
    return len(before) > 1 and before[1] in "nN" and table.readings.get(before[0], _NO_MARK).family == "single"


def _open_penalty(before: str, after: str, table: MarkTable) -> float:
    penalty = table.context["open_after_letter"] if before.isalnum() else 0.0
    if not after:
        return penalty + table.context["open_at_end"]
    if after.isspace():
        return penalty + table.context["open_before_space"]
    return penalty + (table.context["open_before_stop"] if after in _STOPS else 0.0)


def _close_penalty(before: str, after: str, table: MarkTable) -> float:
    if not before:
        return table.context["close_at_start"]
    penalty = table.context["close_before_letter"] if after and after.isalnum() else 0.0
    if before.isspace():
        return penalty + table.context["close_after_space"]
    return penalty + (table.context["close_after_lead"] if before in _LEADS else 0.0)


def _is_latin_or_cyrillic(character: str) -> bool:
    # Han characters are letters too, but words made of them hold no apostrophes.
    return character.isalnum() and character < "\N{CJK RADICAL REPEAT}"


def _apostrophe(near: tuple[str, str], table: MarkTable) -> float:
    """What it costs to read a single mark as an apostrophe or a prime."""
    costs = table.apostrophe
    left, right = map(_is_latin_or_cyrillic, near)
    if left and right:
        return costs["inside_word"]
    if left:
        if near[0].isdigit():
            return costs["after_digit"]
        return costs["word_end_s"] if near[0] in "sS" else costs["word_end"]
    if right:
        return costs["before_digit"] if near[1].isdigit() else costs["word_start"]
    return float("inf")


DASHES = "\N{EM DASH}\N{EN DASH}\N{HORIZONTAL BAR}-"
_TURN = re.compile(rf"\s*,?\s*[{DASHES}]\s+(?P<words>[^\n]*)")
_HEAD_WORDS = 3
_REACH = 60


def starts_attribution(words: str, language: str) -> bool:
    """Return whether a piece after a dash begins as an attribution does: a verb of saying among its first words."""
    first = words.split(maxsplit=_HEAD_WORDS)[:_HEAD_WORDS]
    if not first or not first[0][0].islower():
        return False
    head = first[0].strip(",.")
    lexicon = load_lexicon(language)
    if head in lexicon.words("speech_goes_on"):
        return False
    return bool(find_cues(" ".join(first), language)) or _stands_for_saying(head, lexicon)


def _stands_for_saying(word: str, lexicon: Lexicon) -> bool:
    """Return whether a word stands for a verb of saying ("it is said in", "is certain")."""
    reading = parse_russian(word.lower())[0]
    if reading.tag.POS == "ADJS":
        return reading.normal_form in lexicon.words("cue_adjectives")
    return reading.tag.POS == "VERB" and reading.normal_form in lexicon.words("document_cues")


def is_attributed_behind(text: str, position: int, language: str) -> bool:
    """Return whether a dash and an attribution follow the mark at `position`."""
    turn = _TURN.match(text, position + 1, position + 1 + _REACH)
    return turn is not None and starts_attribution(turn["words"], language)
