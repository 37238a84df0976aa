"""Tolmach translates news articles between English, Russian and Chinese and compares their quotes."""
