"""Count what a new user's trial of `compare` finds: changes planted in stories, and faithful versions of the same.

A folder of the trial's form holds, for each story, `STORY.en.txt`, `STORY.ru.txt` and `STORY.zh.txt`, the last two
with planted changes, and `faithful.STORY.ru.txt` and `faithful.STORY.zh.txt` without. `planted.json` lists the
changes: `story`, `language` of the changed version, `kind`, and words of the quote in English (`en`) and in that
version (`changed`). `pairs.json` lists quotes of the faithful versions: `story`, and words in `en`, `ru` and `zh`.

The three versions of a story are compared together, with default options, as a user would. A change counts as found
where the pair of English and the changed version is `altered`; a faithful pair is accused where it is `altered`,
`indirect` or `missing`.

    python -m benchmarks.quotes.trial [FOLDER] [--traditional] [--output FILE]

`--traditional` takes the Chinese versions in Traditional characters: `STORY.zh-tw.txt`, or the others converted.
"""

import argparse
import json
from collections import Counter
from dataclasses import asdict, dataclass
from functools import cache
from itertools import combinations
from pathlib import Path
from typing import Any

from benchmarks.places import GOLD
from common.files import write_text
from corpora.article import Article
from corpora.chinese import simplify
from corpora.languages import TRADITIONAL_CHINESE
from quotes.comparison import compare_versions
from quotes.types import Comparison, Quote, QuotePair

LANGUAGES = ("en", "ru", "zh")
ACCUSED = frozenset({"altered", "indirect", "missing"})


@dataclass(frozen=True)
class Outcome:
    """What became of one passage in two versions.

    Attributes:
        story: Its story.
        versions: The languages of the two.
        kind: Kind of the planted change, empty for a faithful passage.
        words: Words of the quote in the first version.
        verdict: What the comparison says, `unpaired` where it does not pair the two.
        altered: How likely the meaning differs.
        findings: Kind and severity of each finding.
    """

    story: str
    versions: tuple[str, str]
    kind: str
    words: str
    verdict: str
    altered: float
    findings: tuple[str, ...]


class Trial:
    """The stories of a folder, each compared once with the changes and once without.

    Args:
        folder: Where they are.
        traditional: Whether Chinese is read in Traditional characters.
    """

    def __init__(self, folder: Path, *, traditional: bool = False) -> None:
        self._folder = folder
        self._traditional = traditional

    def planted(self) -> list[Outcome]:
        """Return what became of each planted change."""
        return [
            self._outcome(each["story"], ("en", each["language"]), each | {each["language"]: each["changed"]})
            for each in self._table("planted.json")
        ]

    def faithful(self) -> list[Outcome]:
        """Return what became of each faithful passage in every two versions."""
        return [
            self._outcome(each["story"], languages, each)
            for each in self._table("pairs.json")
            for languages in combinations(LANGUAGES, 2)
        ]

    def _table(self, name: str) -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = json.loads((self._folder / name).read_text(encoding="utf-8"))
        return rows

    def _outcome(self, story: str, languages: tuple[str, str], words: dict[str, Any]) -> Outcome:
        changed = "changed" in words
        found = find_pair(self._compare(story, changed=changed), languages, (words[languages[0]], words[languages[1]]))
        told = tuple(f"{one.kind}:{one.severity}" for one in found.findings) if found else ()
        verdict, measure = (found.verdict, round(found.altered, 3)) if found else ("unpaired", 0.0)
        return Outcome(story, languages, words["kind"] if changed else "", words[languages[0]], verdict, measure, told)

    @cache  # noqa: B019 - lives as long as the run
    def _compare(self, story: str, *, changed: bool) -> Comparison:
        return compare_versions([self._article(story, language, changed=changed) for language in LANGUAGES])

    def _article(self, story: str, language: str, *, changed: bool) -> Article:
        name = f"{story}.{language}.txt"
        if not changed and language != "en":
            name = f"faithful.{name}"
        if language != "zh" or not self._traditional:
            return Article.from_text((self._folder / name).read_text(encoding="utf-8"), language=language)
        written = self._folder / name.replace(".zh.", ".zh-tw.")
        text = written.read_text(encoding="utf-8") if written.exists() else self._converted(name)
        return Article.from_text(text, language=TRADITIONAL_CHINESE)

    def _converted(self, name: str) -> str:
        from opencc import OpenCC  # noqa: PLC0415 - loaded when used

        return str(OpenCC("s2tw").convert((self._folder / name).read_text(encoding="utf-8")))


def find_pair(comparison: Comparison, languages: tuple[str, str], words: tuple[str, str]) -> QuotePair | None:
    """Return the pair of two languages whose quotes hold some words on either side, None where no group has both."""
    places = [LANGUAGES.index(language) for language in languages]
    for group in comparison.groups:
        members = [group.members[place] for place in places]
        if all(quote and _holds(quote, text) for quote, text in zip(members, words, strict=True)):
            return next(pair for pair in group.pairs if list(pair.versions) == places)
    return None


def _holds(quote: Quote, words: str) -> bool:
    return _letters(words) in _letters(quote.text) or _letters(quote.text) in _letters(words)


def _letters(text: str) -> str:
    return "".join(filter(str.isalnum, simplify(text).lower()))


def summarise(planted: list[Outcome], faithful: list[Outcome]) -> dict[str, Any]:
    """Return the counts that matter, and every outcome."""
    return {
        "planted": len(planted),
        "found": sum(one.verdict == "altered" for one in planted),
        "faithful": len(faithful),
        "accused": sum(one.verdict in ACCUSED for one in faithful),
        "verdicts_planted": Counter(one.verdict for one in planted),
        "verdicts_faithful": Counter(one.verdict for one in faithful),
        "outcomes": [asdict(one) for one in (*planted, *faithful)],
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", nargs="?", type=Path, default=GOLD / "trial")
    parser.add_argument("--traditional", action="store_true")
    parser.add_argument("--output", type=Path)
    options = parser.parse_args()
    trial = Trial(options.folder, traditional=options.traditional)
    planted, faithful = trial.planted(), trial.faithful()
    counts = summarise(planted, faithful)
    for one in (*planted, *(one for one in faithful if one.verdict not in {"same", "reworded"})):
        print(
            one.verdict, f"{one.altered:.2f}", *one.versions, one.kind or "faithful", one.words, *one.findings, sep="  "
        )
    print(
        f"{counts['found']} of {counts['planted']} planted changes are altered; "
        f"{counts['accused']} of {counts['faithful']} faithful pairs are accused"
    )
    if options.output:
        write_text(options.output, json.dumps(counts, ensure_ascii=False, indent=1) + "\n")


if __name__ == "__main__":
    main()
