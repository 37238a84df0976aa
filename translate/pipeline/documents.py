"""Translates an article by runs of paragraphs; incomplete results are requested again in smaller runs.

A run that loses a paragraph is halved; a paragraph that fails alone is translated sentence by sentence. The sentences
of both sides are then aligned, so that checks, beads and further attempts are the same as without this mode.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

import regex

from common.errors import UsageError
from corpora.languages import CHINESE, base_language, text_weight
from corpora.segmentation import segment as find_sentences
from translate.checks import badness
from translate.pipeline.candidates import TranslationCandidate, TranslationContext, check, generate, settle
from translate.pipeline.directions import GenerationCall, PromptExtras, StepResult
from translate.pipeline.postprocessing import TranslatedSegment, postprocess
from translate.pipeline.segments import SourceSegment, merge_segments
from translate.pipeline.strategies import plan_plain, retry
from translate.types import Translation

_MOST = 1500
"""Weight of one run, see `corpora.languages.text_weight`: small models fail on longer ones."""
_NUMBER = regex.compile(r"^[ \t]*[\[【［]\s*(\d{1,3})\s*[\]】］][ \t]*", regex.MULTILINE)
_FENCE = regex.compile(r"```\w*\n(.*?)\n?```", regex.DOTALL)


@dataclass(frozen=True, slots=True)
class _Unit:
    """Sentences translated as one: their positions, and their translation."""

    places: tuple[int, ...]
    candidate: TranslationCandidate


def translate_document(segments: Sequence[SourceSegment], context: TranslationContext) -> list[TranslatedSegment]:
    """Return the translation of each sentence of an article, in order.

    Raises:
        UsageError: The model does not support whole paragraphs, or needs a pivot.
        InputTooLongError: A word is longer than the model can read.
    """
    _require_whole_paragraphs(context)
    settled = {at: found for at, segment in enumerate(segments) if (found := settle(segment, context))}
    blocks = [list(group) for _, group in groupby(range(len(segments)), key=lambda at: segments[at].block)]
    # A paragraph with a sentence that must not be translated cannot be sent whole.
    wanted = [block for block in blocks if not any(at in settled for at in block)]
    alone = [at for block in blocks if block not in wanted for at in block if at not in settled]
    answers = _translate_blocks([[segments[at] for at in block] for block in wanted], context)
    units: list[_Unit] = []
    for block, answer in zip(wanted, answers, strict=True):
        if answer is None:
            alone += block
        else:
            units += _units(segments, block, answer, context)
    checked = check([unit.candidate for unit in units], context)
    units = [_Unit(unit.places, candidate) for unit, candidate in zip(units, checked, strict=True)]
    units = _improved(segments, units, context)
    singly = _singly([segments[at] for at in alone], context, attempts=context.options.retry.attempts)
    units += [_Unit((at,), candidate) for at, candidate in zip(alone, singly, strict=True)]
    units += [_Unit((at,), candidate) for at, candidate in settled.items()]
    return _deliver(sorted(units, key=lambda unit: unit.places), context)


def _require_whole_paragraphs(context: TranslationContext) -> None:
    spec = context.runner.spec
    if spec.family != "chat":
        raise UsageError(
            f"{spec.name} translates sentences, not whole documents",
            hint="Leave out --document, or choose a chat model",
        )
    if len(context.route) > 2:  # noqa: PLR2004 - both ends
        raise UsageError("whole documents are not translated through a pivot", hint="Leave out --document or --via")


def _translate_blocks(
    blocks: Sequence[Sequence[SourceSegment]], context: TranslationContext
) -> list[StepResult | None]:
    """Return the translation of each block; None if the model did not return it completely."""
    texts = [" ".join(segment.text for segment in block) for block in blocks]
    found: dict[int, StepResult] = {}
    waiting = list(runs([text_weight(text) for text in texts], _MOST))
    while waiting:
        results = _ask([([texts[at] for at in run], [blocks[at] for at in run]) for run in waiting], context)
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


def _ask(
    asked: Sequence[tuple[list[str], list[Sequence[SourceSegment]]]], context: TranslationContext
) -> list[StepResult]:
    """Request translations of runs of paragraphs, each given with its segments."""
    extras = tuple(PromptExtras(_terms(blocks), delimited=True) for _, blocks in asked)
    call = GenerationCall(extras=extras, exclude=context.exclude, label="Translating paragraphs")
    direction = context.route[0], context.route[-1]
    return context.runner.run([number_paragraphs(texts) for texts, _ in asked], direction, context.progress, call)


def _terms(blocks: Sequence[Sequence[SourceSegment]]) -> tuple[tuple[str, str], ...]:
    return tuple(dict(term for block in blocks for segment in block for term in segment.extras().terms).items())


def _units(
    segments: Sequence[SourceSegment], block: Sequence[int], answer: StepResult, context: TranslationContext
) -> Iterator[_Unit]:
    """Split a block's translation into the translations of its sentences."""
    from alignment import align_sentences  # noqa: PLC0415 - loads the encoder

    source, target = context.route[0], context.route[-1]
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
        segment = merge_segments([segments[at] for at in places])
        yield _Unit(places, TranslationCandidate(segment, text, "document", answer.score, (answer,)))


Sides = tuple[tuple[int, ...], tuple[int, ...]]


def _attached(beads: Sequence[Sides]) -> list[Sides]:
    """Return beads in the order of their sources; target sentences without a source join the ones before."""
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


def _singly(
    segments: Sequence[SourceSegment], context: TranslationContext, *, attempts: int
) -> list[TranslationCandidate]:
    candidates = check(generate([plan_plain(segment, context) for segment in segments], context), context)
    return retry(candidates, context, attempts=attempts)


def _improved(segments: Sequence[SourceSegment], units: Sequence[_Unit], context: TranslationContext) -> list[_Unit]:
    """Translate sentence by sentence where a paragraph failed checks, and keep the better version."""
    attempts = context.options.retry.attempts - 1
    failing = [unit for unit in units if unit.candidate.checks]
    if attempts < 1 or not failing:
        return list(units)
    places = sorted({at for unit in failing for at in unit.places})
    singly = dict(zip(places, _singly([segments[at] for at in places], context, attempts=attempts), strict=True))
    return [each for unit in units for each in _better(unit, singly)]


def _better(unit: _Unit, singly: Mapping[int, TranslationCandidate]) -> list[_Unit]:
    if not unit.candidate.checks:
        return [unit]
    parts = [replace(singly[at], attempts=singly[at].attempts + 1) for at in unit.places]
    if sum(badness(part.checks) for part in parts) < badness(unit.candidate.checks):
        return [_Unit((at,), part) for at, part in zip(unit.places, parts, strict=True)]
    attempts = max(part.attempts for part in parts)
    return [_Unit(unit.places, replace(unit.candidate, attempts=attempts))]


def _deliver(units: Sequence[_Unit], context: TranslationContext) -> list[TranslatedSegment]:
    done: list[TranslatedSegment] = []
    for unit, first in zip(units, postprocess([unit.candidate for unit in units], context), strict=True):
        done.append(first)
        rest = Translation("", context.route, method="joined", attempts=0)
        done += [TranslatedSegment(first.segment, rest, joined=True) for _ in unit.places[1:]]
    return done


def number_paragraphs(paragraphs: Sequence[str]) -> str:
    """Return paragraphs as one text: `[1] …`, a blank line, `[2] …`."""
    return "\n\n".join(f"[{number}] {' '.join(text.split())}" for number, text in enumerate(paragraphs, 1))


def read_paragraphs(answer: str, count: int) -> list[str] | None:
    """Parse the paragraphs of a response to a numbered text.

    Returns:
        `count` paragraphs; None if a number is missing, repeated, out of order or without text, or if text precedes the
        first one.
    """
    fenced = _FENCE.fullmatch(answer.strip())
    answer = fenced[1] if fenced else answer
    marks = list(_NUMBER.finditer(answer))
    if [int(mark[1]) for mark in marks] != list(range(1, count + 1)) or answer[: marks[0].start()].strip():
        return None
    ends = [mark.start() for mark in marks[1:]] + [len(answer)]
    found = [" ".join(answer[mark.end() : end].split()) for mark, end in zip(marks, ends, strict=True)]
    return found if all(found) else None


def runs(weights: Sequence[int], most: int) -> Iterator[range]:
    """Yield runs of consecutive paragraphs of at most weight `most`; a heavier one is a run by itself."""
    start, total = 0, 0
    for at, weight in enumerate(weights):
        if at > start and total + weight > most:
            yield range(start, at)
            start, total = at, 0
        total += weight
    if start < len(weights):
        yield range(start, len(weights))
