"""Measures the reading of texts."""
