"""The translator: sentences or an article in, translations with their route and checks out."""

from collections.abc import Iterable, Sequence
from itertools import pairwise

from corpora.article import Article
from corpora.errors import UsageError
from corpora.languages import parse_language
from corpora.progress import SILENT, Progress
from translate.assembly import assemble_article
from translate.checks import Pair, check_translation
from translate.legs import LegResult, LegRunner
from translate.routing import plan_route
from translate.specs import ModelSpec
from translate.types import TranslatedArticle, Translation

Route = tuple[str, ...]


class Translator:
    """Translates with one model, directly or through a pivot language.

    Args:
        runner: Runs single directions of the model.
        via: Language to go through even where there is a direct way.
    """

    def __init__(self, runner: LegRunner, *, via: str | None = None) -> None:
        self._runner = runner
        self._via = via

    @property
    def spec(self) -> ModelSpec:
        """What is known of the model."""
        return self._runner.spec

    def translate(
        self, sentences: Sequence[str], *, source: str, target: str, progress: Progress = SILENT
    ) -> list[Translation]:
        """Translate sentences, each on its own.

        Args:
            sentences: Texts in the source language; an empty one stays empty.
            source: Tag of their language.
            target: Tag of the language to translate into.
            progress: Is told of each finished sentence.

        Returns:
            One translation for each sentence, in order.

        Raises:
            UsageError: The model has no way from `source` to `target`, or `sentences` is one text.
            InputTooLongError: A sentence is longer than the model can read.
        """
        if isinstance(sentences, str):
            raise UsageError("translate() takes a list of sentences, not one text", hint="Write [text]")
        route = self.route(source, target)
        return self._finish(sentences, route, self._follow(sentences, route, progress))

    def translate_article(self, article: Article, *, target: str, progress: Progress = SILENT) -> TranslatedArticle:
        """Translate an article sentence by sentence, keeping its blocks.

        Args:
            article: The source.
            target: Tag of the language to translate into.
            progress: Is told of each finished sentence.

        Raises:
            UsageError: The model has no way to `target`.
            InputTooLongError: A sentence is longer than the model can read.
        """
        texts = [sentence.text for sentence in article.sentences]
        route = self.route(article.language, target)
        steps = self._follow(texts, route, progress)
        found = self._finish(texts, route, steps)
        made, beads = assemble_article(article, [one.text for one in found], route[-1])
        return TranslatedArticle(made, tuple(found), beads, self._signature(route, steps))

    def route(self, source: str, target: str) -> tuple[str, ...]:
        """Return the languages from `source` to `target`, both included.

        Raises:
            UsageError: The model has no such way.
        """
        return plan_route(self.spec.directions, parse_language(source), parse_language(target), via=self._via)

    def warnings(self) -> tuple[str, ...]:
        """Return what a user should know before relying on the model's translations, in plain sentences."""
        spec = self.spec
        found = []
        if spec.quality_note:
            found.append(f"{spec.name}: {' '.join(spec.quality_note.split())}")
        if spec.restriction:
            found.append(f"The licence of {spec.name} ({spec.licence}) covers what it writes: {spec.restriction}")
        return tuple(found)

    def _follow(self, sentences: Sequence[str], route: Route, progress: Progress) -> list[list[LegResult]]:
        """Return the results of every step, in order."""
        texts = [" ".join(sentence.split()) for sentence in sentences]
        # Told from the original alone: what a step made of it is no longer in the words of the sample.
        exclude = self._runner.related_samples(texts, (route[0], route[1]))
        steps = []
        for leg in pairwise(route):
            steps.append(self._runner.run(texts, leg, progress, exclude=exclude))
            texts = [result.text for result in steps[-1]]
        return steps

    def _finish(
        self, sentences: Sequence[str], route: Route, steps: Sequence[Sequence[LegResult]]
    ) -> list[Translation]:
        found = []
        for sentence, *results in zip(sentences, *steps, strict=True):
            pair = Pair(sentence, results[-1].text, route[-1], all(result.finished for result in results))
            checks = check_translation(pair) if sentence.strip() else ()
            found.append(Translation(results[-1].text, route, checks, results[-1].score))
        return found

    def _signature(self, route: Route, steps: Sequence[Sequence[LegResult]]) -> dict[str, str]:
        """Return what produced the results: what was asked for, and what ran."""
        asked = [self._runner.signature(leg) for leg in pairwise(route)]
        ran = [result.engine for step in steps for result in step]
        facts = {name for each in ran for name in each}
        legs = [{name: value for name, value in leg.items() if name not in facts} for leg in asked] + [*map(dict, ran)]
        merged = {
            name: _distinct(leg.get(name) for leg in legs)
            for name in dict.fromkeys(name for leg in legs for name in leg)
        }
        return merged | {"route": "-".join(route), "licence": self.spec.licence}


def _distinct(values: Iterable[str | None]) -> str:
    return " + ".join(dict.fromkeys(value for value in values if value))
