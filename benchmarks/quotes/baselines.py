"""Naive measures of changed meaning, on the same gold passages as the real one: what typed evidence is to beat.

- cosine: one minus the cosine of the two passages' embeddings;
- coverage: one minus the mean, over the words of both sides, of the best cosine with a word of the other side;
- worst three: one minus the mean of the three lowest of these;
- length: how far the length is from what a translation usually has (absolute logarithm).

Usage: python -m benchmarks.quotes.baselines [--output docs/results/quote_baselines.json]
"""

import argparse
import json
from collections.abc import Iterable, Iterator
from itertools import combinations, pairwise
from pathlib import Path

import numpy as np
import regex

from alignment.encoders import load_encoder
from benchmarks.quotes.pairs import FAITHFUL, area, gold_pairs, written_pairs
from benchmarks.quotes.stories import DEV_SAMPLES, HELD_SAMPLES, LANGUAGES, QuotedStory, altered_stories, sample_stories
from common.files import write_text
from corpora.offsets import Span
from quotes.facts.passages import Passage, PassagePair
from quotes.facts.vectors import Vectors
from quotes.findings.clauses import length_gap
from quotes.findings.measure import altered, gather_evidence, strengths

UNSEEN_SET = "w9"
"""The hand-written set on which nothing was fitted."""
ALARMS = 0.9
WORST = 3
Scores = dict[str, float]
_LONGEST_RUN = 4
_HAN_RUN = regex.compile(r"\p{Han}+")
_WORD = regex.compile(r"[^\W_]+")


def naive(pair: PassagePair) -> Scores:
    """Return every naive measure of a pair, higher for likelier changes, and the real one."""
    best = sorted(_best(pair))
    return {
        "cosine": 1 - pair.vectors.cosine(pair.first.text, pair.second.text),
        "coverage": 1 - float(np.mean(best)) if best else 0.0,
        "worst three": 1 - float(np.mean(best[:WORST])) if best else 0.0,
        "length": abs(length_gap(pair)),
        "tolmach": altered(strengths(gather_evidence(pair))),
    }


def units(passage: Passage) -> Iterator[Span]:
    """Return where the words of a passage stand, in Chinese every two characters."""
    find = _han_units if passage.language == "zh" else _words
    for offset, piece in passage.pieces:
        yield from ((offset + start, offset + end) for start, end in find(piece))


def _words(text: str) -> Iterator[Span]:
    return (match.span() for match in _WORD.finditer(text))


def _han_units(text: str) -> Iterator[Span]:
    for match in _HAN_RUN.finditer(text):
        start, end = match.span()
        yield from ((at, at + 2) for at in range(start, end - 1)) if end - start > 1 else [(start, end)]


def answers(passage: Passage) -> list[str]:
    """Return what may answer a word of another passage: words and pairs of words, in Chinese runs of characters."""
    if passage.language != "zh":
        words = _WORD.findall(passage.text)
        return words + [" ".join(two) for two in pairwise(words)]
    return [
        run[at : at + size]
        for run in _HAN_RUN.findall(passage.text)
        for size in range(1, _LONGEST_RUN + 1)
        for at in range(len(run) - size + 1)
    ]


def _best(pair: PassagePair) -> Iterator[float]:
    for one, other in ((pair.first, pair.second), (pair.second, pair.first)):
        words = [one.article.text[start:end] for start, end in units(one)]
        cosines = pair.vectors.cosines(words, answers(other))
        yield from (float(row.max()) for row in cosines if cosines.size)


def scored(stories: Iterable[QuotedStory], vectors: Vectors) -> Iterator[tuple[str, bool, Scores]]:
    for story in stories:
        pairs = [("en", other) for other in LANGUAGES[1:]] if "." in story.name else combinations(LANGUAGES, 2)
        for languages in pairs:
            for treatment, pair in gold_pairs(story, languages, vectors):
                yield "-".join(languages), treatment not in FAITHFUL, naive(pair)


def figures(items: list[tuple[str, bool, Scores]]) -> dict[str, dict[str, list[float]]]:
    """Return area under the ROC curve and recall at 10 % false alarms, by languages and measure."""
    found: dict[str, dict[str, list[float]]] = {}
    for languages in sorted({item[0] for item in items}):
        for name in items[0][2]:
            changed, faithful = (
                np.array(
                    [scores[name] for pair, is_changed, scores in items if pair == languages and is_changed == turn]
                )
                for turn in (True, False)
            )
            recall = float(np.mean(changed > np.quantile(faithful, ALARMS)))
            found.setdefault(languages, {})[name] = [round(area(changed, faithful), 3), round(recall, 3)]
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--output", type=Path, help="write the figures to this JSON file")
    arguments = parser.parse_args()
    stories, vectors = list(altered_stories()), Vectors(load_encoder())
    half = len(stories) // 2
    parts = {
        "dev-samples": list(sample_stories(DEV_SAMPLES, altered=True)),
        "dev-ntrex": stories[:half],
        "held-samples": list(sample_stories(HELD_SAMPLES, altered=True)),
        "held-ntrex": stories[half:],
    }
    result = {name: figures(list(scored(part, vectors))) for name, part in parts.items()}
    written = [
        (f"en-{pair.second.language}", treatment not in FAITHFUL, naive(pair))
        for _, treatment, pair in written_pairs(UNSEEN_SET, vectors)
    ]
    result[UNSEEN_SET] = figures(written)
    print(json.dumps(result, indent=1))
    if arguments.output:
        write_text(arguments.output, json.dumps(result, indent=1) + "\n")


if __name__ == "__main__":
    main()
