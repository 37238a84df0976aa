"""Short windows of two versions to be aligned with each other."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from alignment.types import IndexBead

_USUAL: Final = 24
_LONGEST: Final = 64
"""Sentences after which a window ends at the next sure bead, and after which it ends in any case."""


@dataclass(frozen=True, slots=True)
class Window:
    """Sentences to be aligned with each other.

    Attributes:
        source: Their numbers in the source, in the order of the source.
        target: Their numbers in the target, in the order in which their counterparts are in the source.
        sizes: Numbers of source and target sentences of their current beads, in order.
    """

    source: tuple[int, ...]
    target: tuple[int, ...]
    sizes: tuple[tuple[int, int], ...]

    def first_links(self) -> tuple[IndexBead, ...]:
        """Return the current beads, numbered from 0 in the order of the window."""
        links: list[IndexBead] = []
        row = column = 0
        for source, target in self.sizes:
            links.append((tuple(range(row, row + source)), tuple(range(column, column + target))))
            row, column = row + source, column + target
        return tuple(links)

    def numbered(self, links: Sequence[IndexBead]) -> list[IndexBead]:
        """Return beads of the window with the versions' numbers; a moved passage may disorder the target's."""
        return [
            (tuple(self.source[at] for at in source), tuple(sorted(self.target[at] for at in target)))
            for source, target in links
        ]

    def unbroken(self, links: Sequence[IndexBead]) -> tuple[IndexBead, ...]:
        """Split the beads of the window whose target sentences are not consecutive, as around a moved passage."""
        if self.target == tuple(range(self.target[0], self.target[0] + len(self.target))):
            return tuple(links)
        return tuple(part for link in links for part in ([link] if self._together(link[1]) else split_bead(link)))

    def _together(self, target: Sequence[int]) -> bool:
        numbers = [self.target[at] for at in target]
        return not numbers or max(numbers) - min(numbers) + 1 == len(numbers)


def split_bead(link: IndexBead) -> list[IndexBead]:
    """Return a bead's sentences, each without a counterpart."""
    return [*(((at,), ()) for at in link[0]), *(((), (at,)) for at in link[1])]


def cut_windows(links: Sequence[IndexBead], sure: set[IndexBead]) -> Iterator[Window]:
    """Divide an alignment into windows between reliable beads.

    Args:
        links: Beads in the order of `order_beads`; those of moved passages are with their source.
        sure: The reliable beads.
    """
    begin = 0
    size = [0, 0]
    for place, link in enumerate(links):
        size = [size[0] + len(link[0]), size[1] + len(link[1])]
        last = place + 1 == len(links)
        between = not last and link in sure and links[place + 1] in sure
        if last or (between and max(size) >= _USUAL) or max(size) >= _LONGEST:
            mine = links[begin : place + 1]
            sizes = tuple((len(source), len(target)) for source, target in mine)
            yield Window(tuple(at for one, _ in mine for at in one), tuple(at for _, one in mine for at in one), sizes)
            begin, size = place + 1, [0, 0]
