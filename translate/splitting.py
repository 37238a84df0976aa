"""Long sentences: split at clause borders, translated in parts, joined again.

Example:
    >>> from translate.splitting import join_translations, split_long
    >>> split_long("It rained all day, but nobody went home.", "en", fits=lambda piece: len(piece) < 30)
    ['It rained all day, ', 'but nobody went home.']
    >>> join_translations(["Весь день шёл дождь.", "Но никто не ушёл домой."], "ru")
    'Весь день шёл дождь но никто не ушёл домой.'
"""

import bisect
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property
from itertools import accumulate, pairwise
from typing import Final

import regex

from alignment.words.segmentation import split_words
from common.data import load_table
from common.errors import UsageError
from corpora.article import Block
from corpora.languages import CHINESE, base_language, parse_language
from corpora.segmentation.lexicon import characters
from quotes.marks.pairing import pair_marks
from translate.protected import find_literals
from translate.protected.literals import compile_with_lists
from translate.protected.masking import CLOSING, begun_small, ends_in_stop, without_stop

_NUMBER: Final = regex.compile(r"[$€£¥₽]?\p{Nd}+(?:[.,:/\s\u2013-]\p{Nd}+)*(?:\s?[%‰°])?")


def tied_places(text: str) -> frozenset[int]:
    """Return the offsets inside literals, where a text is never split."""
    return frozenset(at for literal in find_literals(text) for at in range(literal.start + 1, literal.end))


def number_places(text: str) -> frozenset[int]:
    """Return the offsets inside numbers, with their symbols and groups of digits."""
    return frozenset(at for match in _NUMBER.finditer(text) for at in range(match.start() + 1, match.end()))


def depths(text: str, language: str) -> list[int]:
    """Count the quotations and brackets around each offset of a text, from 0 to its length."""
    changes = [0] * (len(text) + 2)
    for opener, closer in enclosures(text, language):
        changes[opener + 1] += 1
        changes[closer + 1] -= 1
    return list(accumulate(changes))[: len(text) + 1]


def enclosures(text: str, language: str) -> list[tuple[int, int]]:
    """Return the spans of quotation marks and brackets in a sentence, in the order of the opening marks."""
    quotes = pair_marks(text, [Block("paragraph", 0, len(text))], language)
    pairs = {(pair.opener, pair.closer) for pair in quotes if pair.closer is not None}
    return sorted(pairs.union(_brackets(text)))


def _brackets(text: str) -> Iterator[tuple[int, int]]:
    known = characters()
    opened: list[int] = []
    for at, character in enumerate(text):
        if character in known.brackets:
            opened.append(at)
        elif opened and character in known.closers[text[opened[-1]]]:
            yield opened.pop(), at


_GRAPHEME: Final = regex.compile(r"\X")
_OPENING: Final = regex.compile(r"[\p{Ps}\p{Pi}]")
_BEGINS: Final = regex.compile(r"[\p{Han}\p{Ps}\p{Pi}]")
_SPACE: Final = regex.compile(r"\s+")
_WIDE_STOP: Final = r"[\N{IDEOGRAPHIC FULL STOP}\N{FULLWIDTH EXCLAMATION MARK}\N{FULLWIDTH QUESTION MARK}]"
_ELLIPSIS: Final = r"\N{HORIZONTAL ELLIPSIS}"
_WIDE_COMMA: Final = r"\N{FULLWIDTH COMMA}"
_SHORTEST_BEFORE_STOP: Final = 5
"""Letters of a word before a stop that is not an abbreviation's; words of this length are hardly ever abbreviated."""

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
class _Borders:
    """Borders of one language and their costs.

    Attributes:
        patterns: Kind of border, and the text before it; the first match at an offset counts.
        costs: Cost of each kind, from 0 to 1, of splitting a quotation (`inside`) and of unequal halves (`unequal`).
        least_share: Least share of a text on either side of a border.
    """

    patterns: tuple[tuple[str, regex.Pattern[str]], ...]
    costs: dict[str, float]
    least_share: float


@cache
def _load_borders(language: str) -> _Borders:
    """Return the borders of a language."""
    base = base_language(parse_language(language))
    data = load_table(__name__, "borders.toml")
    lists = {name: [word.replace("_", " ") for word in words.split()] for name, words in data[base].items()}
    patterns = _UNSPACED if base == CHINESE else _SPACED
    flags = regex.VERSION0 | regex.IGNORECASE
    compiled = tuple((kind, compile_with_lists(source, lists, flags)) for kind, source in patterns)
    return _Borders(compiled, data["costs"], data["shares"]["least"])


def split_long(text: str, language: str, *, fits: Callable[[str], bool]) -> list[str]:
    """Split a sentence at its best clause borders until every piece fits.

    The border with the lowest cost is chosen: by its kind (`borders.toml`), the quotations and brackets that it splits,
    and the inequality of the halves. Halves that do not fit are split again, and pieces that fit together are joined. A
    half without a border is split between words, or finally between characters; never in a literal, and in a number
    only if unavoidable.

    Args:
        text: Any text, as a rule one sentence.
        language: BCP-47 tag.
        fits: Returns whether a piece is short enough. If true for a text, it must be true for its parts.

    Returns:
        Pieces with the white space after them: joined, they are `text`. A piece that cannot be split, a literal or a
        single character, may not fit.

    Raises:
        UsageError: The language is not known.
    """
    borders = _load_borders(language)
    if fits(text):
        return [text]
    sentence = _Sentence(text, language, borders)
    costs: dict[int, float] = {}
    waiting = [(0, len(text))]
    while waiting:
        start, end = waiting.pop()
        best = None if fits(text[start:end]) else sentence.best_place(start, end)
        if best is not None:
            place, costs[place] = best
            waiting += [(place, end), (start, place)]
    edges = _without_needless(text, costs, fits)
    return [text[start:end] for start, end in pairwise(edges)]


def _without_needless(text: str, costs: dict[int, float], fits: Callable[[str], bool]) -> list[int]:
    """Return the borders of the pieces, without those between pieces that fit together, the most costly first."""
    edges = [0, *sorted(costs), len(text)]
    for place in sorted(costs, key=lambda place: (-costs[place], place)):
        at = bisect.bisect_left(edges, place)
        if fits(text[edges[at - 1] : edges[at + 1]]):
            del edges[at]
    return edges


@dataclass
class _Sentence:
    """A sentence and its possible borders, computed when needed."""

    text: str
    language: str
    borders: _Borders
    _tied: frozenset[int] = field(init=False)

    def __post_init__(self) -> None:
        self._tied = tied_places(self.text)

    def best_place(self, start: int, end: int) -> tuple[int, float] | None:
        """Return the best offset to split a part of the text, and its cost; None if there is none."""
        least = self.borders.least_share * (end - start)
        clauses = dict(_between(self._clauses, int(start + least), int(end - least) + 1))
        if clauses:
            return self._cheapest(clauses, (start, end))
        for rank, places in enumerate((self._words, self._anywhere), 1):
            if found := dict(_between(places, start, end)):
                place, cost = self._cheapest(found, (start, end))
                return place, rank + cost
        return None

    def _cheapest(self, places: dict[int, float], part: tuple[int, int]) -> tuple[int, float]:
        place = min(places, key=lambda place: (places[place] + self._unequal(place, *part), place))
        return place, places[place]

    def _unequal(self, place: int, start: int, end: int) -> float:
        share = abs(2 * (place - start) / (end - start) - 1)
        return self.borders.costs["unequal"] * share * share

    @cached_property
    def _depths(self) -> list[int]:
        return depths(self.text, self.language)

    @cached_property
    def _numbers(self) -> frozenset[int]:
        return number_places(self.text)

    @cached_property
    def _clauses(self) -> list[tuple[int, float]]:
        found: dict[int, float] = {}
        costs = self.borders.costs
        for kind, pattern in self.borders.patterns:
            for match in pattern.finditer(self.text):
                place = match.end()
                if place not in self._tied and place not in self._numbers:
                    found.setdefault(place, costs[kind] + costs["inside"] * self._depths[place])
        return sorted(found.items())

    @cached_property
    def _words(self) -> list[tuple[int, float]]:
        inside = self.borders.costs["inside"]
        places = {match.end() for match in _SPACE.finditer(self.text)} | set(self._word_starts())
        return [
            (place, inside * self._depths[place])
            for place in sorted(places - self._tied - self._numbers)
            if 0 < place < len(self.text)
        ]

    def _word_starts(self) -> Iterator[int]:
        """Yield the starts of words in a language without spaces; a mark stays with the word before it."""
        at = 0
        for word in split_words(self.text, self.language):
            at = self.text.index(word, at)
            if at and _BEGINS.match(word) and not _OPENING.match(self.text[at - 1]):
                yield at
            at += len(word)

    @cached_property
    def _anywhere(self) -> list[tuple[int, float]]:
        edges = [match.end() for match in _GRAPHEME.finditer(self.text)][:-1]
        return [
            (place, float(place in self._numbers))
            for place in edges
            if place not in self._tied and not self.text[place].isspace()
        ]


def _between(places: list[tuple[int, float]], start: int, end: int) -> list[tuple[int, float]]:
    """Return the offsets strictly inside a part of the text."""
    first = bisect.bisect_right(places, start, key=lambda entry: entry[0])
    last = bisect.bisect_left(places, end, key=lambda entry: entry[0])
    return places[first:last]


_MARK: Final = regex.compile(rf"(?P<mark>[,;:\N{{FULLWIDTH COMMA}}\N{{FULLWIDTH SEMICOLON}}\N{{FULLWIDTH COLON}}]"
                             rf"|\N{{EM DASH}}+|\s[-\N{{EN DASH}}])(?:{CLOSING}?)$")  # fmt: skip
_PAUSED: Final = regex.compile(
    r"[,;:\N{FULLWIDTH COMMA}\N{FULLWIDTH SEMICOLON}\N{FULLWIDTH COLON}\N{IDEOGRAPHIC COMMA}\p{Pd}]$"
)
_WIDE: Final = regex.compile(r"[\p{Han}\u3000-\u303f\uff01-\uff60\u2014\u2018-\u201d\u2026]")
_MARKS: Final = {",": "\N{FULLWIDTH COMMA}", ";": "\N{FULLWIDTH SEMICOLON}", ":": "\N{FULLWIDTH COLON}"}
_NARROW: Final = {wide: narrow for narrow, wide in _MARKS.items()}


def join_translations(translations: Sequence[str], language: str, *, sources: Sequence[str] | None = None) -> str:
    """Join translated pieces to one sentence.

    Models end every piece with a full stop and begin it with a capital. If the source continues, the stop is removed,
    the source's mark is added if there is none, and the next piece begins with a small letter if its first word is
    hardly ever a name.

    Args:
        translations: Translation of each piece, in order.
        language: BCP-47 tag of the translations.
        sources: The pieces from `split_long`, without empty ones; None if unknown: then every border counts as within
            the sentence, and no mark is added.

    Returns:
        The sentence; empty translations are ignored.

    Raises:
        UsageError: The language is not known, or there are more or fewer sources than translations.
    """
    base = base_language(parse_language(language))
    if sources is not None and len(sources) != len(translations):
        raise UsageError(f"{len(translations)} translations do not fit {len(sources)} pieces")
    originals = sources if sources is not None else [""] * len(translations)
    pieces = [(text.strip(), origin.strip()) for text, origin in zip(translations, originals, strict=True)]
    pieces = [piece for piece in pieces if piece[0]]
    joined = ""
    goes_on = False
    for place, (text, origin) in enumerate(pieces):
        words = begun_small(text, base) if goes_on and not origin[:1].isupper() else text
        goes_on = not ends_in_stop(origin)
        if goes_on and place < len(pieces) - 1:
            words = _paused(without_stop(words, base), origin, base)
        joined += (" " if _spaced(joined, words, base) else "") + words
    return joined


def _spaced(left: str, right: str, base: str) -> bool:
    if not left:
        return False
    return base != CHINESE or not (_WIDE.match(left[-1]) or _WIDE.match(right[0]))


def _paused(text: str, origin: str, base: str) -> str:
    """Append the source's mark at the split to a piece that has none."""
    mark = _MARK.search(origin)
    if mark is None or _PAUSED.search(text):
        return text
    return text + _in_language(mark["mark"].strip(), base)


def _in_language(mark: str, base: str) -> str:
    """Return a mark of pause in the form of the language."""
    if mark in _MARKS or mark in _NARROW:
        return _MARKS.get(mark, mark) if base == CHINESE else _NARROW.get(mark, mark)
    return "\N{EM DASH}\N{EM DASH}" if base == CHINESE else " \N{EM DASH}"
