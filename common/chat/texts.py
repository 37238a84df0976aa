"""Reads servers' responses, which may be any JSON, and keeps untrusted text apart in a prompt."""

import math
import re
from collections.abc import Iterable, Mapping
from itertools import count
from typing import Any, Final

from common.secrets import redact

_UNREADABLE: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
"""Characters that no text has: controls, surrogates, noncharacters."""
_LONGEST_NAME: Final = 1000
"""Most characters of a model's name, which may be the path of a file."""
_LONGEST_LABEL: Final = 200
"""Most characters of a version and the like."""


def listed_models(answer: object) -> list[Mapping[str, Any]] | None:
    """Return the valid entries of a list of models; None if the response is not such a list."""
    data = answer.get("data") if isinstance(answer, Mapping) else None
    if not isinstance(data, list):
        return None
    return [one for one in data if isinstance(one, Mapping) and name_of(one.get("id"))]


def first_choice(answer: object) -> Mapping[str, Any]:
    """Return the first choice of a completion; empty if there is none."""
    choices = answer.get("choices") if isinstance(answer, Mapping) else None
    first = choices[0] if isinstance(choices, list) and choices else None
    return first if isinstance(first, Mapping) else {}


def words_of(choice: Mapping[str, Any]) -> str | None:
    """Return the text of a choice, from a chat or a plain prompt, whole or in parts; None if it has none."""
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
    """Return the name of a model exactly as the server wrote it; None if it cannot be used."""
    usable = isinstance(value, str) and 0 < len(value) <= _LONGEST_NAME and not _UNREADABLE.search(value)
    return str(value) if usable else None


def label_of(value: object) -> str:
    """Return a server's description of itself as one short line without secrets."""
    text = str(value) if isinstance(value, str | int) and not isinstance(value, bool) else ""
    return redact(readable(" ".join(text[:_LONGEST_NAME].split())))[:_LONGEST_LABEL]


def readable(text: str) -> str:
    """Return a text with `U+FFFD` in place of invalid characters."""
    return _UNREADABLE.sub("\N{REPLACEMENT CHARACTER}", text)


_NAMES: Final = (
    r"s|bos|eos|pad|unk|mask|cls|sep|sys|think(?:ing)?|tools?|ima?ge?|audio|video|unused\d+|0x[0-9a-f]{2}|\w+_\w+"
    # Seed-X's languages.
    r"|ar|cs|da|de|en|es|fi|fr|hr|hu|id|it|ja|ko|ms|nb|nl|no|pl|pt|ro|ru|sv|th|tr|uk|vi|zh"
)
_BRACKETED: Final = (
    r"inst|img|g?mask|smask|cls|sep|pad|unk|bos|eos|think|audio|transcribe|prefix|middle|suffix|args"
    r"|(?:system|available|tool|img|begin|call|model)_\w+"
)
_MARKS: Final = re.compile(
    rf"<(?=[|\N{{FULLWIDTH VERTICAL LINE}}]|<?/?(?:{_NAMES})>)|\[(?=/?(?:{_BRACKETED})\])", re.IGNORECASE | re.ASCII
)
"""Beginnings of special tokens: `<|im_end|>`, `</s>`, `<end_of_turn>`, `<<SYS>>`, `<think>`, `<ru>`, `[INST]`. Names of
more than one word are taken to be tokens, as no tag of HTML has one."""


def boundary_for(name: str, texts: Iterable[str]) -> str:
    """Return the first of `name`, `name-2`, `name-3`, … that occurs in none of the texts, ignoring case."""
    folded = "\n".join(texts).casefold()
    # All at once: searching one by one would take quadratic time for a text made of such names.
    taken = frozenset(
        digits[:length]
        for digits in re.findall(rf"{re.escape(name.casefold())}-([0-9]{{1,9}})", folded)
        for length in range(1, len(digits) + 1)
    )
    if name.casefold() not in folded:
        return name
    return f"{name}-{next(number for number in count(2) if str(number) not in taken)}"


def neutral(text: str) -> str:
    """Return plain text in which nothing looks like a special token, since servers parse them anywhere."""
    return _MARKS.sub(r"\g<0> ", text)
