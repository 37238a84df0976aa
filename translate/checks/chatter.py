"""The check for what a chat model says beside its translation."""

from collections.abc import Iterator
from functools import cache
from typing import Any

import regex

from common.data import load_table
from translate.checks.types import Reading
from translate.options import CheckOptions
from translate.types import Check

_SHOWN = 60


def check_chatter(reading: Reading, options: CheckOptions) -> Iterator[Check]:
    """An announcement, a refusal, a note, or marks of a chat that the source does not have."""
    del options
    for shown, patterns in _patterns():
        if any(pattern.search(reading.pair.source) for pattern in patterns):
            continue
        match = next((found for each in patterns if (found := each.search(reading.pair.hypothesis))), None)
        if match:
            words = " ".join(reading.pair.hypothesis[match.start() :].split())[:_SHOWN]
            yield Check("chatter", f"The model wrote {shown}: “{words}”")
            return


@cache
def _patterns() -> tuple[tuple[str, tuple[Any, ...]], ...]:
    flags = regex.IGNORECASE
    return tuple(
        (entry["shown"], tuple(regex.compile(pattern, flags) for pattern in entry["patterns"]))
        for entry in load_table(__name__, "chatter.toml")["chatter"]
    )
