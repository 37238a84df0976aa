"""Sentence encoders: texts to vectors in which translations lie close together.

Importing this package loads no numpy; `load_encoder` loads what the named encoder needs.
"""

from alignment.encoders.base import Encoder, RunEncoder, WordEncoder, WordFeatureEncoder
from alignment.encoders.registry import DEFAULT_ENCODER, known_encoders, load_ahead, load_encoder

__all__ = [
    "DEFAULT_ENCODER",
    "Encoder",
    "RunEncoder",
    "WordEncoder",
    "WordFeatureEncoder",
    "known_encoders",
    "load_ahead",
    "load_encoder",
]
