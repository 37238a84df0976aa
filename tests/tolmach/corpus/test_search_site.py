"""The pages of an index: what they show, whom they answer, and how they end."""

import re
import socket
from typing import Any

import pytest

pytest.importorskip("starlette", reason="the extra `web` is not installed")
pytest.importorskip("uvicorn", reason="the extra `web` is not installed")
from starlette.testclient import TestClient

from common import messages
from common.errors import UsageError
from tests.support.search_site import FakeIndex
from tolmach.corpus.index.search import QuoteFilter
from tolmach.corpus.index.serve import make_app, serve


@pytest.fixture
def index() -> FakeIndex:
    return FakeIndex()


@pytest.fixture
def client(index: Any) -> TestClient:
    return TestClient(make_app(index), base_url="http://127.0.0.1:8000", raise_server_exceptions=False)


def test_a_search_passes_all_filters_on(client, index):
    words = {"q": " long time ", "speaker": "Лавров", "language": "zh", "outlet": "", "since": "2023", "limit": "3"}
    page = client.get("/", params=words).text
    assert index.asked == [("long time", QuoteFilter(speaker="Лавров", language="zh", since="2023"), 3)]
    assert "“long time”" in page
    assert '<option value="zh" selected>Chinese</option>' in page
    assert '<option value="Sergey Lavrov"></option>' in page


def test_the_first_page_searches_nothing(client, index):
    page = client.get("/")
    assert (page.status_code, index.asked) == (200, [])
    assert "All wordings of it are found" in page.text


def test_the_api_answers_as_the_command_does(client):
    found = client.get("/api/search", params={"q": "long", "until": "2024"}).json()
    assert (found["query"], found["filters"]["until"], found["filters"]["speaker"]) == ("long", "2024", None)
    first = found["utterances"][0]["wordings"][0]
    assert (first["article"], first["verdict"]) == ("a-en", None)


def test_two_chosen_wordings_lead_to_the_comparison_of_their_articles(client):
    page = client.get("/compare?article=a-en&article=b-en")
    assert page.status_code == 200
    assert re.search(r"<h2 [^>]*>1 of 1 quote may differ", page.text)


def test_an_article_full_of_markup_stays_text_in_a_comparison(client):
    page = client.get("/compare?article=a-en&article=evil").text
    assert "&lt;script&gt;document" in page
    assert "<script>document" not in page


@pytest.mark.parametrize(
    ("path", "status", "reason"),
    [
        ("/compare?article=a-en", 400, "a comparison takes two wordings. Choose two, not 1."),
        ("/compare?article=a-en&article=a-en", 400, "both wordings are in one article"),
        ("/compare?article=a-en&article=%3Cb%3E", 400, "the index has no article &lt;b&gt;"),
        ("/?q=x&limit=all", 400, "the limit is no number from 1 to 100."),
        ("/?q=bug", 500, "RuntimeError: &lt;b&gt;broken&lt;/b&gt;. This is a bug."),
        ("/nowhere", 404, "there is nothing here: Not Found."),
    ],
)
def test_what_fails_is_explained_on_a_page(client, path, status, reason):
    page = client.get(path)
    assert (page.status_code, reason in page.text) == (status, True)
    assert '<form class="filters"' in page.text


def test_the_api_explains_in_json(client):
    answer = client.get("/api/search")
    assert (answer.status_code, answer.json()["error"]) == (400, "the query is empty")
    assert client.get("/api/nothing").json()["error"] == "there is nothing here: Not Found"


@pytest.mark.parametrize("host", ["evil.example", "evil.example:8000", "127.0.0.1.evil.example", ""])
def test_a_name_that_was_made_to_lead_here_gets_no_answer(client, host):
    for path in ("/", "/api/search?q=long"):
        assert client.get(path, headers={"host": host}).status_code == 400


def test_only_reading_is_possible(client, index):
    for method in ("POST", "PUT", "DELETE", "PATCH"):
        assert client.request(method, "/?q=long").status_code == 405
    assert index.asked == []


@pytest.mark.parametrize("path", ["/", "/?q=long", "/compare?article=a-en&article=evil", "/nowhere"])
def test_every_page_allows_its_own_style_and_nothing_from_elsewhere(client, path):
    headers = client.get(path).headers
    policy = dict(one.split(" ", 1) for one in headers["content-security-policy"].split("; "))
    assert policy["default-src"] == policy["frame-ancestors"] == policy["base-uri"] == "'none'"
    assert re.fullmatch(r"'sha256-[\w+/]+='", policy["style-src"])
    assert "unsafe" not in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["cross-origin-resource-policy"] == "same-origin"
    assert "access-control-allow-origin" not in headers


def test_the_pages_speak_the_language_of_their_reader(client, monkeypatch):
    monkeypatch.setenv(messages.VARIABLE, "ru")
    assert "Поиск по цитатам корпуса" in client.get("/").text


def test_a_port_in_use_is_named(index):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(UsageError, match=f"port {port} cannot be used: Address already in use"):
            serve(index, port)
