"""Finds the terms of a glossary in a text, and those missing in a translation."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import takewhile
from typing import Final

import regex

from common.data import load_table
from corpora.chinese import simplify, to_script
from corpora.languages import CHINESE, ENGLISH, RUSSIAN, TRADITIONAL_CHINESE, base_language
from corpora.offsets import Span
from quotes.facts.names import name_similarity
from quotes.lexicon import parse_russian
from translate.glossary.reading import Glossary, Term, TermKind, TermUse
from translate.protected import find_literals

_CYRILLIC: Final = regex.compile(r"\p{Cyrillic}+")
_LIKELY: Final = 0.1
"""Least score of a pymorphy3 analysis to be trusted for a lower-case word: «стали» is seldom steel."""
_SHORT: Final = 3
_STEM: Final = 3


@cache
def load_words(name: str) -> tuple[str, ...]:
    """Load a list of `words.toml`; a string becomes its letters."""
    data = load_table(__name__, "words.toml")
    return tuple(data[name])


def fold(word: str) -> str:
    """Return a word without insignificant differences: case, the dots of «ё»."""
    return word.casefold().replace("ё", "е")


def agrees(term: str, word: str, language: str, *, lenient: bool = False) -> bool:
    """Return whether a word is a form of a term's word, ignoring case.

    Args:
        term: A word of a term.
        word: A word of a text.
        language: BCP-47 tag of both.
        lenient: Whether to accept unlikely analyses, and a singular for a plural.
    """
    if fold(term) == fold(word):
        return True
    base = base_language(language)
    if base == ENGLISH:
        return fold(term) in _singulars(word) or (lenient and fold(word) in _singulars(term))
    if base == RUSSIAN and _CYRILLIC.fullmatch(term) and _CYRILLIC.fullmatch(word):
        least = 0.0 if lenient or term[0].isupper() else _LIKELY
        return bool(_lemmas(term, least) & _lemmas(word, least)) or (term[0].isupper() and _same_stem(term, word))
    return False


def same_case(term: str, word: str) -> bool:
    """Return whether a word's capitals match a term's word: any if that has none, else the same or all."""
    if term == term.lower() or (len(word) > 1 and word.isupper()):
        return True
    one, other = term.replace("ё", "е"), word.replace("ё", "е")
    pairs = takewhile(lambda pair: pair[0].casefold() == pair[1].casefold(), zip(one, other, strict=False))
    return all(first == second for first, second in pairs)


def index_keys(word: str, language: str) -> frozenset[str]:
    """Return index keys: two words that may agree share at least one."""
    base = base_language(language)
    keys = {fold(word)}
    if base == ENGLISH:
        keys |= _singulars(word)
    elif base == RUSSIAN and _CYRILLIC.fullmatch(word):
        keys |= _lemmas(word, 0.0)
        keys.add(fold(word)[:_STEM])
    return frozenset(keys)


def _singulars(word: str) -> frozenset[str]:
    """Return the possible singulars of an English word."""
    plain = fold(word)
    if len(plain) <= _SHORT or not plain.endswith("s") or plain.endswith("ss"):
        return frozenset()
    found = {plain[:-1]}
    if plain.endswith("es"):
        found.add(plain[:-2])
    if plain.endswith("ies"):
        found.add(f"{plain[:-3]}y")
    if plain.endswith("ves"):
        found |= {f"{plain[:-3]}f", f"{plain[:-3]}fe"}
    return frozenset(found)


@lru_cache(50_000)
def _lemmas(word: str, least: float) -> frozenset[str]:
    readings = parse_russian(word.lower())
    kept = [reading for at, reading in enumerate(readings) if at == 0 or reading.score >= least]
    return frozenset(fold(reading.normal_form) for reading in kept)


def _same_stem(term: str, word: str) -> bool:
    """Return whether two capitalised words differ only in their endings."""
    one, other = fold(term), fold(word)
    stem = one[:-1] if one[-1] in load_words("dropped") else one
    return len(stem) > _STEM and other.startswith(stem) and other[len(stem) :] in load_words("endings")


_REMEMBERED = 8
"""Most glossaries, each for one direction, that are kept ready for search."""
_LATIN: Final = r"[\p{Latin}\p{Nd}]"
_HAN_NAME: Final = regex.compile(r"\p{Han}{2,4}")
_ALIKE, _RATHER_ALIKE = 0.99, 0.6
_PARTS: Final = 2


@dataclass(frozen=True, slots=True)
class _Form:
    """A form to search for; without targets it is left untranslated."""

    form: str
    targets: tuple[str, ...]
    kind: TermKind


class _Finder:
    """All forms in one language, indexed by their rarest word or character.

    The time of a search does then not depend on the number of forms with the same beginning.
    """

    def __init__(self, language: str, forms: Sequence[_Form]) -> None:
        self._language = language
        self._forms = forms
        self._is_chinese = base_language(language) == CHINESE
        self._patterns = [words_of(form.form, exact=form.kind == "keep") for form in forms if not self._is_chinese]
        parts = [self._parts(number) for number in range(len(forms))]
        shared = Counter(key for keys in parts for key in set().union(*keys))
        self._places: dict[str, list[tuple[int, int]]] = {}
        for number, keys in enumerate(parts):
            rarest = min(range(len(keys)), key=lambda at: sum(shared[key] for key in keys[at]))
            for key in keys[rarest]:
                self._places.setdefault(key, []).append((number, rarest))

    def candidates(self, text: str) -> Iterator[tuple[Span, _Form]]:
        """Yield the places of a text that may be a term, with its form."""
        return self._by_characters(simplify(text)) if self._is_chinese else self._by_words(text)

    def _parts(self, number: int) -> list[frozenset[str]]:
        """Return the index keys of each word or character of a form."""
        if not self._is_chinese:
            return [index_keys(word, self._language) for word in self._patterns[number].words]
        characters = simplify(self._forms[number].form)
        return [frozenset({one.casefold()}) for one in characters if one.isalnum()] or [
            frozenset({characters[0].casefold()})
        ]

    def _by_characters(self, text: str) -> Iterator[tuple[Span, _Form]]:
        characters = set(map(str.casefold, text))
        for number in sorted({number for character in characters for number, _ in self._places.get(character, ())}):
            form = self._forms[number]
            for match in chinese_pattern(simplify(form.form)).finditer(text):
                yield match.span(), form

    def _by_words(self, text: str) -> Iterator[tuple[Span, _Form]]:
        spans = [match.span() for match in WORD.finditer(text)]
        found = {
            (at - place, number)
            for at, (start, end) in enumerate(spans)
            for key in index_keys(text[start:end], self._language)
            for number, place in self._places.get(key, ())
            if at >= place
        }
        for at, number in sorted(found):
            span = self._patterns[number].match(text, spans, at, self._language)
            if span is not None:
                yield span, self._forms[number]


def find_uses(glossary: Glossary, text: str, source: str, target: str) -> tuple[TermUse, ...]:
    """Find the terms of a glossary in a text.

    Returns:
        Uses in order, without overlap; the longest term counts. None is inside a literal.
    """
    taken = [literal.span for literal in find_literals(text)]
    merged: dict[Span, TermUse] = {}
    for span, form in _finder(glossary, source, target).candidates(text):
        words = text[span[0] : span[1]]
        before = merged.get(span)
        targets = form.targets or (words,)
        if before is None:
            merged[span] = TermUse(*span, words, targets, form.kind)
        elif before.kind != "keep" and form.kind != "keep":
            merged[span] = TermUse(*span, words, _unique((*before.targets, *targets)), before.kind)
    kept: list[TermUse] = []
    for use in sorted(merged.values(), key=lambda use: (use.start - use.end, use.start)):
        if all(use.end <= start or end <= use.start for start, end in taken):
            kept.append(use)
            taken.append((use.start, use.end))
    return tuple(sorted(kept, key=lambda use: use.start))


def missing_terms(uses: Sequence[TermUse], hypothesis: str, language: str) -> tuple[TermUse, ...]:
    """Return the terms that a translation lacks.

    One of a term's forms must be in the translation once, however often its source uses the term: inflected in Russian,
    singular or plural in English, in either script in Chinese. A `keep` must be there character for character.

    Returns:
        The first use of each term that is missing, in the order of the source.
    """
    distinct = {(use.kind, use.targets): use for use in reversed(uses)}
    missing = [
        use for use in distinct.values() if not any(_has(hypothesis, use, form, language) for form in use.targets)
    ]
    return tuple(sorted(missing, key=lambda use: use.start))


def _has(hypothesis: str, use: TermUse, form: str, language: str) -> bool:
    if use.kind != "keep":
        return next(occurrences(form, hypothesis, language), None) is not None
    # A name in Latin letters may have a Russian ending or touch Chinese characters, but not further Latin letters.
    before = rf"(?<!{_LATIN})" if regex.match(_LATIN, form[0]) else ""
    behind = rf"(?!{_LATIN})" if regex.match(_LATIN, form[-1]) else ""
    return regex.search(f"{before}{regex.escape(form)}{behind}", hypothesis) is not None


@lru_cache(_REMEMBERED)
def _finder(glossary: Glossary, source: str, target: str) -> _Finder:
    return _Finder(source, [form for term in glossary.terms for form in dict.fromkeys(_forms(term, source, target))])


def _forms(term: Term, source: str, target: str) -> Iterator[_Form]:
    if term.kind == "keep":
        for _, group in term.forms:
            yield from (_Form(form, (), "keep") for form in group)
        return
    written = _of_language(term.forms, source)
    targets = _of_language(term.forms, target)
    if not targets:
        return
    if term.kind != "name":
        yield from (_Form(form, targets, "term") for form in written)
        return
    first = _is_surname_first(term.by_language)
    short = _unique(_surname(form, target, first=first) for form in targets)
    for form in written:
        yield _Form(form, _unique((*targets, *short)), "name")
        alone = _surname(form, source, first=first)
        if alone != form and len(alone) > 1:
            yield _Form(alone, _unique((*short, *targets)), "name")


def _of_language(forms: Sequence[tuple[str, tuple[str, ...]]], language: str) -> tuple[str, ...]:
    """Return the forms of a language; Chinese in the other script is converted."""
    listed = dict(forms)
    if language in listed:
        return listed[language]
    other = {CHINESE: TRADITIONAL_CHINESE, TRADITIONAL_CHINESE: CHINESE}.get(language, "")
    if other not in listed:
        return ()
    return _unique(to_script(form, language) for form in listed[other])


def _unique(forms: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(forms))


def _surname(form: str, language: str, *, first: bool = False) -> str:
    """Return the surname of a full name: in Chinese the part after the last dot, elsewhere the last word.

    Args:
        form: A name in a glossary.
        language: BCP-47 tag.
        first: Whether the surname is the first word, as in names of Chinese people.

    Returns:
        The surname with its particles, or the whole name if it has only one part.
    """
    if base_language(language) == CHINESE:
        return DOT.split(form)[-1]
    words = form.split()
    if first:
        return words[0]
    while len(words) > 1 and fold(words[-1].strip(".,")) in load_words("suffixes"):
        words.pop()
    at = len(words) - 1
    while at > 1 and fold(words[at - 1]) in load_words("particles"):
        at -= 1
    return " ".join(words[at:]).rstrip(",")


def _is_surname_first(forms: Mapping[str, tuple[str, ...]]) -> bool:
    """Return whether the surname comes first: the Chinese form has no dot and sounds like the others in order."""
    chinese = next((group[0] for tag, group in forms.items() if base_language(tag) == CHINESE), "")
    if not _HAN_NAME.fullmatch(chinese):
        return False
    for tag, group in forms.items():
        words = group[0].split()
        if base_language(tag) == CHINESE or len(words) != _PARTS:
            continue
        alike = name_similarity(chinese[0], words[0]), name_similarity(chinese[1:], words[1])
        if alike[0] >= _ALIKE and alike[1] >= _RATHER_ALIKE:
            return True
    return False


WORD: Final = regex.compile(r"[\p{L}\p{M}\p{N}]+")
_HAN: Final = regex.compile(r"\p{Han}")
_DASHES: Final = regex.compile(r"\p{Pd}")
_APOSTROPHES: Final = regex.compile("[\N{RIGHT SINGLE QUOTATION MARK}\N{MODIFIER LETTER APOSTROPHE}]")
_DOTS: Final = "·•・‧"
DOT: Final = regex.compile(f" ?[{_DOTS}] ?")
"""The dot between the parts of a foreign name in Chinese."""


@dataclass(frozen=True, slots=True)
class FormPattern:
    """A form of a term in a language with spaces.

    Attributes:
        gaps: The text before, between and after them, with variants of spaces and marks unified.
        exact: Whether only the exact form matches, ignoring case.
    """

    words: tuple[str, ...]
    gaps: tuple[str, ...]
    exact: bool = False

    def match(self, text: str, found: Sequence[Span], at: int, language: str, *, lenient: bool = False) -> Span | None:
        """Return the span of this form at a word, None if it does not match there.

        Args:
            text: Any text.
            found: Spans of its words.
            at: Index of the form's first word.
            language: Tag of the language of both.
            lenient: As for `agrees`; the first word of the text may also be capitalised.
        """
        spans = found[at : at + len(self.words)]
        if len(spans) < len(self.words):
            return None
        for number, (term, (start, end)) in enumerate(zip(self.words, spans, strict=True)):
            word = text[start:end]
            free = lenient and at == 0 and number == 0
            if not (free or same_case(term, word)) or not self._agrees(term, word, language, lenient=lenient):
                return None
            if number and _gap(text[spans[number - 1][1] : start]) != self.gaps[number]:
                return None
        return self._outer(text, (spans[0][0], spans[-1][1]))

    def _agrees(self, term: str, word: str, language: str, *, lenient: bool) -> bool:
        return fold(term) == fold(word) if self.exact else agrees(term, word, language, lenient=lenient)

    def _outer(self, text: str, span: Span) -> Span | None:
        start, end = span[0] - len(self.gaps[0]), span[1] + len(self.gaps[-1])
        if start < 0 or _gap(text[start : span[0]]) != self.gaps[0] or _gap(text[span[1] : end]) != self.gaps[-1]:
            return None
        return start, end


def words_of(form: str, *, exact: bool = False) -> FormPattern:
    """Return the pattern of a form; it has a letter or a digit."""
    spans = [match.span() for match in WORD.finditer(form)]
    edges = [0, *(edge for span in spans for edge in span), len(form)]
    gaps = tuple(_gap(form[edges[at] : edges[at + 1]]) for at in range(0, len(edges), 2))
    return FormPattern(tuple(form[start:end] for start, end in spans), gaps, exact)


def _gap(between: str) -> str:
    return _APOSTROPHES.sub("'", _DASHES.sub("-", regex.sub(r"\s+", " ", between)))


@lru_cache(10_000)
def chinese_pattern(form: str) -> "regex.Pattern[str]":
    """Return the pattern of a Chinese form, for texts converted by `simplify`."""
    parts = []
    for before, character in zip(" " + form, form, strict=False):
        # Some writers put a space between Chinese and Latin, some do not.
        mixed = before != " " and character != " " and bool(_HAN.match(before)) != bool(_HAN.match(character))
        escaped = f"[{_DOTS}]" if character in _DOTS else r"\s?" if character == " " else regex.escape(character)
        parts.append(rf"\s?{escaped}" if mixed or character in _DOTS else escaped)
    left = r"(?<![\p{Latin}\p{Nd}])" if regex.match(r"[\p{Latin}\p{Nd}]", form) else ""
    right = r"(?![\p{Latin}\p{Nd}])" if regex.match(r"[\p{Latin}\p{Nd}]", form[-1]) else ""
    return regex.compile(left + "".join(parts) + right, 0 if form != form.lower() else regex.IGNORECASE)


def occurrences(form: str, text: str, language: str) -> Iterator[Span]:
    """Yield the spans of a term's form in a text, inflected or not; doubtful ones included."""
    if base_language(language) == CHINESE:
        for match in chinese_pattern(simplify(form)).finditer(simplify(text)):
            yield match.span()
        return
    found = [match.span() for match in WORD.finditer(text)]
    pattern = words_of(form)
    for at in range(len(found)):
        span = pattern.match(text, found, at, language, lenient=True)
        if span is not None:
            yield span
