"""Measures the figures in the documents; each script runs as `python -m benchmarks.ROOM.SCRIPT`."""
