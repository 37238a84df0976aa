"""Benchmarks of the evaluation of translations."""
