"""The work of the commands: each function takes articles and returns a result document."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import combinations
from typing import TYPE_CHECKING

import alignment
import quotes
from alignment.encoders import DEFAULT_ENCODER
from alignment.multiway.consistency import alignment_of, compose_alignments
from alignment.types import Alignment, AlignOptions
from common.errors import TolmachError, UsageError
from common.files import cache_dir
from common.messages import message
from common.progress import SILENT, Progress
from corpora.article import Article
from corpora.languages import CHINESE, ENGLISH, base_language, require_translated, text_weight
from eval import assess_translation, evaluate_articles
from quotes.types import Comparison
from tolmach.results.result import (
    Result,
    Version,
    VersionRole,
    VersionScores,
    code_signature,
    label_versions,
    make_alignments,
    make_scores,
    make_translation,
    make_versions,
    now,
    score_beads,
)
from tolmach.workflow.gold_files import GoldFile, match_gold

if TYPE_CHECKING:
    from quotes.judges.base import Judge
    from translate.translator import Translator
    from translate.types import TranslatedArticle

Alignments = dict[tuple[int, int], Alignment]
_METRICS = ("bleu", "chrf", "ter")


@dataclass(frozen=True, slots=True)
class RunPlan:
    """Options of `tolmach run`.

    Attributes:
        references: Reference versions of some of them, by language.
    """

    targets: tuple[str, ...]
    references: Mapping[str, Article] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Refuse a language named twice, or a reference for a language that is not a target.

        Raises:
            UsageError: One of those.
        """
        doubled = [target for target in self.targets if self.targets.count(target) > 1]
        if doubled:
            raise UsageError(f"{doubled[0]} is named twice", hint="Give each target language once")
        stray = [language for language in self.references if language not in self.targets]
        if stray:
            require_translated(stray[0])
            raise UsageError(
                f"there is a reference for {stray[0]}, which is not translated into", hint=f"Add --to {stray[0]}"
            )


@dataclass(frozen=True, slots=True)
class AlignPlan:
    """Options of `tolmach align`.

    Attributes:
        max_bead: Most sentences of a bead, both sides together.
        crossings: Whether to align reordered passages; else they have no counterpart.
        encoder: Name of the sentence encoder, as for `alignment.load_encoder`.
        force: Whether to align texts that do not look like versions of each other.
        golds: Gold alignments: none, one for each pair in order, or one with all pairs.
    """

    max_bead: int = AlignOptions().max_bead
    crossings: bool = AlignOptions().crossings
    encoder: str = DEFAULT_ENCODER
    force: bool = False
    golds: tuple[GoldFile, ...] = ()

    def options(self) -> AlignOptions:
        """Return the aligner's options; a larger bead than the default may be so on one side only."""
        usual = AlignOptions()
        side = usual.max_side if self.max_bead <= usual.max_bead else max(usual.max_side, self.max_bead - 1)
        return replace(usual, max_bead=self.max_bead, max_side=side, crossings=self.crossings)


_ALIGN = AlignPlan()
_MEASURED_JUDGE = "qwen2.5-coder-1.5b"
_HELPED = frozenset({ENGLISH, CHINESE})
"""Where the judge found more changes on unseen text; between English and Russian it found fewer (docs/quotes.md)."""

_LONG, _TIMES = 200_000, 50
"""Characters of the longer of two texts, and how many times as long it is, from which they are refused unread: an
excerpt or a summary of an article is neither, and such a text takes a minute or more."""


class UnrelatedError(TolmachError):
    """Two texts are not versions of one another, so there is nothing to align."""


def find_quotes(articles: Sequence[Article], progress: Progress = SILENT) -> Result:
    """Find the quotes of each article; the articles may be unrelated."""
    found = Comparison(
        tuple(article.language for article in articles), tuple(quotes.extract_all(articles, progress)), ()
    )
    versions = make_versions(articles, ["given"] * len(articles))
    return Result(now(), versions, quotes=found, signature=code_signature())


def check_versions(count: int) -> None:
    """Refuse fewer than two versions.

    Raises:
        UsageError: There are fewer.
    """
    if count < 2:  # noqa: PLR2004 - it takes two
        raise UsageError("one article alone cannot be compared", hint="Name at least two versions")


def align_articles(articles: Sequence[Article], plan: AlignPlan = _ALIGN, progress: Progress = SILENT) -> Result:
    """Align every two of the articles.

    Raises:
        UsageError: There are fewer than two, or not as many gold files as pairs.
        InputError: A gold file was made for other sentences.
        UnrelatedError: Two are not versions of one another, and the plan does not force it.
    """
    check_versions(len(articles))
    versions = make_versions(articles, ["given"] * len(articles))
    gold = match_gold(plan.golds, versions)
    _check_sizes(articles, progress, doing="align", force=plan.force)
    found = _align(articles, progress, plan)
    _check_related(articles, found, progress, doing="align", force=plan.force)
    alignments = {
        name: replace(one, gold=score_beads(one.beads, gold[one.versions][1].beads, gold[one.versions][0]))
        if gold
        else one
        for name, one in make_alignments(versions, found).items()
    }
    return Result(now(), versions, alignments=alignments, signature=code_signature())


@dataclass(frozen=True, slots=True)
class Naming:
    """What the compared versions are called.

    Attributes:
        labels: Their names in order; none to take outlets, dates and languages.
        original: Which one the others derive from: its number from 1, or its label; None if not known.
    """

    labels: tuple[str, ...] = ()
    original: str | None = None

    def name(self, articles: Sequence[Article]) -> tuple[Version, ...]:
        """Return the versions with their names and roles.

        Raises:
            UsageError: There are not as many labels as articles, one is given twice, or no such original.
        """
        if self.labels and (len(self.labels) != len(articles) or len(set(self.labels)) != len(articles)):
            raise UsageError(
                f"{len(articles)} articles but {len(set(self.labels))} different labels",
                hint="Give --label once for each article, in order",
            )
        names = [str(number) for number in range(1, len(articles) + 1)]
        if self.original not in {None, *self.labels, *names}:
            raise UsageError(
                f"no article is called {self.original!r}",
                hint=f"--original is one of {', '.join((*names, *self.labels))}",
            )
        roles: list[VersionRole] = [
            "source" if self.original in {name, *self.labels[number : number + 1]} else "given"
            for number, name in enumerate(names)
        ]
        return label_versions(make_versions(articles, roles), self.labels)


_UNNAMED = Naming()


def compare_articles(
    articles: Sequence[Article],
    progress: Progress = SILENT,
    *,
    judge: "Judge | None" = None,
    force: bool = False,
    naming: Naming = _UNNAMED,
) -> Result:
    """Align every two of the articles, then match and compare their quotes.

    Raises:
        UsageError: There are fewer than two, or their names do not fit.
        UnrelatedError: Two are not versions of one another, and `force` is not set.
        TolmachError: The judge is not available.
    """
    versions = naming.name(articles)
    for one, other in combinations(versions, 2):
        if one.article.text == other.article.text:
            progress.note(f"{one.id} and {other.id} have the same text")
    _check_sizes(articles, progress, doing="compare", force=force)
    # Before the encoder is asked for, which may still be loading; to import what finds them takes longer than to find.
    with progress.bar("Finding the quotes", None):
        found = quotes.extract_all(articles)
    alignments = _align(articles, progress)
    _check_related(articles, alignments, progress, doing="compare", force=force)
    names = [version.label for version in versions]
    comparison = quotes.compare_versions(
        articles, quotes=found, alignments=alignments, judge=judge, names=names, progress=progress
    )
    named = make_alignments(versions, alignments)
    hints = _hints(articles) if judge is None else ()
    return Result(now(), versions, alignments=named, quotes=comparison, signature=code_signature(), hints=hints)


def _hints(articles: Sequence[Article]) -> tuple[str, ...]:
    """Return that the judge which was measured would help, where it is on this machine and did help."""
    languages = {base_language(article.language) for article in articles}
    if not languages.issuperset(_HELPED) or not (cache_dir() / "models" / _MEASURED_JUDGE).is_dir():
        return ()
    return (message("hint.judge", model=_MEASURED_JUDGE),)


def translate_article(
    article: Article, targets: Sequence[str], translator: "Translator", progress: Progress = SILENT
) -> Result:
    """Translate an article into each of `targets`."""
    return _result_of(article, _translate(article, targets, translator, progress), translator)


def run(article: Article, plan: RunPlan, translator: "Translator", progress: Progress = SILENT) -> Result:
    """Translate, align, compare the quotes, and score.

    Translations are aligned to their source by construction, and to one another through it.
    """
    translated = _translate(article, plan.targets, translator, progress)
    result = _result_of(article, translated, translator)
    articles = [article, *(one.article for one in translated)]
    alignments = _translation_alignments(translated)
    comparison = quotes.compare_versions(articles, alignments=alignments, progress=progress)
    with progress.bar("Scoring", len(translated), unit="versions") as advance:
        scores = {}
        for version, one in zip(result.versions[1:], translated, strict=True):
            scores[version.id] = _score(article, one, plan)
            advance(1)
    return replace(result, quotes=comparison, scores=scores)


def _translate(
    article: Article, targets: Sequence[str], translator: "Translator", progress: Progress
) -> "list[TranslatedArticle]":
    for target in targets:  # before any download
        translator.route(article.language, target)
    found = [translator.translate_article(article, target=target, progress=progress) for target in targets]
    asked = [sentence for one in found for sentence in one.translations if sentence.attempts]
    if asked and not any(sentence.text.strip() for sentence in asked):
        raise TolmachError(
            "no sentence was translated: the model returned nothing for any of them",
            hint="Try another model; one that reasons may need more time, or to have reasoning switched off",
        )
    return found


def _result_of(article: Article, translated: "Sequence[TranslatedArticle]", translator: "Translator") -> Result:
    made: VersionRole = "translation"
    roles: list[VersionRole] = ["source", *(made for _ in translated)]
    versions = make_versions([article, *(one.article for one in translated)], roles)
    translations = {
        version.id: make_translation(one, source=versions[0].id, warnings=translator.warnings())
        for version, one in zip(versions[1:], translated, strict=True)
    }
    alignments = make_alignments(versions, _translation_alignments(translated))
    return Result(now(), versions, translations, alignments, signature=code_signature())


def _translation_alignments(translated: "Sequence[TranslatedArticle]") -> Alignments:
    found = {(0, number): alignment_of(one.beads) for number, one in enumerate(translated, 1)}
    for first, second in combinations(range(1, len(translated) + 1), 2):
        found[first, second] = compose_alignments(found[0, first], found[0, second])
    return found


def _align(articles: Sequence[Article], progress: Progress, plan: AlignPlan = _ALIGN) -> Alignments:
    check_versions(len(articles))
    with progress.bar("Loading the sentence encoder", None):
        encoder = alignment.load_encoder(plan.encoder)
    return dict(alignment.align_versions(articles, options=plan.options(), encoder=encoder, progress=progress))


def _check_sizes(articles: Sequence[Article], progress: Progress, *, doing: str, force: bool) -> None:
    """Refuse sizes that no two versions have, before the longer text is worked on for minutes."""
    sizes = [text_weight(article.text) for article in articles]
    for one, other in combinations(range(len(articles)), 2):
        least, most = sorted((sizes[one], sizes[other]))
        if most < _LONG or most < _TIMES * max(least, 1):
            continue
        first, second = (articles[index].meta.source or f"version {index + 1}" for index in (one, other))
        message = f"{first} and {second} are not versions of one another: one is {most // max(least, 1)} times as long"
        _refuse(message, progress, doing=doing, force=force)


def _refuse(message: str, progress: Progress, *, doing: str, force: bool) -> None:
    if not force:
        raise UnrelatedError(message, hint=f"Give --force to {doing} them nevertheless")
    progress.note(message)


def _check_related(
    articles: Sequence[Article], found: Alignments, progress: Progress, *, doing: str, force: bool
) -> None:
    for pair, aligned in found.items():
        relation = aligned.relation
        if relation is None or relation.related:
            continue
        first, second = (articles[index].meta.source or f"version {index + 1}" for index in pair)
        message = f"{first} and {second} are not versions of one another: {relation.reason.rstrip('.')}"
        _refuse(message, progress, doing=doing, force=force)


def _score(article: Article, translated: "TranslatedArticle", plan: RunPlan) -> VersionScores:
    if not translated.article.sentences:
        return VersionScores()  # nothing was translated; the failed checks explain it
    free = assess_translation(article, translated)
    reference = plan.references.get(translated.article.language)
    if reference is None:
        return make_scores(reference_free=free)
    against = evaluate_articles(translated.article, reference, metrics=_METRICS)
    return make_scores(against, reference=reference.meta.source, reference_free=free)
