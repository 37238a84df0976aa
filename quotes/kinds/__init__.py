"""Kinds of quotes: speech, a fragment of it, a name, a slogan, or a mere term."""
