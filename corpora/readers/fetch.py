"""Fetching a page from the web, within limits."""

import urllib.error
import urllib.request
from dataclasses import dataclass, field
from http.client import HTTPException, HTTPMessage
from typing import IO, Final

from corpora.errors import InputError, NetworkError
from corpora.limits import ARTICLE_BYTES, input_limit, too_large
from corpora.network import require_network
from corpora.progress import SILENT, Progress

_SCHEMES: Final = ("http", "https")
_TEXT_TYPES: Final = (
    "text/html",
    "application/xhtml+xml",
    "text/plain",
    "text/markdown",
    "application/xml",
    "text/xml",
)
_CHUNK: Final = 65_536


@dataclass(frozen=True, slots=True)
class FetchOptions:
    """Limits of one download.

    Attributes:
        timeout: Seconds to wait for the server each time.
        max_bytes: Size above which a page is refused.
        user_agent: How the program introduces itself.
        types: Media types that are taken; None takes any.
    """

    timeout: float = 30.0
    max_bytes: int = field(default_factory=lambda: input_limit(ARTICLE_BYTES))
    user_agent: str = "tolmach (article reader)"
    types: tuple[str, ...] | None = _TEXT_TYPES


@dataclass(frozen=True, slots=True)
class Page:
    """What a server sent.

    Attributes:
        data: The body.
        url: Where it came from after redirections.
        content_type: Media type without parameters, lower case; empty where the server named none.
        charset: Encoding that the server named, None where it did not.
    """

    data: bytes
    url: str
    content_type: str
    charset: str | None


def fetch(url: str, *, options: FetchOptions | None = None, progress: Progress = SILENT) -> Page:
    """Download a page over http or https.

    Raises:
        InputError: The address is of another scheme, or what it names is no text or too long.
        NetworkError: The server could not be reached, was too slow or refused.
        OfflineError: The user asked for no network.
    """
    options = options or FetchOptions()
    scheme = url.split(":", 1)[0].lower()
    if scheme not in _SCHEMES:
        raise InputError(f"cannot read {url}: only http and https addresses are read, not {scheme}")
    require_network(f"fetch {url}")
    try:
        request = urllib.request.Request(url, headers={"User-Agent": options.user_agent, "Accept": "text/html, text/*"})  # noqa: S310 - the scheme was checked above
        with _opener().open(request, timeout=options.timeout) as response:
            kind = response.headers.get_content_type() if "Content-Type" in response.headers else ""
            if kind and options.types is not None and kind not in options.types:
                raise InputError(
                    f"cannot read {url}: it is no text but {kind}", hint="Give the address of the article's page"
                )
            data = _read(response, url, options, progress)
            return Page(data, response.geturl(), kind, response.headers.get_content_charset())
    except urllib.error.HTTPError as error:
        error.close()
        raise NetworkError(
            f"cannot fetch {url}: the server answered {error.code} {error.reason}", hint=_HINT
        ) from error
    except (OSError, HTTPException, ValueError) as error:
        raise NetworkError(f"cannot fetch {url}: {_reason(error)}", hint=_HINT) from error


_HINT: Final = "Check the address and the connection, or save the page and give the file"


class _HttpOnly(urllib.request.HTTPRedirectHandler):
    def redirect_request(
        self, req: urllib.request.Request, fp: IO[bytes], code: int, msg: str, headers: HTTPMessage, newurl: str
    ) -> urllib.request.Request | None:
        if newurl.split(":", 1)[0].lower() not in _SCHEMES:
            fp.close()
            raise urllib.error.URLError(f"it redirects to {newurl}, which is not on the web")
        return super().redirect_request(req, fp, code, msg, headers, newurl)


def _opener() -> urllib.request.OpenerDirector:
    # Built by hand: the ready-made opener also reads ftp, data and local files.
    opener = urllib.request.OpenerDirector()
    for handler in (
        urllib.request.ProxyHandler(),
        urllib.request.HTTPHandler(),
        urllib.request.HTTPSHandler(),
        urllib.request.HTTPDefaultErrorHandler(),
        urllib.request.HTTPErrorProcessor(),
        urllib.request.UnknownHandler(),
        _HttpOnly(),
    ):
        opener.add_handler(handler)
    return opener


def _read(response: IO[bytes], url: str, options: FetchOptions, progress: Progress) -> bytes:
    parts: list[bytes] = []
    size = 0
    with progress.bar(f"Fetching {url}", None, unit="B") as advance:
        while part := response.read(_CHUNK):
            size += len(part)
            if size > options.max_bytes:
                raise too_large(url, options.max_bytes)
            parts.append(part)
            advance(len(part))
    return b"".join(parts)


def _reason(error: Exception) -> str:
    cause = error.reason if isinstance(error, urllib.error.URLError) else error
    if isinstance(cause, TimeoutError):
        return "the server did not answer in time"
    if isinstance(cause, OSError) and cause.strerror:
        return cause.strerror[:1].lower() + cause.strerror[1:]
    return str(cause) or type(cause).__name__
