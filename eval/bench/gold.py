"""Alignment and quotes on gold data: the samples, or a user's own stories."""

import re
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from alignment import align_sentences, load_encoder, score_alignments
from common.progress import SILENT, Progress
from corpora.samples.stories import Story
from quotes import extract_quotes

_PAIRS: Final = (("en", "ru"), ("en", "zh"), ("ru", "zh"))
_LANGUAGES: Final = ("en", "ru", "zh")
_EDGE: Final = re.compile(r"^[\W_]+|[\W_]+$")


@dataclass(frozen=True, slots=True)
class AlignmentFigures:
    """Sentence alignment of all stories in one pair of languages, by `alignment.score_alignments`.

    Attributes:
        beads: Gold beads with both sides.
        strict_f1: F1 over identical beads, from 0 to 1, higher is better.
        lax_f1: F1 over beads that share a source and a target sentence, 0 to 1.
    """

    pair: str
    documents: int
    beads: int
    strict_f1: float
    lax_f1: float
    seconds: float


@dataclass(frozen=True, slots=True)
class QuoteFigures:
    """Quotes of all stories in one language.

    Attributes:
        precision: Share of the extracted quotes with the words of a gold one, from 0 to 1, higher is better.
        recall: Share of the gold quotes that were found, 0 to 1.
        kind: Share of the found quotes with the gold kind.
    """

    language: str
    documents: int
    quotes: int
    precision: float
    recall: float
    f1: float
    kind: float
    seconds: float


def measure_alignment(stories: Sequence[Story], *, progress: Progress = SILENT) -> tuple[AlignmentFigures, ...]:
    """Align stories, and score them against their gold alignments."""
    load_encoder().encode(["The first call is slower."])
    with progress.bar("Aligning stories", len(_PAIRS), unit="pairs") as advance:
        found = []
        for pair in _PAIRS:
            found.append(_aligned(stories, *pair))
            advance(1)
        return tuple(found)


def _aligned(stories: Sequence[Story], source: str, target: str) -> AlignmentFigures:
    bitexts = [(story, story.bitext(source, target)) for story in stories]
    began = time.perf_counter()
    scored = [
        (
            align_sentences(
                bitext.source,
                bitext.target,
                source_language=story.language(source),
                target_language=story.language(target),
            ),
            bitext.beads,
        )
        for story, bitext in bitexts
    ]
    seconds = time.perf_counter() - began
    score = score_alignments(scored)
    beads = sum(bool(one and other) for _, bitext in bitexts for one, other in bitext.beads)
    return AlignmentFigures(f"{source}-{target}", len(bitexts), beads, score.strict.f1, score.lax.f1, seconds)


def measure_quotes(stories: Sequence[Story], *, progress: Progress = SILENT) -> tuple[QuoteFigures, ...]:
    """Extract the quotes of stories, and score them against their gold quotes.

    A quote is correct if it equals the gold one without white space, and punctuation at its ends.
    """
    with progress.bar("Reading quotes", len(_LANGUAGES), unit="languages") as advance:
        found = []
        for language in _LANGUAGES:
            found.append(_quoted(stories, language))
            advance(1)
        return tuple(found)


def _quoted(stories: Sequence[Story], language: str) -> QuoteFigures:
    began = time.perf_counter()
    right = found = wanted = same_kind = 0
    for story in stories:
        gold = _distinct(story.quotes(language))
        made = _distinct([(one.text, one.kind) for one in extract_quotes(story.article(language))])
        common = set(gold) & set(made)
        right += len(common)
        found += len(made)
        wanted += len(gold)
        same_kind += sum(gold[text] == made[text] for text in common)
    precision, recall = right / max(1, found), right / max(1, wanted)
    return QuoteFigures(
        language=language,
        documents=len(stories),
        quotes=wanted,
        precision=precision,
        recall=recall,
        f1=2 * precision * recall / (precision + recall) if right else 0.0,
        kind=same_kind / max(1, right),
        seconds=time.perf_counter() - began,
    )


def _distinct(quotes: Sequence[tuple[str, str]]) -> dict[tuple[str, int], str]:
    """Return the kind of each quote by its normalised words and their number of earlier occurrences."""
    seen: Counter[str] = Counter()
    found = {}
    for text, kind in quotes:
        bare = _EDGE.sub("", "".join(text.split()))
        found[bare, seen[bare]] = kind
        seen[bare] += 1
    return found
