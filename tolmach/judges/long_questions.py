"""Keeps one quote that is longer than a model reads from silencing the model about all others."""

from collections.abc import Callable, Sequence
from typing import TypeVar

from common.progress import Progress
from quotes.witnesses.base import Question
from translate.engines.errors import InputTooLongError

Answer = TypeVar("Answer")


def ask_what_fits(
    questions: Sequence[Question],
    ask: Callable[[Sequence[Question]], Sequence[Answer]],
    name: str,
    progress: Progress,
) -> dict[int, Answer]:
    """Ask about all questions; where the model finds one too long, without the longest of those that are left.

    Args:
        questions: What to ask.
        ask: Answers a list of questions, in order, or raises `InputTooLongError` before anything is run.
        name: What a reader calls the model.
        progress: Told about every question that is left out.

    Returns:
        The answers by the place of their question.
    """
    left = list(range(len(questions)))
    while left:
        try:
            return dict(zip(left, ask([questions[place] for place in left]), strict=True))
        except InputTooLongError as error:
            left.remove(max(left, key=lambda place: _length(questions[place])))
            progress.note(f"{name[0].upper()}{name[1:]} is not heard about a long quote: {error.message}")
    return {}


def _length(question: Question) -> int:
    return len(question.first.text.encode("utf-8")) + len(question.second.text.encode("utf-8"))
