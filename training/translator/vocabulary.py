"""The pieces of a vocabulary that English, Russian and Chinese need.

Of Gemma's 262,144 pieces most belong to other languages. A tokenizer cut to those that are chosen here splits the texts
that they were seen in as the whole one does: with every piece, those that it is merged from are kept too.
"""

from collections.abc import Iterable, Iterator, Mapping
from itertools import pairwise
from typing import Any, Final

import regex

_RUSSIAN: Final = regex.compile(r"▁?[А-Яа-яЁё]+")
_CHINESE: Final = regex.compile(r"▁?\p{Han}+")
_SIGN: Final = regex.compile(r"▁|[\x20-\x7e]|[А-Яа-яЁё]|\p{Han}|[\u2010-\u2027\u3000-\u3011\uff01-\uff5e«»№°§]")
_BYTE: Final = regex.compile(r"<0x[0-9A-F]{2}>")
_SPECIAL: Final = ("<pad>", "<eos>", "<bos>", "<unk>")

Merge = tuple[str, str]


def needed_pieces(tokenizer: Mapping[str, Any], seen: Iterable[str]) -> list[int]:
    """Return the ids, in order, of the pieces to keep.

    Args:
        tokenizer: The content of a `tokenizer.json` of kind BPE.
        seen: Pieces of the texts that must be split as before; Russian and Simplified Chinese ones are kept anyhow.
    """
    vocabulary: Mapping[str, int] = tokenizer["model"]["vocab"]
    wanted = {*_SPECIAL, *(piece for piece in seen), *filter(_is_basic, vocabulary)}
    ranks = {(first, second): rank for rank, (first, second) in enumerate(tokenizer["model"]["merges"])}
    for piece in [piece for piece in wanted if len(piece) > 1 and not piece.startswith("<")]:
        wanted.update(_steps(piece, ranks))
    return sorted(vocabulary[piece] for piece in wanted if piece in vocabulary)


def _is_basic(piece: str) -> bool:
    if _SIGN.fullmatch(piece) or _BYTE.fullmatch(piece) or _RUSSIAN.fullmatch(piece):
        return True
    return bool(_CHINESE.fullmatch(piece)) and _is_simplified(piece)


def _is_simplified(piece: str) -> bool:
    try:
        piece.lstrip("▁").encode("gb2312")
    except UnicodeEncodeError:
        return False
    return True


def _steps(piece: str, ranks: Mapping[Merge, int]) -> Iterator[str]:
    """Yield what the letters of a piece are merged to on the way to it."""
    parts = list(piece)
    while len(parts) > 1:
        found = [(ranks[pair], at) for at, pair in enumerate(pairwise(parts)) if pair in ranks]
        if not found:
            return
        at = min(found)[1]
        parts[at : at + 2] = [parts[at] + parts[at + 1]]
        yield parts[at]
