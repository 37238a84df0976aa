"""Segments with their references, checked before scoring, and scores with their signatures."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from common.errors import InputError, UsageError


@dataclass(frozen=True, slots=True)
class MetricScore:
    """One score and its signature.

    Attributes:
        name: The metric's name as sacrebleu prints it: `BLEU`, `chrF2`, `chrF2++`, `TER`.
        score: The value; BLEU and chrF run from 0 to 100, TER from 0 up, above 100 if there are more edits than
            reference words.
        signature: sacrebleu's signature: every setting that affects the score.
        higher_is_better: False for TER, which counts edits.
    """

    name: str
    score: float
    signature: str
    higher_is_better: bool

    def __str__(self) -> str:
        return f"{self.name}|{self.signature} = {self.score:.1f}"


@dataclass(frozen=True)
class Scores(Mapping[str, MetricScore]):
    """Scores of one set of hypotheses, by metric name (`bleu`, `chrf`, `chrf++`, `ter`).

    Attributes:
        metrics: The scores in the requested order.
        segments: Number of scored segments.
        target_language: Canonical tag of the language of hypotheses and references.
    """

    metrics: dict[str, MetricScore]
    segments: int
    target_language: str

    def __getitem__(self, name: str) -> MetricScore:
        return self.metrics[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.metrics)

    def __len__(self) -> int:
        return len(self.metrics)


@dataclass(frozen=True, slots=True)
class Segments:
    """The references of translations, with their language and sources.

    Attributes:
        references: Reference lists as in sacrebleu: each holds one reference for every segment. None for segments
            without it.
        language: Canonical tag of their language; it determines the tokenizer.
        sources: Source segments, for the metrics that read them; None if there are none.
    """

    references: Sequence[Sequence[str | None]]
    language: str
    sources: Sequence[str] | None = None


def check_segments(
    hypotheses: Sequence[str],
    references: Sequence[Sequence[str | None]],
    sources: Sequence[str] | None = None,
    *,
    referenceless: bool = False,
) -> None:
    """Refuse input that cannot be scored.

    Raises:
        InputError: There is nothing to score, lists differ in length, or a segment has no reference.
        UsageError: Hypotheses or references are not lists.
    """
    if isinstance(hypotheses, str) or any(isinstance(each, str) for each in references):
        raise UsageError(
            "hypotheses and references must be lists of segments",
            hint="Pass references as a list of lists: [references]",
        )
    if not hypotheses:
        raise InputError("there are no hypotheses to score", hint="Check that the file of translations is not empty")
    if not references and not referenceless:
        raise InputError("there are no references to score against", hint="Give one, or use the reference-free checks")
    if sources is not None:
        _check_length(len(hypotheses), len(sources), "the source")
    for number, reference in enumerate(references, start=1):
        _check_length(len(hypotheses), len(reference), _label(number, len(references)))
    if references:
        _check_filled(references)


def _check_length(hypotheses: int, others: int, label: str) -> None:
    if hypotheses == others:
        return
    line = min(hypotheses, others) + 1
    lacking = label if others < hypotheses else "the hypotheses"
    raise InputError(
        f"{_count(hypotheses, 'hypothesis', 'hypotheses')} but {_count(others, 'line', 'lines')} in {label}: "
        f"line {line} is missing from {lacking}",
        hint="Both must hold the same segments, one a line",
    )


def _check_filled(references: Sequence[Sequence[str | None]]) -> None:
    for number, reference in enumerate(references, start=1):
        for line, text in enumerate(reference, start=1):
            if text is not None and not text.strip():
                label = _label(number, len(references))
                raise InputError(f"line {line} of {label} is empty", hint="Fill it, or drop it on both sides")
    for line, texts in enumerate(zip(*references, strict=True), start=1):
        if all(text is None for text in texts):
            raise InputError(f"line {line} has no reference", hint="Fill it, or drop it on both sides")


def _label(number: int, of: int) -> str:
    return "the reference" if of == 1 else f"reference {number}"


def _count(number: int, one: str, many: str) -> str:
    return f"{number} {one if number == 1 else many}"
