"""Other aligners behind one signature: `peer(source sentences, target sentences, languages, encoder) -> beads`.

`bertalign` and `vecalign` are the algorithms of those two tools, rewritten from their papers and from what their public
sources do, so that they run wherever Tolmach does and with its encoder. The others are installed from PyPI (`pip
install "tolmach[peers]"`), and left out with a note if missing.
"""

from .overlaps import Link, Peer
from .registry import Absent, known_peers, load_peer

__all__ = ["Absent", "Link", "Peer", "known_peers", "load_peer"]
