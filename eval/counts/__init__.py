"""Counts of n-grams for each segment: ten times as fast as asking sacrebleu for every resample, and equal to it."""
