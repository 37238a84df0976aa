"""Translations that need not be made again: finished sentences, and the memory of a user."""
