"""Quotation marks: which open and close, how they pair, and the passages they set off."""
