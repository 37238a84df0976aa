"""Recognises attributions after a quote that ends in a stop, which belong to its sentence."""

import re
from functools import cache
from typing import Final

from corpora.segmentation.lexicon import SentenceLexicon, any_of, characters, chinese_lexicon

_WINDOW: Final = 160  # code points in which an attribution must show its verb
_CHINESE_WINDOW: Final = 80
_REMARK: Final = 30

_NAME: Final = r"[^\W\d_a-z][\w'’.-]*"
_PARTICLES: Final = r"(?:de|da|di|del|der|den|la|le|el|al|bin|ibn|van|von|of|and|the|for|at)"


def names_speaker(text: str, offset: int, lexicon: SentenceLexicon, *, alone: bool) -> bool:
    """Return whether an English attribution with a capital starts at `offset`, as in `“Why?” Smith asked.`.

    Args:
        text: The text.
        offset: Where the word after the quote starts.
        lexicon: English word lists.
        alone: Whether the attribution must fill its sentence, with nothing but the name and the verb.
    """
    window = text[offset : offset + _WINDOW]
    match = _speaker(lexicon).match(window)
    if match is None or match["first"].lower() in lexicon.openers:
        return False
    rest = window[match.end() :]
    if alone:
        return rest[:1] in (".", ",")
    following = re.match(r"\s+([\w’']+)", rest)
    return following is None or following[1].lower() not in lexicon.speech_clause


@cache
def _speaker(lexicon: SentenceLexicon) -> re.Pattern[str]:
    verbs = "|".join(sorted(lexicon.speech))
    adverbs = "|".join(sorted(lexicon.speech_adverbs))
    return re.compile(
        rf"(?P<first>{_NAME})(?:\s+(?:{_NAME}|{_PARTICLES}))*"
        rf"(?:,[^.!?…“”\"]{{1,90}},)?"
        rf"(?:\s+(?:{adverbs}|\w+ly))*\s+(?:{verbs})\b"
    )


def chinese_attribution(text: str, offset: int, *, alone: bool) -> bool:
    """Return whether the words at `offset` are an attribution: a clause that ends in a verb of speech (`他笑着问。`).

    A clause that a colon ends introduces the next quote instead.

    Args:
        text: The text.
        offset: Offset of the words after the quote.
        alone: Whether the attribution must end its sentence; else it may continue after a comma.
    """
    window = text[offset : offset + _CHINESE_WINDOW]
    match = _clause_end().search(window)
    if match is None or match[0] not in characters().stops:
        return False
    clauses = re.split("[,，]", window[: match.start()])
    judged = clauses[-1:] if alone else (clauses[0], clauses[-1])
    return any(_ends_in_speech(clause.rstrip()) for clause in judged)


def chinese_remark(text: str, offset: int) -> bool:
    """Return whether a short sentence without a quote starts at `offset` (`村民们想不通。`)."""
    match = _clause_end().search(text, offset, offset + _REMARK)
    return match is not None and match[0] in characters().stops


@cache
def _clause_end() -> re.Pattern[str]:
    known = characters()
    return any_of(known.stops | known.colons | frozenset(known.closers) - known.brackets)


def _ends_in_speech(clause: str) -> bool:
    lexicon = chinese_lexicon()
    if clause.endswith(lexicon.speech):
        return True
    tail = next((word for word in lexicon.speech_objects if clause.endswith(word)), None)
    return tail is not None and clause.removesuffix(tail).endswith(lexicon.speech)
