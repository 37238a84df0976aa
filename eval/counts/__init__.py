"""N-gram counts per segment: ten times as fast as sacrebleu in resampling, with equal results."""
