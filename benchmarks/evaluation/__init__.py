"""Measures the evaluation of translations."""
