"""Typography of a translation: quotation marks, dashes, spaces and widths in the target's house style."""

from translate.typography.setting import set_block

__all__ = ["set_block"]
