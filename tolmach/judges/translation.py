"""A translator as a witness: it brings both wordings of a quote into English, where their words can be compared.

What a translation does to words shows when a text is translated there and back: a difference that this makes, too, is
the translation's own doing and weighs nothing.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from common.progress import SILENT, Progress
from corpora.languages import ENGLISH, NAMES
from corpora.segmentation import segment
from quotes.witnesses.base import Feature, Question, Testimony, Wording
from tolmach.judges.english_words import Change, Word, meaning_words, stems, word_changes
from tolmach.judges.long_questions import ask_what_fits
from translate.models.specs import ModelSpec
from translate.types import Translation

_SHOWN = 4
"""Differences of one kind that a note names."""


class Translating(Protocol):
    """What the witness needs of `translate.Translator`."""

    @property
    def spec(self) -> ModelSpec:
        """What is known of the model."""
        ...

    def translate(
        self, sentences: Sequence[str], *, source: str, target: str, progress: Progress = SILENT
    ) -> list[Translation]:
        """Translate sentences, each on its own."""
        ...


@dataclass(frozen=True, slots=True)
class Rendering:
    """One side of a question in English.

    Attributes:
        words: Its words.
        back: The words of that English, translated into the other side's language and back; None where that is
            English, too.
        original: Whether the side was English from the start.
    """

    words: list[Word]
    back: list[Word] | None
    original: bool


class TranslationWitness:
    """A witness that translates.

    Args:
        translator: From Russian and Chinese into English, and back.
    """

    feature: Feature = "translation"
    neutral = 0.35

    def __init__(self, translator: Translating) -> None:
        self._translator = translator

    @property
    def name(self) -> str:
        """What a reader calls it."""
        return f"the translation by {self._translator.spec.name}"

    def signature(self) -> tuple[tuple[str, str], ...]:
        """Return the model."""
        return (("translation", self._translator.spec.name),)

    def testify(self, questions: Sequence[Question], progress: Progress = SILENT) -> list[Testimony | None]:
        """Answer every question about two languages, in order; None about two wordings in one language.

        Raises:
            UsageError: The model does not translate in a direction that is needed.
            TolmachError: It cannot be fetched, read, or run.
        """
        asked = [place for place, one in enumerate(questions) if one.first.language != one.second.language]
        answers = ask_what_fits(
            [questions[place] for place in asked], lambda some: self._answers(some, progress), self.name, progress
        )
        return [answers.get(asked.index(place)) if place in asked else None for place in range(len(questions))]

    def _answers(self, questions: Sequence[Question], progress: Progress) -> list[Testimony | None]:
        sides = self._render(questions, progress)
        return [
            compare_renderings(question, first, second)
            for question, (first, second) in zip(questions, sides, strict=True)
        ]

    def _render(self, questions: Sequence[Question], progress: Progress) -> list[tuple[Rendering, Rendering]]:
        sides = [side for question in questions for side in (question.first, question.second)]
        others = [side.language for question in questions for side in (question.second, question.first)]
        english = self._turn(sides, [ENGLISH] * len(sides), progress)
        away = self._turn([Wording(ENGLISH, text) for text in english], others, progress)
        back = self._turn(
            [Wording(other, text) for other, text in zip(others, away, strict=True)], [ENGLISH] * len(sides), progress
        )
        made = [
            Rendering(
                meaning_words(text),
                meaning_words(again) if other != ENGLISH else None,
                side.language == ENGLISH,
            )
            for side, other, text, again in zip(sides, others, english, back, strict=True)
        ]
        return list(zip(made[::2], made[1::2], strict=True))

    def _turn(self, texts: Sequence[Wording], targets: Sequence[str], progress: Progress) -> list[str]:
        """Translate each text into its target, sentence by sentence; what is in that language already is kept."""
        found = [text.text for text in texts]
        ways = dict.fromkeys(
            (text.language, target) for text, target in zip(texts, targets, strict=True) if text.language != target
        )
        for source, target in ways:
            places = [
                place
                for place, (text, wanted) in enumerate(zip(texts, targets, strict=True))
                if (text.language, wanted) == (source, target)
            ]
            cut = [[found[place][start:end] for start, end in segment(found[place], source)] for place in places]
            flat = [sentence for sentences in cut for sentence in sentences]
            done = iter(self._translator.translate(flat, source=source, target=target, progress=progress))
            for place, sentences in zip(places, cut, strict=True):
                found[place] = " ".join(next(done).text for _ in sentences)
        return found


def compare_renderings(question: Question, first: Rendering, second: Rendering) -> Testimony:
    """Say how much of the two differs that the translation did not do by itself.

    The answer is the share of the words with meaning on the side that differs more.
    """
    parted = [_part(change, first, second) for change in word_changes(first.words, second.words)]
    real = [own for own, _ in parted if own.first or own.second]
    made = [done for _, done in parted if done.first or done.second]
    sides = [word for change in real for word in change.first], [word for change in real for word in change.second]
    shares = (len(side) / max(1, len(rendering.words)) for side, rendering in zip(sides, (first, second), strict=True))
    spans = [
        tuple(word.span for word in side) if rendering.original else ()
        for side, rendering in zip(sides, (first, second), strict=True)
    ]
    return Testimony(max(shares), _note(question, real, made), spans[0], spans[1])


def _part(change: Change, first: Rendering, second: Rendering) -> tuple[Change, Change]:
    """Part a difference in what is one of the two wordings, and what only the translation did.

    A side that is translated there and back loses some words and gets others: those are the translation's doing. What
    stands on the other side in the place of a lost word is its translation, so it is not counted against it, either.
    """
    own_first, made_first = _sort(change.first, first.back, second.back)
    own_second, made_second = _sort(change.second, second.back, first.back)
    free = max(0, len(made_first) - len(made_second)), max(0, len(made_second) - len(made_first))
    return (
        Change(tuple(own_first[free[1] :]), tuple(own_second[free[0] :])),
        Change((*made_first, *own_first[: free[1]]), (*made_second, *own_second[: free[0]])),
    )


def _sort(
    words: Sequence[Word], own_back: Sequence[Word] | None, other_back: Sequence[Word] | None
) -> tuple[list[Word], list[Word]]:
    """Return the words that the way there and back says nothing about, and those that it loses or brings."""
    kept = None if own_back is None else stems(own_back)
    brought = stems(other_back or ())
    made = [word for word in words if (kept is not None and word.stem not in kept) or word.stem in brought]
    return [word for word in words if word not in made], made


def _note(question: Question, real: Sequence[Change], made: Sequence[Change]) -> str:
    names = NAMES[question.first.language], NAMES[question.second.language]
    parts = []
    if real:
        parts.append(f"In English, the {names[0]} version against the {names[1]} one: {_listed(real)}.")
    if made:
        parts.append(f"Perhaps only the translation's doing: {_listed(made)}.")
    return " ".join(parts)


def _listed(changes: Iterable[Change]) -> str:
    all_changes = list(changes)
    shown = [f"{_quoted(change.first)} against {_quoted(change.second)}" for change in all_changes[:_SHOWN]]
    rest = len(all_changes) - len(shown)
    return ", ".join(shown) + (f" and {rest} more" if rest else "")


def _quoted(words: Sequence[Word]) -> str:
    return f"“{' '.join(word.text for word in words)}”" if words else "nothing"
