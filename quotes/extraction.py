"""Quotes of an article: found, sorted by kind, and attributed."""

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import replace

from common.progress import SILENT, Progress
from corpora.article import Article
from corpora.chinese import in_simplified
from corpora.languages import CHINESE, base_language
from quotes.kinds.features import classify
from quotes.marks.block_quotes import with_block_quotes
from quotes.marks.lost_marks import with_lost_openings
from quotes.marks.passages import MarkedPassage, find_passages, has_words
from quotes.speakers.attribution import Attribution, attribute
from quotes.types import Quote, QuoteKind, QuoteOptions

_DEFAULTS = QuoteOptions()
_OMITTED_BY_OPTION = {"title": "titles", "scare": "scare"}


def extract_all(articles: Sequence[Article], progress: Progress = SILENT) -> list[tuple[Quote, ...]]:
    """Return what `extract_quotes` gives for each of `articles`; `progress` counts them."""
    found = []
    with progress.bar("Finding the quotes", len(articles), unit="articles") as advance:
        for article in articles:
            found.append(extract_quotes(article))
            advance(1)
    return found


def extract_quotes(article: Article, options: QuoteOptions = _DEFAULTS) -> tuple[Quote, ...]:
    """Find every passage in quotation marks, every block quote, and speech that Russian sets off with dashes.

    Returns:
        The quotes in order of appearance. `article.text[start:end]` is the part for every span of every quote; a nested
        quote lies inside a part of the one that it is nested in.
    """
    plain = in_simplified(article)
    passages = read_passages(plain, options)
    attributions = attribute(plain, passages, options)
    kinds = classify(plain, passages, attributions)
    kept = [
        number
        for number, kind in enumerate(kinds)
        if kind not in _OMITTED_BY_OPTION or getattr(options, _OMITTED_BY_OPTION[kind])
    ]
    names = {id(passages[number]): f"q{place}" for place, number in enumerate(kept, start=1)}
    starts = [sentence.start for sentence in article.sentences]
    found = [_quote(plain, passages[number], (kinds[number], attributions[number]), (names, starts)) for number in kept]
    return tuple(found if plain is article else (as_written(quote, plain, article) for quote in found))


def as_written(quote: Quote, plain: Article, article: Article) -> Quote:
    """Return a quote of an article in Simplified characters with the words of the same article as it was written."""
    parts = tuple(article.text[start:end] for start, end in quote.spans)

    def words(found: str | None) -> str | None:
        """Return words as the article has them, where it has them."""
        # The words stand somewhere in the article, or were made from what stands there.
        at = plain.text.find(found) if found else -1
        return article.text[at : at + len(found)] if found and at >= 0 else found

    speaker, name, cue = (words(found) for found in (quote.speaker, quote.speaker_name, quote.cue))
    return replace(quote, text="".join(parts), parts=parts, speaker=speaker, speaker_name=name, cue=cue)


def read_passages(article: Article, options: QuoteOptions) -> list[MarkedPassage]:
    """List what an article sets in marks, quotes as a block or lets follow a dash, in order."""
    passages = with_lost_openings(article, find_passages(article, options), options)
    return with_block_quotes(article, [passage for passage in passages if has_words(article, passage)])


def _quote(
    article: Article,
    passage: MarkedPassage,
    judged: tuple[QuoteKind, Attribution],
    places: tuple[Mapping[int, str], Sequence[int]],
) -> Quote:
    """Make the result from a passage, what it was judged to be, and where its neighbours and the sentences are."""
    kind, found = judged
    names, starts = places
    parts = tuple(article.text[start:end] for start, end in passage.spans)
    parent = passage.parent
    while parent is not None and id(parent) not in names:
        parent = parent.parent
    speaks = kind in ("direct", "partial")
    return Quote(
        id=names[id(passage)],
        kind=kind,
        text=("" if base_language(article.language) == CHINESE else " ").join(parts),
        parts=parts,
        spans=tuple(passage.spans),
        marks=passage.marks,
        speaker=found.speaker if speaks else None,
        speaker_span=found.span if speaks else None,
        speaker_name=found.name if speaks else None,
        cue=found.cue if speaks else None,
        sentences=_sentences(passage, starts),
        nested_in=names[id(parent)] if parent is not None else None,
    )


def _sentences(passage: MarkedPassage, starts: Sequence[int]) -> tuple[int, ...]:
    numbers: set[int] = set()
    for start, end in passage.spans:
        numbers.update(range(max(0, bisect_right(starts, start) - 1), bisect_right(starts, end - 1)))
    return tuple(sorted(numbers))
