"""Evidence from a trained reader of both passages: words that find no answer, where the meaning may have moved.

Unlike the other detectors it knows no kinds of change. What it looks at are the encoder's features of every word in its
place; what tells a lie from an honest rewording it learned from examples written for it (`docs/quotes.md`).
"""

from collections.abc import Iterator, Sequence
from functools import lru_cache

import regex

from alignment.words.segmentation import split_words
from corpora.offsets import Span
from quotes.facts.passages import Passage, PassagePair
from quotes.findings.divergence.model import Answers, WordFeatures, load_network
from quotes.findings.evidence import Evidence
from quotes.types import Finding, Severity

_RANGE = 6.0
"""Logits beyond this, in either direction, say no more."""
_SINGLE_ALIKE, _SINGLE_STEEPNESS = 0.5, 15.0
"""Cosine from which two single words are likelier than not translations of each other, and the logit of each step."""
_LONGEST = 400
"""Words of a passage that are read; a quote of a page is compared by its beginning."""
_SHOWN = 0.0
"""Logit from which a word is shown to the reader."""
_WARNED = 1.0
"""Logit of the pair from which the words shown are more than a note."""
_WORD = regex.compile(r"\w")
_EDGE = regex.compile(r"[\p{P}--[?!\N{FULLWIDTH QUESTION MARK}\N{FULLWIDTH EXCLAMATION MARK}%]]+", regex.VERSION1)
"""Signs that a quote begins or ends with by the habits of print: a comma before the attribution in English."""


def compare_answers(pair: PassagePair) -> Iterator[Evidence]:
    """Give evidence as far as the trained reader holds the meaning for changed.

    The strength is the reader's logit, brought from -6…6 to 0…1: a logistic model adds logits. Passages in one language
    are compared word by word instead, names of works and outlets by their sound; an encoder without features of words
    gives no evidence.
    """
    if pair.same_language or "title" in {pair.first.quote.kind, pair.second.quote.kind}:
        return
    spans = [_words(passage) for passage in (pair.first, pair.second)]
    answers = _read(pair) if all(spans) else None
    if answers is None:
        return
    strength = (min(_RANGE, max(-_RANGE, answers.changed)) + _RANGE) / (2 * _RANGE)
    yield Evidence("unanswered", strength, _finding(pair, spans, answers))


def _read(pair: PassagePair) -> Answers | None:
    passages = (pair.first, pair.second)
    features = pair.vectors.word_features([cut_words(passage) for passage in passages])
    if features is None:
        return None
    words = [
        WordFeatures(passage.language, each.vectors, each.rarity)
        for passage, each in zip(passages, features, strict=True)
    ]
    if len(words[0].rarity) == len(words[1].rarity) == 1:
        return _read_single(pair)
    return load_network().read(words[0], words[1])


def _read_single(pair: PassagePair) -> Answers:
    """Compare two single words by the cosine out of context, which knows more words than the network saw."""
    import numpy as np  # noqa: PLC0415 - heavy

    changed = _SINGLE_STEEPNESS * (_SINGLE_ALIKE - pair.vectors.cosine(pair.first.text, pair.second.text))
    row = np.array([changed], np.float32)
    return Answers(changed, row, row)


def _finding(pair: PassagePair, spans: Sequence[Sequence[Span]], answers: Answers) -> Finding | None:
    shown = [
        _merged([span for span, logit in zip(own, logits, strict=True) if logit > _SHOWN], passage)
        for passage, own, logits in zip((pair.first, pair.second), spans, (answers.first, answers.second), strict=True)
    ]
    if answers.changed <= _SHOWN or not any(shown):
        return None
    severity: Severity = "warning" if answers.changed > _WARNED else "note"
    if all(shown):
        text = pair.message("words_differ", (shown[0], shown[1]))
    else:
        text = pair.lone_message("words_lone", 0 if shown[0] else 1, shown[0] or shown[1])
    return Finding("words", severity, text, tuple(shown[0]), tuple(shown[1]))


def is_edge(word: str) -> bool:
    """Tell whether a word is a sign that means nothing at either end of a passage."""
    return _EDGE.fullmatch(word) is not None


def cut_words(passage: Passage) -> list[str]:
    """Return the words and signs of a passage, as many as are read."""
    return [passage.article.text[start:end] for start, end in _words(passage)]


def _words(passage: Passage) -> list[Span]:
    """Where the words and signs of a passage stand in its article, as many as are read."""
    found: list[Span] = []
    for offset, piece in passage.pieces:
        at = 0
        for word in _cut(piece, passage.article.language):
            start = piece.index(word, at)
            at = start + len(word)
            found.append((offset + start, offset + at))
    text = passage.article.text
    while found and is_edge(text[slice(*found[-1])]):
        found.pop()
    first = next((at for at, span in enumerate(found) if not is_edge(text[slice(*span)])), 0)
    return found[first : first + _LONGEST]


@lru_cache(maxsize=4096)
def _cut(piece: str, language: str) -> tuple[str, ...]:
    return tuple(split_words(piece, language))


def _merged(spans: Sequence[Span], passage: Passage) -> list[Span]:
    """Put neighbours together; signs alone are not shown."""
    text = passage.article.text
    merged: list[Span] = []
    for start, end in spans:
        if not _WORD.search(text[start:end]):
            continue
        if merged and not text[merged[-1][1] : start].strip():
            merged[-1] = (merged[-1][0], end)
        else:
            merged.append((start, end))
    return merged
