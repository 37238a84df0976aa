"""Searches the index of a corpus: utterances that are near a query, each with all its wordings."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal

from common.errors import InputError, UsageError
from common.names import printable
from corpora.article import Article, ArticleMeta
from corpora.languages import base_language
from quotes.facts.names import are_one_person
from tolmach.corpus.folder import CorpusFolder
from tolmach.corpus.index.building import moment, open_store
from tolmach.corpus.index.store import QuoteStore, among, literal
from tolmach.corpus.index.utterances import compare_wordings
from tolmach.corpus.schema import read_table

if TYPE_CHECKING:
    from common.arrays import Floats

_DAY: Final = re.compile(r"\d{4}(-\d\d(-\d\d)?)?")
_PASSAGES: Final = 8
"""Passages that are looked at for each utterance wanted: many have several wordings, and wordings sentences."""
_PHRASE: Final = 0.95
"""Score of a wording that has the very words of the query in it, which may be a small part of it."""
_COLUMNS: Final = (
    "number", "utterance", "article", "quote", "story", "language", "outlet", "date", "url", "title", "kind", "text",
    "speaker_name",
)  # fmt: skip
_ARTICLE: Final = ("article", "language", "outlet", "date", "url", "text")


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
    """The index of a corpus, opened once and searched many times, by one thread.

    Args:
        folder: The corpus.
        store: Its index.
    """

    def __init__(self, folder: CorpusFolder, store: QuoteStore) -> None:
        self._folder, self._store = folder, store
        self._alike: dict[str, list[str]] = {}
        self._judged: dict[tuple[int, int], tuple[str, float]] = {}

    @classmethod
    def open(cls, corpus: Path) -> "QuoteIndex":
        """Open the index in the folder of a corpus.

        Raises:
            InputError: There is none, or it is damaged.
            MissingExtraError: LanceDB is not installed.
        """
        folder = CorpusFolder(corpus)
        store = open_store(folder)
        if not store.exists():
            raise InputError(
                f"there is no index in {printable(corpus)}", hint=f"Make one: tolmach corpus index {printable(corpus)}"
            )
        store.parts()
        return cls(folder, store)

    def search(self, query: str, filters: QuoteFilter = QuoteFilter(), *, limit: int = 10) -> SearchResult:
        """Return the utterances nearest to a query, each with all its wordings.

        Raises:
            UsageError: The query is empty, or a date is none.
            InputError: The index is damaged.
        """
        if not query.strip():
            raise UsageError("the query is empty", hint="Give the words to search for")
        where = self._condition(filters)
        scores = {} if where == _NOTHING else self._scores(query, where, limit)
        best = sorted(scores.items(), key=lambda item: (-item[1], item[0]))[:limit]
        return SearchResult(query=query, filters=filters, utterances=tuple(self._utterances(dict(best))))

    def quotes(self, columns: Sequence[str]) -> list[dict[str, Any]]:
        """Return some columns of all quotes, for measurements."""
        return self._store.rows(columns, "sentence = 0")

    def names(self, column: Literal["speaker_name", "outlet", "language"]) -> list[str]:
        """Return all speakers, outlets or languages, the most frequent first."""
        return [name for name, _ in self._counts[column].most_common()]

    def article(self, article: str) -> Article:
        """Return an article of the corpus that has quotes, by its id; its outlet, date and address are in `meta`.

        Raises:
            InputError: The index has no such article.
        """
        parts = {row["part"] for row in self._store.rows(["part"], f"article = {literal(article)}")}
        for part in sorted(parts):
            for row in read_table(self._folder.root / "articles" / part, _ARTICLE):
                if row["article"] == article:
                    meta = ArticleMeta(source=row["url"], format="text", date=row["date"], outlet=row["outlet"])
                    return Article.from_text(row["text"], language=row["language"], meta=meta)
        raise InputError(f"the index has no article {printable(article)}")

    @cached_property
    def _counts(self) -> dict[str, Counter[str]]:
        columns = ("speaker_name", "outlet", "language")
        found: dict[str, Counter[str]] = {column: Counter() for column in columns}
        for batch in self._store.scan([*columns, "sentence"]):
            whole = batch.filter(batch["sentence"].to_numpy() == 0)
            for column in columns:
                found[column].update(name for name in whole[column].to_pylist() if name)
        return found

    def _condition(self, filters: QuoteFilter) -> str | None:
        """Return the filters as SQL; None where there are none."""
        found = []
        if filters.speaker:
            names = self._speakers(filters.speaker)
            found.append(f"speaker_name IN ({', '.join(map(literal, names))})" if names else _NOTHING)
        if filters.language:
            tag = literal(base_language(filters.language))
            found.append(f"(language = {tag} OR language LIKE {tag[:-1]}-%')")
        if filters.outlet:
            found.append(f"lower(outlet) = {literal(filters.outlet.lower())}")
        if filters.since:
            found.append(f"date >= {literal(_day(filters.since))}")
        if filters.until:
            found.append(f"date <= {literal(_day(filters.until) + _LATEST)}")
        return _NOTHING if _NOTHING in found else " AND ".join(found) or None

    def _speakers(self, name: str) -> list[str]:
        if name not in self._alike:
            self._alike[name] = [other for other in self.names("speaker_name") if are_one_person(name, other)]
        return self._alike[name]

    def _scores(self, query: str, where: str | None, limit: int) -> dict[int, float]:
        """Return the best score of each utterance, of as many as are wanted and some more."""
        from alignment import load_encoder  # noqa: PLC0415 - loads the encoder

        vector: Floats = load_encoder().encode([query])[0]
        scores = self._nearest(vector, where, limit)
        if where:
            # The query may be nearer to another wording of an utterance than to the one that the filters ask for.
            others = self._nearest(vector, None, limit)
            for row in self._store.rows(["utterance"], f"({where}) AND {among('utterance', others)}"):
                utterance = row["utterance"]
                scores[utterance] = max(scores.get(utterance, 0.0), others[utterance])
        for row in self._store.containing(query, where, limit * _PASSAGES):
            if query.casefold() in row["text"].casefold():
                scores[row["utterance"]] = max(scores.get(row["utterance"], 0.0), _PHRASE)
        return scores

    def _nearest(self, vector: "Floats", where: str | None, limit: int) -> dict[int, float]:
        scores: dict[int, float] = {}
        most = limit * _PASSAGES
        while True:
            found = self._store.nearest(vector, where, most)
            for row in found:
                scores[row["utterance"]] = max(scores.get(row["utterance"], 0.0), row["score"])
            if len(scores) >= limit or len(found) < most:
                return scores
            most *= _PASSAGES  # one utterance fills the list

    def _utterances(self, scores: Mapping[int, float]) -> Iterable[Utterance]:
        if not scores:
            return
        groups: dict[int, list[dict[str, Any]]] = {utterance: [] for utterance in scores}
        for row in self._store.rows(_COLUMNS, f"sentence = 0 AND {among('utterance', scores)}"):
            groups[row["utterance"]].append(row)
        for rows in groups.values():
            rows.sort(key=moment)
        self._judge(groups.values())
        for utterance, rows in groups.items():
            speaker = next((row["speaker_name"] for row in rows if row["speaker_name"]), None)
            wordings = tuple(map(_wording, rows))
            yield Utterance(id=f"u{utterance}", speaker_name=speaker, score=scores[utterance], wordings=wordings)

    def _judge(self, groups: Iterable[list[dict[str, Any]]]) -> None:
        """Add what the comparison says of each wording and the earliest; where the index lacks that, compare them."""
        pairs = [(rows[0], row) for rows in groups for row in rows[1:]]
        if pairs:
            stored = self._store.verdicts(among("number", (row["number"] for _, row in pairs)))
            self._judged |= {(row["against"], row["number"]): (row["verdict"], row["altered"]) for row in stored}
        new = [pair for pair in pairs if (pair[0]["number"], pair[1]["number"]) not in self._judged]
        for (one, other), judged in zip(new, compare_wordings(new), strict=True):
            self._judged[one["number"], other["number"]] = judged
        for earliest, row in pairs:
            row["verdict"], row["altered"] = self._judged[earliest["number"], row["number"]]


_NOTHING: Final = "false"
_LATEST: Final = "~"
"""Sorts behind all that may follow a day, a month or a year in a date."""


def _day(text: str) -> str:
    if not _DAY.fullmatch(text):
        raise UsageError(f"{printable(text)!r} is no date", hint="Write 2023, 2023-01 or 2023-01-31")
    return text


def _wording(row: Mapping[str, Any]) -> Wording:
    known: dict[str, Any] = {name: row.get(name) for name in Wording.__dataclass_fields__}
    return Wording(**known)
