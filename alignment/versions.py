"""Alignment of any number of versions."""

from collections.abc import Mapping, Sequence
from itertools import combinations

from alignment.aligner import align_runs, longest_run, signature
from alignment.encoders import Encoder, load_encoder
from alignment.options import AlignOptions
from alignment.overlaps import encode_runs
from alignment.types import Alignment
from corpora.article import Article
from corpora.errors import UsageError

_DEFAULTS = AlignOptions()
_FEWEST = 2


def align_versions(
    articles: Sequence[Article], *, options: AlignOptions = _DEFAULTS, encoder: Encoder | None = None
) -> Mapping[tuple[int, int], Alignment]:
    """Align every two of several versions; each version is encoded once.

    Args:
        articles: Two or more versions, in any languages.
        options: How to align.
        encoder: Sentence encoder; None loads the embedded one.

    Returns:
        For all places i < j the alignment with `articles[i]` as source and `articles[j]` as target.

    Raises:
        UsageError: There are fewer than two articles.
        TolmachError: The embedded encoder is not installed.
    """
    if len(articles) < _FEWEST:
        raise UsageError(f"{len(articles)} version given, nothing to align it with", hint="Give two or more")
    encoder = encoder or load_encoder()
    runs = []
    for article in articles:
        sentences = [sentence.text for sentence in article.sentences]
        runs.append(encode_runs(sentences, article.language, longest_run(sentences, options), encoder))
    made_by = signature(encoder, options)
    return {
        (i, j): align_runs(runs[i], runs[j], options, signature=made_by) for i, j in combinations(range(len(runs)), 2)
    }
