"""From what a server answers to a hypothesis."""

import re
from collections.abc import Mapping
from typing import Any, Final

from common.chat.answers import first_choice, label_of, words_of
from common.secrets import without_keys
from translate.engines.base import Hypothesis

_REASONING: Final = re.compile(r"\A\s*(?:<think>)?((?:(?!<think>).)*?)</think>", re.DOTALL)
"""What a model thought before its answer; some servers leave the opening mark in the prompt."""
_UNFINISHED: Final = re.compile(r"\A\s*<think>.*\Z", re.DOTALL)
_CUT: Final = frozenset({"length", "content_filter"})
"""What a server gives as the end of an answer that is not whole."""
_LONGEST_TOKEN: Final = 32
"""Characters of a token, more than any language's words come to on average."""


class NoCompletionError(Exception):
    """An answer has not the form of a completion."""


def read_completion(answer: object, stops: tuple[str, ...], most: int) -> Hypothesis:
    """Return the first text of a completion, of a chat or of a plain prompt, without what the model thought before.

    Args:
        answer: What the server answered, from JSON.
        stops: Tokens that end an answer; a server may leave one in.
        most: Most tokens that were asked for; a longer answer is cut.

    Raises:
        NoCompletionError: It is none.
    """
    choice = first_choice(answer)
    words = words_of(choice)
    if words is None and not thought_only(answer):
        raise NoCompletionError
    whole = _UNFINISHED.sub("", _REASONING.sub("", words or "", count=1)).strip()
    for stop in stops:
        whole = whole.removesuffix(stop).rstrip()
    kept = whole[: most * _LONGEST_TOKEN]
    finished = not _was_cut(choice) and len(kept) == len(whole)
    return Hypothesis(without_keys(kept), (), None, finished)


def thought_only(answer: object) -> bool:
    """Tell whether the length of a completion went into reasoning."""
    choice = first_choice(answer)
    message = choice.get("message")
    named = message if isinstance(message, Mapping) else {}
    reasoned = any(named.get(name) for name in ("reasoning_content", "reasoning"))
    return bool(reasoned or _UNFINISHED.match(words_of(choice) or ""))


def fingerprint(answer: object) -> str:
    """Return what a server calls the build that answered; empty where it has no name for it."""
    return label_of(answer.get("system_fingerprint")) if isinstance(answer, Mapping) else ""


def _was_cut(choice: Mapping[str, Any]) -> bool:
    reason = choice.get("finish_reason")
    return isinstance(reason, str) and reason in _CUT
