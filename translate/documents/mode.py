"""Translates an article by runs of paragraphs; what does not come back whole is asked for in smaller runs.

A run that loses a paragraph is halved; a paragraph that fails alone is translated sentence by sentence. The sentences
of both sides are then aligned, so that checks, beads and further attempts are the same as without this mode.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import TYPE_CHECKING

from corpora.errors import UsageError
from corpora.languages import CHINESE, base_language, text_weight
from corpora.segmentation import segment as find_sentences
from translate.attempts.ladder import Answer, Outcome
from translate.checks import badness
from translate.documents.paragraphs import number_paragraphs, read_paragraphs, runs
from translate.finishing import Done
from translate.legs import Asking, Hint, LegResult
from translate.segments import Segment, merge_segments
from translate.types import Translation

if TYPE_CHECKING:
    from translate.passes import Pass

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
    runner, route = one.ways[0]
    if runner.spec.family != "chat":
        raise UsageError(
            f"{runner.spec.name} translates sentences, not whole documents",
            hint="Leave out --document, or choose a chat model",
        )
    if len(route) > 2:  # noqa: PLR2004 - both ends
        raise UsageError("whole documents are not translated through a pivot", hint="Leave out --document or --via")
    blocks = [list(group) for _, group in groupby(range(len(segments)), key=lambda at: segments[at].block)]
    wanted = [block for block in blocks if not all(segments[at].kept for at in block)]
    answers = _translate_blocks(one, [[segments[at] for at in block] for block in wanted])
    units = [_kept(segments, at) for at in range(len(segments)) if segments[at].kept and not _inside(at, wanted)]
    alone: list[int] = []
    for block, answer in zip(wanted, answers, strict=True):
        if answer is None:
            alone += block
        else:
            units += _units(one, segments, block, answer)
    units = _judged(one, units)
    failing = [unit for unit in units if unit.outcome.checks]
    better = _improved(one, segments, failing, alone)
    settled = [unit for unit in units if not unit.outcome.checks] + better
    return _deliver(one, sorted(settled, key=lambda unit: unit.places))


def _inside(at: int, blocks: Sequence[Sequence[int]]) -> bool:
    return any(at in block for block in blocks)


def _kept(segments: Sequence[Segment], at: int) -> _Unit:
    return _Unit((at,), segments[at], Outcome(segments[at].original, method="kept", attempts=0))


def _translate_blocks(one: "Pass", blocks: Sequence[Sequence[Segment]]) -> list[LegResult | None]:
    """Return what each block became; None where the model did not give it back whole."""
    texts = [" ".join(segment.text for segment in block) for block in blocks]
    found: dict[int, LegResult] = {}
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


def _ask(one: "Pass", asked: Sequence[tuple[list[str], list[Sequence[Segment]]]]) -> list[LegResult]:
    """Have runs of paragraphs translated; each comes with the segments that it is made of."""
    runner, route = one.ways[0]
    hints = tuple(Hint(_terms(blocks), delimited=True) for _, blocks in asked)
    asking = Asking(hints=hints, label="Translating paragraphs")
    return runner.run([number_paragraphs(texts) for texts, _ in asked], (route[0], route[-1]), one.progress, asking)


def _terms(blocks: Sequence[Sequence[Segment]]) -> tuple[tuple[str, str], ...]:
    return tuple(dict(term for block in blocks for segment in block for term in segment.hint().terms).items())


def _units(one: "Pass", segments: Sequence[Segment], block: Sequence[int], answer: LegResult) -> Iterator[_Unit]:
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
    """Return beads in the order of their sources; what answers no source sentence goes with the bead before it."""
    ordered = sorted(beads, key=lambda bead: bead[1] or (0,))
    found: list[Sides] = []
    for sources, targets in ordered:
        if sources or not found:
            found.append((sources, targets))
        else:
            found[-1] = (found[-1][0], (*found[-1][1], *targets))
    if found and not found[0][0]:
        found[:2] = [(found[1][0], (*found[0][1], *found[1][1]))]
    return sorted(found)


def _judged(one: "Pass", units: Sequence[_Unit]) -> list[_Unit]:
    open_ones = [at for at, unit in enumerate(units) if unit.outcome.method != "kept"]
    answers = [
        (
            units[at].segment,
            Answer(units[at].outcome.text, finished=all(step.finished for step in units[at].outcome.steps)),
        )
        for at in open_ones
    ]
    found = list(units)
    for at, checks in zip(open_ones, one.judge(answers), strict=True):
        found[at] = replace(units[at], outcome=replace(units[at].outcome, checks=checks))
    return found


def _improved(one: "Pass", segments: Sequence[Segment], failing: Sequence[_Unit], alone: Sequence[int]) -> list[_Unit]:
    """Translate sentence by sentence what failed in its paragraph, and keep whichever is better."""
    places = sorted({at for unit in failing for at in unit.places} | set(alone))
    outcomes = dict(zip(places, one.attempt([segments[at] for at in places]), strict=True))
    found = [_Unit((at,), segments[at], outcomes[at]) for at in alone]
    for unit in failing:
        singly = [_Unit((at,), segments[at], outcomes[at]) for at in unit.places]
        worse = sum(badness(each.outcome.checks) for each in singly) >= badness(unit.outcome.checks)
        found += [unit] if worse else singly
    return found


def _deliver(one: "Pass", units: Sequence[_Unit]) -> list[Done]:
    finished = one.finishing().finish([unit.segment for unit in units], [unit.outcome for unit in units])
    done: list[Done] = []
    for unit, first in zip(units, finished, strict=True):
        done.append(first)
        rest = Translation("", one.route, method="joined", attempts=0)
        done += [Done(unit.segment, rest, joined=True) for _ in unit.places[1:]]
    return done
