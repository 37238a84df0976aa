"""Weights of models: downloaded once, verified, pinned, cached."""
