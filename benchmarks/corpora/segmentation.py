"""Boundary F1 of sentence segmentation on the sample articles, compared with other installed segmenters.

A border is the end offset of a sentence. Texts are split paragraph by paragraph. `inner` counts only borders within a
paragraph, where a segmenter has to decide; `all` adds the paragraph ends, which every segmenter is given. Figures are
micro-averaged over the articles of a set.

    python -m benchmarks.corpora.segmentation --output docs/results/segmentation.json
    python -m benchmarks.corpora.segmentation --sets a01 a02 --errors     # shows what is split wrongly there
"""

import argparse
import importlib
import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from importlib.metadata import version
from pathlib import Path
from types import ModuleType

from benchmarks.places import SAMPLES
from common.files import write_text
from corpora.segmentation import segment

LANGUAGES = ("en", "ru", "zh")
ARTICLES = ("lavrov", *(f"a{number:02}" for number in range(1, 10)))
SETS = {"development": ARTICLES[:6], "held out": ARTICLES[6:], "all": ARTICLES, "a01-a09": ARTICLES[1:]}

STOPS, CLOSERS = tuple(".!?…。！？"), "”“»\"'’）)"

Splitter = Callable[[str, str], list[str]]


@dataclass
class Counts:
    """Found and missed borders."""

    right: int = 0
    found: int = 0
    gold: int = 0

    def add(self, found: set[int], gold: set[int]) -> None:
        """Count the borders of one text."""
        self.right += len(found & gold)
        self.found += len(found)
        self.gold += len(gold)

    def scores(self) -> dict[str, float]:
        """Return precision, recall and F1, from 0 (bad) to 1."""
        precision = self.right / self.found if self.found else 1.0
        recall = self.right / self.gold if self.gold else 1.0
        total = precision + recall
        f1 = 2 * precision * recall / total if total else 0.0
        return {"precision": round(precision, 4), "recall": round(recall, 4), "f1": round(f1, 4)}


def ours(text: str, language: str) -> list[str]:
    return [text[start:end] for start, end in segment(text, language)]


def optional(name: str, build: Callable[[ModuleType, str], Callable[[str], Iterable[str]]]) -> Splitter | None:
    try:
        module = importlib.import_module(name)
    except ImportError:
        return None

    def split(text: str, language: str) -> list[str]:
        return [str(getattr(piece, "text", piece)).strip() for piece in build(module, language)(text)]

    return split


def splitters() -> dict[str, Splitter]:
    others = {
        "razdel": optional("razdel", lambda module, _: module.sentenize),
        "blingfire": optional("blingfire", lambda module, _: lambda text: module.text_to_sentences(text).split("\n")),
        "pysbd": optional("pysbd", lambda module, language: module.Segmenter(language=language, clean=False).segment),
        "sentencex": optional("sentencex", lambda module, language: partial(module.segment, language)),
        "sentence-splitter": optional(
            "sentence_splitter", lambda module, language: module.SentenceSplitter(language=language).split
        ),
    }
    return {"tolmach": ours} | {name: split for name, split in others.items() if split is not None}


def supports(name: str, language: str) -> bool:
    return not (language == "zh" and name in ("razdel", "sentence-splitter"))


def gold_of(article: str, language: str) -> tuple[str, list[str]]:
    if article == "lavrov":
        folder, annotation = SAMPLES / "lavrov", SAMPLES / "lavrov" / "alignment.json"
    else:
        folder = SAMPLES / "articles" / article
        annotation = folder / "gold.json"
    sentences = json.loads(annotation.read_text(encoding="utf-8"))["sentences"][language]
    return (folder / f"{language}.txt").read_text(encoding="utf-8"), sentences


def ends(text: str, sentences: Iterable[str]) -> set[int]:
    """Return the end offset of each sentence, counted without white space so that spaces do not matter."""
    total, offsets = 0, set()
    for sentence in sentences:
        total += len("".join(sentence.split()))
        offsets.add(total)
    assert total == len("".join(text.split())), "sentences do not cover the text"
    return offsets


def paragraphs(text: str) -> Iterator[str]:
    return (line.strip() for line in text.split("\n") if line.strip())


def measure(split: Splitter, articles: Iterable[str], language: str) -> dict[str, dict[str, float]]:
    inner, every = Counts(), Counts()
    for article in articles:
        text, sentences = gold_of(article, language)
        borders = ends(text, paragraphs(text))
        gold = ends(text, sentences)
        found = ends(text, [piece for block in paragraphs(text) for piece in split(block, language)])
        inner.add(found - borders, gold - borders)
        every.add(found | borders, gold | borders)
    return {"inner": inner.scores(), "all": every.scores()}


def rejoin(split: Splitter, folder: Path, language: str) -> dict[str, float]:
    """Join the lines of a test set in groups of four and split them again.

    A line may have several sentences, so only its end is a known border: `recall` is of those with a stop, and `extra`
    the number of other borders per line, most of which are right.
    """
    lines = [" ".join(line.split()) for line in (folder / f"{language}.txt").read_text(encoding="utf-8").splitlines()]
    counts = Counts()
    for first in range(0, len(lines), 4):
        group = lines[first : first + 4]
        text = ("" if language == "zh" else " ").join(group)
        every = sorted(ends(text, group))
        stopped = {end for end, line in zip(every, group, strict=True) if line.rstrip(CLOSERS).endswith(STOPS)}
        counts.add(
            ends(text, split(text, language)) - set(every[-1:]) - (set(every) - stopped), stopped - set(every[-1:])
        )
    extra = (counts.found - counts.right) / len(lines)
    return {"recall": round(counts.right / counts.gold, 4), "extra per line": round(extra, 4)}


def show_errors(articles: Iterable[str]) -> None:
    for language in LANGUAGES:
        for article in articles:
            text, gold = gold_of(article, language)
            found = [piece for block in paragraphs(text) for piece in ours(block, language)]
            for label, pieces, others in (("extra", found, gold), ("missed", gold, found)):
                known = ends(text, others)
                for end, piece in zip(sorted(ends(text, pieces)), pieces, strict=True):
                    if end not in known:
                        print(f"{article} {language} {label} after: …{piece[-60:]}")


def report(names: Iterable[str]) -> dict[str, object]:
    rows: dict[str, object] = {}
    for name, split in splitters().items():
        rows[name] = {
            title: {lang: measure(split, SETS[title], lang) for lang in LANGUAGES if supports(name, lang)}
            for title in names
        }
    return rows


def show(rows: dict[str, object]) -> None:
    print(f"{'segmenter':<18} {'set':<12} {'language':<9} {'inner F1':>9} {'P':>7} {'R':>7} {'all F1':>7}")
    for name, sets in rows.items():
        assert isinstance(sets, dict)
        for title, languages in sets.items():
            for language, scores in languages.items():
                inner, every = scores["inner"], scores["all"]
                figures = f"{inner['f1']:>9.4f} {inner['precision']:>7.4f} {inner['recall']:>7.4f} {every['f1']:>7.4f}"
                print(f"{name:<18} {title:<12} {language:<9} {figures}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--sets", nargs="*", choices=ARTICLES, help="score these articles only")
    parser.add_argument("--errors", action="store_true", help="show what is split wrongly in --sets")
    parser.add_argument("--output", type=Path, help="write the figures as JSON")
    parser.add_argument("--lines", type=Path, help="folder with en.txt, ru.txt, zh.txt to join and split again")
    options = parser.parse_args()
    if options.sets:
        SETS.clear()
        SETS["chosen"] = tuple(options.sets)
    rows = report(list(SETS))
    show(rows)
    if options.errors and options.sets:
        show_errors(options.sets)
    rejoined: dict[str, dict[str, dict[str, float]]] = {}
    for name, split in splitters().items() if options.lines else ():
        rejoined[name] = {lang: rejoin(split, options.lines, lang) for lang in LANGUAGES if supports(name, lang)}
        for language, scores in rejoined[name].items():
            print(f"{name:<18} {'lines':<12} {language:<9} {scores}")
    if options.output:
        package = {name: version(name) for name in rows if name != "tolmach"}
        result = {"schema": "tolmach/1", "sets": SETS, "versions": package, "scores": rows, "lines": rejoined}
        write_text(options.output, json.dumps(result, ensure_ascii=False, indent=2) + "\n")


if __name__ == "__main__":
    main()
