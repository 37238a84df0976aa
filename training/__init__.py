"""Fits every learned part of the product; `python -m training.PART` writes its weights or constants."""
