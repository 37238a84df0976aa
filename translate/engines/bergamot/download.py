"""One file from a web server, gone on with where an earlier try was broken off."""

import http.client
import urllib.error
import urllib.request
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from corpora.errors import IntegrityError, NetworkError
from corpora.files import output_errors, write_text

TIMEOUT: Final = 30.0
"""Seconds without an answer after which a server counts as unreachable."""

_CHUNK: Final = 1 << 16
_MISSING: Final = frozenset({http.client.FORBIDDEN, http.client.NOT_FOUND, http.client.GONE})
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
    part, mark = target.with_name(f"{target.name}.part"), target.with_name(f"{target.name}.mark")
    known = mark.read_text(encoding="utf-8") if mark.is_file() and part.is_file() else ""
    start = part.stat().st_size if known else 0
    answer = _open(url, {"Range": f"bytes={start}-", "If-Range": known} if start else {})
    if answer is None:
        return False
    with closing(answer):
        if answer.status == http.client.REQUESTED_RANGE_NOT_SATISFIABLE:  # the part is whole, or of another file
            part.unlink()
            return download(url, target, transfer)
        if answer.status != http.client.PARTIAL_CONTENT:
            start = 0
            write_text(mark, answer.headers.get("ETag") or answer.headers.get("Last-Modified") or "")
        _receive(answer, part, start, transfer)
    with output_errors(target):
        part.replace(target)
        mark.unlink(missing_ok=True)
    return True


def _open(url: str, headers: dict[str, str]) -> Any:
    asked = urllib.request.Request(url, headers={"User-Agent": "tolmach", **headers})  # noqa: S310 - checked to be http
    try:
        return urllib.request.urlopen(asked, timeout=TIMEOUT)  # noqa: S310 - as above
    except urllib.error.HTTPError as error:
        if error.code == http.client.REQUESTED_RANGE_NOT_SATISFIABLE:
            return error
        error.close()
        if error.code in _MISSING:
            return None
        raise NetworkError(f"{url} answers {error.code}", hint="Try again later") from error
    except (OSError, http.client.HTTPException) as error:
        raise NetworkError(f"{url} cannot be reached: {error}", hint=_HINT) from error


def _receive(answer: Any, part: Path, start: int, transfer: Transfer) -> None:
    announced = answer.headers.get("Content-Length")
    expected = start + int(announced) if announced and announced.isdecimal() else None
    if expected is not None and expected > transfer.limit:
        raise IntegrityError(f"{answer.url} has {expected} bytes, far more than a model")
    size = start
    transfer.advance(start)
    with output_errors(part), part.open("ab" if start else "wb") as output:
        while chunk := _read(answer):
            size += len(chunk)
            if size > transfer.limit:
                part.unlink()
                raise IntegrityError(f"{answer.url} has more than {transfer.limit} bytes, far more than a model")
            output.write(chunk)
            transfer.advance(len(chunk))
    if expected is not None and size < expected:
        raise NetworkError(f"{answer.url} broke off after {size} of {expected} bytes", hint=_HINT)


def _read(answer: Any) -> bytes:
    try:
        return bytes(answer.read(_CHUNK))
    except (OSError, http.client.HTTPException) as error:
        raise NetworkError(f"{answer.url} broke off: {error}", hint=_HINT) from error
