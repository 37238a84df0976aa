"""One alignment from many: what drawn paths mean for the sentences, and the alignment they agree on most.

Paths of clauses become alignments of sentences: sentences whose clauses are linked are in one bead. Of all ways to
string the beads of the drawn alignments together, the one with the highest expected strict F1 is chosen (minimum Bayes
risk, Kumar & Byrne 2004, https://aclanthology.org/N04-1022/); a bead's confidence is the share of drawn alignments
that have it.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence

from alignment.types import IndexBead

# In strict F1 a right bead with both sides counts for precision and recall, one without only for precision, and every
# bead costs precision what is expected of it.
_EXPECTED_PRECISION = 0.95

Point = tuple[int, int]


def lift(path: Iterable[IndexBead], source_owner: Sequence[int], target_owner: Sequence[int]) -> tuple[IndexBead, ...]:
    """Return the sentence alignment that a path of clauses means.

    Args:
        path: Beads and gaps of clauses, in order.
        source_owner: Number of the sentence that each source clause is part of, ascending from 0.
        target_owner: The same for the target.

    Returns:
        Beads in order, each with neighbouring sentences; between two of them source gaps are before target gaps.
    """
    spans: list[list[int]] = []  # first and last source sentence, first and last target sentence
    for source, target in path:
        if not (source and target):
            continue
        new = [source_owner[source[0]], source_owner[source[-1]], target_owner[target[0]], target_owner[target[-1]]]
        if spans and (new[0] <= spans[-1][1] or new[2] <= spans[-1][3]):
            new[0], new[2] = spans.pop()[::2]
        spans.append(new)
    return _with_gaps(spans, source_owner[-1] + 1, target_owner[-1] + 1)


def _with_gaps(spans: list[list[int]], source: int, target: int) -> tuple[IndexBead, ...]:
    links: list[IndexBead] = []
    row = column = 0
    for first, last, low, high in [*spans, [source, source - 1, target, target - 1]]:
        links += [((at,), ()) for at in range(row, first)] + [((), (at,)) for at in range(column, low)]
        if last >= first:
            links.append((tuple(range(first, last + 1)), tuple(range(low, high + 1))))
        row, column = last + 1, high + 1
    return tuple(links)


def decode_mbr(alignments: Sequence[tuple[IndexBead, ...]], allows: Callable[[int, int], bool]) -> list[IndexBead]:
    """Choose the alignment with the highest expected strict F1 among those that the beads of all can form.

    Args:
        alignments: Alignments of the same sentences, in order as `lift` gives them; at least one.
        allows: Whether a bead may have so many sentences on its sides; one of the alignments has only such beads.

    Returns:
        The chosen beads in order.
    """
    votes: Counter[IndexBead] = Counter(link for links in alignments for link in links)
    edges: dict[Point, dict[IndexBead, Point]] = {}
    for links in dict.fromkeys(alignments):
        row = column = 0
        for link in links:
            after = (row + len(link[0]), column + len(link[1]))
            if allows(len(link[0]), len(link[1])):
                edges.setdefault((row, column), {})[link] = after
            row, column = after
    best: dict[Point, tuple[float, IndexBead | None, Point]] = {(0, 0): (0.0, None, (0, 0))}
    for point in sorted(edges, key=lambda each: (sum(each), each)):
        if point not in best:
            continue
        for link, after in edges[point].items():
            gain = best[point][0] + _gain(link, votes[link] / len(alignments))
            if after not in best or gain > best[after][0]:
                best[after] = (gain, link, point)
    return _trace(best)


def _gain(link: IndexBead, probability: float) -> float:
    return (2 if all(link) else 1) * probability - _EXPECTED_PRECISION


def _trace(best: dict[Point, tuple[float, IndexBead | None, Point]]) -> list[IndexBead]:
    _, link, at = best[max(best, key=sum)]
    links: list[IndexBead] = []
    while link is not None:
        links.append(link)
        _, link, at = best[at]
    return links[::-1]
