"""The typography of a translation: quotation marks, dashes, spaces and widths as newsrooms of its language set them."""

from translate.typography.setting import set_block

__all__ = ["set_block"]
