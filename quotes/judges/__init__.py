"""Judges: models that give a second opinion on whether two wordings of a quote say the same."""
