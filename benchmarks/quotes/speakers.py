"""Score who is found to say each quote, beside two naive baselines.

    python -m benchmarks.quotes.speakers [--output FILE] [--save FILE] [--against FILE] [--aside] [--errors]

Judged by the names of `benchmarks.quotes.extraction`, over the direct and partial quotes that were found and have a
speaker. Where `speaker_name` is empty, `speaker` counts: the speaker may be "a police spokesman". The sets:

- **train**: articles a01 to a05, ten documents of NTREX, WMT22 news, and three fifths of the native news stories;
- **dev**: the other native stories, never learned from;
- **held**: articles a06 to a09, `lavrov` and the other documents of NTREX, on which no rule was written;
- **aside**: native stories that nobody who writes the code may read; they are scored once, with `--aside` alone.

Rules that won no quote in train, dev and held together were deleted, so all but the last set had a part in that.

Baselines take the name nearest to the quote, or the nearest that has a verb of saying beside it. Intervals hold 95 % of
1,000 resamples of documents. `--save` keeps for each quote whether it was right; `--against` compares with such a file
by McNemar's exact test.
"""

import argparse
import hashlib
import json
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from math import comb
from pathlib import Path
from typing import NamedTuple

import numpy as np

from benchmarks.places import ROOT, shared_folder
from benchmarks.quotes.extraction import LANGUAGES, QuoteGold, load_gold, normal, same_name, source_of
from common.files import write_text
from corpora.article import Article
from quotes import Quote, extract_quotes
from quotes.lexicon import find_cues
from quotes.speakers.attribution import finder_for
from quotes.speakers.names import Mention, Names

LABELS = ROOT / "training" / "data" / "native-quotes"
TRAINED_ARTICLES = ("a01", "a02", "a03", "a04", "a05")
TRAINED_NTREX = 10
RESAMPLES = 1000
SPOKEN = ("direct", "partial")
BESIDE = 40
"""Characters between a name and a verb of saying that belong together."""

_ARTICLE = re.compile(r"^(?:the|an?) ", re.IGNORECASE)
Predict = Callable[[Article, Sequence[Quote]], Sequence[str | None]]
Outcomes = Mapping[str, Sequence[bool]]


class SpeakerGold(NamedTuple):
    """A document with its quotes, and the set that it is in."""

    part: str
    source: str
    gold: QuoteGold

    @property
    def key(self) -> str:
        """Name of the document among all."""
        return f"{self.part}/{self.source}/{self.gold.language}/{self.gold.name}"


def is_dev(name: str) -> bool:
    """Decide whether a native story that is not set aside is kept from training, by its file's name alone."""
    return int(hashlib.sha256(f"dev:{name}".encode()).hexdigest(), 16) % 5 < 2  # noqa: PLR2004 - two fifths


def native_gold(shared: Path, *, aside: bool) -> Iterator[SpeakerGold]:
    """Read the labels of native news stories: those set aside, or those that are not."""
    for language in LANGUAGES:
        path = LABELS / f"{'aside-' if aside else ''}{language}.jsonl"
        lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
        for story in map(json.loads, lines):
            file = shared / "native" / language / story["file"]
            if not file.exists():
                continue
            part = "aside" if aside else "dev" if is_dev(file.name) else "train"
            yield SpeakerGold(part, "native", _native_story(file, language, story["quotes"], seen=part == "train"))


def _native_story(file: Path, language: str, quotes: Sequence[Mapping[str, object]], *, seen: bool) -> QuoteGold:
    text = file.read_bytes().decode("utf-8")
    found = []
    for quote in quotes:
        parts = [text[start:end] for start, end in quote["parts"]]  # type: ignore[attr-defined]
        kind, speaker = str(quote["kind"]), quote.get("speaker")
        named = [str(speaker), *(text[slice(*quote["antecedent"])] for _ in [0] if quote.get("antecedent"))]  # type: ignore[misc]
        names = frozenset(map(without_article, named)) if speaker and kind in SPOKEN else None
        found.append((normal(("" if language == "zh" else " ").join(parts)), frozenset({kind}), names))
    return QuoteGold(file.name, seen, language, text, found)


def speaker_gold(shared: Path, *, aside: bool = False) -> list[SpeakerGold]:
    """Read all that may be scored; with `aside` only the stories that are set aside."""
    if aside:
        return list(native_gold(shared, aside=True))
    documents = load_gold(shared)
    ntrex = list(dict.fromkeys(gold.name for gold in documents if source_of(gold.name) == "ntrex"))
    trained = {*TRAINED_ARTICLES, *ntrex[:TRAINED_NTREX]}
    known = [
        SpeakerGold("train" if gold.name in trained or source == "wmt22" else "held", source, gold)
        for gold in documents
        for source in [source_of(gold.name).split("-")[0]]
    ]
    return known + list(native_gold(shared, aside=False))


def matched(gold: QuoteGold, quotes: Sequence[Quote]) -> Iterator[tuple[int, frozenset[str], int]]:
    """Pair the gold quotes that have a speaker with the quotes found: number, names that pass, place among them."""
    left: defaultdict[str, list[int]] = defaultdict(list)
    for place, quote in enumerate(quotes):
        left[normal(quote.text)].append(place)
    for number, (text, _, names) in enumerate(gold.quotes):
        if left[text]:
            place = left[text].pop(0)
            if names:
                yield number, names, place


def extracted(article: Article, quotes: Sequence[Quote]) -> list[str | None]:
    """Take what the package finds."""
    del article
    return [without_article(quote.speaker_name or quote.speaker or "") or None for quote in quotes]


def without_article(words: str) -> str:
    """Leave out "the" or "a" in front."""
    return _ARTICLE.sub("", words)


def nearest_name(article: Article, quotes: Sequence[Quote]) -> list[str | None]:
    """Take the name nearest to each quote."""
    mentions, names = _mentions(article)
    return _nearest(quotes, mentions, names)


def nearest_said(article: Article, quotes: Sequence[Quote]) -> list[str | None]:
    """Take the nearest name that has a verb of saying beside it."""
    mentions, names = _mentions(article)
    cues = [(cue.start, cue.end) for cue in find_cues(article.text, article.language)]
    beside = [m for m in mentions if any(s - m.end < BESIDE and m.start - e < BESIDE for s, e in cues)]
    return _nearest(quotes, beside, names)


def _mentions(article: Article) -> tuple[Sequence[Mention], Names]:
    mentions = finder_for(article.language).mentions(article.text)
    return mentions, Names(mentions, article.language)


def _nearest(quotes: Sequence[Quote], mentions: Sequence[Mention], names: Names) -> list[str | None]:
    found: list[str | None] = []
    for quote in quotes:
        start, end = quote.spans[0][0], quote.spans[-1][1]
        outside = [m for m in mentions if not any(a <= m.start < b for a, b in quote.spans)]
        nearest = min(outside, key=lambda m: max(start - m.end, m.start - end), default=None)
        found.append(names.full(nearest.text) if nearest else None)
    return found


METHODS: dict[str, Predict] = {
    "extracted": extracted,
    "nearest name": nearest_name,
    "nearest name beside a cue": nearest_said,
}


def judge(documents: Iterable[SpeakerGold], methods: Mapping[str, Predict], log: list[str]) -> dict[str, Outcomes]:
    """Say for each method, document and quote whether the speaker is right."""
    outcomes: dict[str, dict[str, list[bool]]] = {name: {} for name in methods}
    for document in documents:
        gold = document.gold
        article = Article.from_text(gold.text, language=gold.language)
        quotes = extract_quotes(article)
        pairs = list(matched(gold, quotes))
        for name, predict in methods.items():
            said = predict(article, quotes)
            right = [same_name(said[place], names, gold.language) for _, names, place in pairs]
            outcomes[name][document.key] = right
            if name == "extracted":
                log += [
                    f"{document.key} {(quotes[place].speaker, said[place], quotes[place].cue)} "
                    f"gold {sorted(names)} {quotes[place].text[:60]}"
                    for (_, names, place), fits in zip(pairs, right, strict=True)
                    if not fits
                ]
    return dict(outcomes)


def interval(counts: Sequence[tuple[int, int]]) -> tuple[float, float]:
    """Resample documents, each with its right and all quotes: the interval that holds 95 % of the accuracies."""
    table = np.array(counts)
    drawn = np.random.default_rng(1).integers(0, len(table), (RESAMPLES, len(table)))
    right, total = table[drawn].sum(axis=1).T
    low, high = np.percentile(right / np.maximum(1, total), [2.5, 97.5])
    return round(float(low), 3), round(float(high), 3)


def figures(outcomes: Outcomes) -> dict[str, dict[str, object]]:
    """Compute accuracy for each set, source and language."""
    groups: defaultdict[str, list[tuple[int, int]]] = defaultdict(list)
    for key, right in outcomes.items():
        part, source, language, _ = key.split("/", 3)
        for group in (f"{part}/{source}/{language}", f"{part}/all/{language}"):
            groups[group].append((sum(right), len(right)))
    return {
        group: {
            "quotes": sum(total for _, total in counts),
            "accuracy": round(sum(hits for hits, _ in counts) / max(1, sum(total for _, total in counts)), 4),
            "interval": interval(counts),
        }
        for group, counts in sorted(groups.items())
    }


def mcnemar(first: Outcomes, second: Outcomes) -> Iterator[str]:
    """Compare two methods on each set and language: quotes that only one has right, and the exact p-value."""
    groups: defaultdict[str, list[int]] = defaultdict(lambda: [0, 0])
    for key in first.keys() & second.keys():
        if len(first[key]) == len(second[key]):
            part, _, language, _ = key.split("/", 3)
            for one, other in zip(first[key], second[key], strict=True):
                groups[f"{part}/{language}"][0] += one and not other
                groups[f"{part}/{language}"][1] += other and not one
    for group, (won, lost) in sorted(groups.items()):
        tail = sum(comb(won + lost, k) for k in range(min(won, lost) + 1)) / 2 ** (won + lost)
        yield f"{group:10} only now {won:3}, only before {lost:3}, p {min(1.0, 2 * tail):.3f}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--output", type=Path, help="write the figures as JSON")
    parser.add_argument("--save", type=Path, help="write for each quote whether its speaker is right")
    parser.add_argument("--against", type=Path, help="compare with what --save wrote")
    parser.add_argument("--aside", action="store_true", help="score the native stories that are set aside, only these")
    parser.add_argument("--errors", metavar="PART", help="list what is wrong in train, dev or held")
    options = parser.parse_args()
    log: list[str] = []
    outcomes = judge(speaker_gold(shared_folder(), aside=options.aside), METHODS, log)
    if options.errors and not options.aside:
        print(*(line for line in log if line.startswith(options.errors)), sep="\n")
    tables = {name: figures(found) for name, found in outcomes.items()}
    for group in tables["extracted"]:
        cells = (f"{t[group]['accuracy']:.3f} {t[group]['interval']}" for t in tables.values())
        print(f"{group:18} {tables['extracted'][group]['quotes']:4}", *cells)
    if options.output:
        write_text(options.output, json.dumps(tables, indent=1) + "\n")
    if options.save:
        kept = {key: [int(hit) for hit in hits] for key, hits in sorted(outcomes["extracted"].items())}
        write_text(options.save, json.dumps(kept) + "\n")
    if options.against:
        before = {key: [bool(h) for h in hits] for key, hits in json.loads(options.against.read_text("utf-8")).items()}
        print(*mcnemar(outcomes["extracted"], before), sep="\n")


if __name__ == "__main__":
    main()
