"""Find the terms of a glossary in a text."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from corpora.languages import CHINESE, TRADITIONAL_CHINESE, base_language
from translate.glossary.forms import index_keys
from translate.glossary.matching import WORD, Span, signs_of, simplified, words_of
from translate.glossary.names import is_surname_first, surname
from translate.glossary.types import Glossary, Term, TermKind, TermUse
from translate.protected import find_literals

_REMEMBERED = 8


@dataclass(frozen=True, slots=True)
class _Form:
    """A form that is looked for; no targets: it stays as it stands in the text."""

    form: str
    targets: tuple[str, ...]
    kind: TermKind


class _Finder:
    """All forms that may stand in texts of one language, each under the word or sign of it that the fewest share.

    So the time that a text takes does not grow with how many forms begin alike.

    Args:
        language: Tag of the language.
        forms: In the glossary's order.
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
        return self._by_signs(simplified(text)) if self._is_chinese else self._by_words(text)

    def _parts(self, number: int) -> list[frozenset[str]]:
        """Return for each word or sign of a form what it is found under."""
        if not self._is_chinese:
            return [index_keys(word, self._language) for word in self._patterns[number].words]
        signs = simplified(self._forms[number].form)
        return [frozenset({sign.casefold()}) for sign in signs if sign.isalnum()] or [frozenset({signs[0].casefold()})]

    def _by_signs(self, text: str) -> Iterator[tuple[Span, _Form]]:
        signs = set(map(str.casefold, text))
        for number in sorted({number for sign in signs for number, _ in self._places.get(sign, ())}):
            form = self._forms[number]
            for match in signs_of(simplified(form.form)).finditer(text):
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
    """Find what a text uses of a glossary, see `Glossary.uses`."""
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


@lru_cache(_REMEMBERED)
def _finder(glossary: Glossary, source: str, target: str) -> _Finder:
    return _Finder(source, [form for term in glossary.terms for form in dict.fromkeys(_forms(term, source, target))])


def _forms(term: Term, source: str, target: str) -> Iterator[_Form]:
    if term.kind == "keep":
        for _, group in (*term.forms, *term.avoided):
            yield from (_Form(form, (), "keep") for form in group)
        return
    written = _of_language(term.forms, source)
    looked_for = _unique((*written, *_of_language(term.avoided, source)))
    targets = _of_language(term.forms, target)
    if not targets:
        return
    if term.kind != "name":
        yield from (_Form(form, targets, "term") for form in looked_for)
        return
    first = is_surname_first(term.by_language)
    short = _unique(surname(form, target, first=first) for form in targets)
    for form in looked_for:
        yield _Form(form, _unique((*targets, *short)), "name")
        alone = surname(form, source, first=first)
        if alone != form and len(alone) > 1:
            yield _Form(alone, _unique((*short, *targets)), "name")


def _of_language(forms: Sequence[tuple[str, tuple[str, ...]]], language: str) -> tuple[str, ...]:
    """Return the forms of a language; Chinese in the other script serves too, converted."""
    listed = dict(forms)
    if language in listed:
        return listed[language]
    other = {CHINESE: TRADITIONAL_CHINESE, TRADITIONAL_CHINESE: CHINESE}.get(language, "")
    if other not in listed:
        return ()
    from translate.pipeline.script import to_script  # noqa: PLC0415 - loads the converter when it is needed

    return _unique(to_script(form, language) for form in listed[other])


def _unique(forms: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(forms))
