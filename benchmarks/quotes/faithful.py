"""Count how many quotes of faithful translations are accused: NTREX documents that no gold covers.

Nothing was changed in them, so every `altered`, `indirect` or `missing` is a false alarm, unless the translator erred.
Of these documents, numbered in the order of the set, the odd ones are worked with, and the even ones only scored.

    python -m benchmarks.quotes.faithful [--part development|unseen] [--wrong] [--output FILE]

`--wrong` lists the quotes of `development` that are accused; those of `unseen` are never shown. A file keeps what it
has of the other part.
"""

import argparse
import json
from collections import Counter
from collections.abc import Iterator
from itertools import combinations
from pathlib import Path

from benchmarks.places import shared_folder
from benchmarks.quotes.comparison import FLAGGED, compare, extracted_quotes
from benchmarks.quotes.stories import LANGUAGES, QuotedStory
from common.files import write_text
from corpora.article import Article
from quotes.types import QuoteGroup

PARTS = {"development": 1, "unseen": 0}
"""What is left when the number of a document is divided by two."""
SPOKEN = frozenset({"direct", "partial"})
GOLD = ("quotes", "alterations")


def faithful_stories(part: str) -> Iterator[QuotedStory]:
    """Read the documents of one part that no gold covers."""
    data = shared_folder()
    gold = [line for name in GOLD for line in _lines(data / name / "ntrex-dev.jsonl")]
    covered = {json.loads(line)["doc"] for line in gold}
    folder = data / "testsets" / "ntrex"
    names = _lines(folder / "documents.txt")
    segments = {language: _lines(folder / f"{language}.txt") for language in LANGUAGES}
    free = [name for name in dict.fromkeys(names) if name not in covered]
    for number, name in enumerate(free, start=1):
        if number % 2 == PARTS[part]:
            texts = {
                language: "\n\n".join(text for text, own in zip(lines, names, strict=True) if own == name)
                for language, lines in segments.items()
            }
            articles = {language: Article.from_text(text, language=language) for language, text in texts.items()}
            yield QuotedStory(name, articles, {})


def _lines(path: Path) -> list[str]:
    return path.read_text(encoding="utf-8").splitlines()


def spoken_groups(story: QuotedStory, languages: tuple[str, str]) -> list[QuoteGroup]:
    """Compare two versions of a story, and return the groups in which either has speech in marks."""
    groups = compare(story, languages, extracted_quotes).groups
    return [group for group in groups if any(quote and quote.kind in SPOKEN for quote in group.members)]


def count(groups: list[QuoteGroup]) -> dict[str, int]:
    """Count quotes, those that are accused, and each verdict."""
    verdicts: Counter[str] = Counter(group.pairs[0].verdict for group in groups)
    return {"quotes": len(groups), "accused": sum(verdicts[one] for one in FLAGGED), **dict(sorted(verdicts.items()))}


def _show(story: QuotedStory, languages: tuple[str, str], group: QuoteGroup) -> None:
    pair = group.pairs[0]
    print(story.name, "-".join(languages), pair.verdict, f"{pair.altered:.2f}")
    for language, quote in zip(languages, group.members, strict=True):
        print(f"    {language}:", f"({quote.kind}) {quote.speaker_name}: {quote.text}" if quote else None)
    for one in pair.findings:
        print(f"    {one.kind}:{one.severity}: {one.message}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--part", choices=PARTS, default="development")
    parser.add_argument("--wrong", action="store_true")
    parser.add_argument("--output", type=Path)
    options = parser.parse_args()
    found: dict[str, list[QuoteGroup]] = {}
    for story in faithful_stories(options.part):
        for languages in combinations(LANGUAGES, 2):
            groups = spoken_groups(story, languages)
            found.setdefault("-".join(languages), []).extend(groups)
            for group in groups:
                if options.wrong and options.part == "development" and group.pairs[0].verdict in FLAGGED:
                    _show(story, languages, group)
    counts = {pair: count(groups) for pair, groups in found.items()}
    counts["all"] = count([group for groups in found.values() for group in groups])
    print(json.dumps(counts, indent=1))
    if options.output:
        known = json.loads(options.output.read_text(encoding="utf-8")) if options.output.exists() else {}
        write_text(options.output, json.dumps(known | {options.part: counts}, indent=1) + "\n")


if __name__ == "__main__":
    main()
