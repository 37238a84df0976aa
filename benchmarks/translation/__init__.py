"""Measures the translation."""
