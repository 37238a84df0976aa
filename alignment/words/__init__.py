"""Alignment of words."""
