"""From what a server answers to a hypothesis."""

import re
from collections.abc import Mapping
from typing import Any, Final

from translate.engines.base import Hypothesis

_REASONING: Final = re.compile(r"\A\s*(?:<think>)?((?:(?!<think>).)*?)</think>", re.DOTALL)
"""What a model thought before its answer; some servers leave the opening mark in the prompt."""
_UNFINISHED: Final = re.compile(r"\A\s*<think>.*\Z", re.DOTALL)
_CUT: Final = "length"


class NoCompletionError(Exception):
    """An answer has not the form of a completion."""


def read_completion(answer: Any, stops: tuple[str, ...] = ()) -> Hypothesis:
    """Return the first text of a completion, of a chat or of a plain prompt, without what the model thought before.

    Args:
        answer: What the server answered, from JSON.
        stops: Tokens that end an answer; a server may leave one in.

    Raises:
        NoCompletionError: It is none.
    """
    try:
        choice = answer["choices"][0]
        message = choice.get("message")
        text = choice["text"] if message is None else message.get("content")
        cut = choice.get("finish_reason") == _CUT
        if not isinstance(text, str | None):
            raise NoCompletionError
        score = _score(choice)
    except (LookupError, TypeError, AttributeError) as error:
        raise NoCompletionError from error
    kept = _UNFINISHED.sub("", _REASONING.sub("", text or "", count=1)).strip()
    for stop in stops:
        kept = kept.removesuffix(stop).rstrip()
    return Hypothesis(kept, (), score, finished=not cut)


def thought_only(answer: Any) -> bool:
    """Tell whether the length of a completion went into reasoning."""
    choice = answer["choices"][0]
    message = choice.get("message") or {}
    reasoned = any(message.get(name) for name in ("reasoning_content", "reasoning"))
    return bool(reasoned or _UNFINISHED.match(message.get("content") or ""))


def fingerprint(answer: object) -> str:
    """Return what a server calls the build that answered; empty where it has no name for it."""
    found = answer.get("system_fingerprint") if isinstance(answer, Mapping) else None
    return found if isinstance(found, str) else ""


def _score(choice: Mapping[str, Any]) -> float | None:
    listed = (choice.get("logprobs") or {}).get("content") or []
    values = [float(one["logprob"]) for one in listed if isinstance(one, Mapping) and "logprob" in one]
    return min(0.0, sum(values) / len(values)) if values else None
