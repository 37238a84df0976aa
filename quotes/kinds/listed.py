"""What listed words tell about the kind of what stands in quotation marks: all that English and Ukrainian need."""

import re
from collections.abc import Iterator

from quotes.kinds.context import WORD, KindContext, WordLists, load_word_lists

_NEAR = 40
_ABBREVIATION = 16
_FAR = 90
_FEW_WORDS = 4
_PREVIOUS = ("articles", "possessives", "prepositions", "copulas", "modals", "that", "naming_cues", "works", "bodies",
             "vehicles", "terms", "slogans", "concepts")  # fmt: skip
_FIRST = ("articles", "prepositions", "copulas", "modals", "pronouns", "that")
_ADJECTIVE = ("ed", "ive", "ous", "al", "ful", "less", "ic", "ible", "able", "ent", "ant")
_NOUNS = ("works", "bodies", "vehicles", "terms", "concepts")


def listed_features(context: KindContext) -> Iterator[str]:
    """List the features of a passage."""
    lists = load_word_lists(context.lexicon.language)
    yield from _inside(context, lists)
    yield from _in_front(context, lists)
    yield from _behind(context, lists)


def _plain(words: list[str]) -> list[str]:
    return [word.lower().replace("\N{RIGHT SINGLE QUOTATION MARK}", "'") for word in words]


def _inside(context: KindContext, lists: WordLists) -> Iterator[str]:
    words = _plain(context.words)
    if not words:
        yield "no words"
        return
    finite = any(lists.has("finite", word) for word in words)
    subject = _subject(words, lists) if finite else ""
    capitals = [word[0].isupper() or word.lower() in lists.words("small") for word in context.words]
    all_capital = all(capitals) and context.words[0][0].isupper()
    holds = {
        "finite": finite,
        "clause": bool(subject),
        "strict clause": bool(subject),
        subject: bool(subject),
        "opens clause": lists.has("openers", words[0]),
        "first person": bool(lists.words("first_person") & set(words)),
        "first:ing": words[0].endswith("ing"),
        "first:ed": words[0].endswith(("ed", "en")),
        "last:adjective": len(words) <= _FEW_WORDS and words[-1].endswith(_ADJECTIVE),
        "all capital": all_capital,
        "names": all_capital and len(words) > 1,
    }
    yield from (name for name, true in holds.items() if true)
    yield from (f"first:{name}" for name in _FIRST if lists.has(name, words[0]))


def _subject(words: list[str], lists: WordLists) -> str:
    head = words[1:] if lists.has("that", words[0]) or words[0] in {"not", "so"} else words
    if head and (lists.has("pronouns", head[0]) or lists.has("openers", head[0])):
        return "subject:pronoun"
    verb = next((place for place, word in enumerate(words) if lists.has("finite", word)), 0)
    return "subject:words" if verb else ""


def _in_front(context: KindContext, lists: WordLists) -> Iterator[str]:
    near = context.clause[-_NEAR:].lower()
    if lists.within("naming", near):
        yield "near term"
    if lists.within("abbreviations", near[-_ABBREVIATION:]):
        yield "abbreviated"
    if lists.within("slogans", context.clause[-_FAR:].lower()):
        yield "slogan near"
    if lists.within("naming_cues", near):
        yield "naming cue near"
    for name in ("works", "bodies", "vehicles"):
        if lists.within(name, near):
            yield "near name"
            yield f"near:{name}"
    if lists.within("terms", near):
        yield "near:terms"
    yield from _previous(context, lists)


def _previous(context: KindContext, lists: WordLists) -> Iterator[str]:
    before = context.before.rstrip()
    words = WORD.findall(context.clause)
    if not words or not before or not before[-1].isalnum():
        yield "prev:none" if not words else "prev:mark"
        return
    last = words[-1].lower()
    known = [name for name in _PREVIOUS if lists.has(name, last)]
    yield from (f"prev:{name}" for name in known)
    if any(name in _NOUNS for name in known):
        yield "prev:noun"
    if {"works", "bodies", "vehicles"} & set(known):
        yield "prev:name noun"
    if words[-1][0].isupper():
        yield "prev:capital"
    if last == "as":
        yield "prev:as"
    if re.search(r"(?:\N{RIGHT SINGLE QUOTATION MARK}|')s?$", before[-2:]):
        yield "prev:possessives"
    if last.endswith("ed") and "naming_cues" not in known:
        yield "prev:ed"
    if not known:
        yield "prev:other"


def _behind(context: KindContext, lists: WordLists) -> Iterator[str]:
    words = WORD.findall(context.after[:_FAR])
    if not words or not context.after.lstrip()[:1].isalnum():
        return
    first = words[0].lower()
    for name in ("works", "bodies", "vehicles", "terms", "concepts", "prepositions", "copulas", "modals", "that"):
        if lists.has(name, first):
            yield f"next:{name}"
            if name in {"works", "bodies", "vehicles"}:
                yield "next:name noun"
        elif len(words) > 1 and lists.has(name, words[1].lower()) and name in _NOUNS:
            yield f"second:{name}"
    if first[0].islower() and not any(lists.has(name, first) for name in ("prepositions", "that", "copulas")):
        yield "next:other"
    if words[0][0].isupper():
        yield "next:capital"
