"""Benchmarks of reading texts."""
