"""What holds for all tests."""

from hypothesis import settings

# A deadline for each example fails on a busy machine, and says nothing about the code.
settings.register_profile("tolmach", deadline=None)
settings.load_profile("tolmach")
