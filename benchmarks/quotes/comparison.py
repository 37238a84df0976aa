"""Measure the matching and comparison of quotes on the gold stories.

What the weights and options were developed on (`dev`: samples a01 to a05, the first half of each NTREX set) is reported
apart from what they never saw (`held`: a06 to a09, the other halves). Lavrov was looked at while the findings were
written; nothing was fitted on it.

Usage: python -m benchmarks.quotes.comparison [--output docs/results/quote_comparison.json]
"""

import argparse
import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import combinations
from pathlib import Path
from typing import Any

from alignment import align_versions, load_encoder
from alignment.types import Alignment
from benchmarks.quotes.stories import (
    DEV_SAMPLES,
    HELD_SAMPLES,
    LANGUAGES,
    QuotedStory,
    altered_stories,
    lavrov_altered,
    lavrov_story,
    quote_stories,
    sample_stories,
)
from common.files import write_text
from corpora.article import Article
from quotes.comparison import compare_versions
from quotes.extraction import extract_quotes
from quotes.types import Comparison, Quote, QuoteGroup

HALF = 0.5
FLAGGED = frozenset({"altered", "indirect", "missing"})
Extract = Callable[[QuotedStory, str], tuple[Quote, ...]]


@cache
def encoder() -> Any:
    return load_encoder()


def gold_quotes(story: QuotedStory, language: str) -> tuple[Quote, ...]:
    return story.quotes[language]


def extracted_quotes(story: QuotedStory, language: str) -> tuple[Quote, ...]:
    return _extract(story.articles[language])


@cache
def _extract(article: Article) -> tuple[Quote, ...]:
    return extract_quotes(article)


@cache
def _align(articles: tuple[Article, ...]) -> Mapping[tuple[int, int], Alignment]:
    return align_versions(articles, encoder=encoder())


def compare(story: QuotedStory, languages: tuple[str, ...], extract: Extract) -> Comparison:
    articles = tuple(story.articles[language] for language in languages)
    alignments = _align(articles)
    quotes = [extract(story, language) for language in languages]
    return compare_versions(articles, encoder=encoder(), quotes=quotes, alignments=alignments)


def gold_id(quote: Quote | None, gold: Iterable[Quote]) -> str | None:
    """Return the gold quote that shares most with `quote`, at least half of the shorter one; None without one."""
    if quote is None or quote.kind == "indirect":
        return None
    shared = {record.id: _overlap(quote, record) for record in gold}
    best = max(shared, key=lambda name: shared[name], default=None)
    return best if best is not None and shared[best] >= HALF else None


def _overlap(one: Quote, other: Quote) -> float:
    common = sum(max(0, min(b, d) - max(a, c)) for a, b in one.spans for c, d in other.spans)
    sizes = [sum(b - a for a, b in quote.spans) for quote in (one, other)]
    shares = [common / max(1, size) for size in sizes]
    # The mean of both shares tells a quote from the one that stands inside it.
    return sum(shares) / 2 if max(shares) >= HALF else 0.0


def match_counts(stories: Iterable[QuotedStory], extract: Extract) -> dict[str, dict[str, float]]:
    """Count links between quotes: right, made, and to be made, for each language pair."""
    counts: dict[str, Counter[str]] = {}
    for story in stories:
        comparison = compare(story, LANGUAGES, extract)
        for one, other in combinations(range(len(LANGUAGES)), 2):
            count = counts.setdefault(f"{LANGUAGES[one]}-{LANGUAGES[other]}", Counter())
            gold = [story.quotes[LANGUAGES[at]] for at in (one, other)]
            links = [
                (gold_id(group.members[one], gold[0]), gold_id(group.members[other], gold[1]))
                for group in comparison.groups
                if group.members[one] and group.members[other]
            ]
            wanted = {quote.id for quote in gold[0]} & {quote.id for quote in gold[1]}
            right = {first for first, second in links if first == second and first in wanted}
            # A link with a quote that is no gold quote is the extractor's doing and counted there.
            made = [link for link in links if None not in link]
            count.update(right=len(right), made=len(made), wanted=len(wanted))
    return {pair: _ratios(count) for pair, count in counts.items()}


def _ratios(count: Counter[str]) -> dict[str, float]:
    precision, recall = count["right"] / max(1, count["made"]), count["right"] / max(1, count["wanted"])
    score = 2 * precision * recall / (precision + recall) if precision + recall else 0.0
    return {"precision": round(precision, 4), "recall": round(recall, 4), "f1": round(score, 4), **count}


@dataclass(frozen=True)
class Judged:
    """One gold quote, what was done to it, and what the comparison says."""

    story: QuotedStory
    languages: str
    treatment: str
    group: QuoteGroup

    @property
    def altered(self) -> float:
        """How likely the meaning differs."""
        return self.group.pairs[0].altered

    @property
    def verdict(self) -> str:
        """What the two versions are called."""
        return self.group.pairs[0].verdict


def judged(stories: Iterable[QuotedStory], extract: Extract) -> Iterator[Judged]:
    for story in stories:
        with_english = "." in story.name
        known = [language for language in LANGUAGES if language in story.articles]
        for languages in combinations(known, 2):
            if with_english and "en" not in languages:
                continue
            comparison = compare(story, languages, extract)
            yield from _judged_pairs(story, languages, comparison)


def _judged_pairs(story: QuotedStory, languages: tuple[str, str], comparison: Comparison) -> Iterator[Judged]:
    found = _groups_by_gold(story, languages, comparison)
    gold = [{quote.id: quote for quote in story.quotes[language]} for language in languages]
    wanted = [name for name in gold[0].keys() | gold[1].keys() if _scored(story, languages, name)]
    for name in sorted(wanted):
        kinds = {story.treatment.get((language, name), "same") for language in languages}
        changed = kinds - {"same", "paraphrase_ok"}
        both = name in gold[0] and name in gold[1]
        if name not in found or not (both or kinds & {"omitted_quote", "indirect"}):
            continue
        treatment = min(changed) if changed else "paraphrase_ok" if "paraphrase_ok" in kinds else "same"
        yield Judged(story, "-".join(languages), treatment, found[name])


def _scored(story: QuotedStory, languages: tuple[str, str], name: str) -> bool:
    kinds = {q.kind for language in languages for q in story.quotes[language] if q.id == name}
    return (
        bool(kinds & {"direct", "partial", "scare"})
        and not {(language, name) for language in languages} & story.unscored
    )


def _groups_by_gold(story: QuotedStory, languages: tuple[str, str], comparison: Comparison) -> dict[str, QuoteGroup]:
    found: dict[str, QuoteGroup] = {}
    for group in comparison.groups:
        for member, language in zip(group.members, languages, strict=True):
            name = gold_id(member, story.quotes[language])
            if name and name not in found:
                found[name] = group
    return found


def detection(items: list[Judged]) -> dict[str, Any]:
    """Sum up how well changed quotes are told from unchanged ones."""
    changed = [item for item in items if item.treatment not in {"same", "paraphrase_ok"}]
    harmless = [item for item in items if item.treatment in {"same", "paraphrase_ok"}]
    wins = [(a.altered > b.altered) + 0.5 * (a.altered == b.altered) for a in changed for b in harmless]
    # At most a tenth of the faithful quotes lie above the threshold; the by-kind figures use the same one.
    threshold = sorted(item.altered for item in harmless)[int(0.9 * len(harmless))] if harmless else 0.0
    kinds = sorted({item.treatment for item in changed})
    return {
        "pairs": len(items),
        "area_under_roc": round(sum(wins) / len(wins), 3) if wins else None,
        "recall_at_10_percent_false_alarms": _share(changed, lambda item: item.altered > threshold),
        "recall_by_kind": {
            kind: _share([c for c in changed if c.treatment == kind], lambda item: item.altered > threshold)
            for kind in kinds
        },
        "flagged": {kind: _flagged(items, kind) for kind in [*kinds, "same", "paraphrase_ok"]},
        "flagged_changed": _share(changed, lambda item: item.verdict in FLAGGED),
        "verdicts": {verdict: _changed(items, verdict) for verdict in sorted({item.verdict for item in items})},
    }


def _changed(items: list[Judged], verdict: str) -> str:
    """Return how many of the quotes with a verdict were changed, and how many have it."""
    called = [item.treatment not in {"same", "paraphrase_ok"} for item in items if item.verdict == verdict]
    return f"{sum(called)}/{len(called)}"


def _flagged(items: list[Judged], kind: str) -> str:
    chosen = [item for item in items if item.treatment == kind]
    return f"{sum(item.verdict in FLAGGED for item in chosen)}/{len(chosen)}"


def _share(items: list[Judged], holds: Callable[[Judged], bool]) -> float | None:
    return round(sum(holds(item) for item in items) / len(items), 3) if items else None


def by_languages(items: list[Judged]) -> dict[str, Any]:
    pairs = sorted({item.languages for item in items})
    found = {languages: detection([item for item in items if item.languages == languages]) for languages in pairs}
    return {**found, "all": detection(items)}


def matching(extract: Extract) -> dict[str, Any]:
    quoted = list(quote_stories())
    half = len(quoted) // 2
    return {
        "dev": match_counts([*sample_stories(DEV_SAMPLES), *quoted[:half]], extract),
        "held": match_counts([*sample_stories(HELD_SAMPLES), *quoted[half:]], extract),
        "lavrov": match_counts([lavrov_story()], extract),
    }


def alterations(extract: Extract) -> dict[str, Any]:
    altered = list(altered_stories())
    half = len(altered) // 2
    return {
        "dev-samples": by_languages(list(judged(sample_stories(DEV_SAMPLES, altered=True), extract))),
        "dev-ntrex": by_languages(list(judged(altered[:half], extract))),
        "held-samples": by_languages(list(judged(sample_stories(HELD_SAMPLES, altered=True), extract))),
        "held-ntrex": by_languages(list(judged(altered[half:], extract))),
        "lavrov": by_languages(list(judged(lavrov_altered(), extract))),
    }


MEASURES = {"matching": matching, "alterations": alterations}
QUOTES: dict[str, Extract] = {"gold": gold_quotes, "extracted": extracted_quotes}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--measure", choices=MEASURES, action="append", help="measure only this; may be repeated")
    parser.add_argument("--quotes", choices=QUOTES, action="append", help="use only these quotes; may be repeated")
    parser.add_argument("--output", type=Path, help="write the figures to this JSON file, beside those that are there")
    arguments = parser.parse_args()
    output: Path | None = arguments.output
    result = json.loads(output.read_text(encoding="utf-8")) if output and output.exists() else {}
    for measure in arguments.measure or MEASURES:
        for quotes in arguments.quotes or QUOTES:
            figures = MEASURES[measure](QUOTES[quotes])
            print(json.dumps({measure: {quotes: figures}}, indent=1))
            result.setdefault(measure, {})[quotes] = figures
    if output:
        write_text(output, json.dumps(result, indent=1) + "\n")


if __name__ == "__main__":
    main()
