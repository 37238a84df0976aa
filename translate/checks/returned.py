"""Checks of whether a translation came back at all: nothing, the source, a beginning, or a chat model's remarks."""

from collections.abc import Iterator
from difflib import SequenceMatcher
from functools import cache
from typing import Any

import regex

from common.data import load_table
from translate.checks.types import PairReading
from translate.options import CheckOptions
from translate.types import Check

_TOKEN = regex.compile(r"\p{Han}|[\p{L}\p{N}]+")
_LETTER = regex.compile(r"\p{L}")
_NAME_LETTERS = 3
"""Letters up to which a source may be an abbreviation that stays as it is."""
_PROSE = 3
"""Words in small letters from which a text in Latin or Cyrillic script is no mere name."""
_SMALL_WORD = regex.compile(r"(?<!\w)\p{Ll}{2,}(?!\w)")
_STOPPED = regex.compile(r"[.!?…。！？]['\"’”»“)\]）」』]*\s*$")
_ENDED = regex.compile(r"[.!?…。！？:：;；'\"’”»“)\]）」』\p{So}]\s*$")
_HANGING = regex.compile(r"[,，、;；—–:：(（«„\N{LEFT DOUBLE QUOTATION MARK}\-]\s*$")
_CHATTER_SHOWN = 60


def check_empty(reading: PairReading, options: CheckOptions) -> Iterator[Check]:
    """Nothing came back, or nothing but signs."""
    del options
    source, hypothesis = reading.pair.source, reading.pair.hypothesis
    if not hypothesis.strip():
        yield Check("empty", "The model returned nothing")
    elif _TOKEN.search(source) and not _TOKEN.search(hypothesis):
        yield Check("empty", f"The model returned no words, only “{hypothesis.strip()[:20]}”")


def check_copied(reading: PairReading, options: CheckOptions) -> Iterator[Check]:
    """The source came back; a name or an abbreviation may stay."""
    if reading.languages[0] == reading.languages[1]:
        return
    source, hypothesis = ([token.casefold() for token in _TOKEN.findall(text)] for text in reading.texts)
    if not _is_prose(reading, len(source)) or not hypothesis:
        return
    matcher = SequenceMatcher(None, source, hypothesis, autojunk=False)
    kept = sum(block.size for block in matcher.get_matching_blocks()) / max(len(source), len(hypothesis))
    if kept == 1:
        yield Check("copied", "The source was returned untranslated")
    elif kept >= options.max_copied:
        yield Check("copied", f"{kept:.0%} of the source's words were returned untranslated")


def _is_prose(reading: PairReading, words: int) -> bool:
    text = reading.texts[0]
    if reading.languages[0] == "zh":
        return words > _NAME_LETTERS
    return len(_LETTER.findall(text)) > _NAME_LETTERS and len(_SMALL_WORD.findall(text)) >= min(_PROSE, words - 1) > 0


def check_unfinished(reading: PairReading, options: CheckOptions) -> Iterator[Check]:
    """The engine stopped the model, or a part of the sentence got no answer."""
    del options
    if not reading.pair.finished:
        yield Check("cut", "The model reached its length limit before the end of the sentence, or lost a part of it")


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
        yield Check("cut", f"The translation breaks off at “{last}”")
    elif _STOPPED.search(pair.source) and not _ENDED.search(last) and not _ends_in_literal(reading):
        yield Check("cut", f"The source ends with a full stop, the translation breaks off at “{last}”")


def _ends_in_literal(reading: PairReading) -> bool:
    return bool(reading.texts[1]) and len(reading.texts[1].rstrip()) < len(reading.pair.hypothesis.rstrip())


def check_chatter(reading: PairReading, options: CheckOptions) -> Iterator[Check]:
    """An announcement, a refusal, a note, or marks of a chat that the source does not have."""
    del options
    for shown, patterns in _patterns():
        if any(pattern.search(reading.pair.source) for pattern in patterns):
            continue
        match = next((found for each in patterns if (found := each.search(reading.pair.hypothesis))), None)
        if match:
            words = " ".join(reading.pair.hypothesis[match.start() :].split())[:_CHATTER_SHOWN]
            yield Check("chatter", f"The model wrote {shown}: “{words}”")
            return


@cache
def _patterns() -> tuple[tuple[str, tuple[Any, ...]], ...]:
    flags = regex.IGNORECASE
    return tuple(
        (entry["shown"], tuple(regex.compile(pattern, flags) for pattern in entry["patterns"]))
        for entry in load_table(__name__, "chatter.toml")["chatter"]
    )
