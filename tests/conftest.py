"""What holds for all tests."""

import os

from hypothesis import settings

# A deadline for each example fails on a busy machine, and says nothing about the code.
settings.register_profile("tolmach", deadline=None)
settings.load_profile("tolmach")

# No test reads the settings of the person who runs it.
os.environ["TOLMACH_CONFIG"] = os.devnull
