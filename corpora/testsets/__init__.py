"""Test sets for translation: listing them, reading them in one direction, downloading missing ones.

A set is a folder of its name, in one of the folders that `TOLMACH_TESTSETS` lists or in the cache. Reading never
touches the network.
"""

from corpora.testsets.loading import find_folder, load_set, locate_set
from corpora.testsets.registry import EvaluationSet, SetEntry, SetFile, find_set, known_sets

__all__ = ["EvaluationSet", "SetEntry", "SetFile", "find_folder", "find_set", "known_sets", "load_set", "locate_set"]
