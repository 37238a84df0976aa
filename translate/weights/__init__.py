"""Weights of models: fetched once, checked, pinned, found again."""
