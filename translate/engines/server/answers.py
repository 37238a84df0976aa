"""From what a server answers to a hypothesis."""

import re
from collections.abc import Mapping
from typing import Any, Final

from common.chat.answers import first_choice, label_of, number_of, words_of
from common.secrets import without_keys
from translate.engines.base import Hypothesis

_OPENED: Final = "<think>"
_CLOSED: Final = "</think>"
"""Marks around what a model thinks before its answer; some servers leave the opening one in the prompt."""
_GAP: Final = re.compile(r"\s{8,}")
"""White space that parts nothing: no sentence has so much of it, and rules that look at its length take long."""
_CUT: Final = frozenset({"length", "content_filter", "abort", "error"})
"""What a server gives as the end of an answer that is not whole."""
_LONGEST_TOKEN: Final = 32
"""Characters of a token, more than any language's words come to on average."""


class NoCompletionError(Exception):
    """An answer has not the form of a completion."""


def read_completion(answer: object, stops: tuple[str, ...], most: int, *, source: str = "") -> Hypothesis:
    """Return the first text of a completion, of a chat or of a plain prompt, without what the model thought before.

    Args:
        answer: What the server answered, from JSON.
        stops: Tokens that end an answer; a server may leave one in.
        most: Most tokens that were asked for; a longer answer is cut.
        source: The text that was to be translated: marks of reasoning in it may come back in its translation.

    Raises:
        NoCompletionError: It is none.
    """
    choice = first_choice(answer)
    words = words_of(choice)
    if words is None and not thought_only(answer):
        raise NoCompletionError
    whole = _GAP.sub(_shorter, _answer_alone((words or "").strip(), source)).strip()
    for stop in stops:
        whole = whole.removesuffix(stop).rstrip()
    kept = whole[: most * _LONGEST_TOKEN]
    finished = not _was_cut(choice) and len(kept) == len(whole)
    return Hypothesis(without_keys(kept), (), _score(choice), finished)


def thought_only(answer: object) -> bool:
    """Tell whether the length of a completion went into reasoning."""
    choice = first_choice(answer)
    message = choice.get("message")
    named = message if isinstance(message, Mapping) else {}
    reasoned = any(named.get(name) for name in ("reasoning_content", "reasoning"))
    return bool(reasoned or (words_of(choice) or "").lstrip().startswith(_OPENED))


def fingerprint(answer: object) -> str:
    """Return what a server calls the build that answered; empty where it has no name for it."""
    return label_of(answer.get("system_fingerprint")) if isinstance(answer, Mapping) else ""


def _answer_alone(text: str, source: str) -> str:
    """Return an answer without what the model thought before, nothing where it never came to an end."""
    opened = text.startswith(_OPENED) and not source.lstrip().startswith(_OPENED)
    if not opened and _CLOSED in source:
        return text
    thought, closed, rest = text.partition(_CLOSED)
    if not opened and (not closed or _OPENED in thought):
        return text
    return "" if rest.lstrip().startswith(_OPENED) else rest


def _shorter(gap: re.Match[str]) -> str:
    """Return as much white space as says the same: the end of a paragraph, of a line, or of a word."""
    return "\n" * min(2, len(f"{gap[0]}.".splitlines()) - 1) or " "


def _was_cut(choice: Mapping[str, Any]) -> bool:
    reason = choice.get("finish_reason")
    return isinstance(reason, str) and reason in _CUT


def _score(choice: Mapping[str, Any]) -> float | None:
    found = choice.get("logprobs")
    listed = found.get("content") if isinstance(found, Mapping) else None
    told = [one.get("logprob") for one in listed if isinstance(one, Mapping)] if isinstance(listed, list) else []
    values = [value for value in map(number_of, told) if value is not None]
    return min(0.0, sum(value / len(values) for value in values)) if values else None
