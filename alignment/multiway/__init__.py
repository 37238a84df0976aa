"""Consistent alignments of three and more versions."""
