"""Alignments of three and more versions that agree with each other."""
