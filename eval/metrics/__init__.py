"""Metrics against references, and their segment statistics."""
