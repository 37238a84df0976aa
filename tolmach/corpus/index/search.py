"""Searches the index of a corpus: utterances that are near a query, each with all its wordings."""

from dataclasses import dataclass
from pathlib import Path

from corpora.article import Article


@dataclass(frozen=True, kw_only=True)
class QuoteFilter:
    """What one wording of an utterance, at least, must fit; None for anything.

    Attributes:
        speaker: A name, in any of the scripts.
        language: A language tag.
        outlet: An outlet, as the corpus names it.
        since: The first day, month or year, as in `2023-01`.
        until: The last, which is included.
    """

    speaker: str | None = None
    language: str | None = None
    outlet: str | None = None
    since: str | None = None
    until: str | None = None


@dataclass(frozen=True, kw_only=True)
class Wording:
    """A quote of an article.

    Attributes:
        article: Id of the article.
        quote: Id of the quote within the article.
        story: Story of the article.
        language: Language tag.
        outlet: Name of the outlet.
        date: When it was published, ISO 8601.
        url: Address of the article.
        title: Headline of the article.
        text: The words.
        speaker_name: The speaker as this article names them.
        verdict: What the comparison says of it and the earliest wording; None for the earliest itself.
        altered: How likely its meaning differs from the earliest, from 0 to 1; None for the earliest itself.
    """

    article: str
    quote: str
    story: str
    language: str
    outlet: str | None
    date: str | None
    url: str | None
    title: str | None
    text: str
    speaker_name: str | None
    verdict: str | None
    altered: float | None


@dataclass(frozen=True, kw_only=True)
class Utterance:
    """What somebody said once, in all wordings of the corpus.

    Attributes:
        id: Its name in the index.
        speaker_name: The name in the earliest wording that has one.
        score: How near the query is, from 0 to 1.
        wordings: All of them, the earliest first.
    """

    id: str
    speaker_name: str | None
    score: float
    wordings: tuple[Wording, ...]


@dataclass(frozen=True, kw_only=True)
class SearchResult:
    """What was found.

    Attributes:
        query: The words that were searched for.
        filters: What the wordings had to fit.
        utterances: The best first.
    """

    query: str
    filters: QuoteFilter
    utterances: tuple[Utterance, ...]


class QuoteIndex:
    """The index of a corpus, opened once and searched many times, by one thread."""

    @classmethod
    def open(cls, corpus: Path) -> "QuoteIndex":
        """Open the index in the folder of a corpus.

        Raises:
            InputError: There is none, or it is damaged.
            MissingExtraError: LanceDB is not installed.
        """
        raise NotImplementedError

    def search(self, query: str, filters: QuoteFilter, *, limit: int = 10) -> SearchResult:
        """Return the utterances nearest to a query, each with all its wordings."""
        raise NotImplementedError

    def article(self, article: str) -> Article:
        """Return an article of the corpus, by its id; its outlet, date and address are in `meta`.

        Raises:
            InputError: The corpus has no such article.
        """
        raise NotImplementedError
