"""Gold alignments: the samples in the repository, and the development data in TOLMACH_SHARED."""

import ast
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.places import SAMPLES, shared_folder

TRAINING_SAMPLES = frozenset({"a01", "a02", "a03", "a04"})
"""Samples used in training; the others are held out."""

_CHUNK = 22  # beads of Text+Berg in one document

Link = tuple[tuple[int, ...], tuple[int, ...]]


@dataclass(frozen=True)
class Document:
    """Two versions and their gold beads."""

    name: str
    languages: tuple[str, str]
    source: Sequence[str]
    target: Sequence[str]
    gold: Sequence[Link]

    def texts(self) -> tuple[tuple[str, Sequence[str]], ...]:
        """Return language and sentences of both sides."""
        return (self.languages[0], self.source), (self.languages[1], self.target)


def ntrex_documents() -> list[Document]:
    """Return NTREX-128 documents with neighbours merged and lines dropped, one language pair after the other."""
    lines = (shared_folder() / "alignment" / "ntrex-dev.jsonl").read_text(encoding="utf-8").splitlines()
    records = [json.loads(line) for line in lines]
    documents = [Document(r["doc"], _pair(r["pair"]), r["src"], r["tgt"], _links(r["beads"])) for r in records]
    return sorted(documents, key=lambda document: document.languages)


def split_halves(documents: Sequence[Document]) -> tuple[list[Document], list[Document]]:
    """Return the even-numbered and the odd-numbered documents of each language pair."""
    halves: tuple[list[Document], list[Document]] = ([], [])
    seen: dict[tuple[str, str], int] = {}
    for document in documents:
        number = seen.setdefault(document.languages, 0)
        halves[number % 2].append(document)
        seen[document.languages] += 1
    return halves


def text_berg() -> list[Document]:
    """Return the development part of Text+Berg, German-French."""
    folder = shared_folder() / "alignment"
    return [vecalign_document((folder / "dev.de", folder / "dev.fr", folder / "dev.defr"), ("de", "fr"))]


def vecalign_document(paths: tuple[Path, Path, Path], languages: tuple[str, str]) -> Document:
    """Read two files with a sentence a line, and a gold file in Vecalign's format: `[0, 1]:[0]`."""
    source, target, beads = (path.read_text(encoding="utf-8").splitlines() for path in paths)
    gold = [[ast.literal_eval(side) for side in line.split(":")[:2]] for line in beads if line.strip()]
    return Document(paths[2].name, languages, source, target, _links(gold))


def documents_by_set() -> dict[str, list[Document]]:
    """Return the benchmark sets of aligners, with training and held-out data separate."""
    articles = sample_documents("articles")
    sets = {
        "articles": articles,
        "articles a05-a09 (held out)": [one for one in articles if one.name not in TRAINING_SAMPLES],
        "lavrov (held out)": sample_documents("lavrov"),
    }
    if (shared_folder() / "alignment").is_dir():
        even, odd = split_halves(ntrex_documents())
        learned, held = text_berg_chunks()
        sets |= {
            "ntrex-dev odd (held out)": odd,
            "ntrex-dev even (learned from)": even,
            "text+berg dev": text_berg(),
            "text+berg dev, every second piece (held out)": held,
            "text+berg dev, the other pieces (learned from)": learned,
        }
    else:
        print(f"{shared_folder()} is absent: NTREX and Text+Berg are left out (set TOLMACH_SHARED)")
    return sets


def text_berg_chunks() -> tuple[list[Document], list[Document]]:
    """Return the development part of Text+Berg in chunks of 22 beads: even ones for training, odd ones held out."""
    whole = text_berg()[0]
    two = sorted(link for link in whole.gold if all(link))
    begins = [(0, 0)] + [(two[at][0][0], two[at][1][0]) for at in range(_CHUNK, len(two), _CHUNK)]
    ends = [*begins[1:], (len(whole.source), len(whole.target))]
    chunks = [_part(whole, begin, end) for begin, end in zip(begins, ends, strict=True)]
    return chunks[::2], chunks[1::2]


def _part(whole: Document, begin: tuple[int, int], end: tuple[int, int]) -> Document:
    gold = [
        (tuple(at - begin[0] for at in source), tuple(at - begin[1] for at in target))
        for source, target in whole.gold
        if (begin[0] <= source[0] < end[0] if source else begin[1] <= target[0] < end[1])
    ]
    source, target = whole.source[begin[0] : end[0]], whole.target[begin[1] : end[1]]
    return Document(f"{whole.name}-{begin[0]}", whole.languages, source, target, gold)


def sample_documents(name: str) -> list[Document]:
    """Return the samples `articles` or `lavrov`, three pairs each."""
    paths = sorted((SAMPLES / name).glob("*/gold.json")) if name == "articles" else [SAMPLES / name / "alignment.json"]
    found = []
    for path in paths:
        record = json.loads(path.read_text(encoding="utf-8"))
        for pair, beads in record["alignment"].items():
            first, second = _pair(pair)
            texts = record["sentences"]
            found.append(Document(path.parent.name, (first, second), texts[first], texts[second], _links(beads)))
    return found


def training_samples() -> list[Document]:
    """Return the training samples, three pairs each."""
    return [document for document in sample_documents("articles") if document.name in TRAINING_SAMPLES]


def held_out_sets() -> dict[str, list[Document]]:
    """Return the held-out sets."""
    articles = [one for one in sample_documents("articles") if one.name not in TRAINING_SAMPLES]
    return {
        "NTREX odd": split_halves(ntrex_documents())[1],
        "a05 to a09, lavrov": articles + sample_documents("lavrov"),
        "Text+Berg": text_berg_chunks()[1],
    }


def _pair(pair: str) -> tuple[str, str]:
    first, second = pair.split("-")
    return first, second


def _links(beads: Sequence[Sequence[Sequence[int]]]) -> list[Link]:
    return [(tuple(source), tuple(target)) for source, target in beads]
