"""The sentences that hold a quote."""

from quotes.facts.passages import Passage


def surroundings(passage: Passage) -> str:
    """Return the whole sentences that the words of `passage` stand in, joined by spaces.

    Where a quote begins and ends differs between versions; a name or a number right outside it is no change.
    """
    inside = [
        sentence.text
        for sentence in passage.article.sentences
        if any(sentence.start < end and start < sentence.end for start, end in passage.spans)
    ]
    return " ".join(inside) or passage.text
