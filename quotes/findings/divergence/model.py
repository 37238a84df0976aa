"""A small network that reads two passages word by word: which words find no answer, and whether the meaning changed.

Each word looks for its answer among the words of the other side (scaled dot-product attention, Vaswani et al. 2017,
https://arxiv.org/abs/1706.03762, with one more place for "no answer"); a perceptron compares the word with what it
found; a second one judges the pair from all its words. Trained by `training/quote_network`, weights in `model.npz`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any

from corpora.languages import CHINESE, ENGLISH, RUSSIAN

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
        language: `en`, `ru` or `zh`.
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
    """The forward pass of several networks whose logits are averaged.

    Args:
        weights: For each network its arrays by name.
    """

    def __init__(self, weights: Sequence[Mapping[str, "Floats"]]) -> None:
        self._members = [_Member(each) for each in weights]

    def read(self, first: WordFeatures, second: WordFeatures) -> Answers:
        """Compare two passages."""
        import numpy as np  # noqa: PLC0415 - heavy

        # It was trained on one order of the languages, and the order of the versions must make no difference.
        if _LANGUAGES.index(first.language) > _LANGUAGES.index(second.language):
            turned = self.read(second, first)
            return Answers(turned.changed, turned.second, turned.first)
        read = [member.read(first, second) for member in self._members]
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

        halves = words.features[:, :_HALF], words.features[:, _HALF:]
        rows = np.concatenate([_normalised(half) for half in halves], axis=1)
        keys = rows @ self._weights["E.weight"].T
        keys /= np.maximum(np.linalg.norm(keys, axis=1, keepdims=True), np.float32(1e-12))
        values = self._dense(rows, "V")
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


def _normalised(rows: "Floats") -> "Floats":
    import numpy as np  # noqa: PLC0415 - heavy

    centred = rows - rows.mean(axis=1, keepdims=True)
    spread: Floats = np.sqrt((centred**2).mean(axis=1, keepdims=True) + np.float32(_SMALL))
    return np.asarray(centred / spread, np.float32)


def _gelu(rows: "Floats") -> "Floats":
    """Gaussian error linear unit, by its approximation with tanh, https://arxiv.org/abs/1606.08415."""
    import numpy as np  # noqa: PLC0415 - heavy

    return np.asarray(0.5 * rows * (1 + np.tanh(np.sqrt(2 / np.pi) * (rows + 0.044715 * rows**3))), np.float32)


def _sigmoid(rows: "Floats") -> "Floats":
    import numpy as np  # noqa: PLC0415 - heavy

    return np.asarray(1 / (1 + np.exp(-np.clip(rows, -60, 60))), np.float32)
