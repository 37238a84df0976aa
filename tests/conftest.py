"""What holds for all tests."""

import os

import pytest
from hypothesis import settings

# A deadline for each example fails on a busy machine, and says nothing about the code.
settings.register_profile("tolmach", deadline=None)
settings.load_profile("tolmach")

# No test reads the settings of the person who runs it.
os.environ["TOLMACH_CONFIG"] = os.devnull


@pytest.fixture(autouse=True)
def _network(monkeypatch):
    """Allow the network, which a test before may have forbidden with `--offline` for the whole process."""
    for variable in ("TOLMACH_OFFLINE", "HF_HUB_OFFLINE"):
        monkeypatch.delenv(variable, raising=False)
