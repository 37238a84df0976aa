"""Reads the answers of servers with OpenAI's interface, which may be any JSON at all."""

import math
import re
from collections.abc import Mapping
from typing import Any, Final

from common.secrets import redact

_UNREADABLE: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
"""Characters that no text holds: controls, halves of surrogate pairs, what is no character."""
_LONGEST_NAME: Final = 1000
"""Characters of a model's name, which may be the path of a file."""
_LONGEST_LABEL: Final = 200
"""Characters of a version and the like: more are no help to a reader."""


def listed_models(answer: object) -> list[Mapping[str, Any]] | None:
    """Return the entries of a list of models whose names can be used; None where the answer is no such list."""
    data = answer.get("data") if isinstance(answer, Mapping) else None
    if not isinstance(data, list):
        return None
    return [one for one in data if isinstance(one, Mapping) and name_of(one.get("id"))]


def first_choice(answer: object) -> Mapping[str, Any]:
    """Return the first choice of a completion; empty where there is none."""
    choices = answer.get("choices") if isinstance(answer, Mapping) else None
    first = choices[0] if isinstance(choices, list) and choices else None
    return first if isinstance(first, Mapping) else {}


def words_of(choice: Mapping[str, Any]) -> str | None:
    """Return the text of a choice, of a chat or of a plain prompt, or of its parts; None where it has none."""
    message = choice.get("message")
    said = choice.get("text") if message is None else message.get("content") if isinstance(message, Mapping) else None
    if isinstance(said, list):
        parts = [part.get("text") for part in said if isinstance(part, Mapping)]
        said = "".join(part for part in parts if isinstance(part, str)) if parts else None
    return readable(said) if isinstance(said, str) else None


def number_of(value: object) -> float | None:
    """Return a finite number; None for anything else."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        found = float(value)
    except OverflowError:
        return None
    return found if math.isfinite(found) else None


def name_of(value: object) -> str | None:
    """Return the name of a model exactly as the server gives it; None where it cannot be used."""
    usable = isinstance(value, str) and 0 < len(value) <= _LONGEST_NAME and not _UNREADABLE.search(value)
    return str(value) if usable else None


def label_of(value: object) -> str:
    """Return a server's words about itself as one short line without secrets."""
    text = str(value) if isinstance(value, str | int) and not isinstance(value, bool) else ""
    return redact(readable(" ".join(text[:_LONGEST_NAME].split())))[:_LONGEST_LABEL]


def readable(text: str) -> str:
    """Return a text with `U+FFFD` in place of what no text can hold."""
    return _UNREADABLE.sub("\N{REPLACEMENT CHARACTER}", text)
