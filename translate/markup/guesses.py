"""Links for words that the word alignment leaves without one: names by their sound, other words by a guess.

A link of the alignment needs both words to choose each other. For a dictionary that is right; for the place of a span a
guess is better than nothing: of the words left over on both sides, those go together that are most alike.
"""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Final

import regex

from translate.markup.types import ProjectionOptions
from translate.markup.words import Link, is_worded

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from alignment.encoders.base import WordVectors

    Matrix = NDArray[np.float32]

_PRIOR: Final = 20
"""The mean of all words is taken off each; as many words of no direction are added, as in `alignment.words.align`."""

_DIAGONAL: Final = 0.2
"""Price of opposite places in the sentences, in likeness."""

SURE: Final = 2.0
"""Strength of a link between names that sound alike; one of the alignment has 1 at most."""

_NAME: Final = regex.compile(r"\p{Lu}[\p{L}'’-]{2,}")
_HAN: Final = regex.compile(r"\p{Han}")
_HAN_NAME: Final = regex.compile(r"\p{Han}{2,8}")
_MOST_PARTS: Final = 4

Texts = tuple[Sequence[str], Sequence[str]]


def name_links(texts: Texts, links: Sequence[Link], options: ProjectionOptions) -> list[Link]:
    """Return the links, with those of names that sound alike put in place of weaker ones.

    Args:
        texts: The words of both sides.
        links: The links of the word alignment.
        options: What a weak link is, and how alike names must sound.
    """
    loose = [_loose(side, links, axis, options) for axis, side in enumerate(texts)]
    names = [_names(side, places) for side, places in zip(texts, loose, strict=True)]
    if not all(names) or not any(_NAME.fullmatch(_joined(side, one)) for side, found in zip(texts, names, strict=True)
                                 for one in found):  # fmt: skip
        return list(links)
    taken: tuple[set[int], set[int]] = set(), set()
    sure: list[Link] = []
    for _, _, first, second in sorted(_sounding(texts, names, options), reverse=True):
        if taken[0].isdisjoint(first) and taken[1].isdisjoint(second):
            taken[0].update(first)
            taken[1].update(second)
            sure += [(i, j, SURE) for i in first for j in second]
    return sorted([*(link for link in links if link[0] not in taken[0] and link[1] not in taken[1]), *sure])


def _loose(words: Sequence[str], links: Sequence[Link], axis: int, options: ProjectionOptions) -> list[int]:
    """Return the words that have no strong link."""
    strong = {link[axis] for link in links if link[2] >= options.weak}
    return [at for at in range(len(words)) if at not in strong]


def _names(words: Sequence[str], loose: Sequence[int]) -> list[range]:
    """Return what may be a name: a word with a capital, or Chinese words in a row, which no dictionary has as one."""
    found = []
    for at in loose:
        ends = [end for end in range(at + 1, at + 1 + _MOST_PARTS) if set(range(at, end)) <= set(loose)]
        found += [
            range(at, end)
            for end in ends
            if (end == at + 1 and _NAME.fullmatch(words[at])) or _HAN_NAME.fullmatch(_joined(words, range(at, end)))
        ]
    return found


def _joined(words: Sequence[str], places: range) -> str:
    return "".join(words[at] for at in places)


def _sounding(
    texts: Texts, names: Sequence[Sequence[range]], options: ProjectionOptions
) -> Iterator[tuple[float, int, tuple[int, ...], tuple[int, ...]]]:
    """Yield pairs of names that sound alike: likeness, length in letters, and the indices of their words."""
    from quotes.facts.names import name_similarity  # noqa: PLC0415 - loads a table of Chinese readings

    for first in names[0]:
        for second in names[1]:
            one, other = _joined(texts[0], first), _joined(texts[1], second)
            if _NAME.fullmatch(one) or _NAME.fullmatch(other):
                likeness = name_similarity(one, other)
                if likeness >= options.least_sound:
                    yield likeness, len(one) + len(other), tuple(first), tuple(second)


def frequent_words(words: Sequence[str], vectors: "WordVectors", options: ProjectionOptions) -> frozenset[int]:
    """Return the indices of the words that are too frequent to guess about.

    A Chinese word of one sign is often a particle or a measure word, and must be rarer to count.
    """
    return frozenset(
        at
        for at, (word, rarity) in enumerate(zip(words, vectors.rarity, strict=True))
        if rarity < options.least_rarity + (options.one_sign if _HAN.fullmatch(word) else 0.0)
    )


def guess_links(
    texts: Texts, vectors: "tuple[WordVectors, WordVectors]", links: Sequence[Link], options: ProjectionOptions
) -> list[Link]:
    """Return guessed links of words that have none and are neither punctuation nor frequent.

    Args:
        texts: The words of both sides.
        vectors: Their vectors.
        links: The links that are known.
        options: Which words and how alike.
    """
    import numpy as np  # noqa: PLC0415 - loaded when used

    loose = []
    for axis, (words, each) in enumerate(zip(texts, vectors, strict=True)):
        linked = {link[axis] for link in links}
        left_out = linked | frequent_words(words, each, options)
        loose.append([at for at, word in enumerate(words) if at not in left_out and is_worded(word)])
    if not all(loose):
        return []
    scores = (_cosines(vectors) - _DIAGONAL * _distances(*map(len, texts)))[np.ix_(*loose)]
    pairs = {(row, int(scores[row].argmax())) for row in range(len(loose[0]))}
    pairs |= {(int(scores[:, column].argmax()), column) for column in range(len(loose[1]))}
    return [
        (loose[0][row], loose[1][column], options.guess)
        for row, column in sorted(pairs)
        if scores[row, column] >= options.least_likeness
    ]


def link_qualities(
    texts: Texts, vectors: "tuple[WordVectors, WordVectors]", links: Sequence[Link], options: ProjectionOptions
) -> dict[tuple[int, int], float]:
    """Return how far each link can be trusted, from 0 to 1.

    The word alignment only tells which words answer each other if the sentences do: how alike they are tells whether.
    A link of names that sound alike, and one of words written alike, is trusted wholly.

    Args:
        texts: The words of both sides.
        vectors: Their vectors.
        links: The links.
        options: The likeness that is trusted wholly.
    """
    if not all(texts):
        return {}
    cosines = _cosines(vectors)
    return {
        (i, j): 1.0
        if strength == SURE or _same(texts[0][i], texts[1][j], options)
        else min(1.0, max(0.0, float(cosines[i, j]) / options.full_likeness))
        for i, j, strength in links
    }


def _same(one: str, other: str, options: ProjectionOptions) -> bool:
    """Tell whether two words are written alike, or are names that sound alike."""
    if one.casefold() == other.casefold():
        return True
    if not (_NAME.fullmatch(one) or _NAME.fullmatch(other)):
        return False
    from quotes.facts.names import name_similarity  # noqa: PLC0415 - loads a table of Chinese readings

    return name_similarity(one, other) >= options.least_sound


def _cosines(vectors: "tuple[WordVectors, WordVectors]") -> "Matrix":
    """Cosines of the words of two texts after the mean of all words is taken off each."""
    import numpy as np  # noqa: PLC0415 - loaded when used

    first, second = (each.vectors for each in vectors)
    mean = (first.sum(axis=0) + second.sum(axis=0)) / (len(first) + len(second) + _PRIOR)
    units = [
        (side - mean) / np.maximum(np.linalg.norm(side - mean, axis=1, keepdims=True), 1e-9) for side in (first, second)
    ]
    return np.asarray(units[0] @ units[1].T, np.float32)


def _distances(rows: int, columns: int) -> "Matrix":
    """How far apart relative places in two sentences are, from 0 to 1."""
    import numpy as np  # noqa: PLC0415 - loaded when used

    places = [(np.arange(size) + 0.5) / size for size in (rows, columns)]
    return np.asarray(np.abs(np.subtract.outer(*places)), np.float32)
