"""The words that readers of results see: one catalogue, one file a language.

A translation is a file beside `messages-en.toml`, named by its language, with the same names and placeholders.
`TOLMACH_REPORT_LANGUAGE` chooses it.
"""

import os
from typing import Any, Final

from common.data import load_table
from common.errors import UsageError

VARIABLE: Final = "TOLMACH_REPORT_LANGUAGE"


def language() -> str:
    """Return the tag of the language that readers are addressed in."""
    return os.environ.get(VARIABLE) or "en"


def message(name: str, count: int = 0, /, **values: object) -> str:
    """Return a message in the reader's language.

    Args:
        name: Its table and its name there, as in `finding.missing`.
        count: The number that decides between its forms, as between singular and plural; also a placeholder.
        values: What replaces the other placeholders.

    Raises:
        KeyError: There is no such message, or it has a placeholder without a value.
        UsageError: There is no catalogue in the reader's language.
    """
    return template(name, count).format_map({"count": count, **values})


def template(name: str, count: int = 0) -> str:
    """Return a message with its placeholders; where it has several forms, the one for `count`.

    The forms are those of Unicode's plural rules: `other`, and as the language has them `one`, `few`, `many` and so on.
    """
    table, _, key = name.partition(".")
    found: str | dict[str, str] = catalogue(language())[table][key]
    if isinstance(found, str):
        return found
    from babel import Locale  # noqa: PLC0415 - reads its data files

    return found.get(Locale.parse(language(), sep="-").plural_form(count), found["other"])


def word(table: str, value: str) -> str:
    """Return the reader's word for a value of a result document; a value without one is returned as it is."""
    found: str = catalogue(language())[table].get(value, value.replace("_", " "))
    return found


def decimal_text(value: float, places: int) -> str:
    """Return a number with so many decimals, behind the decimal sign of the reader's language."""
    return f"{value:.{places}f}".replace(".", message("list.point"))


def catalogue(tag: str) -> dict[str, Any]:
    """Return all messages in one language, by table and name.

    Raises:
        UsageError: There is no such catalogue.
    """
    try:
        return load_table(__name__, f"messages-{tag}.toml")
    except FileNotFoundError as error:
        raise UsageError(f"there are no messages in the language {tag!r}", hint=f"Unset {VARIABLE}") from error
