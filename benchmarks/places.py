"""Folders of data for benchmarks and training."""

import os
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[1]
SAMPLES: Final = ROOT / "corpora" / "samples"
GOLD: Final = ROOT / "benchmarks" / "gold"


def shared_folder() -> Path:
    """Return the folder of development data: `TOLMACH_SHARED`, else `shared/data` beside the repository."""
    return Path(os.environ.get("TOLMACH_SHARED", ROOT.parent / "shared" / "data"))
