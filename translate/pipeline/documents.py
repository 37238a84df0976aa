"""Translates an article by runs of paragraphs; what does not come back whole is asked for in smaller runs.

A run that loses a paragraph is halved; a paragraph that fails alone is translated sentence by sentence. The sentences
of both sides are then aligned, so that checks, beads and further attempts are the same as without this mode.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import TYPE_CHECKING

from common.errors import UsageError
from corpora.languages import CHINESE, base_language, text_weight
from corpora.segmentation import segment as find_sentences
from translate.checks import badness
from translate.pipeline.directions import GenerationCall, Hint, StepResult
from translate.pipeline.paragraphs import number_paragraphs, read_paragraphs, runs
from translate.pipeline.postprocessing import Done
from translate.pipeline.retry import Outcome
from translate.pipeline.segments import Segment, merge_segments
from translate.types import Translation

if TYPE_CHECKING:
    from translate.pipeline.run import Pass

_MOST = 1500
"""Weight of one run, see `corpora.languages.text_weight`: small models lose their way in longer ones."""


@dataclass(frozen=True, slots=True)
class _Unit:
    """Sentences that were translated as one: their places, what they are together, and what became of them."""

    places: tuple[int, ...]
    segment: Segment
    outcome: Outcome


def translate_document(one: "Pass", segments: Sequence[Segment]) -> list[Done]:
    """Return the translation of each sentence of an article, in order.

    Raises:
        UsageError: The model takes no whole paragraphs, or goes through a pivot.
    """
    if one.runner.spec.family != "chat":
        raise UsageError(
            f"{one.runner.spec.name} translates sentences, not whole documents",
            hint="Leave out --document, or choose a chat model",
        )
    if len(one.route) > 2:  # noqa: PLR2004 - both ends
        raise UsageError("whole documents are not translated through a pivot", hint="Leave out --document or --via")
    settled = {at: outcome for at, segment in enumerate(segments) if (outcome := one.settled(segment))}
    blocks = [list(group) for _, group in groupby(range(len(segments)), key=lambda at: segments[at].block)]
    # A paragraph with a sentence that no model may touch cannot go to one whole.
    wanted = [block for block in blocks if not any(at in settled for at in block)]
    alone = [at for block in blocks if block not in wanted for at in block if at not in settled]
    units: list[_Unit] = []
    for block, answer in zip(
        wanted, _translate_blocks(one, [[segments[at] for at in block] for block in wanted]), strict=True
    ):
        if answer is None:
            alone += block
        else:
            units += _units(one, segments, block, answer)
    units = _judged(one, units)
    units = [*_improved(one, segments, units), *_singly(one, segments, alone)]
    units += [_Unit((at,), segments[at], outcome) for at, outcome in settled.items()]
    return _deliver(one, sorted(units, key=lambda unit: unit.places))


def _translate_blocks(one: "Pass", blocks: Sequence[Sequence[Segment]]) -> list[StepResult | None]:
    """Return what each block became; None where the model did not give it back whole."""
    texts = [" ".join(segment.text for segment in block) for block in blocks]
    found: dict[int, StepResult] = {}
    waiting = list(runs([text_weight(text) for text in texts], _MOST))
    while waiting:
        results = _ask(one, [([texts[at] for at in run], [blocks[at] for at in run]) for run in waiting])
        halves: list[range] = []
        for run, result in zip(waiting, results, strict=True):
            paragraphs = read_paragraphs(result.text, len(run)) if result.finished else None
            if paragraphs is not None:
                found |= {at: replace(result, text=text) for at, text in zip(run, paragraphs, strict=True)}
            elif len(run) > 1:
                middle = (run.start + run.stop) // 2
                halves += [range(run.start, middle), range(middle, run.stop)]
        waiting = halves
    return [found.get(at) for at in range(len(blocks))]


def _ask(one: "Pass", asked: Sequence[tuple[list[str], list[Sequence[Segment]]]]) -> list[StepResult]:
    """Have runs of paragraphs translated; each comes with the segments that it is made of."""
    hints = tuple(Hint(_terms(blocks), delimited=True) for _, blocks in asked)
    asking = GenerationCall(hints=hints, label="Translating paragraphs")
    direction = one.route[0], one.route[-1]
    return one.runner.run([number_paragraphs(texts) for texts, _ in asked], direction, one.progress, asking)


def _terms(blocks: Sequence[Sequence[Segment]]) -> tuple[tuple[str, str], ...]:
    return tuple(dict(term for block in blocks for segment in block for term in segment.hint().terms).items())


def _units(one: "Pass", segments: Sequence[Segment], block: Sequence[int], answer: StepResult) -> Iterator[_Unit]:
    """Cut a block's translation into the parts that answer its sentences."""
    from alignment import align_sentences  # noqa: PLC0415 - loads the encoder

    source, target = one.telling.source, one.telling.target
    sentences = [answer.text[start:end] for start, end in find_sentences(answer.text, target)]
    if len(block) == 1 or len(sentences) == 1:
        beads = [(tuple(range(len(block))), tuple(range(len(sentences))))]
    else:
        alignment = align_sentences(
            [segments[at].text for at in block], sentences, source_language=source, target_language=target
        )
        beads = _attached([(bead.source, bead.target) for bead in alignment.beads])
    glue = "" if base_language(target) == CHINESE else " "
    for sources, targets in beads:
        places = tuple(block[at] for at in sources)
        text = glue.join(sentences[at] for at in targets)
        outcome = Outcome(text, score=answer.score, method="document", steps=(answer,))
        yield _Unit(places, merge_segments([segments[at] for at in places]), outcome)


Sides = tuple[tuple[int, ...], tuple[int, ...]]


def _attached(beads: Sequence[Sides]) -> list[Sides]:
    """Return beads in the order of their sources; what answers no source sentence goes with what stands before it."""
    answered = sorted((bead for bead in beads if bead[1]), key=lambda bead: bead[1])
    found: list[Sides] = []
    front: tuple[int, ...] = ()
    for sources, targets in answered:
        if sources:
            found.append((sources, (*front, *targets)))
            front = ()
        elif found:
            found[-1] = (found[-1][0], (*found[-1][1], *targets))
        else:
            front = (*front, *targets)
    return sorted([*found, *(bead for bead in beads if not bead[1])])


def _judged(one: "Pass", units: Sequence[_Unit]) -> list[_Unit]:
    judged = one.judge([(unit.segment, unit.outcome.answer) for unit in units])
    return [
        replace(unit, outcome=replace(unit.outcome, checks=checks)) for unit, checks in zip(units, judged, strict=True)
    ]


def _singly(one: "Pass", segments: Sequence[Segment], places: Sequence[int]) -> list[_Unit]:
    outcomes = one.attempt([segments[at] for at in places])
    return [_Unit((at,), segments[at], outcome) for at, outcome in zip(places, outcomes, strict=True)]


def _improved(one: "Pass", segments: Sequence[Segment], units: Sequence[_Unit]) -> list[_Unit]:
    """Translate sentence by sentence what failed in its paragraph, and keep whichever is better."""
    most = one.options.retry.attempts - 1
    failing = [unit for unit in units if unit.outcome.checks]
    if most < 1 or not failing:
        return list(units)
    places = sorted({at for unit in failing for at in unit.places})
    outcomes = dict(zip(places, one.attempt([segments[at] for at in places], most=most), strict=True))
    return [each for unit in units for each in _better(unit, segments, outcomes)]


def _better(unit: _Unit, segments: Sequence[Segment], outcomes: Mapping[int, Outcome]) -> list[_Unit]:
    if not unit.outcome.checks:
        return [unit]
    singly = [_Unit((at,), segments[at], outcomes[at]) for at in unit.places]
    singly = [replace(each, outcome=replace(each.outcome, attempts=each.outcome.attempts + 1)) for each in singly]
    if sum(badness(each.outcome.checks) for each in singly) < badness(unit.outcome.checks):
        return singly
    attempts = max(each.outcome.attempts for each in singly)
    return [replace(unit, outcome=replace(unit.outcome, attempts=attempts))]


def _deliver(one: "Pass", units: Sequence[_Unit]) -> list[Done]:
    finished = one.finishing().finish([unit.segment for unit in units], [unit.outcome for unit in units])
    done: list[Done] = []
    for unit, first in zip(units, finished, strict=True):
        done.append(first)
        rest = Translation("", one.route, method="joined", attempts=0)
        done += [Done(unit.segment, rest, joined=True) for _ in unit.places[1:]]
    return done
