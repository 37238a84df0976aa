"""Articles are loaded from files, standard input and the web; bad input gets one clear line."""

import hashlib
import io
import sys
import threading
import urllib.request
from http.server import BaseHTTPRequestHandler, HTTPServer
from types import SimpleNamespace
from typing import ClassVar
from urllib.parse import urlsplit

import pytest

from common.network import PRIVATE_VARIABLE
from corpora import InputError, NetworkError, OfflineError, UsageError, load_article
from corpora.readers.load import FetchOptions, fetch, sniff_format
from corpora.samples import load_sample, sample_path

RUSSIAN = "Паром вернётся\n\nПаром снова выйдет в море в апреле после перерыва в одиннадцать лет, сообщили министры.\n"
ENGLISH = "Ferry back\n\nThe ferry will sail again in April after a break of eleven years, both ministers said.\n"
HTML = (
    "<html><head><title>Паром вернётся</title></head>"
    "<body><p>Паром снова выйдет в море в апреле, сообщили министры.</p></body></html>"
)


OTHER = "the text is in none of English, Russian, Chinese, Ukrainian: it looks like "


class Notes:
    def __init__(self):
        self.notes = []

    def note(self, message):
        self.notes.append(message)


def test_a_file_and_what_is_known_about_it(tmp_path):
    path = tmp_path / "article.txt"
    path.write_bytes(RUSSIAN.encode("cp1251"))
    article = load_article(path)
    assert (article.text, article.language, article.title) == (RUSSIAN, "ru", "Паром вернётся")
    meta = article.meta
    assert (meta.source, meta.format, meta.encoding) == (str(path), "text", "cp1251")
    assert meta.sha256 == hashlib.sha256(RUSSIAN.encode("cp1251")).hexdigest()


@pytest.mark.parametrize("language", ["en", "ru", "zh"])
def test_the_sample_files_load_unchanged(tmp_path, language):
    text = sample_path("lavrov", language).read_text(encoding="utf-8")
    path = tmp_path / "article.txt"
    path.write_text(text, encoding="utf-8", newline="")
    article = load_article(str(path))
    assert article.text == text
    assert article.blocks == load_sample("lavrov", language).blocks


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("a.html", HTML, "html"), ("a.HTM", HTML, "html"), ("a.md", ENGLISH, "markdown"),
        ("a.txt", "# Ferry back\n\n" + ENGLISH, "text"),
        ("a", HTML, "html"), ("a.dat", "# Ferry back\n\n" + ENGLISH, "markdown"), ("a.dat", ENGLISH, "text"),
    ],
)  # fmt: skip
def test_the_format_is_told_by_suffix_then_by_content(tmp_path, name, text, expected):
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    assert load_article(path).meta.format == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("# Title\n\ntext", "markdown"), ("Title\n=====\n\ntext", "markdown"), ("---\ntitle: x\n---\ntext", "markdown"),
        ("see [a](b) and [c](d)", "markdown"), ("He said #1 is best.\n\n- Yes.", "text"),
        ("“A” – said he.\n\n* * *", "text"),
        ("text\n\n---\n\nmore", "text"), ("<p>a</p><p>b</p><p>c</p>", "html"),
    ],
)  # fmt: skip
def test_sniffing(text, expected):
    assert sniff_format(text) == expected


def test_standard_input(monkeypatch):
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(RUSSIAN.encode("koi8-r"))))
    article = load_article("-")
    assert (article.text, article.meta.source, article.meta.encoding) == (RUSSIAN, "-", "koi8-r")


def test_an_explicit_language_and_encoding_are_used(tmp_path):
    path = tmp_path / "article.txt"
    path.write_bytes("Сель".encode("koi8-r"))
    assert load_article(path, "RUS", encoding="koi8-r").language == "ru"


def test_an_explicit_chinese_encoding_is_used(tmp_path):
    text = sample_path("lavrov", "zh").read_text(encoding="utf-8")
    path = tmp_path / "article.txt"
    path.write_bytes(text.encode("gb18030"))
    article = load_article(path, "zh", encoding="gb18030")
    assert (article.text, article.language, article.meta.encoding) == (text, "zh", "gb18030")


def test_an_unknown_encoding_is_wrong_usage_with_examples(tmp_path):
    path = tmp_path / "article.txt"
    path.write_text(ENGLISH, encoding="utf-8")
    with pytest.raises(UsageError, match=r"^unknown encoding 'gb18031'\. Known: utf-8, cp1251, .*gb18030"):
        load_article(path, encoding="gb18031")


def test_lost_characters_are_told(tmp_path):
    path = tmp_path / "article.txt"
    path.write_text(ENGLISH * 4 + "\N{REPLACEMENT CHARACTER}\n", encoding="utf-8")
    notes = Notes()
    load_article(path, progress=notes)
    assert notes.notes == [f"{path}: 1 characters were lost before the text was saved"]


@pytest.mark.parametrize(
    ("name", "data", "message"),
    [
        ("empty.txt", b"", "{} is empty"),
        ("blank.txt", " \n\N{NO-BREAK SPACE}\N{IDEOGRAPHIC SPACE}\n".encode(), "{} is empty"),
        ("bom.txt", b"\xef\xbb\xbf", "{} is empty"),
        ("photo.txt", b"\x89PNG\r\n\x1a\n\0\0", "{} is not a text: it looks like a PNG image"),
        ("paper.pdf", b"%PDF-1.4 ...", "{} is not a text: it looks like a PDF"),
        ("data.bin", b"abc\0\0\0def", "{} is not a text: it looks like binary data"),
        ("be.txt", "Прэзідэнт заявіў, што яго краіна, як было, дапаможа.".encode(), OTHER + "Belarusian"),
        ("ja.txt", "大統領は、同国が引き続き同盟国を支援すると述べた。".encode(), OTHER + "Japanese"),
        ("no.html", b"<html><body><script>1</script></body></html>", "{} has no article text"),
    ],
)  # fmt: skip
def test_unusable_files_are_refused_in_one_line(tmp_path, name, data, message):
    path = tmp_path / name
    path.write_bytes(data)
    with pytest.raises(InputError) as caught:
        load_article(path)
    assert caught.value.message == message.format(path)
    assert caught.value.hint
    assert "\n" not in str(caught.value)


def test_a_missing_file_is_refused(tmp_path):
    with pytest.raises(InputError, match=r"cannot read .*absent\.txt: no such file"):
        load_article(tmp_path / "absent.txt")


def test_a_folder_is_refused(tmp_path):
    with pytest.raises(InputError, match="is a folder, not a file"):
        load_article(tmp_path)


@pytest.mark.parametrize("name", ["a\0b", "a" * 5000])
def test_an_impossible_name_is_refused(name):
    with pytest.raises(InputError, match="cannot read"):
        load_article(name)


def test_a_huge_file_is_refused(tmp_path, monkeypatch):
    monkeypatch.setenv("TOLMACH_MAX_INPUT_SIZE", "1MB")
    path = tmp_path / "huge.txt"
    path.write_bytes(b"word " * 250_000)
    with pytest.raises(InputError, match=r"too large: 1\.25 MB, more than the limit of 1 MB"):
        load_article(path)


def test_a_wrong_explicit_language_is_refused(tmp_path):
    path = tmp_path / "article.txt"
    path.write_text(ENGLISH, encoding="utf-8")
    with pytest.raises(InputError, match=r"^the text is not Chinese: it looks like English"):
        load_article(path, "zh")


def test_an_unknown_language_is_wrong_usage(tmp_path):
    path = tmp_path / "article.txt"
    path.write_text(ENGLISH, encoding="utf-8")
    with pytest.raises(UsageError, match="unknown language 'klingon'"):
        load_article(path, "klingon")


class Site(BaseHTTPRequestHandler):
    PAGES: ClassVar = {
        "/page": ("text/html; charset=windows-1251", HTML.encode("cp1251")),
        "/%D0%BD%D0%BE%D0%B2%D0%BE%D1%81%D1%82%D0%B8/1": ("text/html", HTML.encode()),
        "/text": ("text/plain", RUSSIAN.encode("koi8-r")),
        "/photo": ("image/png", b"\x89PNG\r\n\x1a\n"),
        "/long": ("text/plain", b"word " * 1000),
        "/empty": ("text/plain", b""),
    }

    def do_GET(self):
        page = urlsplit(self.path).path
        redirections = {
            "/moved": "/page",
            "/circle": "/circle",
            "/file": "file:///etc/passwd",
            "/ftp": "ftp://example.org/a",
        }
        if self.path in redirections:
            self.send_response(302)
            self.send_header("Location", redirections[self.path])
            self.end_headers()
        elif page in self.PAGES:
            kind, body = self.PAGES[page]
            self.send_response(200)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)
        elif self.path == "/slow":
            threading.Event().wait(0.5)
        else:
            self.send_error(404)

    def log_message(self, *args):
        pass


@pytest.fixture
def site(monkeypatch):
    monkeypatch.setattr(urllib.request, "getproxies", dict)
    monkeypatch.delenv("TOLMACH_OFFLINE", raising=False)
    monkeypatch.setenv(PRIVATE_VARIABLE, "1")
    server = HTTPServer(("127.0.0.1", 0), Site)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.parametrize("path", ["/page", "/moved"])
def test_a_page_is_fetched(site, path):
    article = load_article(site + path)
    assert (article.title, article.language) == ("Паром вернётся", "ru")
    assert (article.meta.source, article.meta.format, article.meta.encoding) == (site + path, "html", "cp1251")


def test_letters_beyond_ascii_in_an_address_are_sent_escaped(site):
    article = load_article(site + "/новости/1")
    assert (article.title, article.meta.source) == ("Паром вернётся", site + "/новости/1")


def test_a_redirection_in_circles_is_told_in_one_line(site):
    with pytest.raises(NetworkError) as caught:
        load_article(site + "/circle")
    assert caught.value.message == f"cannot fetch {site}/circle: it redirects more than 10 times"


@pytest.mark.parametrize("path", ["/page", "/moved"])
def test_this_machine_is_private_unless_the_user_allows_it(site, path, monkeypatch):
    monkeypatch.delenv(PRIVATE_VARIABLE)
    with pytest.raises(NetworkError) as caught:
        load_article(site + path)
    assert caught.value.message.endswith(": 127.0.0.1 is in a private network or this machine itself")
    assert "--allow-private-addresses" in caught.value.hint


def test_a_token_in_an_address_goes_into_no_result(site):
    assert load_article(site + "/page?token=hunter22").meta.source == site + "/page?token=***"


def test_plain_text_is_fetched(site):
    article = load_article(site + "/text")
    assert (article.text, article.meta.format, article.meta.encoding) == (RUSSIAN, "text", "koi8-r")


def test_a_page_that_is_not_there(site):
    with pytest.raises(NetworkError) as caught:
        load_article(site + "/absent")
    assert caught.value.message == f"cannot fetch {site}/absent: the server answered 404 Not Found"


def test_a_picture_is_refused(site):
    with pytest.raises(InputError, match="it is not text but image/png"):
        load_article(site + "/photo")


def test_an_empty_page_is_refused(site):
    with pytest.raises(InputError, match="/empty is empty"):
        load_article(site + "/empty")


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("/file", "it redirects to file:///etc/passwd, which is not on the web"),
        ("/ftp", "it redirects to ftp://example.org/a, which is not on the web"),
    ],
)
def test_a_redirection_away_from_the_web_is_refused(site, path, message):
    with pytest.raises(NetworkError) as caught:
        load_article(site + path)
    assert caught.value.message == f"cannot fetch {site}{path}: {message}"


def test_a_page_above_the_limit_is_refused(site):
    with pytest.raises(InputError, match=r"too large: more than the limit of 0\.001 MB"):
        fetch(site + "/long", options=FetchOptions(max_bytes=1000))


def test_a_slow_server_is_given_up(site):
    with pytest.raises(NetworkError, match="the server did not answer in time"):
        fetch(site + "/slow", options=FetchOptions(timeout=0.1))


def test_a_server_that_is_not_there(monkeypatch):
    monkeypatch.setenv(PRIVATE_VARIABLE, "1")
    monkeypatch.setattr(urllib.request, "getproxies", dict)
    monkeypatch.delenv("TOLMACH_OFFLINE", raising=False)
    with pytest.raises(NetworkError, match=r"^cannot fetch http://127\.0\.0\.1:1/: connection refused"):
        load_article("http://127.0.0.1:1/")


def test_offline_no_page_is_fetched(monkeypatch):
    monkeypatch.setenv("TOLMACH_OFFLINE", "1")
    with pytest.raises(OfflineError, match="no network is allowed"):
        load_article("https://example.org/article")


@pytest.mark.parametrize("url", ["ftp://example.org/a.txt", "file:///etc/passwd", "data://text/plain,abc"])
def test_other_schemes_are_refused(url):
    with pytest.raises(InputError, match="only http and https addresses are read"):
        load_article(url)


@pytest.mark.parametrize("url", ["http://", "http://exa mple.org/", "http://[bad/"])
def test_a_broken_address_is_refused(url, monkeypatch):
    monkeypatch.setattr(urllib.request, "getproxies", dict)
    monkeypatch.delenv("TOLMACH_OFFLINE", raising=False)
    with pytest.raises(NetworkError, match=r"^cannot fetch http://"):
        load_article(url)
