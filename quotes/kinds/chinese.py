"""What Chinese words tell about the kind of what stands in quotation marks."""

import re
from collections.abc import Iterator
from functools import cache

from quotes.kinds.context import KindContext, WordLists, load_word_lists

_NEAR = 12
_FAR = 30
_BEHIND = 25
_NOUN_PHRASE = re.compile("^[^，。]{1,6}$")
_LATIN = re.compile(r"[A-Za-z]")
_CLAUSE = 8
_SET_PHRASE = 4
_TITLE_SEPARATOR = "\N{MIDDLE DOT}"


@cache
def _numbered() -> re.Pattern[str]:
    """Match a slogan-like term such as "one country two systems" in short, or a term with a figure."""
    (known,) = load_word_lists("zh").words("numerals")
    return re.compile(rf"[{known}\d]+[^，。、{known}\d]{{1,3}}|[^\W\d][{known}\d]{{1,3}}")


def chinese_features(context: KindContext) -> Iterator[str]:
    """List the features of a Chinese passage."""
    lists = load_word_lists("zh")
    yield from _inside(context, lists)
    yield from _in_front(context, lists)
    yield from _behind(context, lists)


def _inside(context: KindContext, lists: WordLists) -> Iterator[str]:
    text = context.text
    if not any(map(str.isalnum, text)):
        yield "no words"
        return
    verb = any(word in text for word in lists.words("verbs"))
    subject = text.startswith(lists.starts("subjects"))
    bare = text.strip("，。！？,!? ")
    holds = {
        "finite": verb,
        "opens clause": subject,
        "clause": verb and subject,
        "strict clause": verb and sum(map(str.isalnum, text)) >= _CLAUSE,
        "first person": bool(lists.words("first_person") & set(text)),
        "last:particle": text.rstrip("。！？，!?, ").endswith(lists.starts("particles")),
        "last:name": text.endswith(lists.starts("nominal")),
        "noun phrase": bool(_NOUN_PHRASE.search(text.rpartition(lists.starts("after_de")[0])[2]))
        and lists.starts("after_de")[0] in text,
        "numbered": bool(_numbered().fullmatch(text)),
        "latin": bool(_LATIN.match(text)),
        "names": _TITLE_SEPARATOR in text,
        "four characters": len(bare) == _SET_PHRASE,
        "space inside": bool(re.search(r"\S\s\S", text)) and not _LATIN.search(text),
    }
    yield from (name for name, true in holds.items() if true)


def _in_front(context: KindContext, lists: WordLists) -> Iterator[str]:
    clause = context.clause.rstrip()
    near = re.split("[，,]", clause)[-1][-_NEAR:]
    for name in ("naming", "terms", "naming_cues", "before_names"):
        if clause.endswith(lists.starts(name)):
            yield f"prev:{name}"
        if any(word in near for word in lists.words(name)):
            yield f"near:{name}"
    if any(word in near for word in lists.words("terms")):
        yield "near term"
    if clause.endswith(lists.starts("before_names")):
        yield "near name"
        yield "prev:name noun"
    if any(word in clause[-_FAR:] for word in lists.words("slogans")):
        yield "slogan near"
    if clause.endswith(lists.starts("abbreviations")):
        yield "abbreviated"
    last = clause[-1:]
    yield f"prev:{lists.named('last').get(last, _unlisted(last))}"
    if not context.before.strip():
        yield "prev:none"


def _unlisted(last: str) -> str:
    if not last:
        return "none"
    return "latin" if last.isascii() else "other"


def _behind(context: KindContext, lists: WordLists) -> Iterator[str]:
    after = context.after.lstrip()
    head = re.split("[，。、；：！？“”《》（）]", after)[0][:_BEHIND]
    for name in ("after_works", "after_vehicles", "after_bodies", "after_concepts"):
        if after.startswith(lists.starts(name)):
            yield f"next:{name}"
            if name != "after_concepts":
                yield "next:name noun"
        elif head.endswith(lists.starts(name)):
            yield f"later:{name}"
        elif any(word in head for word in lists.words(name) if len(word) > 1):
            yield f"within:{name}"
    for name in ("de", "le", "etc"):
        if after.startswith(lists.starts(f"after_{name}")):
            yield f"next:{name}"
    if head.removeprefix(lists.starts("after_de")[0]).startswith(lists.starts("slogans")):
        yield "slogan near"
        yield "next:slogans"
