"""Findings about words that differ between two versions in one language."""

import difflib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import regex

from common.data import load_table
from corpora.languages import ENGLISH
from corpora.offsets import Span
from quotes.facts.clauses import text_size, word_spans
from quotes.facts.numbers.quantities import Quantity, find_quantities, fold
from quotes.facts.numbers.units import same_amount, unit_after
from quotes.facts.passages import Passage, PassagePair, plain_words
from quotes.facts.places import find_places
from quotes.findings.evidence import Evidence
from quotes.types import Severity

WordChange = tuple[tuple[Span, ...], tuple[Span, ...]]
_WORD = regex.compile(r"\w")
_DIGIT = regex.compile(r"\d")
_CAPITALS = regex.compile(r"\p{Lu}")
_EDITED = 0.7
"""Share of words in common, as difflib counts, from which one wording is an edited copy of the other."""
_SEVERAL = 10
"""English characters, or what they come to, of a run that is more than a word or two."""
_ALIKE = 0.5
"""Cosine below which two runs are likelier than not to say different things."""
_SHORTEST = 2
"""Capitals of the shortest abbreviation."""


@dataclass(frozen=True)
class _Side:
    """The words of a passage as they are compared; a contraction is several.

    Attributes:
        ends: Where the passage begins and ends in `text`.
        spans: Where each of `forms` stands.
    """

    language: str
    text: str
    ends: Span
    forms: list[str]
    spans: list[Span]

    def run(self, first: int, last: int) -> tuple[Span, ...]:
        """Where the words from `first` to before `last` stand; nothing for no words."""
        return ((self.spans[first][0], self.spans[last - 1][1]),) if first < last else ()

    def between(self, first: int, last: int) -> str:
        """What stands between the words around a run, so that signs beside it are seen: "$5", "20%"."""
        start = self.spans[first - 1][1] if first else self.ends[0]
        return self.text[start : self.spans[last][0] if last < len(self.spans) else self.ends[1]]


def word_changes(one: Passage, other: Passage) -> list[WordChange]:
    """Return the runs of words that differ, on both sides: code points into each article's text; one side may be empty.

    Case, punctuation, ё, contractions (isn't for is not) and Traditional characters do not count, nor do digits for a
    number in words or the capitals of a known name for the name. The words are matched by difflib's longest common
    runs.
    """
    first, second = _side(one), _side(other)
    changes = []
    for tag, a, b, c, d in difflib.SequenceMatcher(a=first.forms, b=second.forms, autojunk=False).get_opcodes():
        if tag != "equal" and not _is_same(first.between(a, b), second.between(c, d), first.language):
            changes.append((first.run(a, b), second.run(c, d)))
    return changes


def compare_wording(pair: PassagePair) -> Iterator[Evidence]:
    """Give evidence for each run of words that differs; two languages give none.

    Where little else differs, somebody edited the words: other words, or several that are gone, are then a warning.
    """
    if not pair.same_language:
        return
    first, second = _side(pair.first).forms, _side(pair.second).forms
    edited = difflib.SequenceMatcher(a=first, b=second, autojunk=False).ratio() >= _EDITED
    for change in word_changes(pair.first, pair.second):
        name = "wording_changed" if all(change) else "wording_lone"
        severity: Severity = "warning" if edited and _is_other(pair, change) else "note"
        yield Evidence("wording", 1.0, pair.finding("wording", severity, change, name))


def _is_other(pair: PassagePair, change: WordChange) -> bool:
    one, other = (plain_words(side, spans) or "" for side, spans in zip((pair.first, pair.second), change, strict=True))
    if not one or not other:
        return text_size(one or other, pair.first.article) >= _SEVERAL
    return pair.vectors.cosine(one, other) < _ALIKE


def _side(passage: Passage) -> _Side:
    text = passage.article.text
    forms: list[str] = []
    spans: list[Span] = []
    for start, end in word_spans(passage):
        word = fold(text[start:end])
        words = _expanded(word) if passage.language == ENGLISH else [word]
        forms += words
        spans += [(start, end)] * len(words)
    ends = (passage.spans[0][0], passage.spans[-1][1]) if passage.spans else (0, 0)
    return _Side(passage.language, text, ends, forms, spans)


def _expanded(word: str) -> list[str]:
    table = load_table(__name__, "wording.toml")
    straight = word.replace("\N{RIGHT SINGLE QUOTATION MARK}", "'")
    if straight in table["whole"]:
        return str(table["whole"][straight]).split()
    ending = next((ending for ending in table["ending"] if straight.endswith(ending)), None)
    return [straight.removesuffix(ending), table["ending"][ending]] if ending else [straight]


def _is_same(one: str, other: str, language: str) -> bool:
    return _same_numbers(one, other, language) or _same_names(one, other, language)


def _same_numbers(one: str, other: str, language: str) -> bool:
    """Return whether two runs are the same numbers, in digits on one side at least, and nothing else."""
    if not (_DIGIT.search(one) or _DIGIT.search(other)):
        return False
    first, second = find_quantities(one, language), find_quantities(other, language)
    return (
        len(first) == len(second)
        and all(map(_equal, first, second))
        and _is_covered(one, [_extent(one, language, quantity) for quantity in first])
        and _is_covered(other, [_extent(other, language, quantity) for quantity in second])
    )


def _equal(one: Quantity, other: Quantity) -> bool:
    alike = one.unit == other.unit and one.bound == other.bound and one.rough == other.rough
    return (
        alike and one.kind == other.kind == "number" and same_amount((one.value, one.unit), (other.value, other.unit))
    )


def _extent(text: str, language: str, quantity: Quantity) -> Span:
    return quantity.start, unit_after(fold(text), quantity.end, language)[1]


def _same_names(one: str, other: str, language: str) -> bool:
    """Return whether two runs are a known name and its abbreviation, and nothing else."""
    first, second = ("".join(_CAPITALS.findall(text)) for text in (one, other))
    short = min(first, second, key=len)
    begins = first.startswith(second) or second.startswith(first)
    if len(short) < _SHORTEST or not begins or not (one.isupper() or other.isupper()):
        return False
    found = [find_places(text, language) for text in (one, other)]
    if len(found[0]) != len(found[1]) or not all(a.codes & b.codes for a, b in zip(*found, strict=True)):
        return False
    spans = [[(place.start, place.end) for place in places] for places in found]
    return _is_covered(one, spans[0]) and _is_covered(other, spans[1])


def _is_covered(text: str, spans: Iterable[Span]) -> bool:
    """Return whether all words of a text stand in some of its parts."""
    left = list(text)
    for start, end in spans:
        left[start:end] = " " * (end - start)
    return _WORD.search("".join(left)) is None
