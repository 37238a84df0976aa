"""What Russian words tell about the kind of what stands in quotation marks."""

import re
from collections.abc import Iterator

from quotes.kinds.context import WORD, KindContext, WordLists, load_word_lists
from quotes.lexicon import parse_russian

_NEAR_WORDS = 4
_FAR_WORDS = 12
_NEAR = 45
_ABBREVIATION = 15
_FEW = 3
_LATIN = re.compile(r"[A-Za-z]")
_VERBS = frozenset({"VERB", "PRED", "ADJS", "PRTS"})
_NOMINAL = frozenset({"NOUN", "ADJF", "PREP", "CONJ", None})
_CASES = ("nomn", "gent", "datv", "accs", "ablt", "loct")


def russian_features(context: KindContext) -> Iterator[str]:
    """List the features of a Russian passage."""
    lists = load_word_lists("ru")
    yield from _inside(context, lists)
    yield from _in_front(context, lists)
    yield from _behind(context)


def _inside(context: KindContext, lists: WordLists) -> Iterator[str]:
    words = context.words
    if not words:
        yield "no words"
        return
    readings = [parse_russian(word.lower()) for word in words]
    subject = any(r.tag.POS in {"NOUN", "NPRO"} and "nomn" in r.tag for word in readings for r in word[:3])
    verb = any(word[0].tag.POS in _VERBS for word in readings)
    strict = verb and any(word[0].tag.POS in {"NOUN", "NPRO"} and "nomn" in word[0].tag for word in readings)
    capitals = [word[0].isupper() for word in words]
    nominal = all(word[0].tag.POS in _NOMINAL for word in readings)
    holds = {
        "finite": verb,
        "clause": subject and verb,
        "strict clause": strict,
        "first person": bool({word.lower() for word in words} & lists.words("pronouns")),
        "latin": bool(_LATIN.match(words[0])),
        "all capital": all(capitals),
        "names": all(capitals) and len(words) > 1,
        "capital inside": any(capitals[1:]),
        "noun phrase": len(words) <= _FEW and not verb and nominal,
    }
    yield from (name for name, true in holds.items() if true)
    first = readings[0][0].tag
    yield f"first:{first.POS}"
    yield f"last:{readings[-1][0].tag.POS}"
    if first.POS in {"NOUN", "ADJF"} and first.case:
        yield f"case:{first.case}"
        yield "nominative" if first.case == "nomn" else "oblique"


def _in_front(context: KindContext, lists: WordLists) -> Iterator[str]:
    words = WORD.findall(context.clause)[-_FAR_WORDS:]
    lemmas = [{reading.normal_form for reading in parse_russian(word.lower())[:2]} for word in words]
    near = set().union(*lemmas[-_NEAR_WORDS:]) if lemmas else set()
    far = set().union(*lemmas, {word.lower() for word in words}) if lemmas else set()
    clause = context.clause.lower()
    holds = {
        "near term": lists.within("naming", clause[-_NEAR:]),
        "slogan near": bool(far & lists.words("slogans")),
        "prev:slogans": bool(lemmas) and bool(lemmas[-1] & lists.words("slogans")),
        "abbreviated": lists.within("abbreviations", clause[-_ABBREVIATION:]),
        "naming cue near": bool(near & lists.words("naming_cues")),
    }
    yield from (name for name, true in holds.items() if true)
    for name in ("works", "vehicles", "bodies", "terms"):
        if near & lists.words(name):
            yield f"near:{name}"
            if name != "terms":
                yield "near name"
        if lemmas and lemmas[-1] & lists.words(name):
            yield f"prev:{name}"
            if name != "terms":
                yield "prev:name noun"
    yield from _previous(context, words)


def _previous(context: KindContext, words: list[str]) -> Iterator[str]:
    before = context.before.rstrip()
    if not words or not before or not before[-1].isalnum():
        yield "prev:none" if not words else "prev:mark"
        return
    reading = parse_russian(words[-1].lower())[0]
    yield f"prev:{reading.tag.POS}"
    if reading.tag.POS == "NOUN":
        yield "prev:noun"
    if reading.tag.POS in {"NOUN", "NPRO"}:
        yield f"prev:{reading.tag.case}"
    if words[-1].lower() in load_word_lists("ru").words("reporters"):
        yield f"prev:{words[-1].lower()}"
    if words[-1][0].isupper() or words[-1].isupper():
        yield "prev:capital"
    here = parse_russian(context.words[0].lower())[0].tag if context.words else None
    if here is not None and here.case and reading.tag.case:
        yield "agrees" if here.case == reading.tag.case else "agrees not"


def _behind(context: KindContext) -> Iterator[str]:
    words = WORD.findall(context.after[:_NEAR])
    if not words or not context.after.lstrip()[:1].isalnum():
        return
    tag = parse_russian(words[0].lower())[0].tag
    yield f"next:{tag.POS}"
    if tag.POS == "NOUN" and tag.case in _CASES:
        yield f"next:{tag.case}"
    if words[0][0].isupper():
        yield "next:capital"
