"""The pages of an index of quotes, for readers on this machine alone."""

import socket
from collections.abc import Callable
from dataclasses import asdict
from functools import partial
from typing import Final, TypeVar

import uvicorn
from anyio import CapacityLimiter
from anyio.to_thread import run_sync
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from common.errors import TolmachError, UsageError
from tolmach.corpus.index.page import SearchForm, search_page, search_policy
from tolmach.corpus.index.search import QuoteFilter, QuoteIndex, SearchResult
from tolmach.pages import render_report
from tolmach.pages.page import make_policy, resource
from tolmach.terminal.console import say
from tolmach.workflow.pipeline import compare_articles

_Found = TypeVar("_Found")
_HOST: Final = "127.0.0.1"
_KNOWN_AS: Final = [_HOST, "localhost"]
"""Names by which a browser may ask. Any other is that of a page elsewhere which had its name lead here."""
_API: Final = "/api/"
_FILTERS: Final = tuple(QuoteFilter.__dataclass_fields__)
_FOUND: Final = 10
_MOST_FOUND: Final = 100
_MOST_NAMES: Final = 500
"""Names in a list of suggestions: enough to find most speakers by a letter or two, and 20 kB in each page."""
_PATIENCE: Final = 1
"""Seconds for answers that are under way when the server ends."""
_HEADERS: Final = {
    "cache-control": "no-store",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
}


def serve(index: QuoteIndex, port: int) -> None:
    """Serve the pages until Ctrl-C; port 0 takes any that is free.

    Raises:
        UsageError: The port is in use, or only the administrator may take it.
    """
    try:
        listener = socket.create_server((_HOST, port))
    except OSError as error:
        raise UsageError(f"port {port} cannot be used: {error.strerror}", hint="Name another with --port") from error
    say(f"http://{_HOST}:{listener.getsockname()[1]}/ shows the quotes. Ctrl-C ends it")
    config = uvicorn.Config(
        make_app(index),
        lifespan="off",
        log_level="critical",
        server_header=False,
        timeout_graceful_shutdown=_PATIENCE,
        ws="none",
    )
    uvicorn.Server(config).run(sockets=[listener])


def make_app(index: QuoteIndex) -> Starlette:
    """Return the application; nothing that it does changes anything."""
    site = _Site(index)
    return Starlette(
        routes=[
            Route("/", site.search),
            Route("/compare", site.compare),
            Route(f"{_API}search", site.search),
        ],
        middleware=[Middleware(TrustedHostMiddleware, allowed_hosts=_KNOWN_AS, www_redirect=False)],
        exception_handlers={TolmachError: site.fail, HTTPException: site.fail, Exception: site.fail},
    )


class _Site:
    """Answers requests; one thread at a time works with the index."""

    def __init__(self, index: QuoteIndex) -> None:
        self._index = index
        self._turn = CapacityLimiter(1)
        self._form = SearchForm(
            speakers=tuple(index.names("speaker_name")[:_MOST_NAMES]),
            languages=tuple(index.names("language")),
            outlets=tuple(index.names("outlet")[:_MOST_NAMES]),
        )

    async def search(self, request: Request) -> Response:
        """Show the form, and what was found."""
        asked = _asked(request)
        if asked.query or request.url.path.startswith(_API):
            asked = await self._do(partial(self._index.search, asked.query, asked.filters, limit=_limit(request)))
        if request.url.path.startswith(_API):
            return JSONResponse(asdict(asked), headers=_HEADERS)
        return self._page(asked)

    async def compare(self, request: Request) -> Response:
        """Show the comparison of two articles."""
        html = await self._do(partial(self._compare, request.query_params.getlist("article")))
        return _html(html, make_policy(resource("report.css"), resource("report.js")))

    async def fail(self, request: Request, error: Exception) -> Response:
        """Say what went wrong."""
        status, problem = _explain(error)
        if request.url.path.startswith(_API):
            return JSONResponse({"error": problem.message, "hint": problem.hint}, status, _HEADERS)
        return self._page(_asked(request), problem, status)

    def _page(self, asked: SearchResult, problem: TolmachError | None = None, status: int = 200) -> Response:
        html = search_page(asked, form=self._form, problem=problem)
        return _html(html, search_policy(forms=True), status)

    def _compare(self, chosen: list[str]) -> str:
        if len(chosen) != 2:  # noqa: PLR2004 - a comparison has two sides
            raise UsageError("a comparison takes two wordings", hint=f"Choose two, not {len(chosen)}")
        if chosen[0] == chosen[1]:
            raise UsageError("both wordings are in one article", hint="Choose two of different articles")
        # Articles that quote the same words need not be versions of one another.
        return render_report(compare_articles([self._index.article(one) for one in chosen], force=True))

    async def _do(self, work: Callable[[], _Found]) -> _Found:
        return await run_sync(work, limiter=self._turn, abandon_on_cancel=True)


def _asked(request: Request) -> SearchResult:
    """Return what a request asks for, before anything is found."""
    values = {name: request.query_params.get(name, "").strip() for name in ("q", *_FILTERS)}
    filters = QuoteFilter(**{name: values[name] or None for name in _FILTERS})
    return SearchResult(query=values["q"], filters=filters, utterances=())


def _limit(request: Request) -> int:
    text = request.query_params.get("limit", str(_FOUND))
    if text not in map(str, range(1, _MOST_FOUND + 1)):
        raise UsageError(f"the limit is no number from 1 to {_MOST_FOUND}")
    return int(text)


def _explain(error: Exception) -> tuple[int, TolmachError]:
    """Return the status of an answer to a request that failed, and why it did."""
    if isinstance(error, TolmachError):
        return 400, error
    if isinstance(error, HTTPException):
        return error.status_code, TolmachError(f"there is nothing here: {error.detail}")
    return 500, TolmachError(f"{type(error).__name__}: {error}", hint="This is a bug")


def _html(page: str, policy: str, status: int = 200) -> HTMLResponse:
    return HTMLResponse(page, status, _HEADERS | {"content-security-policy": f"{policy}; frame-ancestors 'none'"})
