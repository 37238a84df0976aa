"""Runs Firefox's Bergamot models from the files that Mozilla publishes: Marian's binary format, an SSRU decoder."""
