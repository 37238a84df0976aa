"""Features of what stands in quotation marks, and the model that gives its kind.

A feature is a name that holds or does not. Those made here mean the same in every language; `listed.py`,
`russian.py` and `chinese.py` add what needs a language's words.
"""

import json
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache
from importlib import resources

from corpora.article import Article
from corpora.languages import CHINESE, RUSSIAN, conventions_of
from quotes.kinds.chinese import chinese_features
from quotes.kinds.context import STOPS, KindContext, load_word_lists, read_contexts, same_words
from quotes.kinds.listed import listed_features
from quotes.kinds.russian import russian_features
from quotes.lexicon import find_cues
from quotes.marks.block_quotes import FAMILY
from quotes.marks.passages import MarkedPassage
from quotes.speakers.attribution import Attribution
from quotes.types import QuoteKind

_NEXT_SENTENCE = re.compile(r"[.!?…]\s+[A-ZА-ЯЁІЇЄҐ]|[。！？!?].")
_SIZES = (2, 3, 4, 5, 7, 10, 15, 25)
_CHINESE_SIZES = (3, 4, 5, 6, 8, 11, 16, 25)
_SEVERAL = 8
_DISTANCES = (3, 12, 40, 100)
_REACH = 120
_SHORT_GAP = 20
_SENTENCE_END = re.compile(r"[.!?]\s|[。！？]")
_ENDS = {".": "stop", "。": "stop", "!": "call", "！": "call", "?": "call", "？": "call", ",": "comma", "，": "comma"}
_FOLLOWING = {"stop": "".join(STOPS), "comma": ",，", "dash": "—–-", "bracket": "(（", "list": "、"}
_MARKS = {"«": "angle", "‘": "single", "'": "single", "「": "corner", "『": "corner"}

_PAIRS = (
    ("alone", "whole"),
    ("alone", "size>=4"),
    ("alone", "attributed"),
    ("led", "size>=4"),
    ("attributed", "clause"),
    ("attributed", "capital"),
    ("attributed", "size>=4"),
    ("strong", "size>=5"),
    ("attributed", "prev:none"),
    ("capital", "prev:noun"),
    ("single word", "attributed"),
    ("single word", "capital"),
    ("all capital", "attributed"),
    ("names", "attributed"),
    ("capital", "clause"),
    ("end:comma", "attributed"),
    ("clause", "alone"),
    ("near term", "attributed"),
    ("near name", "capital"),
    ("place:before", "clause"),
    ("place:after", "clause"),
    ("place:sentence", "clause"),
    ("weak", "size>=4"),
    ("slogan near", "led"),
    ("slogan near", "capital"),
)
"""Features that together say more than each."""

_TELLING = frozenset({"prev:name noun", "next:name noun", "near term", "slogan near", "attributed", "abbreviated"})
"""Features that count for all passages of an article with the same words."""

_LANGUAGE: dict[str, Callable[[KindContext], Iterator[str]]] = {
    RUSSIAN: russian_features,
    CHINESE: chinese_features,
}


def features(context: KindContext) -> frozenset[str]:
    """List the features that hold for a passage."""
    found = {"bias", *_shape(context), *_place(context), *_attribution(context), *_cues(context)}
    found.update(_LANGUAGE.get(context.lexicon.language, listed_features)(context))
    return frozenset(found | set(_joined(found)))


def features_of_all(contexts: Sequence[KindContext]) -> list[frozenset[str]]:
    """List the features of an article's passages; the same words are a name everywhere if a noun says so once."""
    found = [features(context) for context in contexts]
    told: defaultdict[str, set[str]] = defaultdict(set)
    for context, names in zip(contexts, found, strict=True):
        if context.times > 1:
            told[same_words(context.text)].update(f"elsewhere {name}" for name in names & _TELLING)
    return [names | told.get(same_words(context.text), set()) for context, names in zip(contexts, found, strict=True)]


def is_several(context: KindContext) -> bool:
    """Return whether the words are several sentences, too long for a name that holds a stop."""
    long = sum(map(str.isalnum, context.text)) if context.lexicon.language == CHINESE else len(context.words)
    return long >= _SEVERAL and bool(_NEXT_SENTENCE.search(context.text))


def _joined(found: set[str]) -> Iterator[str]:
    for first, second in _PAIRS:
        if {first, second} <= found:
            yield f"{first} & {second}"


def _shape(context: KindContext) -> Iterator[str]:
    """What stands inside the marks."""
    text = context.text
    chinese = context.lexicon.language == CHINESE
    size = sum(map(str.isalnum, text)) if chinese else len(context.words)
    sizes = _CHINESE_SIZES if chinese else _SIZES
    # The names count English words; Chinese reaches each with the characters that say as much.
    yield from (f"size>={name}" for name, least in zip(_SIZES, sizes, strict=True) if size >= least)
    if size <= 1 + 2 * chinese:
        yield "single word"
    yield f"end:{_ENDS.get(text[-1], 'none')}"
    if _NEXT_SENTENCE.search(text):
        yield "several sentences"
    if re.search(r"[,，;；:：].", text):
        yield "pause inside"
    if len(context.passage.spans) > 1:
        yield "parts"
    if text[0].isdigit():
        yield "figure"
    elif context.capital:
        yield "capital"
    if any(map(str.isdigit, text)):
        yield "figure inside"


def _place(context: KindContext) -> Iterator[str]:
    """Where it stands, and in which marks."""
    before, after = context.before.rstrip(), context.after.lstrip()
    passage = context.passage
    yield f"marks:{_MARKS.get(passage.marks[:1], 'double') if passage.family != 'dash' else 'dash'}"
    holds = {
        "nested": passage.parent is not None,
        "unclosed": not passage.closed,
        "led": context.led,
        "alone": context.alone,
        "ends_sentence": context.ends_sentence,
        "listed": context.listed,
        "whole": context.alone and context.ends_sentence,
        "block start": not before,
        "whole block": not before and not after.strip("".join(STOPS)),
        "after comma": before.endswith((",", "，")),
        "after break": before.endswith(("(", "（", "—", "-", "–", "/")),
        "heading": context.block in ("title", "heading"),
        "repeated": context.times > 1,
    }
    yield from (name for name, true in holds.items() if true)
    yield f"follows:{_following(context.after)}"


def _following(after: str) -> str:
    first = after.lstrip()[:1]
    if not first:
        return "nothing"
    named = next((name for name, characters in _FOLLOWING.items() if first in characters), "")
    return named or ("word" if first.isalnum() else "other")


def _attribution(context: KindContext) -> Iterator[str]:
    """Who is found to say it, and how."""
    found = context.found
    yield f"place:{found.place or 'nowhere'}"
    if found.cue is None:
        yield "no cue"
    else:
        yield "strong" if found.strong else "weak"
        if found.cue.lower() in load_word_lists(context.lexicon.language).words("habitual"):
            yield "habitual"
    if context.attributed:
        yield "attributed"
    if found.speaker is None:
        yield "no speaker"
    if found.span is not None:
        start, end = context.passage.outer
        far = min(abs(found.span[0] - end), abs(start - found.span[1]))
        yield from (f"speaker beyond {distance}" for distance in _DISTANCES if far > distance)


def _cues(context: KindContext) -> Iterator[str]:
    """Words that report speech in its sentence, whoever the speaker is."""
    language = context.lexicon.language
    near = context.clause[-_REACH:]
    before = find_cues(near, language)
    behind = find_cues(_SENTENCE_END.split(context.after[:_REACH], maxsplit=1)[0], language)
    if before:
        yield "cue before"
        yield "strong cue" if before[-1].strong else "weak cue"
        gap = near[before[-1].end :].strip(" ,，:：“”\"'")
        if not gap:
            yield "cue right before"
        elif len(gap) < _SHORT_GAP:
            yield "cue just before"
    if behind:
        yield "cue behind"
        if not behind[0].strong:
            yield "weak cue behind"
    if not before and not behind:
        yield "no cue in sentence"


_SETTLED: dict[str, QuoteKind] = {"title": "title", "inner title": "title", "dash": "direct", FAMILY: "direct"}


def classify(article: Article, passages: Sequence[MarkedPassage], found: Sequence[Attribution]) -> list[QuoteKind]:
    """Return the kind of each passage of an article; `passages` are all of them, in order."""
    weights = load_weights(article.language)
    contexts = read_contexts(article, passages, found)
    totals = [scores(names, weights) for names in features_of_all(contexts)]
    shared = share_scores(contexts, totals)
    return [settled_kind(context) or likeliest(total) for context, total in zip(contexts, shared, strict=True)]


def settled_kind(context: KindContext) -> QuoteKind | None:
    """Return the kind that the marks settle, or several sentences inside; None where neither does."""
    known = _SETTLED.get(context.passage.family)
    return "direct" if known is None and is_several(context) else known


def share_scores(contexts: Sequence[KindContext], totals: Sequence[list[float]]) -> list[list[float]]:
    """Give passages with the same words the mean of what each scores and what all of them score on average."""
    alike: defaultdict[str, list[list[float]]] = defaultdict(list)
    for context, total in zip(contexts, totals, strict=True):
        if context.times > 1:
            alike[same_words(context.text)].append(total)
    means = {words: [sum(column) / len(group) for column in zip(*group, strict=True)] for words, group in alike.items()}
    return [
        [(own + mean) / 2 for own, mean in zip(total, means.get(same_words(context.text), total), strict=True)]
        if context.times > 1
        else total
        for context, total in zip(contexts, totals, strict=True)
    ]


KINDS: tuple[QuoteKind, ...] = ("direct", "partial", "scare", "title", "slogan")


@cache
def load_weights(language: str) -> Mapping[str, tuple[float, ...]]:
    """Return for each feature of a language (BCP-47 tag) its weights, one a kind in the order of `KINDS`."""
    data = json.loads(resources.files("quotes.kinds").joinpath("weights.json").read_text(encoding="utf-8"))
    return {name: tuple(values) for name, values in data[conventions_of(language)].items()}


def scores(names: Iterable[str], weights: Mapping[str, tuple[float, ...]]) -> list[float]:
    """Add up the weights of the features that hold: one score a kind, the highest is the likeliest."""
    totals = [0.0] * len(KINDS)
    for name in sorted(names):
        for place, weight in enumerate(weights.get(name, ())):
            totals[place] += weight
    return totals


def likeliest(totals: Sequence[float]) -> QuoteKind:
    """Return the kind with the highest score."""
    return KINDS[max(range(len(KINDS)), key=totals.__getitem__)]
