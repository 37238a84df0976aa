"""Measure the effect of making the alignments of three versions consistent.

    python -m benchmarks.alignment.agreement [--output docs/results/alignment-agreement.json]

Three versions each of lines of FLORES-200 (TOLMACH_SHARED), with neighbours merged, lines dropped and exchanged at
random in each version (fixed seed), and the samples, are aligned pairwise. The results are strict F1 of each pair and
the number of contradictions, before and after. The method itself is not trained, but the weights of the aligner were
fitted on the samples a01 to a04 and, with other disturbances, on the same lines of FLORES-200.
"""

import argparse
import json
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from typing import Any

from alignment.aligner import align_lines
from alignment.encoders import Encoder, load_encoder
from alignment.multiway.common_windows import Candidates
from alignment.multiway.consistency import VersionPair, composed, disagreements, oriented
from alignment.multiway.reconcile import reconcile
from alignment.refinement.documents import SentenceList
from alignment.scoring import score_alignments
from benchmarks.alignment.data import TRAINING_SAMPLES, Document, Link, sample_documents
from benchmarks.alignment.systems import OPTIONS
from benchmarks.places import shared_folder
from common.files import write_text

LANGUAGES = ("en", "ru", "zh")
PAIRS: list[VersionPair] = list(combinations(range(3), 2))
DOCUMENTS = 60
SHORTEST, LONGEST = 10, 36
RATES = (0.0, 0.05, 0.1, 0.2, 0.3)
SEED = 5


@dataclass(frozen=True)
class ThreeVersions:
    """Three versions: the candidates of each pair, and the gold alignments."""

    name: str
    pairs: dict[VersionPair, Candidates]
    gold: dict[VersionPair, list[Link]]


def candidates_of(document: Document, encoder: Encoder) -> Candidates:
    """Align two versions independently."""
    sides = zip((document.source, document.target), document.languages, strict=True)
    source, target = (SentenceList(list(text), language) for text, language in sides)
    return align_lines(source, target, OPTIONS, encoder).candidates()


def story(documents: Sequence[Document], encoder: Encoder) -> ThreeVersions:
    pairs = {pair: candidates_of(document, encoder) for pair, document in zip(PAIRS, documents, strict=True)}
    return ThreeVersions(
        documents[0].name, pairs, {pair: list(d.gold) for pair, d in zip(PAIRS, documents, strict=True)}
    )


def sample_stories(encoder: Encoder) -> list[ThreeVersions]:
    documents = sample_documents("articles") + sample_documents("lavrov")
    return [story(documents[at : at + 3], encoder) for at in range(0, len(documents), 3)]


def disturbed_stories(encoder: Encoder) -> list[ThreeVersions]:
    folder = shared_folder() / "testsets" / "flores200-devtest"
    lines = [(folder / f"{tag}.txt").read_text(encoding="utf-8").splitlines() for tag in LANGUAGES]
    chance = random.Random(SEED)  # noqa: S311 - no secret
    return [story(disturbed_documents(f"flores-{number}", lines, chance), encoder) for number in range(DOCUMENTS)]


def disturbed_documents(name: str, lines: Sequence[Sequence[str]], chance: random.Random) -> list[Document]:
    """Make versions of some of the lines in each language."""
    size = chance.randint(SHORTEST, LONGEST)
    begin = chance.randrange(len(lines[0]) - size)
    versions = [disturbed(range(begin, begin + size), chance) for _ in LANGUAGES]
    texts = [
        [("" if tag == "zh" else " ").join(mine[line] for line in sentence) for sentence in version]
        for tag, mine, version in zip(LANGUAGES, lines, versions, strict=True)
    ]
    return [
        Document(name, (LANGUAGES[x], LANGUAGES[y]), texts[x], texts[y], gold_of(versions, (x, y))) for x, y in PAIRS
    ]


def disturbed(lines: Sequence[int], chance: random.Random) -> list[list[int]]:
    """Return the sentences of a version, each as the numbers of its lines."""
    merged, dropped, swapped = (chance.choice(RATES) for _ in range(3))
    kept = [line for line in lines if chance.random() >= dropped] or list(lines)
    for at in range(len(kept) - 1):
        if chance.random() < swapped / 4:
            kept[at : at + 2] = kept[at + 1], kept[at]
    version: list[list[int]] = []
    for line in kept:
        if version and line == version[-1][-1] + 1 and chance.random() < merged:
            version[-1].append(line)
        else:
            version.append([line])
    return version


def gold_of(versions: Sequence[list[list[int]]], pair: VersionPair) -> list[Link]:
    """Join the sentences of two versions with common lines."""
    lines = sorted({line for version in versions for sentence in version for line in sentence})
    tells = [
        [((at,), tuple(lines.index(line) for line in sentence)) for at, sentence in enumerate(versions[side])]
        for side in pair
    ]
    return composed(tells[0], [(told, at) for at, told in tells[1]])


def contradictions(links: Mapping[VersionPair, Sequence[Link]]) -> int:
    return sum(
        len(disagreements(oriented(links, x, y), oriented(links, y, z), oriented(links, x, z)))
        for x, y, z in ((0, 1, 2), (1, 0, 2), (0, 2, 1))
    )


def report(stories: Sequence[ThreeVersions]) -> dict[str, Any]:
    agreed = [
        {pair: list(links) for pair, links in reconcile(each.pairs, allows=OPTIONS.allows).items()} for each in stories
    ]
    alone = [{pair: list(each.pairs[pair].best) for pair in PAIRS} for each in stories]
    return {"documents": len(stories), "alone": measure(alone, stories), "agreed": measure(agreed, stories)}


def measure(found: Sequence[Mapping[VersionPair, Sequence[Link]]], stories: Sequence[ThreeVersions]) -> dict[str, Any]:
    scores = {}
    for x, y in PAIRS:
        both = ((links[x, y], each.gold[x, y]) for links, each in zip(found, stories, strict=True))
        scores[f"{LANGUAGES[x]}-{LANGUAGES[y]}"] = round(score_alignments(both).strict.f1, 4)
    return {"strict_f1": scores, "contradictions": sum(map(contradictions, found))}


def show(name: str, one: Mapping[str, Any]) -> None:
    alone, agreed = one["alone"], one["agreed"]
    cells = ", ".join(f"{pair} {f1:.4f} -> {agreed['strict_f1'][pair]:.4f}" for pair, f1 in alone["strict_f1"].items())
    print(f"{name}: {cells}; contradictions {alone['contradictions']} -> {agreed['contradictions']}", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--output", type=Path, default=Path("docs/results/alignment-agreement.json"))
    arguments = parser.parse_args()
    encoder = load_encoder()
    samples = sample_stories(encoder)
    articles = [each for each in samples if each.name != "lavrov"]
    sets = {
        "FLORES, disturbed (lines learned from)": disturbed_stories(encoder),
        "articles a01-a04 (learned from)": [each for each in articles if each.name in TRAINING_SAMPLES],
        "articles a05-a09 (held out)": [each for each in articles if each.name not in TRAINING_SAMPLES],
        "lavrov (held out)": [each for each in samples if each.name == "lavrov"],
    }
    results = {name: report(stories) for name, stories in sets.items()}
    for name, one in results.items():
        show(name, one)
    record = {"encoder": f"{encoder.name} {encoder.revision}", "results": results}
    write_text(arguments.output, json.dumps(record, ensure_ascii=False, indent=1) + "\n")


if __name__ == "__main__":
    main()
