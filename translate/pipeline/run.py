"""One pass over the segments of a text: memory, first hypotheses, further attempts, typography, checks, markup."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import TYPE_CHECKING

from common.progress import Progress
from translate.options import ArticleOptions
from translate.pipeline.candidates import Draft, Drafting
from translate.pipeline.directions import Asking, Hint, LegResult, LegRunner
from translate.pipeline.postprocessing import KEPT, MEMORY, Done, Finishing
from translate.pipeline.retry import Answer, Ladder, Outcome
from translate.pipeline.segments import Segment, Telling
from translate.types import Check, DecodeOptions

if TYPE_CHECKING:
    from translate.checks import Checker

Route = tuple[str, ...]
Way = tuple[LegRunner, Route]


def _told(hint: Hint, leg: tuple[str, str], route: Route) -> Hint:
    """Return what of a hint holds for a leg: terms name both ends of the route, context the words of its beginning."""
    terms = hint.terms if leg == (route[0], route[-1]) else ()
    return Hint(terms, hint.context if leg[0] == route[0] else "", hint.delimited)


def _answer(draft: Draft, pieces: Sequence[Sequence[LegResult]]) -> Answer:
    """Put the translations of a draft's texts together; `pieces` has the results of every step for each text."""
    last = [steps[-1] for steps in pieces]
    scores = [result.score for result in last if result.score is not None]
    steps = tuple(result for results in pieces for result in results)
    mean = sum(scores) / len(scores) if scores else None
    text = draft.join([result.text for result in last])
    return Answer(text, mean, all(result.finished for result in steps), steps)


@dataclass
class Pass:
    """Translates the segments of one text.

    Attributes:
        ways: The model and its route, and perhaps another model and its route.
        telling: Languages, glossary, context.
        options: What a translation is held to.
        checker: Makes the checks; None tells only what is lost or cut.
        progress: Is told of each finished sentence.
    """

    ways: tuple[Way, ...]
    telling: Telling
    options: ArticleOptions
    checker: "Checker | None"
    progress: Progress
    _rounds: int = field(default=0, init=False)
    _exclude: frozenset[str] = field(default=frozenset(), init=False)

    @property
    def route(self) -> Route:
        """The languages that the first model goes through."""
        return self.ways[0][1]

    def translate(self, segments: Sequence[Segment]) -> list[Done]:
        """Return the translation of each segment, in order.

        Raises:
            InputTooLongError: A word is longer than the model can read.
        """
        self._exclude = self._related(segments)
        return self.finishing().finish(segments, self._outcomes(segments))

    def translate_article(self, segments: Sequence[Segment]) -> list[Done]:
        """Return the translation of each sentence of an article, in order; with its paragraphs whole where asked.

        Raises:
            UsageError: The model takes no whole paragraphs.
            InputTooLongError: A word is longer than the model can read.
        """
        if not self.options.document:
            return self.translate(segments)
        from translate.pipeline.documents import translate_document  # noqa: PLC0415 - only for that mode

        self._exclude = self._related(segments)
        return translate_document(self, segments)

    def finishing(self) -> Finishing:
        """Return what is done with hypotheses once no further one is asked for."""
        return Finishing(self.route, self.telling, self.options, self.judge)

    def attempt(self, segments: Sequence[Segment], *, most: int | None = None) -> list[Outcome]:
        """Return the best hypothesis of each segment that is for translation, after all attempts.

        Args:
            segments: What is translated.
            most: Most hypotheses of one, at least 1; None takes the options' number.
        """
        runner, route = self.ways[0]
        options = self.options.attempts if most is None else replace(self.options.attempts, most=max(1, most))
        drafting = Drafting(runner.decode, route[0], route[-1], options, has_other=len(self.ways) > 1)
        return Ladder(drafting, self._run, self.judge).climb(segments)

    def judge(self, pairs: Sequence[tuple[Segment, Answer]]) -> list[tuple[Check, ...]]:
        """Return what is wrong with answers, in order; without checks, only which are lost or cut."""
        from translate.checks import Pair, check_arrived  # noqa: PLC0415 - loaded when used

        judge = check_arrived if self.checker is None else self.checker.check
        return judge(
            [
                Pair(
                    segment.text,
                    answer.text or "",
                    self.telling.source,
                    self.telling.target,
                    answer.finished,
                    segment.literals,
                    segment.terms,
                )
                for segment, answer in pairs
            ]
        )

    def _outcomes(self, segments: Sequence[Segment]) -> list[Outcome]:
        """Return what becomes of each segment: kept, remembered by the user, or translated."""
        found: dict[int, Outcome] = {}
        for at, segment in enumerate(segments):
            settled = self.settled(segment)
            if settled is not None:
                found[at] = settled
        open_ones = [at for at in range(len(segments)) if at not in found]
        outcomes = self.attempt([segments[at] for at in open_ones])
        found |= dict(zip(open_ones, outcomes, strict=True))
        return [found[at] for at in range(len(segments))]

    def settled(self, segment: Segment) -> Outcome | None:
        """Return the outcome of a segment that no model is asked about."""
        if segment.kept or not segment.text:
            return Outcome(segment.original if segment.text else "", method=KEPT, attempts=0)
        memory = self.options.memory
        known = memory.lookup(segment.text, self.telling.source, self.telling.target) if memory else None
        return None if known is None else Outcome(known, method=MEMORY, attempts=0)

    def _run(self, drafts: Sequence[Draft]) -> list[Answer]:
        """Have drafts translated: those with the same search by the same model together."""
        self._rounds += 1
        answers: dict[int, Answer] = {}
        kinds = sorted({(draft.other, str(draft.decode)) for draft in drafts})
        for kind in kinds:
            places = [at for at, draft in enumerate(drafts) if (draft.other, str(draft.decode)) == kind]
            answers |= self._together(places, [drafts[at] for at in places])
        return [answers[at] for at in range(len(drafts))]

    def _together(self, places: Sequence[int], drafts: Sequence[Draft]) -> Iterator[tuple[int, Answer]]:
        runner, route = self.ways[1 if drafts[0].other else 0]
        texts = [text for draft in drafts for text in draft.texts]
        hints = [draft.hint for draft in drafts for _ in draft.texts]
        # Other models have their own defaults; what an attempt changes is changed for them, too.
        decode = runner.decode if drafts[0].other else drafts[0].decode
        steps = self._follow(texts, hints, (runner, route), decode)
        pieces = iter(zip(*steps, strict=True))
        for at, draft in zip(places, drafts, strict=True):
            yield at, replace(_answer(draft, [next(pieces) for _ in draft.texts]), route=route, model=runner.spec.name)

    def _follow(
        self, texts: Sequence[str], hints: Sequence[Hint], way: Way, decode: DecodeOptions
    ) -> list[list[LegResult]]:
        """Return the results of every step, in order."""
        runner, route = way
        label = "Translating" if self._rounds == 1 else "Trying again"
        steps: list[list[LegResult]] = []
        for leg in pairwise(route):
            asking = Asking(decode, tuple(_told(hint, leg, route) for hint in hints), self._exclude, label)
            steps.append(runner.run(texts, leg, self.progress, asking))
            texts = [result.text for result in steps[-1]]
        return steps

    def _related(self, segments: Sequence[Segment]) -> frozenset[str]:
        runner, route = self.ways[0]
        return runner.related_samples([segment.text for segment in segments], route)
