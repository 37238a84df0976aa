"""From likeness of words to links between them.

Four steps, each over the whole matrix of word pairs:

1. A first guess: likeness, less a cost on the distance from the diagonal, made into a share of both words' choices.
2. Twice over: what the neighbours are linked to speaks for a pair, wherever in the other sentence they went. This is
   what lets a clause be elsewhere in the other language, as Chinese clauses do. Frequent words need more to
   be linked, as they are many and like one another.
3. Pairs with a large share of both words' choices are links, unless neither likeness nor neighbours speak for them.
4. A word left over joins the link of the word beside it where nearly all its choices go there: a word of one
   language that is several of the other.

The share of choices in both directions is the symmetrised softmax of Dou and Neubig 2021
(https://arxiv.org/abs/2101.08231); its geometric mean, rather than the smaller of the two, lets one word have several
links. The last step is the growth of Och and Ney 2003 (https://aclanthology.org/J03-1002/) without the diagonals.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from common.arrays import Floats

Mask = NDArray[np.bool_]

Link = tuple[int, int, float]


@dataclass(frozen=True)
class LinkOptions:
    """Costs of the search for links, chosen on the even-numbered half of a Chinese-English development set.

    Attributes:
        temperature: Likeness worth a factor e in the first guess.
        diagonal: Price of opposite places in the sentences, in likeness, in the first guess.
        later_temperature: As `temperature`, in the rounds with neighbours.
        later_diagonal: As `diagonal`, in the rounds with neighbours.
        rounds: How often neighbours are asked.
        reach: Words over which a neighbour's say falls by a factor e.
        neighbours: Power of the neighbours' say.
        stranger: What stands for the say of neighbours where there is none.
        frequent: Price of the most frequent word, as a logarithm.
        frequency_scale: Rarity, in nats, over which that cost falls by a factor e.
        least_share: Share of both words' choices that makes a link, from 0 to 1.
        least_likeness: A link needs this likeness, or
        least_neighbours: this say of its neighbours.
        grown_share: Share of its own choices with which a word left over joins its neighbour's link, from 0 to 1.
        grown_likeness: Likeness which that takes.
    """

    temperature: float = 0.028
    diagonal: float = 0.2
    later_temperature: float = 0.1
    later_diagonal: float = 0.2
    rounds: int = 2
    reach: float = 1.3
    neighbours: float = 2.4
    stranger: float = 0.002
    frequent: float = 4.5
    frequency_scale: float = 9.5
    least_share: float = 0.3
    least_likeness: float = 0.2
    least_neighbours: float = 0.2
    grown_share: float = 0.5
    grown_likeness: float = 0.1


DEFAULTS: Final = LinkOptions()


def link_words(likeness: Floats, rarity: tuple[Floats, Floats], options: LinkOptions = DEFAULTS) -> tuple[Link, ...]:
    """Return the links between the words of two texts.

    Args:
        likeness: Shape (words, words), about -1 to 1.
        rarity: Of the words of either side, in nats, not negative.
        options: Costs.

    Returns:
        Row, column, and the share of both words' choices that the pair has, from 0 to 1; ascending. A word may have
        several links.
    """
    if not likeness.size:
        return ()
    distance = _distance(*likeness.shape)
    shares = _shares(np.exp((likeness - options.diagonal * distance) / options.temperature))[0]
    fixed = (likeness - options.later_diagonal * distance) / options.later_temperature
    fixed -= options.frequent * np.add.outer(*(np.exp(each / -options.frequency_scale) for each in rarity))
    say = shares
    for _ in range(options.rounds):
        say = _neighbours_say(shares, options.reach)
        weights = np.exp(fixed) * (options.stranger + say) ** options.neighbours
        shares, by_row, by_column = _shares(weights)
    backed = (likeness > options.least_likeness) | (say > options.least_neighbours)
    found = (shares > options.least_share) & backed
    close = likeness > options.grown_likeness
    grown = _beside(found) & close & (by_column > options.grown_share)
    grown |= _beside(found.T).T & close & (by_row > options.grown_share)
    return tuple(
        (int(i), int(j), min(float(shares[i, j]), 1.0)) for i, j in zip(*np.nonzero(found | grown), strict=True)
    )


def _shares(weights: Floats) -> tuple[Floats, Floats, Floats]:
    """Share of the choices of both words, of the row's, of the column's."""
    tiny = np.float32(1e-30)
    by_row = weights / (weights.sum(axis=1, keepdims=True) + tiny)
    by_column = weights / (weights.sum(axis=0, keepdims=True) + tiny)
    return np.sqrt(by_row * by_column), by_row, by_column


def _distance(rows: int, columns: int) -> Floats:
    """How far apart relative places in two sentences are, from 0 to 1: shape (rows, columns)."""
    left, right = ((np.arange(size, dtype=np.float32) + 0.5) / size for size in (rows, columns))
    return np.abs(np.subtract.outer(left, right))


def _neighbours_say(shares: Floats, reach: float) -> Floats:
    """Shares of the pairs around each pair, that share at most one word with it, weighted by nearness.

    With K the weights of neighbours in a row or column, without the place itself: K shares (K + 1) + (K + 1) shares K.
    """
    rows, columns = shares.shape
    above = _decay(rows, reach) @ shares
    right = _decay(columns, reach)
    return np.asarray(2 * (above @ right) + above + shares @ right)


def _decay(size: int, reach: float) -> Floats:
    """Weights of neighbours by distance, none for the place itself: shape (size, size)."""
    places = np.arange(size, dtype=np.float32)
    weights = np.exp(np.abs(np.subtract.outer(places, places)) / -np.float32(reach))
    np.fill_diagonal(weights, 0)
    return np.asarray(weights)


def _beside(found: Mask) -> Mask:
    """Pairs whose column has no link yet, left or right of a link."""
    out = np.zeros_like(found)
    out[:, 1:] |= found[:, :-1]
    out[:, :-1] |= found[:, 1:]
    return out & ~found.any(axis=0)
