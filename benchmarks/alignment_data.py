"""Gold alignments: the samples in the repo, and the development data named by TOLMACH_SHARED."""

import ast
import json
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SAMPLES = ROOT / "corpora" / "samples"

Link = tuple[tuple[int, ...], tuple[int, ...]]


@dataclass(frozen=True)
class Document:
    """Two versions and which of their sentences belong together."""

    name: str
    languages: tuple[str, str]
    source: Sequence[str]
    target: Sequence[str]
    gold: Sequence[Link]


def shared_folder() -> Path:
    return Path(os.environ.get("TOLMACH_SHARED", ROOT.parent / "shared" / "data"))


def ntrex_documents() -> list[Document]:
    """NTREX-128 documents with neighbours merged and lines dropped, all of one language pair after the other."""
    lines = (shared_folder() / "alignment" / "ntrex-dev.jsonl").read_text(encoding="utf-8").splitlines()
    records = [json.loads(line) for line in lines]
    documents = [Document(r["doc"], _pair(r["pair"]), r["src"], r["tgt"], _links(r["beads"])) for r in records]
    return sorted(documents, key=lambda document: document.languages)


def split_halves(documents: Sequence[Document]) -> tuple[list[Document], list[Document]]:
    """Even-numbered and odd-numbered documents of each language pair."""
    halves: tuple[list[Document], list[Document]] = ([], [])
    seen: dict[tuple[str, str], int] = {}
    for document in documents:
        number = seen.setdefault(document.languages, 0)
        halves[number % 2].append(document)
        seen[document.languages] += 1
    return halves


def text_berg() -> list[Document]:
    """The development part of Text+Berg, German-French, in Vecalign's format."""
    folder = shared_folder() / "alignment"
    german, french = (
        (folder / f"dev.{language}").read_text(encoding="utf-8").splitlines() for language in ("de", "fr")
    )
    gold = [line.split(":")[:2] for line in (folder / "dev.defr").read_text(encoding="utf-8").splitlines()]
    return [
        Document("dev", ("de", "fr"), german, french, _links([[ast.literal_eval(s) for s in pair] for pair in gold]))
    ]


def sample_documents(name: str) -> list[Document]:
    """The samples `articles` or `lavrov`, three pairs each."""
    paths = sorted((SAMPLES / name).glob("*/gold.json")) if name == "articles" else [SAMPLES / name / "alignment.json"]
    found = []
    for path in paths:
        record = json.loads(path.read_text(encoding="utf-8"))
        for pair, beads in record["alignment"].items():
            first, second = _pair(pair)
            texts = record["sentences"]
            found.append(Document(path.parent.name, (first, second), texts[first], texts[second], _links(beads)))
    return found


def _pair(pair: str) -> tuple[str, str]:
    first, second = pair.split("-")
    return first, second


def _links(beads: Sequence[Sequence[Sequence[int]]]) -> list[Link]:
    return [(tuple(source), tuple(target)) for source, target in beads]
