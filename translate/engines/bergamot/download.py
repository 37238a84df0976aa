"""One file from a web server, gone on with where an earlier try was broken off."""

from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING, Final

from common.errors import IntegrityError, NetworkError
from common.fetch.deadlines import Deadline
from common.fetch.errors import WebError
from common.fetch.urls import show_url
from common.files import output_errors, write_text

if TYPE_CHECKING:
    from common.fetch.session import Answer

TIMEOUT: Final = 30.0
"""Seconds that a server has for each 64 kB; one that needs longer counts as unreachable."""

_PACE: Final = 1 << 16
_REDIRECTIONS: Final = 10
_MISSING: Final = frozenset({HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND, HTTPStatus.GONE})
"""Some stores of files say `forbidden` of what they do not have."""

_HINT: Final = "Check the address and the connection; what was fetched so far is kept"


@dataclass(frozen=True, slots=True)
class Transfer:
    """How files are brought.

    Attributes:
        limit: Most bytes of one file.
        advance: Called with the number of bytes each time some are on disk.
    """

    limit: int
    advance: Callable[[float], None]


def download(url: str, target: Path, transfer: Transfer) -> bool:
    """Bring a file; return whether the server has it.

    A part that is left from an earlier try is gone on with (`Range`), provided that the server says by `ETag` or
    `Last-Modified` that the file is still the same.

    Args:
        url: An address that begins with `http://` or `https://`.
        target: Where it goes; it appears there when it is complete.
        transfer: How.

    Raises:
        NetworkError: The server cannot be reached, fails, or breaks off; what came so far is kept.
        IntegrityError: The file is larger than the limit.
        OutputError: The file cannot be written.
    """
    from common.fetch.session import Question, Session  # noqa: PLC0415 - loaded when used

    part, mark = target.with_name(f"{target.name}.part"), target.with_name(f"{target.name}.mark")
    known = mark.read_text(encoding="utf-8") if mark.is_file() and part.is_file() else ""
    start = part.stat().st_size if known else 0
    headers = {"Range": f"bytes={start}-", "If-Range": known} if start else {}
    try:
        with Session().open(
            Question(url, headers, redirections=_REDIRECTIONS), Deadline(TIMEOUT, anew_after=_PACE)
        ) as answer:
            if answer.status in _MISSING:
                return False
            stale = answer.status == HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE and start > 0
            if not stale:
                start = _resumed(answer, mark, start)
                _receive(answer, part, start, transfer)
    except WebError as error:
        raise NetworkError(f"cannot fetch {show_url(url)}: {error.message}", hint=_HINT) from error
    if stale:  # the part is whole, or of another file
        part.unlink()
        return download(url, target, transfer)
    with output_errors(target):
        part.replace(target)
        mark.unlink(missing_ok=True)
    return True


def _resumed(answer: "Answer", mark: Path, start: int) -> int:
    """Return where the answer begins in the file; note what tells whether the file is still the same."""
    if answer.status == HTTPStatus.PARTIAL_CONTENT and start:
        return start
    if not answer.succeeded:
        raise WebError(f"the server answers {answer.status}")
    tag = answer.headers.get("etag") or answer.headers.get("last-modified") or ""
    write_text(mark, tag if tag.isascii() and tag.isprintable() else "")
    return 0


def _receive(answer: "Answer", part: Path, start: int, transfer: Transfer) -> None:
    size = start
    transfer.advance(start)
    with output_errors(part), part.open("ab" if start else "wb") as output:
        for piece in answer.pieces():
            size += len(piece)
            if size > transfer.limit:
                part.unlink()
                raise IntegrityError(f"{show_url(str(answer.url))} has more bytes than a model: {transfer.limit}")
            output.write(piece)
            transfer.advance(len(piece))
