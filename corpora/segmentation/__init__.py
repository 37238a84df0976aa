"""Sentence borders in English, Russian and Chinese news, with quotations in mind.

The conventions: closing marks stay with their sentence; a quoted sentence and its attribution are one sentence, even if
the attribution interrupts it; a stop inside a quote of several sentences is a border, and so is the stop after an
attribution. `tests/cases/segment/` has an example of each, and of known failures.
"""

from corpora.segmentation.segmenter import segment

__all__ = ["segment"]
