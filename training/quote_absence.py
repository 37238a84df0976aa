"""Fit how likely a quote that was not found in another version is missing there: `quotes/findings/absence.toml`.

Quotes that both versions of a development story have are looked for twice: where the other version lost only the marks,
and where it lost the sentences. A logistic model tells the two apart where nothing was found, by the cosine of the
closest words and the length of the quote. To look for all at once would leave little around them, so a third of the
quotes of each two versions is looked for.

Fitted on samples a01 to a05 and the first half of the NTREX stories. Deterministic. Needs `TOLMACH_SHARED`.

    python -m training.quote_absence [--write]
"""

import math
import sys
from collections.abc import Iterator, Sequence
from itertools import count, permutations

import numpy as np

from alignment import align_versions
from benchmarks.places import ROOT
from benchmarks.quotes.comparison import encoder, gold_id
from benchmarks.quotes.stories import DEV_SAMPLES, LANGUAGES, QuotedStory, quote_stories, sample_stories
from common.arrays import Doubles
from common.files import write_text
from corpora.article import Article
from corpora.chinese import in_simplified
from corpora.offsets import Span
from quotes.extraction import extract_quotes
from quotes.facts.clauses import text_size
from quotes.facts.vectors import Vectors
from quotes.matching.links import QuotedVersion, group_quotes, link_versions
from quotes.matching.members import MemberFinder
from quotes.types import MatchOptions, PresenceOptions, Quote

TARGET = ROOT / "quotes" / "findings" / "absence.toml"
SHARE = 3
SPOKEN = ("direct", "partial", "slogan")
PRECISION = np.array([0.0, 0.1, 0.1])
"""Of the prior of bias and weights, whose mean is 0: the few dozen quotes tell little of the length."""
STEPS = 30

Row = tuple[bool, float, float]
"""Whether the quote is missing, the cosine of the closest words, and the logarithm of the length."""


def looked_for(versions: Sequence[QuotedVersion]) -> dict[str, float]:
    """Return the quotes of the first version that were not found in the second, and what came closest to each."""
    vectors = Vectors(encoder())
    table = align_versions([version.article for version in versions], encoder=encoder())
    groups = group_quotes(versions, link_versions(versions, table, vectors=vectors, options=MatchOptions()))
    filled = MemberFinder(versions, table, vectors=vectors, options=PresenceOptions()).fill(groups)
    firsts = [members[0] for members in filled]
    return {first.quote.id: first.closest[1] for first in firsts if first and 1 in first.closest}


def without(article: Article, spans: Sequence[Span]) -> Article:
    """Leave out the sentences that share a character with some spans."""
    text = article.text
    for sentence in reversed(article.sentences):
        if any(sentence.start < end and start < sentence.end for start, end in spans):
            text = text[: sentence.start] + text[sentence.end :]
    return Article.from_text(text, language=article.language)


def rows_of(story: QuotedStory, languages: tuple[str, str], turn: int) -> Iterator[Row]:
    """Look for some quotes of one version in the other, which lost their marks, then their sentences."""
    first, second = (in_simplified(story.articles[language]) for language in languages)
    gold = [{quote.id: quote for quote in story.quotes[language]} for language in languages]
    version = QuotedVersion(first, extract_quotes(first))
    known: dict[str | None, Quote] = {gold_id(quote, gold[0].values()): quote for quote in version.quotes}
    both = sorted(gold[0].keys() & gold[1].keys() & {name for name in known if name})
    names = [name for name in both if gold[0][name].kind in SPOKEN][turn % SHARE :: SHARE]
    if not names:
        return
    marked = tuple(quote for quote in extract_quotes(second) if gold_id(quote, gold[1].values()) not in names)
    less = without(second, [span for name in names for span in gold[1][name].spans])
    for missing, other in ((False, QuotedVersion(second, marked)), (True, QuotedVersion(less, extract_quotes(less)))):
        closest = looked_for([version, other]) if other.article.sentences else {}
        for quote in (known[name] for name in names):
            if quote.id in closest:
                yield missing, closest[quote.id], math.log(text_size(quote.text, first))


def fit(rows: Sequence[Row]) -> Doubles:
    """Return bias and weights of the logistic model, by Newton's method."""
    missing = np.array([row[0] for row in rows], float)
    table = np.array([(1.0, *row[1:]) for row in rows])
    weights = np.zeros(3)
    for _ in range(STEPS):
        likely = 1 / (1 + np.exp(-table @ weights))
        slope = table.T @ (missing - likely) - PRECISION * weights
        curve = (table.T * (likely * (1 - likely))) @ table + np.diag(PRECISION)
        weights = weights + np.linalg.solve(curve, slope)
    return weights


def main() -> None:
    quoted = list(quote_stories())
    stories = [*sample_stories(DEV_SAMPLES), *quoted[: len(quoted) // 2]]
    turns = count()
    rows = [row for story in stories for two in permutations(LANGUAGES, 2) for row in rows_of(story, two, next(turns))]
    lost = sum(row[0] for row in rows)
    bias, closest, size = fit(rows).tolist()
    lines = [
        "# How likely a quote that was not found is missing: 1 / (1 + exp(-(bias + closest * the cosine of the closest",
        "# words + size * the logarithm of the length))). Written by `training.quote_absence`, which says on what.",
        f"# Of those that were not found, {lost} had been taken out, and {len(rows) - lost} had only lost their marks.",
        f"bias = {bias:.3f}",
        f"closest = {closest:.3f}",
        f"size = {size:.3f}",
    ]
    print("\n".join(lines))
    if "--write" in sys.argv[1:]:
        write_text(TARGET, "\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
