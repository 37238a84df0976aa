"""Keeps untrusted text apart in a prompt: between tags that it cannot close, and without special tokens."""

import re
from collections.abc import Iterable
from itertools import count
from typing import Final

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
    """Return the first of `name`, `name-2`, `name-3`, … that none of the texts contains, whatever its capitals."""
    folded = "\n".join(texts).casefold()
    # All at once: to search for one after the other would take the square of a text that is made of such names.
    taken = frozenset(
        digits[:length]
        for digits in re.findall(rf"{re.escape(name.casefold())}-([0-9]{{1,9}})", folded)
        for length in range(1, len(digits) + 1)
    )
    if name.casefold() not in folded:
        return name
    return f"{name}-{next(number for number in count(2) if str(number) not in taken)}"


def neutral(text: str) -> str:
    """Return plain text in which nothing looks like a special token: a server reads them anywhere in a text."""
    return _MARKS.sub(r"\g<0> ", text)
