"""What the tests of weights share."""

from pathlib import Path

import pytest

from translate.weights.store import WeightsStore


@pytest.fixture
def store(tmp_path: Path) -> WeightsStore:
    return WeightsStore(tmp_path / "cache")
