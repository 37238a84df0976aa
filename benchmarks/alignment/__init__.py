"""Benchmarks of alignment."""
