"""Peers by name."""

import importlib
from collections.abc import Callable
from typing import Final

from .bertalign import bertalign
from .installed import bertalign_installed, gale_church_installed, sentalign_installed
from .overlaps import Peer
from .vecalign import vecalign

_INSTALLED: Final[dict[str, tuple[str, Callable[[], Peer]]]] = {
    "bertalign-pypi": ("bertalign", bertalign_installed),
    "sentalign-pypi": ("sentalign", sentalign_installed),
    "nltk-pypi": ("nltk", gale_church_installed),
}
_NEEDS: Final = {"bertalign": " with Python 3.12 or newer", "sentalign": " with a C compiler"}
_OURS: Final[dict[str, Peer]] = {"bertalign": bertalign, "vecalign": vecalign}


class Absent(Exception):  # noqa: N818 - not an error: the row is left out
    """A peer is not installed; the message says how to install it."""


def known_peers() -> tuple[str, ...]:
    """Return the names of peers."""
    return (*_OURS, *_INSTALLED)


def load_peer(name: str) -> Peer:
    """Return a peer by its name.

    Raises:
        Absent: It is not installed, or not for this Python.
        KeyError: There is no peer of that name.
    """
    if name in _OURS:
        return _OURS[name]
    package, load = _INSTALLED[name]
    try:
        importlib.import_module(package)
    except (ImportError, SyntaxError) as error:
        raise Absent(f"{name} is left out: pip install {package}{_NEEDS.get(package, '')} ({error})") from error
    return load()
