"""Scores of translations, from lines or whole articles."""
