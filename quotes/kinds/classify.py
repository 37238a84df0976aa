"""What kind of thing stands in quotation marks: speech, a fragment of it, a name, a slogan, or a mere term.

The kinds are those of `quotes.types.Quote`. Some marks settle it, and several sentences do; else a multinomial logistic
model (`model.py`) weighs the features of `features.py`. Passages of one article with the same words are judged
together.
"""

from collections import defaultdict
from collections.abc import Sequence

from corpora.article import Article
from quotes.kinds.context import KindContext, read_contexts, same_words
from quotes.kinds.features import features_of_all, is_several
from quotes.kinds.model import likeliest, load_weights, scores
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
