"""The typography of a translation: quotation marks, dashes, spaces and widths as newsrooms of its language set them.

Importing this package reads no rules and loads no library; `set_block` comes from its module when it is asked for.
"""

from typing import TYPE_CHECKING

from translate.typography.options import TypographyOptions

if TYPE_CHECKING:
    from translate.typography.setting import set_block

__all__ = ["TypographyOptions", "set_block"]


def __getattr__(name: str) -> object:
    """Load `set_block` when it is first asked for (PEP 562)."""
    if name != "set_block":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from translate.typography.setting import set_block  # noqa: PLC0415 - it needs the tables of quotation marks

    return set_block
