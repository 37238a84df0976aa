"""Measure sentence alignment beside other aligners that are given the same encoder.

    python benchmarks/alignment.py [--peer NAME …] [--output docs/results/alignment.json] [--encoder use]

Sets: `samples/articles` and `samples/lavrov` from the repo; with TOLMACH_SHARED also the NTREX development documents
(the prices were chosen on the even-numbered ones, the odd-numbered ones are held out) and the development part of
Text+Berg. Peers: the algorithms of Bertalign and Vecalign, written anew in `alignment_peers`, and from the package
index (`pip install "tolmach[peers]"`) Vecalign's own code as `sentalign`, Gale & Church's as `nltk` has it, and
`bertalign` where Python is 3.12 or newer; `--peer none` leaves all out. Scores are those of Vecalign's scorer, see
`alignment.scoring`; seconds contain the embedding.
"""

import sys
from importlib.machinery import PathFinder
from importlib.util import module_from_spec
from pathlib import Path


def _load_package() -> None:
    """Make `import alignment` mean the package: this file has its name, and its folder stands first on the path."""
    found = PathFinder.find_spec("alignment", [str(Path(__file__).resolve().parent.parent)])
    if found is None or found.loader is None:
        raise ImportError("the package alignment is missing beside benchmarks/")
    package = module_from_spec(found)
    sys.modules["alignment"] = package
    found.loader.exec_module(package)


if "alignment.types" not in sys.modules:
    _load_package()

if __name__ == "__main__":
    from alignment_table import main

    main(__doc__)
