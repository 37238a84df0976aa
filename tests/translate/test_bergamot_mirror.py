"""Fetching a direction from a mirror on the loopback interface: resumed, checked, and only from where the user says."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from bergamot_files import Shape, make_bergamot
from hostile_server import BROKEN, OK, SLOW, Behaviour, HostileServer, sends

from common.errors import IntegrityError, NetworkError, OfflineError, UsageError
from common.fetch.repository import ModelUnavailableError
from common.files import sha256_of
from common.network import OFFLINE_VARIABLE
from translate.engines.bergamot import download as download_module
from translate.engines.bergamot import mirror as mirror_module
from translate.engines.bergamot.download import Transfer, download
from translate.engines.bergamot.engine import load_bergamot
from translate.engines.bergamot.mirror import MIRROR_VARIABLE, bergamot_mirror, fetch_bergamot
from translate.models.requests import TextRequest
from translate.types import DecodeOptions

SMALL = Shape(dim=8, heads=2, inner=8, encoder_layers=1, decoder_layers=1, quantized=True)
EN_RU = ("en", "ru")


class Mirror:
    """Serves what `files` holds, and notes what was asked."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}
        self.ranges: list[str] = []
        self.status: int | None = None
        self.breaks_after: int | None = None  # bytes of the next answer that are sent
        self.tag = '"one"'
        self.url = ""

    def put(self, folder: Path, place: str) -> None:
        self.files |= {f"/{place}/{path.name}": path.read_bytes() for path in folder.iterdir()}

    def answer(self, handler: BaseHTTPRequestHandler) -> None:
        content = self.files.get(handler.path)
        if self.status or content is None:
            handler.send_error(self.status or 404)
            return
        asked = handler.headers.get("Range")
        self.ranges += [asked] if asked else []
        start = int(asked.removeprefix("bytes=").rstrip("-")) if asked else 0
        start = start if handler.headers.get("If-Range") == self.tag else 0
        if start >= len(content):
            handler.send_error(416)
            return
        handler.send_response(206 if start else 200)
        handler.send_header("Content-Length", str(len(content) - start))
        handler.send_header("ETag", self.tag)
        handler.end_headers()
        end = len(content) if self.breaks_after is None else start + self.breaks_after
        self.breaks_after = None
        handler.wfile.write(content[start:end])


@pytest.fixture
def mirror(monkeypatch: pytest.MonkeyPatch) -> Iterator[Mirror]:
    monkeypatch.delenv(OFFLINE_VARIABLE, raising=False)
    served = Mirror()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            served.answer(self)

        def log_message(self, *_args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    served.url = f"http://127.0.0.1:{server.server_port}"
    yield served
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.parametrize(("place", "packed"), [("enru", False), ("base-memory/enru", True)])
def test_a_fetched_direction_translates(mirror: Mirror, tmp_path: Path, place: str, packed: bool) -> None:  # noqa: FBT001
    mirror.put(make_bergamot(tmp_path / "served", shape=SMALL, packed=packed), place)
    fetched = fetch_bergamot(mirror.url, EN_RU, tmp_path / "weights")
    assert {record.path: record.sha256 for record in fetched.records} == {
        path.name: sha256_of(path) for path in fetched.files.paths
    }
    assert sorted(path.name for path in (tmp_path / "weights").iterdir()) == [
        "model.enru.intgemm.alphas.bin", "vocab.enru.spm",
    ]  # fmt: skip
    engine = load_bergamot(fetched.files)
    assert engine.generate([TextRequest("Moscow")], options=DecodeOptions(max_length=3))


def test_each_side_may_have_its_vocabulary(mirror: Mirror, tmp_path: Path) -> None:
    shape = Shape(dim=8, heads=2, inner=8, split=True, quantized=True)
    mirror.put(make_bergamot(tmp_path / "served", "enzh", shape=shape), "enzh")
    fetched = fetch_bergamot(mirror.url, ("en", "zh"), tmp_path / "weights")
    assert [path.name for path in fetched.files.paths[1:]] == ["srcvocab.enzh.spm", "trgvocab.enzh.spm"]


@pytest.mark.parametrize("packed", [False, True])
def test_a_broken_off_fetch_is_gone_on_with(mirror: Mirror, tmp_path: Path, packed: bool) -> None:  # noqa: FBT001
    mirror.put(make_bergamot(tmp_path / "served", shape=SMALL, packed=packed), "enru")
    mirror.breaks_after = 500
    with pytest.raises(NetworkError):
        fetch_bergamot(mirror.url, EN_RU, tmp_path / "weights")
    fetched = fetch_bergamot(mirror.url, EN_RU, tmp_path / "weights")
    assert mirror.ranges == ["bytes=500-"]
    assert load_bergamot(fetched.files)
    assert fetch_bergamot(mirror.url, EN_RU, tmp_path / "weights").revision == fetched.revision


def test_a_part_of_a_file_that_has_changed_since_is_thrown_away(mirror: Mirror, tmp_path: Path) -> None:
    mirror.put(make_bergamot(tmp_path / "served", shape=SMALL), "enru")
    mirror.breaks_after = 500
    with pytest.raises(NetworkError):
        fetch_bergamot(mirror.url, EN_RU, tmp_path / "weights")
    mirror.files = {}
    mirror.put(make_bergamot(tmp_path / "other", shape=Shape(dim=8, heads=2, inner=8, quantized=True, seed=9)), "enru")
    mirror.tag = '"two"'
    fetched = fetch_bergamot(mirror.url, EN_RU, tmp_path / "weights")
    assert fetched.files.model.read_bytes() == mirror.files["/enru/model.enru.intgemm.alphas.bin"]


def test_a_part_that_is_already_whole_is_fetched_anew(mirror: Mirror, tmp_path: Path) -> None:
    mirror.put(make_bergamot(tmp_path / "served", shape=SMALL), "enru")
    weights = tmp_path / "weights"
    weights.mkdir()
    whole = mirror.files["/enru/model.enru.intgemm.alphas.bin"]
    (weights / "model.enru.intgemm.alphas.bin.part").write_bytes(whole)
    (weights / "model.enru.intgemm.alphas.bin.mark").write_text(mirror.tag, encoding="utf-8")
    assert fetch_bergamot(mirror.url, EN_RU, weights).files.model.read_bytes() == whole


@pytest.mark.parametrize("content", [b"\x1f\x8b no gzip", b"<!doctype html>"])
def test_what_is_no_model_is_refused_and_removed(mirror: Mirror, tmp_path: Path, content: bytes) -> None:
    mirror.put(make_bergamot(tmp_path / "served", shape=SMALL, packed=content[:1] == b"\x1f"), "enru")
    name = next(name for name in mirror.files if "model" in name)
    mirror.files[name] = content
    with pytest.raises(IntegrityError):
        fetch_bergamot(mirror.url, EN_RU, tmp_path / "weights")
    assert not list((tmp_path / "weights").glob("model*"))


def test_files_far_too_large_are_refused(mirror: Mirror, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    mirror.put(make_bergamot(tmp_path / "served", shape=SMALL), "enru")
    monkeypatch.setattr(mirror_module, "MAX_BYTES", 1000)
    with pytest.raises(IntegrityError, match="more bytes than a model"):
        fetch_bergamot(mirror.url, EN_RU, tmp_path / "weights")


def test_a_direction_that_the_mirror_lacks_is_named(mirror: Mirror, tmp_path: Path) -> None:
    with pytest.raises(ModelUnavailableError, match="enru"):
        fetch_bergamot(mirror.url, EN_RU, tmp_path)
    mirror.put(make_bergamot(tmp_path / "served", shape=SMALL), "enru")
    del mirror.files["/enru/vocab.enru.spm"]
    with pytest.raises(ModelUnavailableError, match="vocabulary"):
        fetch_bergamot(mirror.url, EN_RU, tmp_path)


def test_a_mirror_that_fails_or_is_not_there_is_an_error_of_the_network(mirror: Mirror, tmp_path: Path) -> None:
    mirror.status = 500
    with pytest.raises(NetworkError, match="500"):
        fetch_bergamot(mirror.url, EN_RU, tmp_path)
    with pytest.raises(NetworkError, match="connection refused"):
        fetch_bergamot("http://127.0.0.1:9", EN_RU, tmp_path)


@pytest.mark.parametrize("behaviour", BROKEN.values(), ids=BROKEN)
def test_half_a_file_is_none(tmp_path: Path, behaviour: Behaviour) -> None:
    server = HostileServer(behaviour)
    with pytest.raises(NetworkError, match="cannot fetch"):
        download(f"{server.url}/a", tmp_path / "a", Transfer(10_000_000, lambda _: None))
    server.close()
    assert not (tmp_path / "a").exists()


def test_a_mirror_that_drips_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(download_module, "TIMEOUT", 0.2)
    server = HostileServer(SLOW["drips the body"])
    with pytest.raises(NetworkError, match="did not answer in time"):
        download(f"{server.url}/a", tmp_path / "a", Transfer(10_000_000, lambda _: None))
    server.close()


def test_an_unasked_range_or_an_odd_mark_is_no_trouble(tmp_path: Path) -> None:
    behaviour = sends(b"HTTP/1.1 416 No\r\nContent-Length: 0\r\n\r\n")
    server = HostileServer(behaviour)
    with pytest.raises(NetworkError, match="answers 416"):
        download(f"{server.url}/a", tmp_path / "a", Transfer(1000, lambda _: None))
    server.behaviour = sends(OK + b'ETag: "\xff\x1b"\r\nContent-Length: 9\r\n\r\nabc')
    for _ in range(2):
        with pytest.raises(NetworkError, match="broke off"):
            download(f"{server.url}/a", tmp_path / "a", Transfer(1000, lambda _: None))
    server.close()
    assert all(b"If-Range" not in asked for asked in server.asked)


@pytest.mark.parametrize("address", ["http://u:Hunter22@h/m", "http://u:Hunt/er22@h/m", "http://h/a b", "http://"])
def test_what_is_no_address_of_a_mirror_is_refused_without_its_password(address: str) -> None:
    with pytest.raises(UsageError, match="is not the address of a mirror") as raised:
        bergamot_mirror(address)
    assert "Hunt" not in str(raised.value)


def test_nothing_is_fetched_offline(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv(OFFLINE_VARIABLE, "1")
    with pytest.raises(OfflineError):
        fetch_bergamot("http://127.0.0.1:9", EN_RU, tmp_path / "weights")
    assert not (tmp_path / "weights").exists()


def test_the_mirror_is_the_users_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(MIRROR_VARIABLE, raising=False)
    with pytest.raises(UsageError, match="Mozilla"):
        bergamot_mirror()
    monkeypatch.setenv(MIRROR_VARIABLE, "https://models.example.org/firefox/")
    assert bergamot_mirror() == "https://models.example.org/firefox"
    assert bergamot_mirror("http://other.example.org") == "http://other.example.org"
    with pytest.raises(UsageError):
        bergamot_mirror("file:///etc")
