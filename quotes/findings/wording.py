"""Findings about words that differ between two versions in one language."""

import difflib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

import regex

from common.data import load_table
from common.messages import message
from corpora.languages import ENGLISH
from corpora.offsets import Span
from quotes.facts.names import is_personal, name_similarity
from quotes.facts.numbers.quantities import Quantity, find_quantities, fold
from quotes.facts.numbers.units import same_amount, unit_after
from quotes.facts.passages import Passage, PassagePair
from quotes.facts.phrases import plain
from quotes.facts.places import find_places
from quotes.findings.clauses import word_spans
from quotes.findings.entities import compare_entities
from quotes.findings.evidence import Evidence
from quotes.findings.numbers import compare_numbers
from quotes.types import Finding, Severity

WordChange = tuple[tuple[Span, ...], tuple[Span, ...]]
_WORD = regex.compile(r"\w")
_DIGIT = regex.compile(r"\d")
_CAPITALS = regex.compile(r"\p{Lu}")
_SHORTEST = 2
"""Capitals of the shortest abbreviation."""


@dataclass(frozen=True)
class _Side:
    """The words of a passage as they are compared; a contraction is several.

    Attributes:
        language: `en`, `ru` or `zh`.
        text: The article's, in Simplified characters.
        ends: Where the passage begins and ends in it.
        forms: The words.
        spans: Where each stands.
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


def word_changes(pair: PassagePair) -> list[WordChange]:
    """Return the runs of words that differ, on both sides: code points into each article's text; one side may be empty.

    Case, punctuation, ё, contractions (isn't for is not) and Traditional characters do not count, nor do digits for a
    number in words or the capitals of a known name for the name. The words are matched by difflib's longest common
    runs.
    """
    first, second = _side(pair.first), _side(pair.second)
    changes = []
    for tag, a, b, c, d in difflib.SequenceMatcher(a=first.forms, b=second.forms, autojunk=False).get_opcodes():
        if tag != "equal" and not _is_same(first.between(a, b), second.between(c, d), first.language):
            changes.append((first.run(a, b), second.run(c, d)))
    return changes


def compare_wording(pair: PassagePair) -> Iterator[Evidence]:
    """Give evidence for each run of words that differs; two languages give none."""
    if not pair.same_language:
        return
    for first, second in word_changes(pair):
        yield Evidence("wording", 1.0, Finding("wording", "note", _message(pair, (first, second)), first, second))


def _message(pair: PassagePair, change: WordChange) -> str:
    name = "wording_changed" if all(change) else "wording_first" if change[0] else "wording_second"
    return pair.message(name, change)


def _side(passage: Passage) -> _Side:
    text = plain(passage.article.text, passage.article.language)
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


_FEATURES = {"number_changed": "context_number", "entity_changed": "context_entity"}
_SURE = 0.95
"""Strength from which evidence about other words than the quote's is worth telling."""
_GAP = 2


def compare_context(pair: PassagePair) -> Iterator[Evidence]:
    """Give evidence where the sentences around the two passages disagree in a number or a name.

    Only two that stand against each other count: versions cut sentences differently, so that one of them lacks a number
    means nothing. The strength is that of the number or the name itself, from 0 to 1.
    """
    beside = [around(passage) for passage in (pair.first, pair.second)]
    if not all(passage.spans for passage in beside):
        return
    context = replace(pair, first=beside[0], second=beside[1])
    for detect in (compare_numbers, compare_entities):
        for evidence in detect(context):
            feature = _FEATURES.get(evidence.feature)
            if feature and evidence.strength >= _SURE and evidence.finding:
                text = message("finding.nearby", message=evidence.finding.message)
                finding = replace(evidence.finding, severity="warning", message=text)
                yield Evidence(feature, evidence.strength, finding)


def around(passage: Passage) -> Passage:
    """Take the passage's sentences without its own words."""
    spans: list[Span] = [
        (sentence.start, sentence.end)
        for sentence in passage.article.sentences
        if any(sentence.start < end and start < sentence.end for start, end in passage.spans)
    ]
    for start, end in passage.spans:
        cut = ((low, min(high, start)) for low, high in spans), ((max(low, end), high) for low, high in spans)
        spans = sorted(piece for pieces in cut for piece in pieces if piece[1] - piece[0] > _GAP)
    return replace(passage, spans=tuple(dict.fromkeys(spans)))


_ALIKE = 0.58
"""Similarity of sound from which two names are taken for one speaker's; by chance two short names reach 0.5."""
_MEANT = 0.5
"""Cosine of two names from which they are, too: names of bodies and countries are translated."""
_UNLIKE = 0.8
_STEEPNESS = 2.0
"""Two names whose sounds are less alike than the first, by half of 1, differ for certain."""
_SAME = 0.8
"""Similarity of sound from which the words of an attribution are taken for the speaker's name rather than an office."""
_SURELY = 0.65
"""Similarity of sound from which a name is taken for that of another speaker of the story."""


def compare_speakers(pair: PassagePair) -> Iterator[Evidence]:
    """Give evidence where the two versions name different speakers.

    It is strong where one side's name is that of somebody else whom the other version quotes as well, and weaker where
    two people's names merely sound different: a person may be named by office on one side.
    """
    one, other = pair.first.quote.speaker_name, pair.second.quote.speaker_name
    if one is None or other is None or _is_common(one) or _is_common(other):
        return
    sound = name_similarity(one, other)
    if sound >= _ALIKE or pair.vectors.cosine(one, other) >= _MEANT:
        return
    if not (_is_firm(pair.first) and _is_firm(pair.second)):
        yield Evidence("speaker_unsure", 1.0, _finding(pair, "note"))
    elif _is_somebody_else(one, other, pair):
        yield Evidence("speaker_other", 1.0, _finding(pair, "serious"))
    elif is_personal(one, pair.first.language) and is_personal(other, pair.second.language):
        yield Evidence("speaker_unlike", min(1.0, _STEEPNESS * (_UNLIKE - sound)), _finding(pair, "warning"))


def _is_common(name: str) -> bool:
    """Return whether it is no name but words in small letters: "the expert" may be anybody."""
    return name.islower()


def _is_firm(passage: Passage) -> bool:
    """Return whether the attribution itself names the speaker, rather than a pronoun or a sentence farther off."""
    quote = passage.quote
    if quote.cue is None:
        return False
    if quote.speaker_span is None or quote.speaker is None:
        return True
    near = any(
        sentence.start <= quote.speaker_span[0] < sentence.end
        for sentence in passage.article.sentences
        if sentence.index in quote.sentences
    )
    return near and name_similarity(quote.speaker, quote.speaker_name or "") >= _SAME


def _is_somebody_else(one: str, other: str, pair: PassagePair) -> bool:
    rivals = [name_similarity(name, other) for name in pair.casts[0] if name != one]
    rivals += [name_similarity(one, name) for name in pair.casts[1] if name != other]
    return max(rivals, default=0.0) >= _SURELY


def _finding(pair: PassagePair, severity: Severity) -> Finding:
    first, second = pair.names
    words, others = (str(passage.quote.speaker_name) for passage in (pair.first, pair.second))
    text = message("finding.speaker", first=first, second=second, words=words, others=others)
    return Finding("speaker", severity, text, _where(pair.first), _where(pair.second))


def _where(passage: Passage) -> tuple[Span, ...]:
    return (passage.quote.speaker_span,) if passage.quote.speaker_span else ()
