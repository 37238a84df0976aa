"""Fit the weights of the features of a quote's kind (`quotes/kinds/weights.json`).

A multinomial logistic model with L2 penalty. Each feature has a weight that the three languages share and one that each
has for itself, both drawn to zero, so that languages share information if one has too few examples; the file has the
sums of both.

Fitted on all that `benchmarks.quotes.extraction` calls seen (samples a01 to a05, ten documents of NTREX, WMT22) and on
sentences written for this purpose, `benchmarks/gold/quote-kinds-*.jsonl`: one sentence or two a line with the kinds of
the quoted passages, in order. Printed: accuracy of the kind in cross-validation (all of a document in one fold), for
each language and source.

The fit is deterministic. Needs `TOLMACH_SHARED`.

    python -m training.quote_kinds [--write]
"""

import json
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from benchmarks.places import GOLD, ROOT, shared_folder
from benchmarks.quotes.extraction import LANGUAGES, QuoteGold, load_gold, normal, source_of
from common.files import write_text
from corpora.article import Article
from quotes.extraction import read_passages
from quotes.kinds.context import KindContext, read_contexts
from quotes.kinds.features import KINDS, features, features_of_all, settled_kind, share_scores
from quotes.speakers.attribution import NOBODY, attribute
from quotes.types import QuoteOptions

Floats = NDArray[np.float64]

PENALTY = 4.0
"""L2 penalty: half of it times the sum of the squared weights is added to the summed loss."""
UNATTRIBUTED = 0.3
"""Weight of the copies of examples without a speaker."""
RARE = 5
"""Least passages with a feature; rarer ones are left out."""
FOLDS = 5
NEGLIGIBLE = 0.015
STEPS = 250
TARGET = ROOT / "quotes" / "kinds" / "weights.json"
TITLES = {"en": "News", "ru": "Новости", "zh": "新闻"}


@dataclass
class KindRow:
    """A passage: its document, source and language, its correct kinds, and its features."""

    document: str
    source: str
    language: str
    context: KindContext
    kinds: frozenset[str]
    features: frozenset[str]

    @property
    def kind(self) -> str:
        """The kind to learn. NTREX and WMT22 have no slogans: there one is known by its surroundings."""
        led = "slogan near & led" in self.features or ("slogan near" in self.features and "scare" in self.kinds)
        return "slogan" if "slogan" in self.kinds and led else min(self.kinds)


def contexts_of(text: str, language: str) -> tuple[Article, list[KindContext]]:
    article = Article.from_text(text, language=language)
    options = QuoteOptions()
    passages = read_passages(article, options)
    return article, read_contexts(article, passages, attribute(article, passages, options))


def gold_rows(gold: QuoteGold) -> Iterator[KindRow]:
    article, contexts = contexts_of(gold.text, gold.language)
    left: defaultdict[str, list[tuple[KindContext, frozenset[str]]]] = defaultdict(list)
    for context, names in zip(contexts, features_of_all(contexts), strict=True):
        parts = [article.text[start:end] for start, end in context.passage.spans]
        left[normal(("" if gold.language == "zh" else " ").join(parts))].append((context, names))
    for text, kinds, _ in gold.quotes:
        if left[text]:
            context, names = left[text].pop(0)
            yield KindRow(gold.name, source_of(gold.name), gold.language, context, kinds, names)


def written_rows(language: str) -> Iterator[KindRow]:
    """Read the sentences written for this purpose.

    Raises:
        ValueError: A line's number of kinds differs from that of its passages.
    """
    for number, line in enumerate((GOLD / f"quote-kinds-{language}.jsonl").read_text("utf-8").splitlines()):
        record = json.loads(line)
        _, contexts = contexts_of(f"{TITLES[language]}\n\n{record['text']}", language)
        if len(contexts) != len(record["kinds"]):
            raise ValueError(f"quote-kinds-{language}.jsonl, line {number + 1}: {len(contexts)} passages are found")
        for context, names, kind in zip(contexts, features_of_all(contexts), record["kinds"], strict=True):
            yield KindRow(f"{language}-{number}", "written", language, context, frozenset({kind}), names)


def training_rows() -> list[KindRow]:
    rows = [row for gold in load_gold(shared_folder()) if gold.seen for row in gold_rows(gold)]
    return rows + [row for language in LANGUAGES for row in written_rows(language)]


def columns_of(rows: Sequence[KindRow]) -> dict[tuple[str, str], int]:
    """Number the weights, keyed by (language or `all`, feature)."""
    count = Counter(key for row in rows for name in row.features for key in (("all", name), (row.language, name)))
    return {key: place for place, key in enumerate(sorted(key for key, times in count.items() if times >= RARE))}


def design(rows: Sequence[KindRow], columns: dict[tuple[str, str], int]) -> Floats:
    matrix = np.zeros((len(rows), len(columns)))
    for place, row in enumerate(rows):
        keys = (key for name in row.features for key in (("all", name), (row.language, name)))
        matrix[place, [columns[key] for key in keys if key in columns]] = 1.0
    return matrix


def doubled(rows: Sequence[KindRow]) -> tuple[list[KindRow], Floats]:
    """Add a copy of each passage without a speaker, and return the weight of each row.

    Speakers are found more reliably in the training documents than elsewhere; the model would rely on them too much.
    """
    bare = [replace(row.context, found=NOBODY) for row in rows]
    copies = [
        replace(row, context=context, features=features(context) | elsewhere(row.features))
        for row, context in zip(rows, bare, strict=True)
    ]
    return [*rows, *copies], np.repeat([1.0 - UNATTRIBUTED, UNATTRIBUTED], len(rows))


def elsewhere(names: frozenset[str]) -> frozenset[str]:
    """Keep the features that do not depend on the words of the passage itself."""
    return frozenset(name for name in names if name.startswith("elsewhere ") and name != "elsewhere attributed")


def greatest_eigenvalue(matrix: Floats, *, steps: int = 30) -> float:
    """Return an upper bound of the greatest eigenvalue of `matrix.T @ matrix`, by power iteration."""
    vector = np.ones(matrix.shape[1]) / np.sqrt(matrix.shape[1])
    for _ in range(steps):
        image = matrix.T @ (matrix @ vector)
        vector = image / np.linalg.norm(image)
    return 1.1 * float(np.linalg.norm(matrix.T @ (matrix @ vector)))


def fit(matrix: Floats, kinds: Sequence[str], counts: Floats) -> Floats:
    """Minimise the penalised loss by accelerated gradient descent."""
    right = np.array([[float(kind == known) for known in KINDS] for kind in kinds])
    # Half the greatest eigenvalue bounds the curvature of the loss.
    rate = 1.0 / (0.5 * greatest_eigenvalue(matrix) + PENALTY)
    weights = ahead = np.zeros((matrix.shape[1], len(KINDS)))
    for step in range(STEPS):
        logits = matrix @ ahead
        shares = np.exp(logits - logits.max(axis=1, keepdims=True))
        shares /= shares.sum(axis=1, keepdims=True)
        before, weights = weights, ahead - rate * (matrix.T @ ((shares - right) * counts[:, None]) + PENALTY * ahead)
        ahead = weights + step / (step + 3) * (weights - before)
    return weights


def cross_validated(rows: Sequence[KindRow]) -> list[str]:
    """Predict the kind of each passage by a model trained without its document."""
    every, counts = doubled(rows)
    matrix = design(every, columns_of(every))
    documents = sorted({row.document for row in rows})
    order = np.random.default_rng(1).permutation(len(documents))
    folds = dict(zip(documents, (order % FOLDS).tolist(), strict=True))
    fold = np.array([folds[row.document] for row in every])
    open_to_doubt = np.array([settled_kind(row.context) is None for row in every])
    totals = np.zeros((len(rows), len(KINDS)))
    for held in range(FOLDS):
        chosen = np.flatnonzero((fold != held) & open_to_doubt)
        weights = fit(matrix[chosen], [every[place].kind for place in chosen], counts[chosen])
        tested = np.flatnonzero(fold[: len(rows)] == held)
        totals[tested] = matrix[tested] @ weights
    predicted = [""] * len(rows)
    for name, language in sorted({(row.document, row.language) for row in rows}):
        places = [p for p, row in enumerate(rows) if (row.document, row.language) == (name, language)]
        contexts = [rows[place].context for place in places]
        for place, total in zip(places, share_scores(contexts, totals[places].tolist()), strict=True):
            predicted[place] = settled_kind(rows[place].context) or KINDS[int(np.argmax(total))]
    return predicted


def report(rows: Sequence[KindRow], predicted: Sequence[str]) -> Iterator[str]:
    right: defaultdict[tuple[str, str], list[bool]] = defaultdict(list)
    for row, kind in zip(rows, predicted, strict=True):
        for source in (row.source, "all gold" if row.source != "written" else "all written"):
            right[row.language, source].append(kind in row.kinds)
    for (language, source), hits in sorted(right.items()):
        yield f"{language} {source:12} {len(hits):4} {sum(hits) / len(hits):.3f}"


def table_of(rows: Sequence[KindRow]) -> dict[str, dict[str, list[float]]]:
    """Fit on everything and add up the shared and the own weights."""
    doubted, counts = doubled([row for row in rows if settled_kind(row.context) is None])
    columns = columns_of(doubted)
    weights = fit(design(doubted, columns), [row.kind for row in doubted], counts)
    tables: dict[str, dict[str, list[float]]] = {}
    for language in LANGUAGES:
        summed: defaultdict[str, Floats] = defaultdict(lambda: np.zeros(len(KINDS)))
        for (owner, name), place in columns.items():
            if owner in {"all", language}:
                summed[name] += weights[place]
        tables[language] = {
            name: np.round(values, 3).tolist()
            for name, values in sorted(summed.items())
            if np.abs(values).max() > NEGLIGIBLE
        }
    return tables


def as_json(tables: dict[str, dict[str, list[float]]]) -> str:
    """Write one feature a line."""
    blocks = (
        f'"{language}": {{\n'
        + ",\n".join(f"{json.dumps(n, ensure_ascii=False)}: {v}" for n, v in table.items())
        + "\n}"
        for language, table in tables.items()
    )
    return "{\n" + ",\n".join(blocks) + "\n}\n"


def main() -> None:
    rows = training_rows()
    predicted = cross_validated(rows)
    if "--errors" in sys.argv[1:]:
        for row, kind in zip(rows, predicted, strict=True):
            if kind not in row.kinds:
                around = f"{row.context.before[-40:]}[[{row.context.text[:60]}]]{row.context.after[:25]}".replace(
                    "\n", " "
                )
                print(f"{row.language} {row.document} {row.kind}>{kind} {around}")
    print(*report(rows, predicted), sep="\n")
    if "--write" in sys.argv[1:]:
        write_text(TARGET, as_json(table_of(rows)))


if __name__ == "__main__":
    main()
