"""Measures the quotes."""
