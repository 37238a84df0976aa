"""A stand-in for the index of a corpus, and its pages on a free port, for tests."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from common.errors import InputError, UsageError
from corpora.article import Article
from tests.support.search_sample import EVIL, search_result
from tolmach.corpus.index.search import QuoteFilter, SearchResult

ARTICLES = {
    "a-en": "The minister said: “It will take a long time.” It was a long day for all of them.",
    "b-en": "The minister said: “It may take a short time.” It was a long day for all of them.",
    "evil": f"The minister said: “It will take no time {EVIL}.” It was a long day for all of them.",
}


class FakeIndex:
    """Finds the same for every query but a few."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, QuoteFilter, int]] = []

    def search(self, query: str, filters: QuoteFilter, *, limit: int) -> SearchResult:
        self.asked.append((query, filters, limit))
        if not query:
            raise UsageError("the query is empty", hint="Give the words to search for")
        if query == "bug":
            raise RuntimeError("<b>broken</b>")
        found = replace(search_result(), query=query, filters=filters)
        if filters.language:
            kept = [one for one in found.utterances if any(w.language != "en" for w in one.wordings)]
            found = replace(found, utterances=tuple(kept))
        return found

    def names(self, column: str) -> list[str]:
        known = {"speaker_name": ["Sergey Lavrov", EVIL], "language": ["en", "ru", "zh"], "outlet": ["Herald"]}
        return known[column]

    def article(self, article: str) -> Article:
        if article not in ARTICLES:
            raise InputError(f"the index has no article {article}")
        return Article.from_text(ARTICLES[article], language="en")


@contextmanager
def served(app: Any) -> Iterator[str]:
    """Serve an application in a thread, and yield its address."""
    import uvicorn  # noqa: PLC0415 - only some tests need it

    listener = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(app, lifespan="off", log_level="critical", ws="none"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    server.should_exit = True
    thread.join(10)
