"""Trying again: what is done about sentences whose translation fails a check, and which hypothesis is kept."""
