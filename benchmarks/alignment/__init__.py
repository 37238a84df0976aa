"""Measures the alignment."""
