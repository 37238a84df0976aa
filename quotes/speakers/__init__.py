"""Speakers: who says each quote, in English, Russian and Chinese."""
