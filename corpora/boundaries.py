"""Names for tags between which the text of a stranger stands in a prompt, so that it cannot end itself."""

from collections.abc import Iterable
from itertools import count


def boundary_for(name: str, texts: Iterable[str]) -> str:
    """Return the first of `name`, `name-2`, `name-3`, … that none of the texts contains, whatever its capitals."""
    folded = "\n".join(texts).casefold()
    names = (name if number == 1 else f"{name}-{number}" for number in count(1))
    return next(one for one in names if one.casefold() not in folded)
