"""Find the terms of a glossary in a text."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

import regex

from corpora.languages import CHINESE, TRADITIONAL_CHINESE, base_language
from translate.glossary.forms import index_keys
from translate.glossary.matching import WORD, Span, Words, signs_of, simplified, words_of
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


@dataclass(slots=True)
class _Finder:
    """All forms that may stand in texts of one language, by what they begin with, numbered in the glossary's order."""

    language: str
    count: int = 0
    signs: dict[str, list[tuple["regex.Pattern[str]", _Form]]] = field(default_factory=dict)
    words: dict[str, list[tuple[int, Words, _Form]]] = field(default_factory=dict)

    def add(self, form: _Form) -> None:
        self.count += 1
        if base_language(self.language) == CHINESE:
            folded = simplified(form.form)
            self.signs.setdefault(folded[0].casefold(), []).append((signs_of(folded), form))
            return
        pattern = words_of(form.form, exact=form.kind == "keep")
        for key in index_keys(pattern.words[0], self.language):
            self.words.setdefault(key, []).append((self.count, pattern, form))

    def candidates(self, text: str) -> Iterator[tuple[Span, _Form]]:
        return self._by_signs(text) if self.signs else self._by_words(text)

    def _by_signs(self, text: str) -> Iterator[tuple[Span, _Form]]:
        folded = simplified(text)
        for sign in dict.fromkeys(map(str.casefold, folded)):
            for pattern, form in self.signs.get(sign, ()):
                for match in pattern.finditer(folded):
                    yield match.span(), form

    def _by_words(self, text: str) -> Iterator[tuple[Span, _Form]]:
        spans = [match.span() for match in WORD.finditer(text)]
        for at, (start, end) in enumerate(spans):
            for pattern, form in self._beginning_with(text[start:end]):
                span = pattern.match(text, spans, at, self.language)
                if span is not None:
                    yield span, form

    def _beginning_with(self, word: str) -> list[tuple[Words, _Form]]:
        listed = {
            number: (pattern, form)
            for key in index_keys(word, self.language)
            for number, pattern, form in self.words.get(key, ())
        }
        return [listed[number] for number in sorted(listed)]


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
    finder = _Finder(source)
    for term in glossary.terms:
        for form in dict.fromkeys(_forms(term, source, target)):
            finder.add(form)
    return finder


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
    first = is_surname_first(term.by_language)
    short = _unique(surname(form, target, first=first) for form in targets)
    for form in written:
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
