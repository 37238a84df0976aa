"""Beads as JSON: pairs of lists of sentence numbers from 0."""

from typing import Any

BeadList = tuple[tuple[tuple[int, ...], tuple[int, ...]], ...]


def read_links(data: Any, sizes: tuple[int, int]) -> BeadList:
    """Parse and check beads: each has a sentence, and no sentence is out of range or used twice.

    Raises:
        ValueError: They are not; the message continues after the name of the beads.
    """
    if not isinstance(data, list):
        raise ValueError("is no list of beads")  # noqa: TRY004 - like all other faults of the content
    links = tuple(_link(number, bead) for number, bead in enumerate(data))
    for place, (side, size) in enumerate(zip(("source", "target"), sizes, strict=True)):
        _check_side([link[place] for link in links], side, size)
    return links


def _link(number: int, bead: Any) -> tuple[tuple[int, ...], tuple[int, ...]]:
    if not (isinstance(bead, list) and len(bead) == 2 and all(map(_is_numbers, bead))):  # noqa: PLR2004 - the sides
        raise ValueError(f"has bead {number}, which is not two lists of sentence numbers")
    if not any(bead):
        raise ValueError(f"has bead {number}, which has no sentence on either side")
    return tuple(bead[0]), tuple(bead[1])


def _is_numbers(data: Any) -> bool:
    return isinstance(data, list) and all(type(one) is int for one in data)  # True is an int to isinstance


def _check_side(sides: list[tuple[int, ...]], side: str, size: int) -> None:
    homes: dict[int, int] = {}
    for number, indices in enumerate(sides):
        for index in indices:
            if not 0 <= index < size:
                raise ValueError(f"has bead {number}, which names {side} sentence {index} of {size}")
            if homes.setdefault(index, number) != number or indices.count(index) > 1:
                raise ValueError(f"has bead {number}, which names {side} sentence {index} again")
