"""Strict parsing of JSON from outside: all that it accepts can be written again and read back."""

import json
import re
from collections import Counter
from collections.abc import Sequence
from typing import Any, Final

from common.errors import InputError

_MOST_DIGITS: Final = 18
"""Most digits of a number before its point: above all realistic values, and within 64 bits."""
_SURROGATE: Final = re.compile(r"\\u[dD][89a-fA-F]")


def parse_json(text: str, name: str, *, hint: str | None = None) -> Any:
    """Parse a JSON document (RFC 8259) strictly.

    Unlike Python's own reader, it refuses NaN and infinities, names that an object has twice, numbers of more than 18
    digits and half characters, which no file can hold.

    Raises:
        InputError: It is not JSON, or nested too deeply.
    """
    try:
        data = json.loads(
            text, parse_int=_whole, parse_float=_number, parse_constant=_constant, object_pairs_hook=_object
        )
        if _SURROGATE.search(text):
            json.dumps(data, ensure_ascii=False).encode("utf-8")
    except UnicodeEncodeError as error:
        raise InputError(f"{name} is not JSON: it holds half of a character, a lone surrogate", hint=hint) from error
    except ValueError as error:
        raise InputError(f"{name} is not JSON: {error}", hint=hint) from error
    except RecursionError as error:
        raise InputError(f"{name} is not JSON: it is nested too deeply", hint=hint) from error
    return data


def _whole(digits: str) -> int:
    if len(digits.removeprefix("-")) > _MOST_DIGITS:
        raise _TooLargeError(digits)
    return int(digits)


def _number(digits: str) -> float:
    value = float(digits)
    if abs(value) >= 10**_MOST_DIGITS:
        raise _TooLargeError(digits)
    return value


class _TooLargeError(ValueError):
    def __init__(self, digits: str) -> None:
        super().__init__(f"the number {digits[:20]} is too large")


def _constant(name: str) -> float:
    raise ValueError(f"{name} is not a JSON number")


def _object(members: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(members)
    if len(found) < len(members):
        often, _ = Counter(name for name, _ in members).most_common(1)[0]
        raise ValueError(f"an object has the name {often[:40]!r} twice")
    return found
