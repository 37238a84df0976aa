"""Alignment of any number of versions."""

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import combinations

from alignment.aligner import Aligned, align_opened, open_document, workers
from alignment.calibration import calibrated
from alignment.encoders import Encoder, load_encoder
from alignment.multiway.reconcile import reconcile
from alignment.refinement.documents import SentenceList
from alignment.types import Alignment, AlignOptions, Bead, IndexBead, order_beads
from alignment.windows import split_bead
from common.errors import UsageError
from common.progress import SILENT, Progress
from corpora.article import Article

_DEFAULTS = AlignOptions()
_FEWEST = 2


def align_versions(
    articles: Sequence[Article],
    *,
    options: AlignOptions = _DEFAULTS,
    encoder: Encoder | None = None,
    progress: Progress = SILENT,
) -> Mapping[tuple[int, int], Alignment]:
    """Align every two of several versions consistently; each version is embedded once.

    Consistent means: if beads of two pairs have the same side in their common version, the third pair has the bead of
    their outer sides, and no bead joins what the others separate. See `consistency.disagreements`.

    Args:
        articles: Two or more versions, in any languages.
        options: Options.
        encoder: Sentence encoder; None loads the embedded one.
        progress: Counts the sentences that are embedded, and aligned with another version.

    Returns:
        For all i < j the alignment with `articles[i]` as source and `articles[j]` as target.

    Raises:
        UsageError: There are fewer than two articles.
        TolmachError: The embedded encoder is not installed.
    """
    if len(articles) < _FEWEST:
        raise UsageError(f"{len(articles)} version given, nothing to align it with", hint="Give two or more")
    versions = [SentenceList([one.text for one in article.sentences], article.language) for article in articles]
    return align_version_lines(versions, options, encoder or load_encoder(), progress)


def align_version_lines(
    versions: Sequence[SentenceList], options: AlignOptions, encoder: Encoder, progress: Progress = SILENT
) -> dict[tuple[int, int], Alignment]:
    """Align every two of several versions consistently, in any languages that the encoder knows."""
    found = align_pairs(versions, options, encoder, progress)
    if len(versions) == _FEWEST:
        return {pair: one.alignment for pair, one in found.items()}
    agreed = reconcile({pair: one.candidates() for pair, one in found.items()}, allows=options.allows)
    together = ("versions", str(len(versions)))
    if not options.crossings:
        agreed = {pair: _in_order(links) for pair, links in agreed.items()}
    return {pair: _changed(one, agreed[pair], together) for pair, one in found.items()}


def align_pairs(
    versions: Sequence[SentenceList], options: AlignOptions, encoder: Encoder, progress: Progress = SILENT
) -> dict[tuple[int, int], Aligned]:
    """Align every two of several versions independently."""
    total = sum(len(version.sentences) for version in versions)
    with workers(encoder) as pool, progress.bar("Aligning the sentences", total, unit="sentences") as show:

        def advance(sentences: float) -> None:
            """Show the progress as a share of all pairs."""
            # Each sentence is embedded once, and aligned with every other version.
            show(sentences / len(versions))

        opened = []
        for version in versions:
            opened.append(open_document(version, options, encoder, pool))
            advance(len(version.sentences))
        return {
            (i, j): align_opened(opened[i], opened[j], options, pool, advance=advance)
            for i, j in combinations(range(len(versions)), 2)
        }


def _changed(one: Aligned, links: Mapping[IndexBead, float], together: tuple[str, str]) -> Alignment:
    """Replace the beads of a pair's alignment by the consistent ones."""
    beads = [Bead(*link, one.likeness(link), calibrated(probability, link)) for link, probability in links.items()]
    return replace(one.alignment, beads=order_beads(beads), signature=(*one.alignment.signature, together))


def _in_order(links: Mapping[IndexBead, float]) -> dict[IndexBead, float]:
    """Split crossing beads: all except a longest run of beads in order on both sides."""
    two = sorted(link for link in links if all(link))
    tails: list[int] = []
    ends: list[int] = []
    before = [-1] * len(two)
    for number, (_, target) in enumerate(two):
        place = bisect_left(tails, target[0])
        tails[place : place + 1], ends[place : place + 1] = [target[0]], [number]
        before[number] = ends[place - 1] if place else -1
    kept = set()
    at = ends[-1] if ends else -1
    while at >= 0:
        kept.add(two[at])
        at = before[at]
    return {
        part: share
        for link, share in links.items()
        for part in ([link] if link in kept or not all(link) else split_bead(link))
    }
