"""Measures what the documents claim; each room is run as `python -m benchmarks.ROOM.SCRIPT`."""
