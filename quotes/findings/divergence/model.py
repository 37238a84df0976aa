"""A small network that reads two passages word by word: which words find no answer, and whether the meaning changed.

Each word looks for its answer among the words of the other side (scaled dot-product attention, Vaswani et al. 2017,
https://arxiv.org/abs/1706.03762, with one more place for "no answer"); a perceptron compares the word with what it
found; a second one judges the pair from all its words. Trained by `training/quote_network`, weights in `model.npz`.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from importlib import resources
from typing import TYPE_CHECKING, Any

import regex

from alignment.words.segmentation import split_words
from corpora.languages import CHINESE, ENGLISH, RUSSIAN
from corpora.offsets import Span
from quotes.facts.passages import Passage, PassagePair
from quotes.findings.evidence import Evidence
from quotes.types import Finding, Severity

if TYPE_CHECKING:
    from common.arrays import Floats

_LANGUAGES = (ENGLISH, RUSSIAN, CHINESE)
_HALF = 512
"""The encoder's features are two vectors of this length after one another; each is brought to one scale by itself."""
_RARITY = 10.0
_SMALL = 1e-5


@dataclass(frozen=True)
class WordFeatures:
    """The words of a passage.

    Attributes:
        features: The encoder's features of each word: shape (words, 1024), at least one word.
        rarity: In nats, shape (words,).
    """

    language: str
    features: "Floats"
    rarity: "Floats"


@dataclass(frozen=True)
class Answers:
    """What the network makes of a pair.

    Attributes:
        changed: Logit (natural logarithm of the odds) that the meaning changed.
        first: For each word of the first passage the logit that nothing on the other side answers it.
        second: The same of the second passage.
    """

    changed: float
    first: "Floats"
    second: "Floats"


class AnswerNetwork:
    """The forward pass of several networks, each given by its arrays, whose logits are averaged."""

    def __init__(self, weights: Sequence[Mapping[str, "Floats"]]) -> None:
        self._members = [_Member(each) for each in weights]

    def read(self, first: WordFeatures, second: WordFeatures) -> Answers:
        """Compare two passages."""
        import numpy as np  # noqa: PLC0415 - heavy

        # It was trained on one order of the languages, and the order of the versions must make no difference.
        if _LANGUAGES.index(first.language) > _LANGUAGES.index(second.language):
            turned = self.read(second, first)
            return Answers(turned.changed, turned.second, turned.first)
        scaled = [replace(side, features=_normalised_halves(side.features)) for side in (first, second)]
        read = [member.read(*scaled) for member in self._members]
        changed = float(np.mean([answer[0] for answer in read]))
        rows = [np.asarray(np.mean([answer[part] for answer in read], axis=0), np.float32) for part in (1, 2)]
        return Answers(changed, rows[0], rows[1])


@cache
def load_network() -> AnswerNetwork:
    """Load the trained networks."""
    import numpy as np  # noqa: PLC0415 - heavy

    with resources.files(__package__).joinpath("model.npz").open("rb") as file, np.load(file) as stored:
        arrays = {name: stored[name].astype(np.float32) for name in stored.files}
    members = sorted({name.split("/")[0] for name in arrays})
    return AnswerNetwork(
        [{name.split("/")[1]: array for name, array in arrays.items() if name.startswith(f"{m}/")} for m in members]
    )


@dataclass(frozen=True)
class _Side:
    """One passage in the network's own terms: what is compared and what is handed over, of each word."""

    language: int
    rarity: "Floats"
    keys: "Floats"
    values: "Floats"


class _Member:
    def __init__(self, weights: Mapping[str, "Floats"]) -> None:
        self._weights = weights

    def read(self, first: WordFeatures, second: WordFeatures) -> tuple["Floats", "Floats", "Floats"]:
        """Return the features of a pair, and the doubts about the words of each side."""
        import numpy as np  # noqa: PLC0415 - heavy

        one, other = self._side(first), self._side(second)
        cosines = other.keys @ one.keys.T
        seen = self._answer(other, one, cosines), self._answer(one, other, cosines.T)
        pooled = [vector for hidden, logits in seen for vector in self._pooled(hidden)]
        logits = [part for _, part in seen]
        counts = [len(part) for part in logits]
        extra = [
            *(part.max() for part in logits),
            *(_sigmoid(part).sum() for part in logits),
            np.log(counts[1]) / 3,
            np.log(counts[0] / counts[1]),
        ]
        row = np.concatenate([*pooled, np.array(extra, np.float32)])
        changed = self._dense(_gelu(self._dense(row, "out.0")), "out.3")[0]
        return changed, logits[1], logits[0]

    def _side(self, words: WordFeatures) -> _Side:
        import numpy as np  # noqa: PLC0415 - heavy

        keys = words.features @ self._weights["E.weight"].T
        keys /= np.maximum(np.linalg.norm(keys, axis=1, keepdims=True), np.float32(1e-12))
        values = self._dense(words.features, "V")
        return _Side(_LANGUAGES.index(words.language), words.rarity / np.float32(_RARITY), keys, values)

    def _answer(self, side: _Side, other: _Side, cosines: "Floats") -> tuple["Floats", "Floats"]:
        """Return what each word of `side` finds on the other: hidden states, and logits that nothing answers it."""
        import numpy as np  # noqa: PLC0415 - heavy

        scores = np.concatenate(
            [self._weights["scale"] * cosines, np.full((len(cosines), 1), self._weights["null"], np.float32)], axis=1
        )
        scores = np.exp(scores - scores.max(axis=1, keepdims=True))
        share = scores / scores.sum(axis=1, keepdims=True)
        found, own = share[:, :-1] @ other.values, side.values
        languages = np.concatenate([self._weights["lang.weight"][each.language] for each in (side, other)])
        columns = [
            *(own, found, own * found, np.abs(own - found)),
            *(cosines.max(axis=1)[:, None], share[:, -1:], side.rarity[:, None]),
            np.broadcast_to(languages, (len(own), len(languages))),
        ]
        hidden = _gelu(self._dense(_gelu(self._dense(np.concatenate(columns, axis=1), "mlp.0")), "mlp.3"))
        return hidden, self._dense(hidden, "word")[:, 0]

    def _pooled(self, hidden: "Floats") -> tuple["Floats", "Floats"]:
        import numpy as np  # noqa: PLC0415 - heavy

        weight = self._dense(hidden, "pool")[:, 0]
        weight = np.exp(weight - weight.max())
        return (weight / weight.sum()) @ hidden, hidden.mean(axis=0)

    def _dense(self, rows: "Floats", name: str) -> Any:
        return rows @ self._weights[f"{name}.weight"].T + self._weights[f"{name}.bias"]


def _normalised_halves(rows: "Floats") -> "Floats":
    import numpy as np  # noqa: PLC0415 - heavy

    return np.concatenate([_normalised(rows[:, :_HALF]), _normalised(rows[:, _HALF:])], axis=1)


def _normalised(rows: "Floats") -> "Floats":
    import numpy as np  # noqa: PLC0415 - heavy

    centred = rows - rows.mean(axis=1, keepdims=True)
    spread: Floats = np.sqrt((centred**2).mean(axis=1, keepdims=True) + np.float32(_SMALL))
    return np.asarray(centred / spread, np.float32)


def _gelu(rows: "Floats") -> "Floats":
    """Gaussian error linear unit, by its approximation with tanh, https://arxiv.org/abs/1606.08415."""
    import numpy as np  # noqa: PLC0415 - heavy

    # A power of 3 takes twenty times as long as two products.
    inner = np.float32(np.sqrt(2 / np.pi)) * (rows + np.float32(0.044715) * (rows * rows * rows))
    return np.asarray(np.float32(0.5) * rows * (1 + np.tanh(inner)), np.float32)


def _sigmoid(rows: "Floats") -> "Floats":
    import numpy as np  # noqa: PLC0415 - heavy

    return np.asarray(1 / (1 + np.exp(-np.clip(rows, -60, 60))), np.float32)


_RANGE = 6.0
"""Logits beyond this, in either direction, say no more."""
_SINGLE_ALIKE, _SINGLE_STEEPNESS = 0.5, 15.0
"""Cosine from which two single words are likelier than not translations of each other, and the logit of each step."""
_LONGEST = 400
"""Words of a passage that are read; a quote of a page is compared by its beginning."""
_SHOWN = 0.0
"""Logit from which a word is shown to the reader."""
_WARNED = 1.0
"""Logit of the pair from which the words shown are more than a note."""
_WORD = regex.compile(r"\w")
_EDGE = regex.compile(r"[\p{P}--[?!\N{FULLWIDTH QUESTION MARK}\N{FULLWIDTH EXCLAMATION MARK}%]]+", regex.VERSION1)
"""Signs that a quote begins or ends with by the habits of print: a comma before the attribution in English."""


def compare_answers(pair: PassagePair) -> Iterator[Evidence]:
    """Give evidence as far as the trained reader holds the meaning for changed.

    The strength is the reader's logit, brought from -6…6 to 0…1: a logistic model adds logits. Passages in one language
    are compared word by word instead, names of works and outlets by their sound; an encoder without features of words
    gives no evidence.
    """
    if pair.same_language or "title" in {pair.first.quote.kind, pair.second.quote.kind}:
        return
    spans = [_words(passage) for passage in (pair.first, pair.second)]
    answers = _read(pair) if all(spans) else None
    if answers is None:
        return
    strength = (min(_RANGE, max(-_RANGE, answers.changed)) + _RANGE) / (2 * _RANGE)
    yield Evidence("unanswered", strength, _finding(pair, spans, answers))


def _read(pair: PassagePair) -> Answers | None:
    passages = (pair.first, pair.second)
    features = pair.vectors.word_features([cut_words(passage) for passage in passages])
    if features is None:
        return None
    words = [
        WordFeatures(passage.language, each.vectors, each.rarity)
        for passage, each in zip(passages, features, strict=True)
    ]
    if len(words[0].rarity) == len(words[1].rarity) == 1:
        return _read_single(pair)
    return load_network().read(words[0], words[1])


def _read_single(pair: PassagePair) -> Answers:
    """Compare two single words by the cosine out of context, which knows more words than the network saw."""
    import numpy as np  # noqa: PLC0415 - heavy

    changed = _SINGLE_STEEPNESS * (_SINGLE_ALIKE - pair.vectors.cosine(pair.first.text, pair.second.text))
    row = np.array([changed], np.float32)
    return Answers(changed, row, row)


def _finding(pair: PassagePair, spans: Sequence[Sequence[Span]], answers: Answers) -> Finding | None:
    shown = [
        _merged([span for span, logit in zip(own, logits, strict=True) if logit > _SHOWN], passage)
        for passage, own, logits in zip((pair.first, pair.second), spans, (answers.first, answers.second), strict=True)
    ]
    if answers.changed <= _SHOWN or not any(shown):
        return None
    severity: Severity = "warning" if answers.changed > _WARNED else "note"
    return pair.finding("words", severity, (shown[0], shown[1]), "words_differ" if all(shown) else "words_lone")


def is_edge(word: str) -> bool:
    """Return whether a word is a sign that means nothing at either end of a passage."""
    return _EDGE.fullmatch(word) is not None


def cut_words(passage: Passage) -> list[str]:
    """Return the words and signs of a passage, as many as are read."""
    return [passage.article.text[start:end] for start, end in _words(passage)]


def _words(passage: Passage) -> list[Span]:
    """Where the words and signs of a passage stand in its article, as many as are read."""
    found: list[Span] = []
    for offset, piece in passage.pieces:
        at = 0
        for word in _cut(piece, passage.article.language):
            start = piece.index(word, at)
            at = start + len(word)
            found.append((offset + start, offset + at))
    text = passage.article.text
    while found and is_edge(text[slice(*found[-1])]):
        found.pop()
    first = next((at for at, span in enumerate(found) if not is_edge(text[slice(*span)])), 0)
    return found[first : first + _LONGEST]


@lru_cache(maxsize=4096)
def _cut(piece: str, language: str) -> tuple[str, ...]:
    return tuple(split_words(piece, language))


def _merged(spans: Sequence[Span], passage: Passage) -> list[Span]:
    """Put neighbours together; signs alone are not shown."""
    text = passage.article.text
    merged: list[Span] = []
    for start, end in spans:
        if not _WORD.search(text[start:end]):
            continue
        if merged and not text[merged[-1][1] : start].strip():
            merged[-1] = (merged[-1][0], end)
        else:
            merged.append((start, end))
    return merged
