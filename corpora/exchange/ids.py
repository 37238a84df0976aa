"""vecalign's index lines, `[0]:[0, 1]:0.15`: sentence numbers of both sides from 0, then the score or cost.

Source: https://github.com/thompsonb/vecalign, `dp_utils.py`, `print_alignments` and `read_alignments`. Blank lines are
skipped and the third field may be missing, as in its gold files. Sentences, confidences, languages and names are not
kept; a sentence may be in no bead, as gold files leave out some.
"""

from typing import Final

import regex

from common.errors import InputError
from corpora.article import Bitext
from corpora.exchange.checks import ReadOptions
from corpora.exchange.rows import or_empty, parse_indices, parse_number

_LINE: Final = regex.compile(r"\[([^\[\]]*)\]\s*:\s*\[([^\[\]]*)\]\s*(?::(.*))?")
_MARK: Final = "\N{BYTE ORDER MARK}"


def write(bitext: Bitext) -> str:
    """Return a line a bead; without the third field where the score is not known."""
    scores = bitext.scores or (None,) * len(bitext.beads)
    return "".join(_line(source, target, score) for (source, target), score in zip(bitext.beads, scores, strict=True))


def _line(source: tuple[int, ...], target: tuple[int, ...], score: float | None) -> str:
    tail = "" if score is None else f":{float(score)!r}"
    return f"{list(source)}:{list(target)}{tail}\n"


def read(text: str, options: ReadOptions) -> Bitext:
    """Return the beads, with the sentences that the options give and none where they give none.

    Raises:
        InputError: A line is malformed, or a sentence is in two beads or beyond the last.
    """
    beads, scores, places = [], [], []
    for number, line in enumerate(text.removeprefix(_MARK).split("\n"), start=1):
        if line.strip():
            source, target, score = _parse(line.strip(), f"line {number}")
            beads.append((source, target))
            scores.append(score)
            places.append(f"line {number}")
    source_count = len(options.source) if options.source is not None else options.source_count
    target_count = len(options.target) if options.target is not None else options.target_count
    _check("source", [source for source, _ in beads], places, source_count)
    _check("target", [target for _, target in beads], places, target_count)
    return Bitext(
        options.source or (),
        options.target or (),
        tuple(beads),
        or_empty(scores),
        source_language=options.source_language,
        target_language=options.target_language,
    )


def _parse(line: str, place: str) -> tuple[tuple[int, ...], tuple[int, ...], float | None]:
    match = _LINE.fullmatch(line)
    if match is None:
        raise InputError(f"{place}: {line[:40]!r} is not a bead", hint="One looks like [0]:[0, 1]:0.15")
    source, target = parse_indices(match[1], place), parse_indices(match[2], place)
    if not source and not target:
        raise InputError(f"{place}: the bead has no sentence on either side")
    return source, target, parse_number(match[3] or "", place, "score")


def _check(side: str, beads: list[tuple[int, ...]], places: list[str], count: int | None) -> None:
    seen: dict[int, str] = {}
    for place, indices in zip(places, beads, strict=True):
        for index in indices:
            if index in seen:
                raise InputError(f"{place}: {side} sentence {index} is already in {seen[index]}")
            if count is not None and index >= count:
                raise InputError(f"{place}: {side} sentence {index} is beyond the last, {count - 1}")
            seen[index] = place
