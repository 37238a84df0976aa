"""Readers: bytes, files and pages become articles."""
