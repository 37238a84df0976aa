"""JSON documents in which one value is another one, or gone."""

import copy
from collections.abc import Iterator
from typing import Any

VALUES = (None, True, 0, -1, 10**17, -1e17, 1e-320, "", "ghost", [], [[]], {})
"""What stands where something else should."""

Path = tuple[str | int, ...]


def damaged(document: Any) -> Iterator[tuple[str, Any]]:
    """Yield damaged copies with what was done; of places that differ in list indices only, the first is damaged."""
    places = {tuple("[]" if isinstance(step, int) else step for step in path): path for path in _reversed(document)}
    for path in places.values():
        for value in VALUES:
            copied = copy.deepcopy(document)
            _parent(copied, path)[path[-1]] = value
            yield f"{path} is {value!r}", copied
        copied = copy.deepcopy(document)
        del _parent(copied, path)[path[-1]]
        yield f"{path} is gone", copied
        copied = copy.deepcopy(document)
        parent = _parent(copied, path)
        if isinstance(parent, list):
            parent.append(parent[path[-1]])
            yield f"{path} is there twice", copied


def _reversed(document: Any) -> list[Path]:
    """Return the places of all values, the last first, so that of like places the first one counts."""
    return [path for path in _paths(document, ()) if path][::-1]


def _paths(value: Any, path: Path) -> Iterator[Path]:
    yield path
    members = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, one in members:
        yield from _paths(one, (*path, step))


def _parent(document: Any, path: Path) -> Any:
    for step in path[:-1]:
        document = document[step]
    return document
