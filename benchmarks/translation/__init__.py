"""Benchmarks of translation."""
