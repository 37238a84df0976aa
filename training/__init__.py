"""Fits every learned part of the product; `python -m training.PART` writes its weights or constants.

Signatures of results name a digest of the files of weights, comments included. So a file's head, which says how it was
made, changes only when it is fitted again.
"""
