"""Corpora: the steps of one article, done for as many as there are, with results in tables."""
