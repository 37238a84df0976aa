"""A hub that answers oddly, without end, or leads elsewhere: one error in words, in time, and no token for others."""

import hashlib
import json
import socket
import tempfile
import time
import tracemalloc
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.errors import IntegrityError, TolmachError, UsageError
from common.fetch import hub as hubs
from common.fetch.errors import WebError
from common.fetch.hub import Hub, HubFile, HubNameError, HubResponseError, endpoint
from tests.support.servers.hostile_server import BROKEN, FLOODS, OK, SLOW, Behaviour, HostileServer, sends

COMMIT = "0123456789" * 4
DATA = b"abc" * 19
FILE = HubFile("a.bin", len(DATA), COMMIT, hashlib.sha256(DATA).hexdigest())
ENTRY = {"type": "file", "path": "a.json", "size": 3, "oid": COMMIT}

Serve = Callable[[Behaviour], HostileServer]


@pytest.fixture
def serve(monkeypatch: pytest.MonkeyPatch) -> Iterator[Serve]:
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", False)
    monkeypatch.setattr(hubs, "_PAUSE", 0.0)
    monkeypatch.setenv("HF_TOKEN", "hf_hunter2222222222222")
    started: list[HostileServer] = []

    def start(behaviour: Behaviour) -> HostileServer:
        started.append(HostileServer(behaviour))
        monkeypatch.setenv("HF_ENDPOINT", started[0].url)
        return started[-1]

    yield start
    for server in started:
        server.close()


def whole(body: bytes, *headers: str) -> bytes:
    lines = "".join(f"{header}\r\n" for header in headers)
    return OK + f"{lines}Content-Length: {len(body)}\r\n\r\n".encode() + body


def answers(content: object, *headers: str) -> Behaviour:
    return sends(whole(json.dumps(content).encode(), *headers))


def fetch(path: Path) -> None:
    hub = Hub()
    hub.download(hub.url("a/b", COMMIT, FILE.path), FILE, path, advance=lambda _size: None)


ASKS: dict[str, Callable[[Path], object]] = {
    "revision": lambda _: Hub().find_commit("a/b", "main"),
    "files": lambda _: Hub().list_files("a/b", COMMIT),
    "proposals": lambda _: Hub().list_proposals("a/b", "bot"),
    "download": fetch,
}


def test_a_list_of_several_pages_is_taken(serve: Serve) -> None:
    server = serve(answers([ENTRY], 'Link: </next>; rel="next"'))
    first = server.behaviour

    def behave(line: socket.socket) -> None:
        (first if len(server.asked) == 1 else answers([ENTRY | {"path": "b.json"}]))(line)

    server.behaviour = behave
    assert [file.path for file in Hub().list_files("a/b", COMMIT)] == ["a.json", "b.json"]
    assert all(b"hunter" in asked for asked in server.asked)


def test_a_list_that_goes_on_elsewhere_does_not_get_the_token(serve: Serve) -> None:
    near, far = serve(answers([])), serve(answers([]))
    near.behaviour = answers([ENTRY], f'Link: <{far.url}/next>; rel="next"')
    with pytest.raises(WebError, match="continues on another server"):
        Hub().list_files("a/b", COMMIT)
    assert len(near.asked) == 1
    assert far.asked == []


def test_a_list_goes_on_where_one_of_several_links_says(serve: Serve) -> None:
    server = serve(answers([ENTRY], "Link: </next>; rel=next", 'Link: </first>; rel="first"'))
    with pytest.raises(WebError, match="more than 20 pages"):
        Hub().list_files("a/b", COMMIT)
    assert server.asked[1].startswith(b"GET /next ")


@pytest.mark.parametrize("link", ["http://[x", "//other/", "file:///a", "https://127.0.0.1/", "http://u:p@127.0.0.1/"])
def test_a_list_that_goes_on_nowhere_is_refused(serve: Serve, link: str) -> None:
    serve(answers([ENTRY], f"Link: <{link}>; rel=next"))
    with pytest.raises(WebError):
        Hub().list_files("a/b", COMMIT)


def test_a_list_without_an_end_is_given_up(serve: Serve) -> None:
    server = serve(answers([ENTRY], 'Link: </next>; rel="next"'))
    with pytest.raises(WebError, match="more than 20 pages"):
        Hub().list_files("a/b", COMMIT)
    assert len(server.asked) == 20


@pytest.mark.parametrize("redirected", ["a file", "a list"])
def test_a_redirection_elsewhere_is_followed_without_the_token(serve: Serve, redirected: str, tmp_path: Path) -> None:
    near = serve(answers([]))
    far = serve(sends(whole(DATA)) if redirected == "a file" else answers({"sha": COMMIT}))
    near.behaviour = sends(f"HTTP/1.1 302 Found\r\nLocation: {far.url}\r\n\r\n".encode())
    if redirected == "a file":
        fetch(tmp_path / "a.bin")
        assert (tmp_path / "a.bin").read_bytes() == DATA
    else:
        assert Hub().find_commit("a/b") == COMMIT
    assert b"hunter" in near.asked[0]
    assert b"hunter" not in far.asked[0]


@pytest.mark.slow
@pytest.mark.parametrize("ask", ASKS.values(), ids=ASKS)
@pytest.mark.parametrize("behaviour", SLOW.values(), ids=SLOW)
def test_an_answer_that_never_ends_is_given_up_in_time(
    serve: Serve, behaviour: Behaviour, ask: Callable[[Path], object], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in {"_LIST_TIME": 0.2, "_FILE_TIME": 0.2, "_TRIES": 1}.items():
        monkeypatch.setattr(hubs, name, value)
    serve(behaviour)
    start = time.monotonic()
    with pytest.raises(TolmachError):
        ask(tmp_path / "a.bin")
    assert time.monotonic() - start < 2


@pytest.mark.parametrize("ask", ASKS.values(), ids=ASKS)
@pytest.mark.parametrize("behaviour", FLOODS.values(), ids=FLOODS)
def test_no_answer_takes_memory_or_disk_beyond_the_limit(
    serve: Serve, behaviour: Behaviour, ask: Callable[[Path], object], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hubs, "_TRIES", 1)
    serve(behaviour)
    tracemalloc.start()
    try:
        with pytest.raises(TolmachError):
            ask(tmp_path / "a.bin")
        assert tracemalloc.get_traced_memory()[1] < 20_000_000
    finally:
        tracemalloc.stop()
    assert sum(path.stat().st_size for path in tmp_path.iterdir()) <= len(DATA)


@pytest.mark.parametrize("ask", ASKS.values(), ids=ASKS)
@pytest.mark.parametrize("behaviour", BROKEN.values(), ids=BROKEN)
def test_half_an_answer_is_none(
    serve: Serve, behaviour: Behaviour, ask: Callable[[Path], object], tmp_path: Path
) -> None:
    serve(behaviour)
    with pytest.raises(TolmachError):
        ask(tmp_path / "a.bin")
    assert not (tmp_path / "a.bin").exists()


ODD: tuple[object, ...] = ([], {}, "", None, 1, 1.5, True, [None], [[]], ["a"], {"sha": 1}, {"sha": "../../x"})


@pytest.mark.parametrize("content", [*ODD, b"", b"<html>", b"\xff", b"[" * 100_000, b'{"sha": NaN}'], ids=repr)
def test_what_no_hub_answers_to_a_revision_is_refused(serve: Serve, content: object) -> None:
    serve(sends(whole(content)) if isinstance(content, bytes) else answers(content))
    with pytest.raises(WebError):
        Hub().find_commit("a/b")


@pytest.mark.parametrize(
    "change",
    [{"size": size} for size in ("3", None, -1, 1.5, True, [])]
    + [{"oid": oid} for oid in (1, None, "", "../../../x", "A" * 40)]
    + [{"lfs": lfs} for lfs in (1, "a", [], {}, {"oid": "../../../x", "size": 1}, {"oid": "a" * 64, "size": "1"})],
    ids=repr,
)
def test_a_file_that_cannot_be_one_is_refused(serve: Serve, change: dict[str, object]) -> None:
    serve(answers([ENTRY | change]))
    with pytest.raises(WebError, match="not that of a hub"):
        Hub().list_files("a/b", COMMIT)


NO_PATHS = (
    1,
    None,
    "",
    "/a",
    "../a",
    "a/../b",
    "a//b",
    "a\0",
    "a\\b",
    "a\nb",
    "\u202ea",
    "a" * 300,
    "я" * 150,
    "a/" * 600 + "b",
)


@pytest.mark.parametrize("path", NO_PATHS, ids=lambda path: repr(path)[:12])
def test_a_name_that_no_file_can_have_is_refused(serve: Serve, path: object) -> None:
    serve(answers([ENTRY, ENTRY | {"path": path}]))
    with pytest.raises(WebError, match="lists a file with an invalid name") as raised:
        Hub().list_files("a/b", COMMIT)
    assert len(str(raised.value)) < 200


@pytest.mark.parametrize("path", ["a.json", "a.json/b.json", "a.json/b/c.json"])
def test_two_files_in_one_place_are_refused(serve: Serve, path: str) -> None:
    serve(answers([ENTRY | {"path": path}, ENTRY]))
    with pytest.raises(WebError, match=r"two files of the name “a\.json”"):
        Hub().list_files("a/b", COMMIT)


@given(st.lists(st.text(st.characters(exclude_categories=()), max_size=400), max_size=4))
def test_any_list_of_names_can_be_written_or_is_refused(names: list[str]) -> None:
    try:
        files = [hubs._file(ENTRY | {"path": name}) for name in names]
        hubs._check_places(files)
    except WebError:
        return
    with tempfile.TemporaryDirectory() as folder:
        for file in files:
            path = Path(folder, file.path)
            path.parent.mkdir(parents=True, exist_ok=True)
            file.part(path).touch()
            file.part(path).replace(path)
        assert len([path for path in Path(folder).rglob("*") if path.is_file()]) == len(files)


@pytest.mark.parametrize(
    "content", [*ODD[1:], {"discussions": 1}, {"discussions": [{"isPullRequest": True}]}], ids=repr
)
def test_what_no_hub_answers_about_proposals_is_refused(serve: Serve, content: object) -> None:
    serve(answers(content))
    with pytest.raises(WebError, match="not that of a hub"):
        Hub().list_proposals("a/b", "bot")


def test_a_packed_file_is_refused(serve: Serve, tmp_path: Path) -> None:
    serve(sends(whole(b"x" * 57, "Content-Encoding: gzip")))
    with pytest.raises(WebError, match="compresses its answer"):
        fetch(tmp_path / "a.bin")


def test_a_file_longer_than_it_should_be_is_not_kept(serve: Serve, tmp_path: Path) -> None:
    server = serve(sends(whole(DATA + b"more")))
    with pytest.raises(IntegrityError, match=r"more than the 57 bytes that a\.bin has"):
        fetch(tmp_path / "a.bin")
    assert len(server.asked) == 1
    assert [path.stat().st_size for path in tmp_path.iterdir()] == [0]


@pytest.mark.parametrize(
    ("status", "headers", "rest"),
    [("206 Partial", "Content-Range: bytes 20-56/57", DATA[20:]), ("200 OK", "X: y", DATA)],
)
def test_a_part_is_gone_on_with_or_begun_anew(
    serve: Serve, tmp_path: Path, status: str, headers: str, rest: bytes
) -> None:
    head = f"HTTP/1.1 {status}\r\n{headers}\r\nContent-Length: {len(rest)}\r\n\r\n"
    server = serve(sends(head.encode() + rest))
    FILE.part(tmp_path / "a.bin").write_bytes(DATA[:20])
    fetch(tmp_path / "a.bin")
    assert (tmp_path / "a.bin").read_bytes() == DATA
    assert b"Range: bytes=20-" in server.asked[0]


@pytest.mark.parametrize("status", ["201 x", "204 x", "206 x\r\nContent-Range: bytes 3-56/57", "304 x", "416 x"])
def test_another_answer_to_a_part_is_none(serve: Serve, tmp_path: Path, status: str) -> None:
    serve(sends(f"HTTP/1.1 {status}\r\nContent-Length: 0\r\n\r\n".encode()))
    FILE.part(tmp_path / "a.bin").write_bytes(DATA[:20])
    with pytest.raises(WebError):
        fetch(tmp_path / "a.bin")


def test_an_error_has_the_code_of_the_hub(serve: Serve) -> None:
    serve(sends(b"HTTP/1.1 403 No\r\nX-Error-Code: GatedRepo\r\nContent-Length: 0\r\n\r\n"))
    with pytest.raises(HubResponseError) as raised:
        Hub().find_commit("a/b")
    assert (raised.value.status, raised.value.code) == (403, "GatedRepo")


@given(st.text(max_size=12), st.none() | st.text(max_size=12))
def test_any_name_is_a_name_or_refused(repo_id: str, revision: str | None) -> None:
    try:
        hubs._check_name(repo_id, revision)
    except HubNameError:
        return
    assert repo_id.isascii()
    assert ".." not in repo_id + (revision or "")


@pytest.mark.parametrize(
    "value",
    [
        "host", "ftp://host", "http://me:hunter22@host", "http://me:hun/hunter22@host", "http://me:1/hunter22@host",
        "http://me:1#hunter22@host", "http://me:1?hunter22@host", "http://host/?hunter22", "http://[hunter22",
        "http://hunter22 x", "hunter22\n@", "me:hunter22@host",
    ],
)  # fmt: skip
def test_an_endpoint_that_is_none_is_not_repeated(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv("HF_ENDPOINT", value)
    with pytest.raises(UsageError, match="HF_ENDPOINT names no hub") as raised:
        endpoint()
    assert "hunter" not in str(raised.value)


@pytest.mark.parametrize(
    ("value", "expected"),
    [("", "https://huggingface.co"), ("https://h/", "https://h"), ("http://h:1/a/", "http://h:1/a")],
)
def test_an_endpoint_has_no_slash_at_its_end(monkeypatch: pytest.MonkeyPatch, value: str, expected: str) -> None:
    monkeypatch.setenv("HF_ENDPOINT", value)
    assert endpoint() == expected
