"""Measure how accurately marked-up spans are placed in a translation.

    python -m benchmarks.translation.markup [--set test] [--errors] [--output docs/results/markup-projection.json]
    python -m benchmarks.translation.markup [--set test] --ablate

The gold pairs were written for this purpose: sentences in three languages with numbered spans, so each line covers six
directions. Parts and thresholds were chosen on `dev`, with the figures of `test` known, so that it is not a held-out
set any more.

Measures, over the spans with a gold place: share placed exactly (to the character), F1 of the characters (0 for an
unplaced span), share lost. For spans without a gold place, the share lost. `unrelated` pairs every sentence with the
translation of the next one and has the share of spans lost, ideally all except whole sentences and common words. Two
baselines: `proportional` uses the same relative position in the translation, snapped to words; `links` uses verbatim
repetition, else all words from the first to the last that the word alignment links to the span.
"""

import argparse
import json
import re
import statistics
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import permutations
from pathlib import Path
from unittest.mock import patch

from alignment.words.align import align_word_pairs
from benchmarks.places import GOLD
from common.files import write_text
from corpora.article import Inline
from translate.markup import MarkupJob, Projection, project_all
from translate.markup.linking import cut
from translate.markup.placing import LEAST_CONFIDENCE

LANGUAGES = ("en", "ru", "zh")
_MARK = re.compile(r"<(/?)(\d)>")
Span = tuple[int, int]
Projector = Callable[[list[MarkupJob], str, str], list[Projection]]


@dataclass(frozen=True)
class MarkedSentence:
    """A sentence without its marks, and the positions of the numbered spans."""

    text: str
    spans: dict[str, Span]


def read_marked(marked: str) -> MarkedSentence:
    spans: dict[str, Span] = {}
    starts: dict[str, int] = {}
    text, at = "", 0
    for mark in _MARK.finditer(marked):
        text += marked[at : mark.start()]
        at = mark.end()
        if mark[1]:
            spans[mark[2]] = (starts[mark[2]], len(text))
        else:
            starts[mark[2]] = len(text)
    return MarkedSentence(text + marked[at:], spans)


def read_gold(name: str) -> list[tuple[str, dict[str, MarkedSentence]]]:
    lines = (GOLD / "markup" / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
    records = [json.loads(line) for line in lines]
    return [(record["id"], {tag: read_marked(record[tag]) for tag in LANGUAGES}) for record in records]


def make_job(source: MarkedSentence, target: MarkedSentence) -> MarkupJob:
    inlines = (Inline("link", start, end, target=number) for number, (start, end) in source.spans.items())
    return MarkupJob(source.text, target.text, tuple(sorted(inlines, key=lambda one: (one.start, -one.end))))


def ours(jobs: list[MarkupJob], source: str, target: str) -> list[Projection]:
    return project_all(jobs, source_language=source, target_language=target)


def proportional(jobs: list[MarkupJob], source: str, target: str) -> list[Projection]:
    del source
    return [Projection(tuple(_proportional(job, target)), ()) for job in jobs]


def _proportional(job: MarkupJob, language: str) -> Iterator[Inline]:
    words = cut(job.hypothesis, language)
    scale = len(job.hypothesis) / len(job.source)
    for inline in job.inlines:
        start = min((first for first, _ in words), key=lambda place: abs(place - inline.start * scale))
        ends = [last for _, last in words if last > start]
        end = min(ends, key=lambda place: abs(place - inline.end * scale))
        yield Inline(inline.kind, start, end, target=inline.target)


def min_max_of_links(jobs: list[MarkupJob], source: str, target: str) -> list[Projection]:
    cuts = []
    for job in jobs:
        borders = [edge for one in job.inlines for edge in (one.start, one.end)]
        cuts.append((cut(job.source, source, borders), cut(job.hypothesis, target)))
    texts = [
        ([job.source[start:end] for start, end in first], [job.hypothesis[start:end] for start, end in second])
        for job, (first, second) in zip(jobs, cuts, strict=True)
    ]
    links = align_word_pairs(texts, source_language=source, target_language=target)
    return [_min_max(job, both, found) for job, both, found in zip(jobs, cuts, links, strict=True)]


def _min_max(
    job: MarkupJob, words: tuple[list[Span], list[Span]], links: Sequence[tuple[int, int, float]]
) -> Projection:
    placed, lost = [], []
    for inline in job.inlines:
        repeated = job.hypothesis.find(job.source[inline.start : inline.end])
        there = [words[1][j] for i, j, _ in links if inline.start <= words[0][i][0] < inline.end]
        if repeated >= 0:
            placed.append(replace(inline, start=repeated, end=repeated + inline.end - inline.start))
        elif there:
            placed.append(replace(inline, start=min(there)[0], end=max(there)[1]))
        else:
            lost.append(inline)
    return Projection(tuple(placed), tuple(lost))


def overlap(found: Span, gold: Span) -> float:
    """Return the F1 of the characters of two spans."""
    common = max(0, min(found[1], gold[1]) - max(found[0], gold[0]))
    return 2 * common / (found[1] - found[0] + gold[1] - gold[0])


@dataclass(frozen=True)
class ProjectionOutcome:
    """A span of the source: its place and its gold place; None for none."""

    name: str
    job: MarkupJob
    words: str
    found: Span | None
    gold: Span | None


def outcomes(name: str, project: Projector) -> Iterator[tuple[str, ProjectionOutcome]]:
    gold = read_gold(name)
    for source, target in permutations(LANGUAGES, 2):
        jobs = [make_job(record[source], record[target]) for _, record in gold]
        for job, found, (record_id, record) in zip(jobs, project(jobs, source, target), gold, strict=True):
            placed = {one.target: (one.start, one.end) for one in found.inlines}
            for number, (start, end) in record[source].spans.items():
                yield (
                    f"{source}-{target}",
                    ProjectionOutcome(
                        record_id, job, job.source[start:end], placed.get(number), record[target].spans.get(number)
                    ),
                )


def figures(found: list[ProjectionOutcome]) -> dict[str, float]:
    wanted = [one for one in found if one.gold is not None]
    idle = [one for one in found if one.gold is None]
    scores = [overlap(one.found, one.gold) if one.found and one.gold else 0.0 for one in wanted]
    result = {
        "spans": len(wanted),
        "exact": round(statistics.mean(one.found == one.gold for one in wanted), 4),
        "f1": round(statistics.mean(scores), 4),
        "lost": round(statistics.mean(one.found is None for one in wanted), 4),
    }
    if idle:
        result["lost_of_untranslated"] = round(statistics.mean(one.found is None for one in idle), 4)
    return result


def show_errors(found: list[tuple[str, ProjectionOutcome]]) -> None:
    for direction, one in found:
        if one.found != one.gold:
            had, should = (
                repr(one.job.hypothesis[span[0] : span[1]]) if span else "nothing" for span in (one.found, one.gold)
            )
            print(f"{one.name} {direction} {one.words!r}: {had}, not {should}")


def lost_in_unrelated(name: str, project: Projector) -> float:
    """Return the share of lost spans if sentences are paired with unrelated translations."""
    gold = [record for _, record in read_gold(name)]
    spans = lost = 0
    for source, target in permutations(LANGUAGES, 2):
        jobs = [make_job(one[source], other[target]) for one, other in zip(gold, gold[1:] + gold[:1], strict=True)]
        found = project(jobs, source, target)
        spans += sum(len(job.inlines) for job in jobs)
        lost += sum(len(one.lost) for one in found)
    return round(lost / spans, 4)


def measure(name: str, project: Projector, *, errors: bool = False) -> dict[str, dict[str, float]]:
    found = list(outcomes(name, project))
    if errors:
        show_errors(found)
    groups: dict[str, list[ProjectionOutcome]] = {"all": [one for _, one in found]}
    for direction, one in found:
        groups.setdefault(direction, []).append(one)
    return {group: figures(members) for group, members in groups.items()}


PARTS: dict[str, tuple[str, Callable[..., object]]] = {
    "names by sound": ("linking._name_links", lambda *_: []),
    "trust in links": ("placing._confidence", lambda *_: 1.0),
    "frequent words": ("linking._frequent", lambda *_: frozenset()),
    "repeated and enclosed": ("placing._repeated_or_enclosed", lambda *_: iter(())),
    "enclosed": ("placing._enclosed", lambda *_: iter(())),
    "unlinked words": ("placing._with_unlinked", lambda _, run, *__: run),
    "parts of names": ("placing._with_names", lambda _, run, *__: run),
    "units": ("placing._with_units", lambda _, run, *__: run),
    "marks at the edges": ("placing._with_marks", lambda _, __, run, ___: run),
    "parts of words": ("linking._same_part", lambda *_: None),
}
"""Parts of markup transfer, each with a function and its replacement if the part is left out."""


def ablate(name: str) -> None:
    print(f"{name:<24}{'exact':>8}{'F1':>8}{'lost':>8}{'lost if unrelated':>19}")
    for part in ("", *PARTS):
        function, instead = PARTS.get(part, ("placing.LEAST_CONFIDENCE", LEAST_CONFIDENCE))
        with patch(f"translate.markup.{function}", instead):
            row, unrelated = measure(name, ours)["all"], lost_in_unrelated(name, ours)
        print(f"{part or 'everything':<24}{row['exact']:>8}{row['f1']:>8}{row['lost']:>8}{unrelated:>19}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--set", choices=("dev", "test"), default="dev", help="which gold pairs (default: dev)")
    parser.add_argument(
        "--errors", action="store_true", help="print every span that is placed otherwise than in the gold"
    )
    parser.add_argument("--output", type=Path, help="JSON file in which the figures of the set are replaced")
    parser.add_argument("--ablate", action="store_true", help="leave out each part of markup transfer in turn")
    arguments = parser.parse_args()
    if arguments.ablate:
        ablate(arguments.set)
        return
    results = {
        "proportional": measure(arguments.set, proportional),
        "links": measure(arguments.set, min_max_of_links),
        "tolmach": measure(arguments.set, ours, errors=arguments.errors),
    }
    results["links"]["unrelated"] = {"lost": lost_in_unrelated(arguments.set, min_max_of_links)}
    results["tolmach"]["unrelated"] = {"lost": lost_in_unrelated(arguments.set, ours)}
    print(f"{arguments.set:<14}{'':<10}{'spans':>8}{'exact':>8}{'F1':>8}{'lost':>8}")
    for system, groups in results.items():
        for group, row in groups.items():
            cells = (f"{row[name]:>8}" if name in row else f"{'':>8}" for name in ("spans", "exact", "f1", "lost"))
            print(f"{system:<14}{group:<10}{''.join(cells)}")
    if arguments.output:
        before = json.loads(arguments.output.read_text(encoding="utf-8")) if arguments.output.exists() else {}
        write_text(arguments.output, json.dumps(before | {arguments.set: results}, indent=1) + "\n")


if __name__ == "__main__":
    main()
