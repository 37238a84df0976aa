"""Metrics against references, and the statistics that their tests need."""
