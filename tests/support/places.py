"""Where the repository, its golden cases and the development data lie."""

import os
from pathlib import Path

ROOT = Path(__file__).parents[2]
CASES_PATH = ROOT / "tests" / "cases"
SHARED_FOLDER = Path(os.environ.get("TOLMACH_SHARED", ROOT.parent / "shared" / "data"))
