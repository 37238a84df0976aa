"""Fits every trained part of the product; `python -m training.PART` writes its weights or constants.

Signatures of results name a digest of the files of weights, comments included. So the head of a file, which says how it
was made, changes only when the file is refitted.
"""
