"""Scores what is read of a language that word lists alone describe: its sentences, quotes, alignment and comparison.

The gold data is `benchmarks/gold/languages/TAG/`: `NAME.txt`, a version of a sample article in that language, and
`NAME.json` with its sentences, its quotes (text, kind, speaker) and how its sentences correspond to the English ones.
"""

import argparse
import json
import re
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from alignment.aligner import align_sentences
from alignment.scoring import score_alignments
from benchmarks.places import GOLD
from common.files import write_text
from corpora.article import Article
from corpora.samples import load_sample, sample_bitexts
from quotes.comparison import compare_versions
from quotes.extraction import extract_quotes

Beads = Sequence[tuple[Sequence[int], Sequence[int]]]
OTHERS = ("en", "ru", "zh")
SPOKEN = frozenset({"direct", "partial"})


def words_of(text: str) -> str:
    """Return the letters and figures of a text, by which quotes are compared."""
    return re.sub(r"\W+", "", text).casefold()


def composed(first: Beads, second: Beads) -> list[tuple[tuple[int, ...], tuple[int, ...]]]:
    """Return the beads of two versions through a third: `first` and `second` have that one on their left.

    Sentences that share one of the third's, directly or through others, are one bead.
    """
    groups: list[tuple[set[int], set[int], set[int]]] = []
    for side, beads in ((1, first), (2, second)):
        for left, right in beads:
            joined: tuple[set[int], set[int], set[int]] = (set(left), set(), set())
            joined[side].update(right)
            touching = [group for group in groups if group[0] & joined[0]]
            for group in touching:
                for place in range(3):
                    joined[place].update(group[place])
                groups.remove(group)
            groups.append(joined)
    return [(tuple(sorted(one)), tuple(sorted(other))) for _, one, other in groups if one or other]


def count_quotes(article: Article, gold: Sequence[dict[str, Any]]) -> Counter[str]:
    """Count the quotes found, and of those in `gold` how many have their words, kind and speaker."""
    found = extract_quotes(article)
    left = list(found)
    counts = Counter(found=len(found), gold=len(gold), speakers=sum(bool(one["speaker"]) for one in gold))
    for one in gold:
        same = next((quote for quote in left if words_of(quote.text) == words_of(one["text"])), None)
        if same is None:
            continue
        left.remove(same)
        counts["right"] += 1
        counts["kind"] += (same.kind in SPOKEN) == (one["kind"] in SPOKEN)
        counts["exact_kind"] += same.kind == one["kind"]
        counts["speaker"] += bool(one["speaker"]) and same.speaker_name == one["speaker"]
        counts["nobody"] += bool(same.speaker_name) and not one["speaker"]
    return counts


def score_article(folder: Path, name: str) -> dict[str, Any]:
    """Score one article of a folder."""
    text = (folder / f"{name}.txt").read_text(encoding="utf-8")
    gold = json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))
    article = Article.from_text(text)
    if article.language != folder.name:
        raise ValueError(f"{name} is taken for {article.language}")
    sentences = [sentence.text for sentence in article.sentences]
    scores: dict[str, Any] = {
        "sentences": {"gold": len(gold["sentences"]), "right": len(set(sentences) & set(gold["sentences"]))},
        "quotes": dict(count_quotes(article, gold["quotes"])),
        "alignment": {},
        "verdicts": {},
    }
    for other in OTHERS:
        bitext = sample_bitexts("en", other)[name] if other != "en" else None
        source = bitext.target if bitext else [s.text for s in load_sample(name, "en").sentences]
        beads = composed(bitext.beads, gold["alignment"]) if bitext else gold["alignment"]
        found = align_sentences(source, gold["sentences"], source_language=other, target_language=folder.name)
        score = score_alignments([([(bead.source, bead.target) for bead in found.beads], beads)])
        scores["alignment"][other] = round(score.strict.f1, 3)
        groups = compare_versions([load_sample(name, other), article]).groups
        scores["verdicts"][other] = dict(Counter(pair.verdict for group in groups for pair in group.pairs))
    return scores


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("language", help="tag of a folder in benchmarks/gold/languages")
    parser.add_argument("--output", type=Path, help="write the figures as JSON")
    options = parser.parse_args()
    folder = GOLD / "languages" / options.language
    scores = {path.stem: score_article(folder, path.stem) for path in sorted(folder.glob("*.json"))}
    for name, one in scores.items():
        print(name, json.dumps(one, ensure_ascii=False))
    if options.output:
        write_text(options.output, json.dumps({"schema": "tolmach/1", "articles": scores}, indent=1) + "\n")


if __name__ == "__main__":
    main()
