"""Checks of required text: literals unchanged and as often, terms as in the glossary."""

from collections.abc import Iterable, Iterator

import regex

from common.messages import message
from corpora.article import Block
from corpora.languages import text_weight
from corpora.offsets import Span
from quotes.extraction import extract_quotes
from quotes.marks.pairing import pair_marks
from quotes.types import Quote
from translate.checks.types import PairReading
from translate.glossary import missing_terms
from translate.options import CheckOptions
from translate.protected import Literal, missing_literals, surplus_literals
from translate.types import Check

_DOLLAR = regex.compile(r"\$\d(?![\d.,]*\d)")
"""A placeholder of some templates, or a few dollars; in both cases some of it must be in the translation."""
_MONEY = regex.compile(r"\$|dollar|usd|долл|бакс|美元|美金|刀|块", regex.IGNORECASE)
_FIRM = frozenset({"url", "email", "placeholder"})
"""Kinds that a translation has only if its source does."""


def check_literals(reading: PairReading, options: CheckOptions) -> Iterator[Check]:
    """A literal of the source is missing or changed, or one was added."""
    del options
    pair = reading.pair
    missing = missing_literals(pair.source, pair.hypothesis, literals=reading.literals[0])
    if missing:
        yield Check(
            "literal", message("check.literal", words=message("list.comma").join(each.text for each in missing))
        )
        return
    if _DOLLAR.search(pair.source) and not _MONEY.search(pair.hypothesis):
        yield Check("literal", message("check.literal", words=_DOLLAR.findall(pair.source)[0]))
        return
    doubled = tuple(_doubled(reading))
    if doubled:
        yield Check("literal", message("check.doubled", words=message("list.comma").join(doubled)))
        return
    made_up = [each for each in surplus_literals(pair.source, pair.hypothesis) if each.kind in _FIRM]
    if made_up:
        yield Check(
            "literal", message("check.made_up", words=message("list.comma").join(each.text for each in made_up))
        )


def _doubled(reading: PairReading) -> Iterator[str]:
    """Yield the literals that are more frequent in the translation than in the source."""
    pair = reading.pair
    for text, literal in {each.text: each for each in reading.literals[0]}.items():
        # In English a word of code may also be an ordinary word.
        if text.isalpha() and reading.languages[1] == "en":
            continue
        times = sum(each.text == text for each in reading.literals[0])
        while _has(pair.source, literal, times + 1):
            times += 1
        if _has(pair.hypothesis, literal, times + 1):
            yield text


def _has(text: str, literal: Literal, times: int) -> bool:
    return not missing_literals("", text, literals=[literal] * times)


def check_terms(reading: PairReading, options: CheckOptions) -> Iterator[Check]:
    """A glossary term is not translated as given."""
    del options
    pair = reading.pair
    if not pair.terms:
        return
    for use in missing_terms(pair.terms, pair.hypothesis, pair.target_language):
        wanted = message("list.or").join(f"“{target}”" for target in use.targets)
        yield Check("term", message("check.term", terms=wanted, source=use.source))


_MARKS = regex.compile(
    '[\N{LEFT DOUBLE QUOTATION MARK}\N{RIGHT DOUBLE QUOTATION MARK}\N{DOUBLE LOW-9 QUOTATION MARK}"'
    "\N{LEFT-POINTING DOUBLE ANGLE QUOTATION MARK}\N{RIGHT-POINTING DOUBLE ANGLE QUOTATION MARK}"
    "\N{LEFT CORNER BRACKET}\N{RIGHT CORNER BRACKET}\N{LEFT WHITE CORNER BRACKET}\N{RIGHT WHITE CORNER BRACKET}"
    "\N{LEFT DOUBLE ANGLE BRACKET}\N{RIGHT DOUBLE ANGLE BRACKET}]"
)
_LOW_OPENER, _LOW_CLOSER = "\N{DOUBLE LOW-9 QUOTATION MARK}\N{LEFT DOUBLE QUOTATION MARK}"
_OPENERS = (
    "\N{DOUBLE LOW-9 QUOTATION MARK}\N{LEFT-POINTING DOUBLE ANGLE QUOTATION MARK}"
    "\N{LEFT CORNER BRACKET}\N{LEFT WHITE CORNER BRACKET}\N{LEFT DOUBLE ANGLE BRACKET}"
)
_ANY_MARK = regex.compile(_MARKS.pattern + "|['\N{LEFT SINGLE QUOTATION MARK}]")
_BOTH = 2
"""Marks of a quotation that its sentence opens and closes; dashes and paragraphs have fewer."""
_SHORTEST = {"direct": 12, "partial": 30}
"""Least `text_weight` of what must keep its marks, three and six words: shorter terms often do without."""
_NAMES_FROM = "en"
"""Of names in marks, those from English keep them; Russian and Chinese set marks where English needs none."""
_LEAST_SHARE = 0.5
"""Where less than so much of the share of whole utterances is in marks, these surround other words."""
_INCH = regex.compile(r"\d\s?\"")
_NEAR = 24


def check_quotes(reading: PairReading, options: CheckOptions) -> Iterator[Check]:
    """A quotation mark without its partner, except of a quote that continues in another sentence of the source."""
    del options
    source, hypothesis = reading.texts
    carried, found = (
        {role: [at for at in unpaired_marks(text, tag) if is_opening(text, at) == role] for role in (True, False)}
        for text, tag in (
            (source, reading.pair.source_language),
            (hypothesis, reading.pair.target_language),
        )
    )
    for opens in (True, False):
        if len(found[opens]) > len(carried[opens]):
            yield Check("quotes", message("check.unpaired", place=_near(hypothesis, found[opens][-1])))
            return
    lost = sum(len(carried[opens]) - len(found[opens]) for opens in (True, False))
    tags = reading.pair.source_language, reading.pair.target_language
    if paired_marks(hypothesis, tags[1]) >= paired_marks(source, tags[0]) + lost:
        # It closes a quote that the source leaves open.
        return
    for opens, name in ((True, "check.opens"), (False, "check.closes")):
        if len(carried[opens]) > len(found[opens]):
            yield Check("quotes", message(name, place=_near(source, carried[opens][0])))
            return


def check_marked(reading: PairReading, options: CheckOptions) -> Iterator[Check]:
    """An utterance in quotation marks has none in the translation, or they surround something else."""
    del options
    source, hypothesis = reading.texts
    said = _utterances(reading) if _ANY_MARK.search(source) else []
    if not said:
        return
    marked = list(_marked(hypothesis, reading.pair.target_language))
    whole = [span for quote in said if quote.kind == "direct" for span in quote.spans]
    expected = _length(whole) / len(source)
    share = _length(marked) / max(1, len(hypothesis))
    where = _near(source, said[0].spans[0][0])
    if not marked:
        yield Check("quotes", message("check.marks_lost", place=where))
    elif share < _LEAST_SHARE * expected:
        yield Check("quotes", message("check.marks_moved", place=where))
    elif len(marked) < len(said):
        yield Check("quotes", message("check.marks_fewer", len(said), found=len(marked)))


def _utterances(reading: PairReading) -> list[Quote]:
    """Return what the source has in closed marks, but for what may do without them in the translation."""
    source, names = reading.texts[0], {"title": 0} if reading.languages[0] == _NAMES_FROM else {}
    shortest = _SHORTEST | names
    return [
        quote
        for quote in extract_quotes(reading.sides[0].article)
        if quote.kind in shortest
        and len(quote.marks) == _BOTH
        and not quote.nested_in
        and quote.spans[0][0] > 0
        and quote.spans[-1][1] < len(source)
        and text_weight(quote.text) >= shortest[quote.kind]
    ]


def _length(spans: Iterable[Span]) -> int:
    return sum(end - start for start, end in spans)


def _marked(text: str, language: str) -> Iterator[Span]:
    """Yield what is between marks, also what an opening mark without a partner begins; not the marks in marks."""
    for pair in pair_marks(text, [Block("paragraph", 0, len(text))], language):
        if pair.parent is None:
            yield pair.opener + 1, len(text) if pair.closer is None else pair.closer


def _near(text: str, at: int) -> str:
    start = max(0, at - (2 if is_opening(text, at) else _NEAR))
    return f"“{text[start : start + _NEAR + 2].strip()}”"


def is_opening(text: str, at: int) -> bool:
    """Return whether a mark is an opening one; a straight one is judged by its place."""
    if text[at] == _LOW_CLOSER:
        # It closes what a low mark opened, and opens otherwise.
        return text.count(_LOW_OPENER, 0, at) <= text.count(_LOW_CLOSER, 0, at)
    if text[at] == '"':
        return not text[:at].strip() or text[at - 1].isspace() or text[at - 1] in "([（—–-：，"
    return text[at] in _OPENERS


def paired_marks(text: str, language: str) -> int:
    """Return the number of double, angle and corner quotation marks with a partner, counted in pairs."""
    pairs = pair_marks(text, [Block("paragraph", 0, len(text))], language)
    return sum(pair.closer is not None and _MARKS.match(text, pair.opener) is not None for pair in pairs)


def unpaired_marks(text: str, language: str) -> list[int]:
    """Return the offsets of double, angle and corner quotation marks without a partner."""
    inches = {match.end() - 1 for match in _INCH.finditer(text)}
    marks = [match.start() for match in _MARKS.finditer(text)]
    if not marks:
        return []
    paired: set[int] = set()
    for pair in pair_marks(text, [Block("paragraph", 0, len(text))], language):
        if pair.closer is not None:
            paired |= {pair.opener, pair.closer}
    left = [at for at in marks if at not in paired]
    # A straight mark after a number may be inches.
    return [at for at in left if at not in inches or text[at] != '"']
