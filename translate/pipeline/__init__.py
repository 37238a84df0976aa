"""From sentences to translations: segments, candidates, checks, retries, post-processing."""
