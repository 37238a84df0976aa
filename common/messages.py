"""The catalogue of messages to users, one file per language."""

from typing import Final

from common.data import load_table

LANGUAGE: Final = "en"
"""The only catalogue so far; a translation is another file with the same names and placeholders."""


def message(name: str, **values: str) -> str:
    """Return a message about a finding.

    Args:
        name: Its name in the table `finding`.
        values: Values of its placeholders.

    Raises:
        KeyError: There is no such message, or it has a placeholder without a value.
    """
    template: str = load_table(__name__, f"messages-{LANGUAGE}.toml")["finding"][name]
    return template.format_map(values)
