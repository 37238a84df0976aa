"""Short windows of two versions that are to be aligned with each other."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from alignment.types import IndexBead

_USUAL: Final = 24
_LONGEST: Final = 64
"""Sentences after which a window ends at the next sure place, and after which it ends anyway."""


@dataclass(frozen=True, slots=True)
class Window:
    """Sentences that are to be aligned with each other.

    Attributes:
        source: Their numbers in the source, in the order of the source.
        target: Their numbers in the target, in the order in which their counterparts are in the source.
        sizes: Numbers of source and target sentences of the beads that they are in so far, in order.
    """

    source: tuple[int, ...]
    target: tuple[int, ...]
    sizes: tuple[tuple[int, int], ...]

    def first_links(self) -> tuple[IndexBead, ...]:
        """Return the beads that they are in so far, numbered from 0 in the order of the window."""
        links: list[IndexBead] = []
        row = column = 0
        for source, target in self.sizes:
            links.append((tuple(range(row, row + source)), tuple(range(column, column + target))))
            row, column = row + source, column + target
        return tuple(links)

    def numbered(self, links: Sequence[IndexBead]) -> list[IndexBead]:
        """Return beads of the window with the versions' numbers; a moved passage may put the target's out of order."""
        return [
            (tuple(self.source[at] for at in source), tuple(sorted(self.target[at] for at in target)))
            for source, target in links
        ]

    def unbroken(self, links: Sequence[IndexBead]) -> tuple[IndexBead, ...]:
        """Take apart the beads of the window whose target sentences are no neighbours, as around a moved passage."""
        if self.target == tuple(range(self.target[0], self.target[0] + len(self.target))):
            return tuple(links)
        return tuple(part for link in links for part in ([link] if self._together(link[1]) else apart(link)))

    def _together(self, target: Sequence[int]) -> bool:
        numbers = [self.target[at] for at in target]
        return not numbers or max(numbers) - min(numbers) + 1 == len(numbers)


def apart(link: IndexBead) -> list[IndexBead]:
    """Return a bead's sentences, each without a counterpart."""
    return [*(((at,), ()) for at in link[0]), *(((), (at,)) for at in link[1])]


def cut_windows(links: Sequence[IndexBead], sure: set[IndexBead]) -> Iterator[Window]:
    """Cut an alignment into windows between beads that are beyond doubt.

    Args:
        links: Beads as `order_beads` orders them; those of passages that moved are with their source.
        sure: The beads beyond doubt.
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
