"""Whether two texts grow more alike when a sentence or a clause of one is left out: then the other lacks it.

Erasing a part and measuring again how well the whole fits is leave-one-out attribution (Li et al. 2016,
https://arxiv.org/abs/1612.08220).
"""

from collections.abc import Iterator

from corpora.offsets import Span
from quotes.facts.passages import Passage
from quotes.findings.clauses import clause_spans
from translate.checks.types import PairReading

_WEIGHTY = 3
"""Words, or pairs of Chinese characters, from which a clause is left out for a trial."""
_MOST = 12
"""Clauses of a text that are tried."""


def left_out_gains(reading: PairReading, axis: int) -> tuple[float, float]:
    """Return by how much the cosine grows at most without a sentence, and without a clause, of one text; 0 at least.

    Args:
        reading: The pair.
        axis: 0 leaves out parts of the source, 1 of the translation.
    """
    own, other = reading.texts[axis], reading.texts[1 - axis]
    whole = reading.vectors.cosine(own, other)
    passage = reading.sides[axis]
    gains = [0.0, 0.0]
    for at, spans in enumerate((_sentences(passage), _clauses(passage))):
        shorter = list(_without(own, spans))
        if shorter:
            gains[at] = max(0.0, float(reading.vectors.cosines(shorter, [other]).max()) - whole)
    return gains[0], gains[1]


def lone_sentence_gain(reading: PairReading, axis: int) -> float:
    """Return by how much a sentence of one text spoils the fit of the sentence it would be merged with; 0 at least.

    A text with more sentences than the other has merged ones or lost ones. Each is read together with the one that
    matches the same sentence of the other text better: where the two fit worse than that one alone, it
    has no part there.

    Args:
        reading: The pair.
        axis: 0 asks of the sentences of the source, 1 of those of the translation.
    """
    own, other = reading.sides[axis].article.sentences, reading.sides[1 - axis].article.sentences
    if len(own) <= max(1, len(other)):
        return 0.0
    cosines = reading.vectors.cosines([one.text for one in own], [one.text for one in other])
    worst = 0.0
    for at, row in enumerate(cosines):
        answer = int(row.argmax())
        best = int(cosines[:, answer].argmax())
        if best == at:
            continue
        together = " ".join(own[each].text for each in sorted((at, best)))
        merged = reading.vectors.cosine(together, other[answer].text)
        worst = max(worst, float(cosines[best, answer]) - merged)
    return worst


def trial_texts(reading: PairReading) -> Iterator[str]:
    """Give every text that `left_out_gains` asks the encoder about, so that all are encoded in one batch."""
    yield from reading.texts
    for text, passage in zip(reading.texts, reading.sides, strict=True):
        yield from _without(text, _sentences(passage))
        yield from _without(text, _clauses(passage))


def _without(text: str, spans: list[Span]) -> Iterator[str]:
    if len(spans) > 1:
        for start, end in spans:
            yield f"{text[:start]}{text[end:]}"


def _sentences(passage: Passage) -> list[Span]:
    return [(sentence.start, sentence.end) for sentence in passage.article.sentences][:_MOST]


def _clauses(passage: Passage) -> list[Span]:
    spans = clause_spans(passage)
    text = passage.article.text
    weighty = [span for span in spans if _words(text[span[0] : span[1]], passage.language) >= _WEIGHTY]
    return weighty[:_MOST] if len(spans) > 1 else []


def _words(text: str, language: str) -> float:
    return len(text) / 2 if language == "zh" else len(text.split())
