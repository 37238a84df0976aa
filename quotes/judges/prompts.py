"""What a judge is asked, and what its answer means."""

import math
import re
from collections.abc import Iterable
from functools import cache
from typing import Any

from common.chat.boundaries import boundary_for, neutral
from common.data import load_table
from corpora.languages import NAMES
from quotes.judges.base import WordingPair

_WORD = re.compile(r"[^\W\d_]+")
_SAID = 0.9
"""How far a bare word is trusted: a judge that gives no probabilities does not say how sure it is."""


def ask_judge(question: WordingPair) -> str:
    """Return what a judge is asked: one message that wants Yes or No for an answer."""
    texts = neutral(question.first.text), neutral(question.second.text)
    # Filled in at once, so that braces inside a quote stay what they are.
    return str(_table()["question"].strip()).format(
        first_language=NAMES[question.first.language],
        first=texts[0],
        second_language=NAMES[question.second.language],
        second=texts[1],
        boundary=boundary_for("text", texts),
    )


def no_share(log_probs: Iterable[tuple[str, float]]) -> float | None:
    """Return the share of No in the probability of Yes and No, from 0 to 1; None where neither is there.

    Args:
        log_probs: Tokens that the answer may begin with, and the natural logarithm of how likely each is.
    """
    shares = {"yes": 0.0, "no": 0.0}
    for token, value in log_probs:
        meaning = _meaning(token)
        if meaning:
            shares[meaning] += math.exp(min(0.0, value))
    total = sum(shares.values())
    return shares["no"] / total if total > 0 else None


def said_no(answer: str) -> float | None:
    """Return how likely No is meant by the words of an answer, from 0 to 1; None where its first word is neither."""
    first = _WORD.search(answer)
    meaning = _meaning(first[0]) if first else None
    return None if meaning is None else _SAID if meaning == "no" else 1 - _SAID


def _meaning(word: str) -> str | None:
    folded = word.strip(" \n\t.,:;!*\"'`\N{LEFT DOUBLE QUOTATION MARK}").lower()
    return next((meaning for meaning in ("yes", "no") if folded in _table()[meaning]), None)


@cache
def _table() -> dict[str, Any]:
    return load_table(__name__, "judge.toml")
