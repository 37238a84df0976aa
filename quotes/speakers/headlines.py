"""Speakers of the quotes in headlines, which the text below tells."""

from collections.abc import MutableMapping, Sequence
from dataclasses import replace

from corpora.article import Article
from corpora.languages import ENGLISH, base_language
from quotes.marks.passages import MarkedPassage
from quotes.speakers.antecedents import Attribution
from quotes.speakers.names import repeats

_MOST = 200
"""How many quotes in headlines are looked at."""
_KINDS = ("title", "heading")
_STRANGERS = ("a", "an", "one", "some")


def attribute_headlines(
    article: Article, passages: Sequence[MarkedPassage], done: MutableMapping[int, Attribution], *, cast: bool
) -> None:
    """Give a headline's quote the name of the one who says the same in the text, else of whoever is quoted first.

    Args:
        article: The article.
        passages: Its passages in order, those around others first.
        done: The attribution of each, by its id; those of headlines are replaced.
        cast: Whether the language keeps a cast of its people.
    """
    if not article.blocks:
        return
    tops = [passage for passage in passages if passage.parent is None]
    bodies = [top for top in tops if article.blocks[top.block].kind not in _KINDS and done[id(top)].name]
    english = base_language(article.language) == ENGLISH
    for passage in passages[:_MOST]:
        if article.blocks[passage.block].kind not in _KINDS:
            continue
        own, words = done[id(passage)], _words(article, passage)
        same = next((done[id(body)] for body in bodies if repeats(words, _words(article, body))), None)
        if same:
            name = own.name if own.name and own.cue else same.name
            done[id(passage)] = replace(own, name=name, place="extract", strong=same.strong)
        elif passage.parent is not None:
            continue
        elif cast and (own.cue is None or own.name is None):
            # Nobody is named in the headline: whoever is quoted first.
            done[id(passage)] = replace(own, name=next((done[id(body)].name for body in bodies), own.name))
        elif english and own.name is None and _may_lead(own):
            block = article.blocks[passage.block]
            names = [done[id(body)].name or "" for body in bodies if done[id(body)].cue]
            done[id(passage)] = replace(own, name=_leading(article.text[block.start : block.end], names))


def _words(article: Article, passage: MarkedPassage) -> str:
    return " ".join(article.text[start:end] for start, end in passage.spans)


def _may_lead(own: Attribution) -> bool:
    """Tell whether the article's first speaker may be meant: no group and no stranger is said to say it."""
    words = (own.speaker or "").lower().split()
    return not words or not (words[-1].endswith("s") or words[0] in _STRANGERS)


def _leading(headline: str, names: Sequence[str]) -> str | None:
    """Choose the first speaker whom the headline names, else the first."""
    known = set(headline.split())
    return next((name for name in names if known & set(name.split())), names[0] if names else None)
