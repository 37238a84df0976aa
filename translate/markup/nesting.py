"""The places of all spans of a sentence: nested ones stay nested, disjoint ones stay disjoint."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from translate.markup.edges import edges, word_edges
from translate.markup.placing import Place, Scene, find_place
from translate.markup.types import Span


@dataclass
class _Node:
    """A span, its number, and the spans inside it."""

    index: int
    span: Span
    inner: "list[_Node]" = field(default_factory=list)


def place_all(scene: Scene, spans: Sequence[Span]) -> dict[int, Span]:
    """Find the places of the spans of a sentence.

    The most certain of the spans that stand beside one another takes its words first, the others share the rest; spans
    inside it share its words.

    Args:
        scene: The sentences.
        spans: Spans of the source: sorted by start, longer ones first; nested or disjoint.

    Returns:
        Spans of the translation by index into `spans`; those without a certain place are left out.
    """
    places: dict[int, Place] = {}
    roots = _tree(spans)
    _share(scene, roots, [True] * len(scene.linked.words), places)
    whole = 0, len(scene.linked.hypothesis)
    return dict(_settled(scene, roots, places, whole))


def _tree(spans: Sequence[Span]) -> list[_Node]:
    roots: list[_Node] = []
    around: list[_Node] = []
    for index, span in enumerate(spans):
        node = _Node(index, span)
        while around and around[-1].span[1] < span[1]:
            around.pop()
        (around[-1].inner if around else roots).append(node)
        around.append(node)
    return roots


def _share(scene: Scene, nodes: Sequence[_Node], free: list[bool], places: dict[int, Place]) -> None:
    """Place spans that stand beside one another in the free words, and those inside them; takes the words of `free`."""
    waiting = list(nodes)
    while waiting:
        found = [(find_place(scene, node.span, free), node) for node in waiting]
        certain = [(place, node) for place, node in found if place is not None]
        if not certain:
            break
        place, node = max(certain, key=lambda entry: (entry[0].confidence, entry[0].first - entry[0].last))
        waiting.remove(node)
        places[node.index] = place
        _share_inside(scene, node, place, places)
        free[place.first : place.last] = [False] * (place.last - place.first)
    for node in waiting:
        _share(scene, node.inner, free, places)


def _share_inside(scene: Scene, node: _Node, place: Place, places: dict[int, Place]) -> None:
    if len(node.inner) == 1 and node.inner[0].span == node.span:
        places[node.inner[0].index] = place
        _share_inside(scene, node.inner[0], place, places)
        return
    _share(scene, node.inner, [place.first <= at < place.last for at in range(len(scene.linked.words))], places)


def _settled(
    scene: Scene, nodes: Sequence[_Node], places: dict[int, Place], around: Span
) -> Iterator[tuple[int, Span]]:
    """Yield the code points of places; marks that two would have, or that the span around lacks, belong to none."""
    taken: list[Span] = []
    for node in nodes:
        place = places.get(node.index)
        if place is None:
            yield from _settled(scene, node.inner, places, around)
            continue
        span = edges(scene, node.span, place)
        inside = around[0] <= span[0] and span[1] <= around[1]
        if not inside or any(start < span[1] and span[0] < end for start, end in taken):
            span = word_edges(scene, place)
        taken.append(span)
        yield node.index, span
        yield from _settled(scene, node.inner, places, span)
