"""The translator: translates sentences or an article, with routes and checks."""

from collections.abc import Iterable, Sequence
from itertools import pairwise

from common.errors import UsageError
from common.progress import SILENT, Progress
from corpora.article import Article
from corpora.languages import Direction, base_language, parse_language
from translate.checks import Checker
from translate.models.requests import plan_route
from translate.models.specs import UNKNOWN_LICENCE, ModelSpec
from translate.options import ArticleOptions
from translate.pipeline.assembly import TranslatedSentence, assemble_article
from translate.pipeline.candidates import Route, TranslationContext, check, generate, settle
from translate.pipeline.directions import DirectionRunner
from translate.pipeline.documents import translate_document
from translate.pipeline.postprocessing import TranslatedSegment, postprocess
from translate.pipeline.segments import SourceSegment, segments_of_article, segments_of_texts
from translate.pipeline.strategies import plan_plain, retry
from translate.types import TranslatedArticle, Translation


class Translator:
    """Translates with one model, directly or through a pivot language.

    Args:
        runner: Runs single directions of the model.
        via: Pivot language to use even if there is a direct way; the target itself forces the direct way if the model's
            entry has a detour.
        options: Options of the translations.
    """

    def __init__(
        self,
        runner: DirectionRunner,
        *,
        via: str | None = None,
        options: ArticleOptions | None = None,
    ) -> None:
        self._runner = runner
        self._via = via
        self._options = options or ArticleOptions()
        self._checker = Checker(self._options.checks) if self._options.checks is not None else None

    @property
    def spec(self) -> ModelSpec:
        """Description of the model."""
        return self._runner.spec

    def translate(
        self, sentences: Sequence[str], *, source: str, target: str, progress: Progress = SILENT
    ) -> list[Translation]:
        """Translate sentences independently.

        Args:
            sentences: Texts in the source language; an empty one stays empty.
            source: Tag of their language.
            target: Tag of the target language.
            progress: Counts the finished sentences.

        Returns:
            One translation for each sentence, in order.

        Raises:
            UsageError: The model has no route from `source` to `target`, or `sentences` is a single string.
            InputTooLongError: A word is longer than the model can read.
        """
        return self.translate_with_signature(sentences, source=source, target=target, progress=progress)[0]

    def translate_with_signature(
        self, sentences: Sequence[str], *, source: str, target: str, progress: Progress = SILENT
    ) -> tuple[list[Translation], dict[str, str]]:
        """Translate as `translate` does, and return the signature too: model, revision, decoding, prompt.

        Raises:
            UsageError: As for `translate`.
            InputTooLongError: As for `translate`.
        """
        if isinstance(sentences, str):
            raise UsageError("translate() takes a list of sentences, not one text", hint="Write [text]")
        route = self.route(source, target)
        segments = segments_of_texts(sentences, (route[0], route[-1]), self._options)
        context = self._context(route, segments, progress)
        done = translate_sentences(segments, context)
        return [each.translation for each in done], make_signature(context, done)

    def translate_article(self, article: Article, *, target: str, progress: Progress = SILENT) -> TranslatedArticle:
        """Translate an article, keeping its blocks and its inline markup.

        Args:
            article: The source.
            target: Tag of the target language.
            progress: Counts the finished sentences.

        Raises:
            UsageError: The model has no route to `target`, or does not support whole paragraphs.
            InputTooLongError: A word is longer than the model can read.
        """
        route = self.route(article.language, target)
        segments = segments_of_article(article, (route[0], route[-1]), self._options)
        context = self._context(route, segments, progress)
        done = (translate_document if self._options.document else translate_sentences)(segments, context)
        pieces = [
            TranslatedSentence(each.translation.text, each.inlines, each.joined, each.segment.continued)
            for each in done
        ]
        made, beads = assemble_article(article, pieces, route[-1])
        return TranslatedArticle(made, tuple(each.translation for each in done), beads, make_signature(context, done))

    def route(self, source: str, target: str) -> Route:
        """Return the languages from `source` to `target`, both included.

        Raises:
            UsageError: The model has no such route.
        """
        spec, ends = self.spec, (parse_language(source), parse_language(target))
        # Whole documents are translated in one step: detours were measured on sentences.
        detours = spec.detours if self._options.detours and not self._options.document else {}
        detour = detours.get((base_language(ends[0]), base_language(ends[1])))
        direct = self._via and base_language(self._via) == base_language(ends[1])
        via = None if direct else self._via or detour
        return plan_route(spec.directions, *ends, via=via)

    def warnings(self) -> tuple[str, ...]:
        """Return warnings on the model for users, in plain sentences."""
        return tuple(_warnings_about(self.spec))

    def _context(self, route: Route, segments: Sequence[SourceSegment], progress: Progress) -> TranslationContext:
        if self._options.context and not self._options.document and not self.spec.takes_context((route[0], route[1])):
            progress.note(f"{self.spec.name} takes no preceding sentences: --context has no effect")
        related = self._runner.related_samples([segment.text for segment in segments], route)
        return TranslationContext(self._runner, route, self._options, self._checker, progress, related)


def translate_sentences(segments: Sequence[SourceSegment], context: TranslationContext) -> list[TranslatedSegment]:
    """Return the translation of each segment, in order."""
    settled = [settle(segment, context) for segment in segments]
    waiting = [segment for segment, found in zip(segments, settled, strict=True) if found is None]
    candidates = check(generate([plan_plain(segment, context) for segment in waiting], context), context)
    best = iter(retry(candidates, context, attempts=context.options.retry.attempts))
    return postprocess([found or next(best) for found in settled], context)


def _warnings_about(spec: ModelSpec) -> list[str]:
    found = []
    if spec.quality_note:
        found.append(f"{spec.name}: {' '.join(spec.quality_note.split())}")
    if spec.licence_warning:
        found.append(spec.licence_warning)
    return found


def make_signature(context: TranslationContext, done: Sequence[TranslatedSegment]) -> dict[str, str]:
    """Return model, revision, licence, precision, decoding, prompt, and options of the translations.

    The model is named only if it translated a sentence of the result.
    """
    ran = [dict(step.engine) for each in done for step in each.steps]
    directions = list(pairwise(context.route)) if ran else []
    facts = {name for each in ran for name in each}
    asked = [context.runner.signature(direction) for direction in directions]
    told = [{name: value for name, value in direction.items() if name not in facts} for direction in asked] + ran
    names = dict.fromkeys(name for direction in told for name in direction)
    merged = {name: _distinct(direction.get(name) for direction in told) for name in names}
    licences = _licences(context.runner.spec, directions)
    return merged | {"route": "-".join(context.route)} | licences | _option_facts(context.options, done)


def _licences(spec: ModelSpec, directions: Sequence[Direction]) -> dict[str, str]:
    named = _distinct(spec.licence_for(direction) or UNKNOWN_LICENCE for direction in directions)
    restriction = (spec.restriction if directions else None) or ""
    return {name: value for name, value in (("licence", named), ("restriction", restriction)) if value}


def _option_facts(options: ArticleOptions, done: Sequence[TranslatedSegment]) -> dict[str, str]:
    found = {
        "attempts": str(options.retry.attempts),
        "checks": "on" if options.checks else "off",
        "typography": "on" if options.typography else "off",
    }
    if options.glossary:
        found["glossary"] = f"sha256:{options.glossary.sha256[:16]}"
    if options.memory:
        taken = sum(each.translation.method == "memory" for each in done)
        found["memory"] = f"sha256:{options.memory.sha256[:16]}, {taken} sentences"
    if options.context:
        found["context"] = str(options.context)
    if options.document:
        found["mode"] = "document"
    return found


def _distinct(values: Iterable[str | None]) -> str:
    return " + ".join(dict.fromkeys(value for value in values if value))
