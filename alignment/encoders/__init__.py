"""Sentence encoders: they map texts to vectors in which translations are close together.

Importing this package does not load numpy; `load_encoder` loads the libraries of the named encoder.
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
