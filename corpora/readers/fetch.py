"""Downloads a page from the web, within limits."""

import re
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import TYPE_CHECKING, Final

from common.errors import InputError, NetworkError
from common.fetch.errors import Deadline, PrivateAddressError, WebError, quoted
from common.fetch.urls import SCHEMES, show_url
from common.network import PRIVATE_VARIABLE, allows_private_addresses, require_network
from common.progress import SILENT, Progress
from corpora.limits import ARTICLE_BYTES, input_limit, too_large

if TYPE_CHECKING:
    from common.fetch.session import WebResponse

_TEXT_TYPES: Final = (
    "text/html",
    "application/xhtml+xml",
    "text/plain",
    "text/markdown",
    "application/xml",
    "text/xml",
)
_PAGES: Final = frozenset({HTTPStatus.OK, HTTPStatus.NON_AUTHORITATIVE_INFORMATION})
"""Other statuses of success mean a part of a page, or none."""
_CHARSET: Final = re.compile(r";\s*charset\s*=\s*[\"']?\s*([^\s\"';]+)", re.IGNORECASE)
_REDIRECTIONS: Final = 10
_HINT: Final = "Check the address and the connection, or save the page and give the file"
_PRIVATE_HINT: Final = f"--allow-private-addresses or {PRIVATE_VARIABLE}=1 fetches it"


@dataclass(frozen=True, slots=True)
class FetchOptions:
    """Limits of one download.

    Attributes:
        timeout: Most seconds, from the request to the last byte.
        anew_after: Bytes after which the timeout restarts, for large files; None for never.
        max_bytes: Size above which a page is refused.
        types: Accepted media types; None for any.
    """

    timeout: float = 30.0
    anew_after: int | None = None
    max_bytes: int = field(default_factory=lambda: input_limit(ARTICLE_BYTES))
    user_agent: str = "tolmach (article reader)"
    types: tuple[str, ...] | None = _TEXT_TYPES


@dataclass(frozen=True, slots=True)
class Page:
    """A downloaded page.

    Attributes:
        content_type: Media type without parameters, lower case; empty if the server gave none.
        charset: Encoding that the server gave, None if none.
    """

    data: bytes
    content_type: str
    charset: str | None


def fetch(url: str, *, options: FetchOptions | None = None, progress: Progress = SILENT) -> Page:
    """Download a page over http or https, whole or not at all.

    Raises:
        InputError: The address is of another scheme, or its content is not text or too long.
        NetworkError: The server could not be reached, was too slow or refused; or it is in a private network, and the
            user allows only the internet.
        OfflineError: The user asked for no network.
    """
    options = options or FetchOptions()
    shown = show_url(url)
    scheme = url.partition(":")[0].lower()
    if scheme not in SCHEMES:
        raise InputError(f"cannot read {shown}: only http and https addresses are read, not {scheme}")
    require_network(f"fetch {shown}")
    from common.fetch.session import Session, WebRequest  # noqa: PLC0415 - loaded when used

    headers = {"User-Agent": options.user_agent, "Accept": "text/html, text/*", "Connection": "close"}
    question = WebRequest(url, headers, redirections=_REDIRECTIONS)
    session = Session(public_only=not allows_private_addresses())
    try:
        with session.open(question, Deadline(options.timeout, anew_after=options.anew_after)) as answer:
            return _read(answer, shown, options, progress)
    except PrivateAddressError as error:
        raise NetworkError(f"cannot fetch {shown}: {error.message}", hint=_PRIVATE_HINT) from error
    except WebError as error:
        raise NetworkError(f"cannot fetch {shown}: {error.message}", hint=_HINT) from error


def _read(answer: "WebResponse", shown: str, options: FetchOptions, progress: Progress) -> Page:
    if answer.status not in _PAGES:
        raise WebError(f"the server answered {answer.status} {answer.reason}".strip())
    named, charset = _parse_type(answer.headers.get("content-type"))
    if options.types is not None:
        _refuse_other(named, answer, shown, options.types)
    data = bytearray()
    with progress.bar(f"Fetching {shown}", None, unit="B") as advance:
        for piece in answer.pieces():
            data += piece
            if len(data) > options.max_bytes:
                raise too_large(shown, options.max_bytes)
            advance(len(piece))
    return Page(bytes(data), named, charset)


def _parse_type(header: str | None) -> tuple[str, str | None]:
    """Return the media type, empty without a header, and the charset of a header.

    Not by the email package: it follows RFC 2231, which HTTP does not, and fails on some of what that allows.
    """
    if header is None:
        return "", None
    kind = header.partition(";")[0].strip().lower()
    found = _CHARSET.search(header)
    return kind if kind.count("/") == 1 else "text/plain", found[1].lower() if found else None


def _refuse_other(kind: str, answer: "WebResponse", shown: str, types: tuple[str, ...]) -> None:
    if kind and kind not in types:
        named = quoted(answer.headers["content-type"].partition(";")[0])
        raise InputError(
            f"cannot read {shown}: it is not text but {named}", hint="Give the address of the article's page"
        )
    if answer.headers.get("content-encoding", "").strip().lower() not in {"", "identity"}:
        raise WebError("the server compresses the page, which was not requested")
