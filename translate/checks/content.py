"""Checks for omitted, added or changed content, by comparing the two texts.

A logistic model without negative weights adds up the features; its logit (natural logarithm of the odds) is compared
with a threshold. One model detects content of either side that the other lacks, another whether the two correspond at
all. Weights in `content.toml`, fitted by `training/translation_checks.py`.
"""

import math
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from functools import cache
from typing import TYPE_CHECKING, Any

import regex

from common.data import load_table
from common.messages import decimal_text, message, word
from corpora.offsets import Span
from quotes.facts.clauses import clause_spans, text_size
from quotes.facts.passages import Passage
from quotes.findings.clauses import length_gap
from quotes.lexicon import parse_russian
from translate.checks.types import PairEncoding, PairReading, SideEncoding
from translate.options import CheckOptions
from translate.types import Check

if TYPE_CHECKING:
    from common.arrays import Floats

_USUAL = 0.45
"""Typical score of an unaligned word if nothing is missing; runs of words are measured relative to it."""
_HEAVY = 20.0
"""Weight of three or four content words."""
_ENOUGH = 100.0
"""Characters in English from which a gap in length counts fully."""
_SENTENCE = 8.0
"""Weight from which an unaligned sentence counts fully."""
_GAIN = 5.0
"""Scales gains of the cosine to the size of the other features."""
_RARE = 6.0
"""Weight of a word that may stand alone for a change."""
_SOURCE_SHARE = 0.5
"""Weight of the source's word beside the translation's; others find fewer of the nouns replaced in WMT22."""
_PLAIN = regex.compile(r"\p{Ll}\p{L}{3,}")
_NOMINAL = frozenset({"NOUN", "ADJF", "PRTF"})
_SHOWN = 12
"""Most missing words shown in a message."""


def check_content(reading: PairReading, options: CheckOptions) -> Iterator[Check]:
    """Content of the source is missing, content was added, or the translation says something else."""
    if reading.encoded is None:
        return
    logit = similarity_logit(reading)
    if logit > options.similarity_limit:
        yield Check("similarity", message("check.similarity", value=decimal_text(reading.encoded.cosine, 2)))
        return
    surplus = False
    for axis, kind, name in ((0, "dropped", "check.dropped"), (1, "added", "check.added")):
        if surplus_logit(reading, axis) > options.content_limit:
            surplus = True
            yield Check(kind, message(name, words=_shown(reading, axis)))
    if not surplus and reading.languages == ("en", "ru"):
        yield from _other_word(reading.encoded, options)


def _other_word(encoded: PairEncoding, options: CheckOptions) -> Iterator[Check]:
    """One noun or adjective says something else. In other directions this accuses more than it finds."""
    source = max(_unanswered_words(encoded.sides[0]), default=(0.0, ""))
    found = (pair for pair in _unanswered_words(encoded.sides[1]) if _is_nominal(pair[1]))
    target = max(found, default=(0.0, ""))
    if target[0] + _SOURCE_SHARE * source[0] > options.word_limit:
        yield Check("word", message("check.word", word=target[1]))


def _unanswered_words(side: SideEncoding) -> Iterator[tuple[float, str]]:
    """Yield rare words that are no names, each behind the probability that it has no match."""
    for text, weight, chance in zip(side.words, side.weights, side.unanswered, strict=True):
        if weight >= _RARE and _PLAIN.fullmatch(text):
            yield float(chance), text


def _is_nominal(text: str) -> bool:
    return parse_russian(text)[0].tag.POS in _NOMINAL


def check_length(reading: PairReading, options: CheckOptions) -> Iterator[Check]:
    """The translation is much longer or shorter than usual."""
    if not reading.comparable:
        return
    pair = reading.passages
    size = max(text_size(side.text, side.article) for side in (pair.first, pair.second))
    gap = length_gap(pair)
    if size >= options.min_length and abs(gap) > options.max_length_gap:
        name = "check.longer" if gap > 0 else "check.shorter"
        yield Check("length", message(name, times=decimal_text(math.exp(abs(gap)), 1)))


def surplus_logit(reading: PairReading, axis: int) -> float:
    """Return the logit that one text has content that the other lacks: the source for axis 0, the translation for 1."""
    return _logit("surplus", surplus_features(reading, axis))


def similarity_logit(reading: PairReading) -> float:
    """Return the logit that the two texts say different things."""
    return _logit("similarity", similarity_features(reading))


def _logit(model: str, features: dict[str, float]) -> float:
    table = load_table(__name__, "content.toml")[model]
    return float(table["bias"] + sum(table["weights"].get(name, 0.0) * value for name, value in features.items()))


def surplus_features(reading: PairReading, axis: int) -> dict[str, float]:
    """Return the features, each at least 0, for content of the text on `axis` that the other lacks."""
    encoded = reading.encoded
    if encoded is None:
        return {}
    own, other = encoded.sides[axis], encoded.sides[1 - axis]
    pair = reading.passages
    sizes = [text_size(side.text, side.article) for side in (pair.first, pair.second)]
    longer = max(0.0, length_gap(pair) if axis else -length_gap(pair))
    unlinked, rest = _unlinked(own), _unlinked(other)
    open_, open_rest = _unanswered(own), _unanswered(other)
    run, rest_run = best_run(own)[0], best_run(other)[0]
    gains, rest_gains = left_out_gains(reading, axis), left_out_gains(reading, 1 - axis)
    return {
        "longer": longer,
        "longer_long": longer * min(1.0, min(sizes) / _ENOUGH),
        "unlinked_more": max(0.0, unlinked - rest),
        "unanswered_more": max(0.0, open_ - open_rest),
        "run": min(2.0, run / _HEAVY),
        "run_more": min(2.0, max(0.0, run - rest_run) / _HEAVY),
        "unlike": 1.0 - encoded.cosine,
        "changed": max(0.0, encoded.changed + 5.0) / 5.0,
        "clause": _worst_clause(own),
        "gain_sentence": _GAIN * gains[0],
        "gain_clause": _GAIN * gains[1],
        "gain_sentence_more": _GAIN * max(0.0, gains[0] - rest_gains[0]),
        "gain_clause_more": _GAIN * max(0.0, gains[1] - rest_gains[1]),
        "gain_longer": _GAIN * gains[1] * min(1.0, 2 * longer),
        **_sentence_features(reading, axis),
    }


def similarity_features(reading: PairReading) -> dict[str, float]:
    """Return the features, each at least 0, for texts that say different things."""
    encoded = reading.encoded
    if encoded is None:
        return {}
    sides = encoded.sides
    unlinked, open_ = [_unlinked(side) for side in sides], [_unanswered(side) for side in sides]
    return {
        "unlike": 1.0 - encoded.cosine,
        "unlinked": sum(unlinked) / 2,
        "unlinked_least": min(unlinked),
        "unanswered": sum(open_) / 2,
        "unanswered_least": min(open_),
    }


def _unlinked(side: SideEncoding) -> float:
    total = float(side.weights.sum())
    return float(((1 - side.linked) * side.weights).sum()) / total if total else 0.0


def _unanswered(side: SideEncoding) -> float:
    total = float(side.weights.sum())
    return float((side.unanswered * side.weights).sum()) / total if total else 0.0


def _worst_clause(side: SideEncoding) -> float:
    """Return the unaligned share of the worst clause, from 0 to 1; short clauses count less."""
    worst = 0.0
    start = 0
    for at, weight in [*enumerate(side.weights), (len(side.weights), 0.0)]:
        if weight or at == start:
            continue
        mass = float(side.weights[start:at].sum())
        if mass:
            share = float((_missing(side)[start:at] * side.weights[start:at]).sum()) / mass
            worst = max(worst, share * min(1.0, mass / _HEAVY))
        start = at + 1
    return worst


def _sentence_features(reading: PairReading, axis: int) -> dict[str, float]:
    """Return the features of an unaligned sentence, all 0 if there is only one."""
    own, other = (side.article.sentences for side in reading.sides[:: 1 if axis == 0 else -1])
    if len(own) <= 1 or reading.encoded is None:
        return {}
    texts = [reading.texts[1 - axis], *(sentence.text for sentence in other if len(other) > 1)]
    cosines = reading.vectors.cosines([sentence.text for sentence in own], texts)
    more, unlike = min(1.0, max(0.0, len(own) - len(other))), 1.0 - float(cosines.max(axis=1).min())
    alone = max(_sentence_shares(reading, axis))
    return {
        "sentence_unlike": unlike,
        "sentence_alone": alone,
        "sentences_more_unlike": more * unlike,
        "sentences_more_alone": more * alone,
        "sentence_merged_worse": _GAIN * lone_sentence_gain(reading, axis),
    }


def _sentence_shares(reading: PairReading, axis: int) -> Iterator[float]:
    """Yield the unaligned share of each sentence, from 0 to 1; those of a word or two count less."""
    if reading.encoded is None:
        return
    side, passage = reading.encoded.sides[axis], reading.sides[axis]
    lacking, at, word = _missing(side), 0, 0
    for sentence in passage.article.sentences:
        first = word
        while word < len(side.words) and (found := passage.text.find(side.words[word], at)) < sentence.end:
            at = max(at, found + len(side.words[word]))
            word += 1
        mass = float(side.weights[first:word].sum())
        if mass:
            yield float((lacking * side.weights)[first:word].sum()) / mass * min(1.0, mass / _SENTENCE)
    yield 0.0


def _missing(side: SideEncoding) -> "Floats":
    import numpy as np  # noqa: PLC0415 - heavy

    return np.asarray((1 - side.linked + side.unanswered) / 2, np.float32)


def best_run(side: SideEncoding) -> tuple[float, int, int]:
    """Return the run of words with the greatest unaligned weight: that weight, its first word, and its end.

    Found by Kadane's algorithm over the excess of each word over the typical score.
    """
    best, found = 0.0, (0, 0)
    current, start = 0.0, 0
    for at, value in enumerate((_missing(side) - _USUAL) * side.weights):
        if current <= 0:
            current, start = 0.0, at
        current += float(value)
        if current > best:
            best, found = current, (start, at + 1)
    return best, *found


def _shown(reading: PairReading, axis: int) -> str:
    if reading.encoded is None:
        return ""
    side = reading.encoded.sides[axis]
    _, start, end = best_run(side)
    words: Sequence[str] = side.words[start:end]
    glue = "" if reading.languages[axis] == "zh" else " "
    shown = glue.join(words[:_SHOWN])
    return f"{shown} …" if len(words) > _SHOWN else shown


_TOKEN = regex.compile(r"\p{Han}|[\p{L}\p{N}]+")
_LETTER = regex.compile(r"\p{L}")
_NAME_LETTERS = 3
"""Most letters of a source that may be an abbreviation and stay unchanged."""
_PROSE = 3
"""Lower-case words from which a text in Latin or Cyrillic script is not just a name."""
_SMALL_WORD = regex.compile(r"(?<!\w)\p{Ll}{2,}(?!\w)")
_STOPPED = regex.compile(r"[.!?…。！？]['\"’”»“)\]）」』]*\s*$")
_ENDED = regex.compile(r"[.!?…。！？:：;；'\"’”»“)\]）」』\p{So}]\s*$")
_HANGING = regex.compile(r"[,，、;；—–:：(（«„\N{LEFT DOUBLE QUOTATION MARK}\-]\s*$")
_CHATTER_SHOWN = 60


def check_empty(reading: PairReading, options: CheckOptions) -> Iterator[Check]:
    """The translation is empty, or only punctuation."""
    del options
    source, hypothesis = reading.pair.source, reading.pair.hypothesis
    if not hypothesis.strip():
        yield Check("empty", message("check.empty"))
    elif _TOKEN.search(source) and not _TOKEN.search(hypothesis):
        yield Check("empty", message("check.no_words", signs=hypothesis.strip()[:20]))


def check_copied(reading: PairReading, options: CheckOptions) -> Iterator[Check]:
    """The translation repeats the source; names and abbreviations may stay."""
    if reading.languages[0] == reading.languages[1]:
        return
    source, hypothesis = ([token.casefold() for token in _TOKEN.findall(text)] for text in reading.texts)
    if not _is_prose(reading, len(source)) or not hypothesis:
        return
    matcher = SequenceMatcher(None, source, hypothesis, autojunk=False)
    kept = sum(block.size for block in matcher.get_matching_blocks()) / max(len(source), len(hypothesis))
    if kept == 1:
        yield Check("copied", message("check.copied"))
    elif kept >= options.max_copied:
        yield Check("copied", message("check.copied_share", share=f"{kept:.0%}"))


def _is_prose(reading: PairReading, words: int) -> bool:
    text = reading.texts[0]
    if reading.languages[0] == "zh":
        return words > _NAME_LETTERS
    return len(_LETTER.findall(text)) > _NAME_LETTERS and len(_SMALL_WORD.findall(text)) >= min(_PROSE, words - 1) > 0


def check_unfinished(reading: PairReading, options: CheckOptions) -> Iterator[Check]:
    """The engine stopped the model, or a part of the sentence has no translation."""
    del options
    if not reading.pair.finished:
        yield Check("cut", message("check.unfinished"))


def check_cut(reading: PairReading, options: CheckOptions) -> Iterator[Check]:
    """The translation stops before its end."""
    pair = reading.pair
    if not pair.finished:
        yield from check_unfinished(reading, options)
        return
    last = pair.hypothesis.rstrip()[-12:]
    if not last or not _LETTER.search(pair.hypothesis):
        return
    if _HANGING.search(last) and not _HANGING.search(pair.source.rstrip()):
        yield Check("cut", message("check.breaks_off", words=last))
    elif _STOPPED.search(pair.source) and not _ENDED.search(last) and not _ends_in_literal(reading):
        yield Check("cut", message("check.no_stop", words=last))


def _ends_in_literal(reading: PairReading) -> bool:
    return bool(reading.texts[1]) and len(reading.texts[1].rstrip()) < len(reading.pair.hypothesis.rstrip())


def check_chatter(reading: PairReading, options: CheckOptions) -> Iterator[Check]:
    """An announcement, a refusal, a note, or chat markup that the source does not have."""
    del options
    for kind, patterns in _patterns():
        if any(pattern.search(reading.pair.source) for pattern in patterns):
            continue
        match = next((found for each in patterns if (found := each.search(reading.pair.hypothesis))), None)
        if match:
            words = " ".join(reading.pair.hypothesis[match.start() :].split())[:_CHATTER_SHOWN]
            yield Check("chatter", message("check.chatter", kind=word("chatter", kind), words=words))
            return


@cache
def _patterns() -> tuple[tuple[str, tuple[Any, ...]], ...]:
    flags = regex.IGNORECASE
    return tuple(
        (entry["kind"], tuple(regex.compile(pattern, flags) for pattern in entry["patterns"]))
        for entry in load_table(__name__, "chatter.toml")["chatter"]
    )


_WEIGHTY = 3
"""Words, or pairs of Chinese characters, from which a clause is left out tentatively."""
_MOST = 12
"""Most clauses of a text that are left out tentatively."""


def left_out_gains(reading: PairReading, axis: int) -> tuple[float, float]:
    """Return how much the cosine grows at most without a sentence, and without a clause, of one text; at least 0.

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
    """Return how much a sentence of one text worsens the match of its merged neighbour; at least 0.

    A text with more sentences than the other has merged ones or lost ones. Each is joined with the one that better
    matches the same sentence of the other text: if both match worse than that one alone, it has no counterpart.

    Args:
        reading: The pair.
        axis: 0 for sentences of the source, 1 for those of the translation.
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
    """Yield every text that `left_out_gains` encodes, so that all are in one batch."""
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
