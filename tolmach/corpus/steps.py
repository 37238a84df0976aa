"""The steps for one story: its articles read, quotes found, versions aligned and compared, articles translated."""

import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import combinations
from typing import TYPE_CHECKING, Any, Final, TypeVar

import alignment
import quotes
from alignment.types import Alignment
from common.errors import InputError, TolmachError
from corpora.article import Article
from corpora.offsets import Span
from quotes.types import Comparison, Quote
from tolmach.corpus.plan import PlannedStory
from tolmach.corpus.records import CorpusRecord, Source
from tolmach.corpus.schema import TABLES, TableRow

if TYPE_CHECKING:
    from translate.translator import Translator

Done = TypeVar("Done")
STEPS: Final = ("quotes", "align", "compare", "translate")
STORY_STEPS: Final = ("align", "compare")
"""Steps of the articles of a story together."""
MOST_VERSIONS: Final = 30
"""Most versions of a story that are compared: each two are, and thirty already make 435 pairs."""
_LAST: Final = "9999"
"""Sorts articles without a date behind all others."""


@dataclass(frozen=True, slots=True)
class StoryVersion:
    """An article of a story.

    Attributes:
        entry: Its record.
        article: The article.
        quotes: Its quotes; none where they were not asked for.
    """

    entry: CorpusRecord
    article: Article
    quotes: tuple[Quote, ...] = ()


@dataclass
class StoryWork:
    """Does the steps for stories, and keeps their rows.

    Attributes:
        source: Reads the articles.
        steps: Some of `STEPS`.
        translator: Translates, None where that is no step.
        targets: Languages to translate into.
        rows: Rows found so far, by table.
        seconds: Seconds of processor time, by step.
    """

    source: Source
    steps: frozenset[str]
    translator: "Translator | None" = None
    targets: tuple[str, ...] = ()
    rows: dict[str, list[TableRow]] = field(default_factory=lambda: {table: [] for table in TABLES})
    seconds: dict[str, float] = field(default_factory=lambda: defaultdict(float))

    def do(self, story: PlannedStory) -> None:
        """Do the steps for a story; what fails becomes a row of `failures`, the rest goes on."""
        versions = [version for entry in story.entries if (version := self._read(story.name, entry))]
        versions.sort(key=lambda version: version.article.meta.date or _LAST)
        new = [version for version in versions if not version.entry.done]
        for version in new:
            self._keep(story.name, version)
        if len(versions) > 1 and not self.steps.isdisjoint(STORY_STEPS):
            self._compare(story.name, versions)
        for version in new if self.translator else ():
            self._attempt(story.name, version.entry, "translate", partial(self._translate, story.name, version))

    def fail(self, story: str, entry: CorpusRecord | None, step: str, error: Exception) -> None:
        """Add a row of `failures`, unless an earlier block has it."""
        if entry and entry.done and step not in STORY_STEPS:
            return
        name = type(error).__name__
        self.rows["failures"].append({
            "article": entry.id if entry else None,
            "story": story,
            "step": step,
            "error": name.removesuffix("Error") or name,
            "reason": error.message if isinstance(error, TolmachError) else f"{name}: {error}",
            "source": str(entry.place) if entry else None,
        })  # fmt: skip

    def _attempt(self, story: str, entry: CorpusRecord | None, step: str, work: Callable[[], Done]) -> Done | None:
        """Return what `work` does, and note its time; if it fails, note that, and return None."""
        began = time.process_time()
        try:
            return work()
        except Exception as error:  # noqa: BLE001 - one article must not end the work on millions
            self.fail(story, entry, step, error)
            return None
        finally:
            self.seconds[step] += time.process_time() - began

    def _read(self, story: str, entry: CorpusRecord) -> StoryVersion | None:
        article = self._attempt(story, entry, "read", lambda: self._article(entry))
        if article is None:
            return None
        if self.steps.isdisjoint({"quotes", "compare"}):
            return StoryVersion(entry, article)
        found = self._attempt(story, entry, "quotes", lambda: quotes.extract_quotes(article))
        return None if found is None else StoryVersion(entry, article, found)

    def _article(self, entry: CorpusRecord) -> Article:
        if entry.error:
            raise InputError(entry.error)
        article = self.source.load(entry)
        if not article.sentences:
            raise InputError("the article has no sentences")
        return article

    def _keep(self, story: str, version: StoryVersion) -> None:
        article = version.article
        url = article.meta.source if "://" in (article.meta.source or "") else None
        shared = {
            "article": version.entry.id, "story": story, "language": article.language,
            "outlet": article.meta.outlet, "date": article.meta.date, "url": url,
        }  # fmt: skip
        sentences = [(sentence.start, sentence.end) for sentence in article.sentences]
        own = {"title": article.title, "text": article.text, "sentences": _spans(sentences)}
        self.rows["articles"].append(shared | own)
        if "quotes" in self.steps:
            self.rows["quotes"] += [shared | _quote(quote) for quote in version.quotes]

    def _compare(self, story: str, versions: Sequence[StoryVersion]) -> None:
        """Align the versions of a story, and compare their quotes."""
        aligned = self._attempt(story, None, "align", lambda: self._align(story, versions))
        if not aligned:
            return
        versions, found = aligned
        names = [version.entry.id for version in versions]
        if "align" in self.steps:
            for (first, second), one in found.items():
                shared = {"story": story, "first": names[first], "second": names[second]}
                self.rows["beads"] += [shared | bead for bead in _beads(one)]
        if "compare" in self.steps:
            articles, known = [one.article for one in versions], [one.quotes for one in versions]
            compared = self._attempt(
                story, None, "compare", lambda: quotes.compare_versions(articles, quotes=known, alignments=found)
            )
            if compared:
                self.rows["groups"] += _groups(story, names, compared)
                self.rows["pairs"] += _pairs(story, names, compared)

    def _align(
        self, story: str, versions: Sequence[StoryVersion]
    ) -> tuple[Sequence[StoryVersion], Mapping[tuple[int, int], Alignment]] | None:
        """Return the versions and their alignments, without articles that turn out not to be versions."""
        if len(versions) > MOST_VERSIONS:
            raise InputError(f"the story has {len(versions)} versions, more than {MOST_VERSIONS}")
        found = alignment.align_versions([version.article for version in versions])
        related = largest_related(len(versions), found)
        if len(related) == len(versions):
            return versions, found
        for at in sorted(set(range(len(versions))) - set(related)):
            error = InputError("the article is not a version of the others in its story")
            self.fail(story, versions[at].entry, "align", error)
        return self._align(story, [versions[at] for at in related]) if len(related) > 1 else None

    def _translate(self, story: str, version: StoryVersion) -> None:
        article = version.article
        for target in self.targets:
            if target == article.language or self.translator is None:
                continue
            made = self.translator.translate_article(article, target=target)
            shared = {
                "article": version.entry.id, "story": story, "source_language": article.language, "language": target
            }  # fmt: skip
            self.rows["translations"] += [
                shared | {
                    "sentence": sentence.index, "source": sentence.text, "text": one.text,
                    "checks": [check.kind for check in one.checks],
                }
                for sentence, one in zip(article.sentences, made.translations, strict=True)
            ]  # fmt: skip


def largest_related(count: int, found: Mapping[tuple[int, int], Alignment]) -> list[int]:
    """Return the largest set of versions that are joined by pairs of related ones; the earliest of equally large."""
    joined = list(range(count))
    for first, second in combinations(range(count), 2):
        relation = found[first, second].relation
        if relation is None or relation.related:
            old, new = joined[second], joined[first]
            joined = [new if one == old else one for one in joined]
    sizes = Counter(joined)
    best = max(sizes, key=lambda one: (sizes[one], -one))
    return [at for at, one in enumerate(joined) if one == best]


def _spans(spans: Sequence[Span]) -> list[dict[str, int]]:
    return [{"start": start, "end": end} for start, end in spans]


def _quote(quote: Quote) -> dict[str, Any]:
    return {
        "quote": quote.id, "kind": quote.kind, "text": quote.text, "speaker": quote.speaker,
        "speaker_name": quote.speaker_name, "cue": quote.cue, "start": quote.spans[0][0], "end": quote.spans[-1][1],
        "spans": _spans(quote.spans), "sentences": list(quote.sentences), "nested_in": quote.nested_in,
    }  # fmt: skip


def _beads(one: Alignment) -> Iterator[dict[str, Any]]:
    for number, bead in enumerate(one.beads):
        yield {
            "bead": number, "first_sentences": list(bead.source), "second_sentences": list(bead.target),
            "score": _rounded(bead.score), "confidence": _rounded(bead.confidence),
        }  # fmt: skip


def _groups(story: str, names: Sequence[str], compared: Comparison) -> Iterator[dict[str, Any]]:
    for group in compared.groups:
        yield {
            "story": story, "group": group.id, "speaker_name": group.speaker_name, "verdict": group.verdict,
            "articles": list(names), "texts": [member.text if member else None for member in group.members],
        }  # fmt: skip


def _pairs(story: str, names: Sequence[str], compared: Comparison) -> Iterator[dict[str, Any]]:
    listed = [frozenset(found) for found in compared.quotes]
    for group in compared.groups:
        for pair in group.pairs:
            row: dict[str, Any] = {
                "story": story, "group": group.id, "speaker_name": group.speaker_name, "verdict": pair.verdict,
                "altered": _rounded(pair.altered), "similarity": _rounded(pair.similarity),
                "findings": [
                    {"kind": one.kind, "severity": one.severity, "message": one.message} for one in pair.findings
                ],
            }  # fmt: skip
            for side, at in zip(("first", "second"), pair.versions, strict=True):
                member = group.members[at]
                row |= {
                    side: names[at], f"{side}_language": compared.languages[at],
                    f"{side}_quote": member.id if member and member in listed[at] else None,
                    f"{side}_text": member.text if member else None,
                    f"{side}_spans": _spans(member.spans) if member else None,
                }  # fmt: skip
            yield row


_DIGITS: Final = 6
"""Decimals of scores: more are noise of the processor's arithmetic, which differs from one kind to another."""


def _rounded(score: float | None) -> float | None:
    return None if score is None else round(score, _DIGITS)
