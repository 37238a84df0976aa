"""Models that are asked whether two quotes mean the same."""
