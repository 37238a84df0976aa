"""What kind of thing stands in quotation marks: speech, a fragment of it, a name, a slogan, or a mere term.

The kinds are those of `quotes.types.Quote`. Some marks settle it, and several sentences do; else a multinomial logistic
model (`model.py`) weighs the features of `features.py`. Passages of one article with the same words are judged
together.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from importlib import resources

from corpora.article import Article
from corpora.languages import base_language
from quotes.kinds.context import KindContext, read_contexts, same_words
from quotes.kinds.features import features_of_all, is_several
from quotes.marks.block_quotes import FAMILY
from quotes.marks.passages import MarkedPassage
from quotes.speakers.attribution import Attribution
from quotes.types import QuoteKind

_SETTLED: dict[str, QuoteKind] = {"title": "title", "inner title": "title", "dash": "direct", FAMILY: "direct"}


def classify(article: Article, passages: Sequence[MarkedPassage], found: Sequence[Attribution]) -> list[QuoteKind]:
    """Return the kind of each passage.

    Args:
        article: The article.
        passages: All its passages, in order.
        found: Who says each.
    """
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
    return {name: tuple(values) for name, values in data[base_language(language)].items()}


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
