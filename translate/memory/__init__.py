"""Reuse of translations: the cache of translated sentences, and the user's translation memory."""
