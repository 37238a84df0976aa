"""Matching: which quotes of several versions are one passage, and what stands where a version has none."""
