"""Keeps the text of a stranger in its place in a prompt: tags that it cannot close, no marks of chat templates."""

import re
from collections.abc import Iterable
from itertools import count
from typing import Final

_MARKS: Final = re.compile(
    r"<(?=[|\N{FULLWIDTH VERTICAL LINE}]|<?/?(?:s|bos|eos|start_of_turn|end_of_turn|sys|think|tool_call)>)"
    r"|\[(?=/?(?:inst|system_prompt|available_tools|tool_calls|tool_results)\])",
    re.IGNORECASE,
)
"""Beginnings of special tokens: `<|im_end|>`, `</s>`, `<end_of_turn>`, `<<SYS>>`, `<think>`, `[INST]`."""


def boundary_for(name: str, texts: Iterable[str]) -> str:
    """Return the first of `name`, `name-2`, `name-3`, … that none of the texts contains, whatever its capitals."""
    folded = "\n".join(texts).casefold()
    names = (name if number == 1 else f"{name}-{number}" for number in count(1))
    return next(one for one in names if one.casefold() not in folded)


def neutral(text: str) -> str:
    """Return plain text in which nothing looks like a special token: a server reads them wherever they stand."""
    return _MARKS.sub(r"\g<0> ", text)
