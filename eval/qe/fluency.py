"""Fluency: a small trigram model over classes of words.

Each frequent word is a class, the others are classed by their endings; Chinese by characters. Trained on a thousand
sentences per language (`training/adequacy.py`), it does not measure style, but detects shuffled, dropped or inserted
words.
"""

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any, Final

import numpy as np
import regex

from corpora.languages import CHINESE, base_language

DATA: Final = "fluency.npz"
_TOKEN: Final = regex.compile(r"\w+(?:[-'\N{RIGHT SINGLE QUOTATION MARK}]\w+)*|[^\w\s]")
_FREQUENT: Final = {"en": 300, "ru": 300, "zh": 1500}
"""Number of words, or Chinese characters, with a class of their own."""
_ENDING: Final = {"en": 2, "ru": 3}
"""Letters of the ending that is the class of a rarer word."""
_START, _END, _NUMBER, _RARE = "<s>", "</s>", "<number>", "<rare>"

Trigram = tuple[str, str, str]


@dataclass(frozen=True)
class FluencyModel:
    """Counts of class trigrams, smoothed after Witten and Bell (1991, https://doi.org/10.1109/18.87000).

    Attributes:
        language: `en`, `ru` or `zh`.
        frequent: Words with a class of their own.
    """

    language: str
    frequent: frozenset[str]
    counts: Mapping[Trigram, int]

    def __post_init__(self) -> None:
        single: Counter[str] = Counter()
        double: Counter[tuple[str, str]] = Counter()
        after_one: Counter[str] = Counter()
        after_two: Counter[tuple[str, str]] = Counter()
        kinds_two: Counter[tuple[str, str]] = Counter()
        for (first, second, third), number in self.counts.items():
            single[third] += number
            double[second, third] += number
            after_one[second] += number
            after_two[first, second] += number
            kinds_two[first, second] += 1
        kinds_one = Counter(second for second, _ in double)
        found = (single, double, after_one, after_two, kinds_one, kinds_two, single.total())
        object.__setattr__(self, "_tables", found)

    def score(self, text: str) -> float:
        """Return the log-likelihood of the classes in order, less that of single ones, in nats per token."""
        classes = [_START, _START, *(self._class(word) for word in words_of(text, self.language)), _END]
        logs = [self._log(*three) for three in zip(classes, classes[1:], classes[2:], strict=False)]
        return sum(logs) / len(logs)

    def _log(self, first: str, second: str, third: str) -> float:
        single, double, after_one, after_two, kinds_one, kinds_two, total = self._tables  # type: ignore[attr-defined]
        alone = (single[third] + 0.5) / (total + 0.5 * (len(single) + 1))
        one = kinds_one[second]
        behind_one = (double[second, third] + one * alone) / (after_one[second] + one) if one else alone
        two = kinds_two[first, second]
        number = self.counts.get((first, second, third), 0)
        behind_two = (number + two * behind_one) / (after_two[first, second] + two) if two else behind_one
        return math.log(behind_two / alone)

    def _class(self, word: str) -> str:
        return class_of(word, self.language, self.frequent)


def train(texts: Iterable[str], language: str) -> FluencyModel:
    """Return a model of sentences in a language."""
    tag = base_language(language)
    sentences = [words_of(text, tag) for text in texts]
    ranked = Counter(word for words in sentences for word in words).most_common(_FREQUENT[tag])
    frequent = frozenset(word for word, _ in ranked)
    counts: Counter[Trigram] = Counter()
    for words in sentences:
        classes = [_START, _START, *(class_of(word, tag, frequent) for word in words), _END]
        counts.update(zip(classes, classes[1:], classes[2:], strict=False))
    return FluencyModel(tag, frequent, dict(counts))


def words_of(text: str, language: str) -> list[str]:
    """Return the words and marks of a text in lower case; Chinese by characters."""
    if language == CHINESE:
        return list("".join(text.split()))
    return _TOKEN.findall(text.lower())


def class_of(word: str, language: str, frequent: frozenset[str]) -> str:
    """Return the class of a word."""
    if word in frequent:
        return word
    if word[:1].isdigit():
        return _NUMBER
    return _RARE if language == CHINESE else f"<{word[-_ENDING[language] :]}>"


def pack(models: Sequence[FluencyModel]) -> dict[str, Any]:
    """Return models as arrays, for `numpy.savez_compressed`."""
    found: dict[str, Any] = {}
    for model in models:
        names = sorted({name for three in model.counts for name in three} | model.frequent)
        places = {name: at for at, name in enumerate(names)}
        rows = [[*(places[name] for name in three), number] for three, number in sorted(model.counts.items())]
        found[f"{model.language}_names"] = np.array(names)
        found[f"{model.language}_frequent"] = np.array(sorted(places[word] for word in model.frequent), dtype=np.int32)
        found[f"{model.language}_counts"] = np.array(rows, dtype=np.int32)
    return found


@cache
def load_fluency(language: str) -> FluencyModel:
    """Return the trained model of a language."""
    with (
        resources.as_file(resources.files("eval.qe").joinpath(DATA)) as path,
        np.load(path, allow_pickle=False) as data,
    ):
        names = data[f"{language}_names"].tolist()
        frequent = frozenset(names[at] for at in data[f"{language}_frequent"].tolist())
        rows = data[f"{language}_counts"].tolist()
    counts = {(names[first], names[second], names[third]): number for first, second, third, number in rows}
    return FluencyModel(language, frequent, counts)
