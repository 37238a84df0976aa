"""What a witness is asked, and what it answers."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from common.progress import SILENT, Progress
from quotes.types import Span


@dataclass(frozen=True, slots=True)
class Wording:
    """One side of a question.

    Attributes:
        language: `en`, `ru` or `zh`.
        text: The words of the quote, without its marks.
    """

    language: str
    text: str


@dataclass(frozen=True, slots=True)
class Question:
    """Whether two wordings of one quote say the same."""

    first: Wording
    second: Wording


@dataclass(frozen=True, slots=True)
class Testimony:
    """What a witness says about one question.

    Attributes:
        altered: How likely the meaning differs, from 0 to 1, on the witness's own scale.
        first: Words of the first side that the witness points at: code points into its text.
        second: The same for the second side.
    """

    altered: float
    first: tuple[Span, ...] = ()
    second: tuple[Span, ...] = ()


class Witness(Protocol):
    """A model that compares wordings on its own."""

    @property
    def name(self) -> str:
        """What a reader calls it, as in "the judge qwen2.5-coder-1.5b"."""
        ...

    @property
    def neutral(self) -> float:
        """The answer, from 0 to below 1, that speaks for neither side; only what is above it counts."""
        ...

    def signature(self) -> tuple[tuple[str, str], ...]:
        """Return what of the witness moves a result, by name; no secrets."""
        ...

    def testify(self, questions: Sequence[Question], progress: Progress = SILENT) -> list[Testimony | None]:
        """Answer every question, in order; None where the witness cannot tell.

        Raises:
            TolmachError: The witness cannot be asked at all.
        """
        ...
