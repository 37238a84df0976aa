"""Fetching Firefox's models from a service and a mirror on the loopback interface."""

import gzip
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from common.errors import IntegrityError, NetworkError, OfflineError, TolmachError, UsageError
from common.fetch.repository import ModelUnavailableError
from common.network import OFFLINE_VARIABLE
from corpora.languages import Direction
from tests.support.models.firefox_files import Shape, firefox_contents, record, zstd
from tests.support.servers.hostile_server import BROKEN, SLOW, Behaviour, HostileServer
from tests.support.servers.hub_server import Recorder
from tolmach.workflow.listings import fetch_model, remove_model, verify_models
from translate.loading import choose_model, load_translator
from translate.models.firefox import find_firefox
from translate.models.registry import find_model, load_registry
from translate.weights import firefox
from translate.weights.firefox import MIRROR_VARIABLE, RECORDS_VARIABLE, SERVICE_NOTE, fetch_firefox, firefox_mirror
from translate.weights.store import WeightsStore

EN_RU = ("en", "ru")
MODEL, VOCABULARY = "model.enru.intgemm.alphas.bin", "vocab.enru.spm"
USUAL, OTHER = Shape(), Shape(seed=9)


class FileServer:
    """Serves what `files` holds, and notes what was asked."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}
        self.records: list[Any] = []
        self.asked: list[str] = []
        self.status: int | None = None
        self.url = ""

    def publish(self, pair: str = "enru", *, shape: Shape = USUAL, **described: Any) -> None:
        """Add a model to the service."""
        for name, content in firefox_contents(pair, shape).items():
            packed = zstd(content)
            entry: Any = record(name, packed, **described)
            self.records.append(entry)
            self.files[f"/files/{entry['attachment']['location']}"] = packed

    def answer(self, handler: BaseHTTPRequestHandler) -> None:
        self.asked.append(handler.path)
        content = self.files.get(handler.path)
        if handler.path == "/v1/":
            base = {"base_url": f"{self.url}/files/"}
            content = json.dumps({"capabilities": {"attachments": base}}).encode()
        elif handler.path.endswith("/records"):
            content = json.dumps({"data": self.records}).encode()
        if self.status or content is None:
            handler.send_error(self.status or 404)
            return
        handler.send_response(200)
        handler.send_header("Content-Length", str(len(content)))
        handler.end_headers()
        handler.wfile.write(content)


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[FileServer]:
    monkeypatch.delenv(OFFLINE_VARIABLE, raising=False)
    monkeypatch.delenv(MIRROR_VARIABLE, raising=False)
    monkeypatch.setenv("TOLMACH_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(firefox, "_SAID", set())
    served = FileServer()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            served.answer(self)

        def log_message(self, *_args: object) -> None:
            pass

    listening = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    listening.daemon_threads = True
    thread = threading.Thread(target=listening.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    served.url = f"http://127.0.0.1:{listening.server_port}"
    monkeypatch.setenv(RECORDS_VARIABLE, f"{served.url}/v1/buckets/main/collections/models/records")
    yield served
    listening.shutdown()
    thread.join()
    listening.server_close()


@pytest.fixture
def weights(tmp_path: Path) -> Path:
    (tmp_path / "weights").mkdir()
    return tmp_path / "weights"


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_model_is_fetched_by_name_and_translates(server: FileServer) -> None:
    server.publish("ruen")
    server.publish("enzh")
    recorder = Recorder()
    folders = fetch_model("firefox-ru-zh", progress=recorder)
    assert [folder.name for folder in folders] == ["ru-en", "en-zh"]
    assert recorder.notes == [SERVICE_NOTE]
    assert recorder.done == 2 * sum(map(len, server.files.values()))  # the same content twice
    server.status = 500  # nothing more is asked
    (answer,) = load_translator("firefox-ru-zh").translate(["Цены выросли."], source="ru", target="zh")
    assert answer.route == ("ru", "en", "zh")
    (one, *_) = verify_models("firefox-ru-zh")
    assert one["files"] == 4


def test_the_note_comes_once_and_only_where_the_service_is_asked(server: FileServer, weights: Path) -> None:
    server.publish()
    recorder = Recorder()
    fetch_firefox(EN_RU, weights, progress=recorder)
    fetch_firefox(EN_RU, weights, progress=recorder)
    assert recorder.notes == [SERVICE_NOTE]


def test_a_direction_can_be_removed_alone(server: FileServer) -> None:
    for pair in ("enru", "ruen"):
        server.publish(pair)
        fetch_model(f"firefox-{pair[:2]}-{pair[2:]}")
    store = WeightsStore()
    assert remove_model("firefox-en-ru") > 1000
    assert store.locate(find_model("firefox-en-ru")) is None
    assert store.locate(find_model("firefox-ru-en"))
    assert remove_model("firefox") > 1000
    assert not store.model_folder(find_model("firefox")).exists()


def test_the_model_is_never_the_automatic_choice(server: FileServer, monkeypatch: pytest.MonkeyPatch) -> None:
    for pair in ("enru", "ruen", "enzh", "zhen"):
        server.publish(pair)
    fetch_model("firefox")
    assert WeightsStore().locate(find_model("firefox"))
    monkeypatch.setenv(OFFLINE_VARIABLE, "1")
    with pytest.raises(OfflineError, match="no translation model is cached"):
        choose_model(WeightsStore())
    assert "firefox" in {model.name for model in load_registry().models}


@pytest.mark.parametrize(("name", "directions"), [("Firefox-EN-RU", [EN_RU]), ("opus-mt-zh-ru", [("zh", "en"), EN_RU])])
def test_a_direction_behind_a_name_narrows_it(name: str, directions: list[Direction]) -> None:
    assert list(find_model(name).directions) == directions


@pytest.mark.parametrize("name", ["firefox-en-en", "firefox-en-de", "m2m100-418m-en-ru", "nothing-en-ru"])
def test_other_directions_and_models_have_no_such_names(name: str) -> None:
    with pytest.raises(TolmachError):
        find_model(name)


def test_the_newest_model_that_can_be_run_is_taken(server: FileServer, weights: Path) -> None:
    server.publish(version="3.0")
    server.publish(version="3.1", shape=OTHER)
    server.publish(version="3.1", size="tiny")
    server.publish(version="3.1a1")
    server.publish(version="4.0")
    fetch_firefox(EN_RU, weights)
    assert (weights / f"{MODEL}.zst").read_bytes() == zstd(firefox_contents(shape=OTHER)[MODEL])


def test_chinese_may_have_the_tag_of_its_script_and_each_side_its_vocabulary(server: FileServer, weights: Path) -> None:
    server.publish("enzh", shape=Shape(split=True))
    for entry in server.records:
        entry["targetLanguage"] = "zh-Hans"
        entry["architecture"] = "base" if entry["fileType"] == "model" else None
    fetch_firefox(("en", "zh"), weights)
    assert names(weights) == [
        "model.enzh.intgemm.alphas.bin.zst", "srcvocab.enzh.spm.zst", "trgvocab.enzh.spm.zst",
    ]  # fmt: skip


def test_a_broken_off_fetch_goes_on_and_leftovers_of_others_are_removed(server: FileServer, weights: Path) -> None:
    server.publish()
    place = f"/files/{server.records[1]['attachment']['location']}"
    content = server.files.pop(place)
    (weights / MODEL).write_bytes(b"of a mirror")
    with pytest.raises(IntegrityError, match=r"vocab\.enru\.spm\.zst .* is missing"):
        fetch_firefox(EN_RU, weights)
    server.files[place] = content
    before = len(server.asked)
    fetch_firefox(EN_RU, weights)
    assert [path for path in server.asked[before:] if path.startswith("/files/")] == [place]
    assert names(weights) == [f"{MODEL}.zst", f"{VOCABULARY}.zst"]


@pytest.mark.parametrize("wrong", ["content", "length"])
def test_a_file_that_is_not_what_its_record_says_is_refused(server: FileServer, weights: Path, wrong: str) -> None:
    server.publish()
    place = f"/files/{server.records[0]['attachment']['location']}"
    content = server.files[place]
    server.files[place] = content[:-1] + b"?" if wrong == "content" else content + b"?"
    with pytest.raises(IntegrityError):
        fetch_firefox(EN_RU, weights)
    assert names(weights) == []


ODD_RECORDS = [None, 3, [], {}, {"fileType": []}, {"fileType": "model", "sourceLanguage": "en"}]
ODD_FIELDS: list[dict[str, Any]] = [
    {"attachment": None}, {"attachment": {}}, {"version": 3}, {"version": "x"}, {"version": "30.0"},
    {"fileType": "lex"}, {"sourceLanguage": ["en"]}, {"attachment": {"location": "a", "hash": "../x", "size": 3}},
    {"attachment": {"location": "a", "hash": 3, "size": 3}},
    {"attachment": {"location": 3, "hash": "a" * 64, "size": 3}},
    {"attachment": {"location": "a", "hash": "a" * 64, "size": 1 << 40}},
]  # fmt: skip


def test_odd_records_are_passed_over(server: FileServer, weights: Path) -> None:
    server.publish()
    model = server.records.pop(0)
    server.records += [*ODD_RECORDS, *(model | change for change in ODD_FIELDS)]
    with pytest.raises(ModelUnavailableError, match="has no model for en-ru"):
        fetch_firefox(EN_RU, weights)
    server.records.append(model)
    fetch_firefox(EN_RU, weights)


@pytest.mark.parametrize("answer", [b"", b"<html>", b"[]", b"null", b'{"data": 3}', b"[" * 100_000])
def test_a_service_that_is_none_is_an_error_of_the_network(
    server: FileServer, weights: Path, monkeypatch: pytest.MonkeyPatch, answer: bytes
) -> None:
    server.files["/odd"] = answer
    monkeypatch.setenv(RECORDS_VARIABLE, f"{server.url}/odd")
    with pytest.raises(NetworkError):
        fetch_firefox(EN_RU, weights)


def test_an_address_of_the_service_may_not_lead_into_a_private_network(
    server: FileServer, weights: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(RECORDS_VARIABLE)
    monkeypatch.setattr("fxtranslate.discovery.records_url", lambda: f"{server.url}/v1/buckets/records")
    with pytest.raises(NetworkError, match="private network"):
        fetch_firefox(EN_RU, weights)
    assert server.asked == []


@pytest.mark.parametrize("behaviour", BROKEN.values(), ids=BROKEN)
def test_half_an_answer_is_none(
    server: FileServer, weights: Path, monkeypatch: pytest.MonkeyPatch, behaviour: Behaviour
) -> None:
    hostile = HostileServer(behaviour)
    for variable in (RECORDS_VARIABLE, MIRROR_VARIABLE):
        monkeypatch.setenv(variable, f"{hostile.url}/buckets/records")
        with pytest.raises(TolmachError):
            fetch_firefox(EN_RU, weights)
    hostile.close()
    assert names(weights) == []
    assert server.asked == []


def test_a_mirror_that_drips_is_given_up(server: FileServer, weights: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(firefox, "_TIME", 0.2)
    hostile = HostileServer(SLOW["drips the body"])
    monkeypatch.setenv(MIRROR_VARIABLE, hostile.url)
    with pytest.raises(NetworkError, match="did not answer in time"):
        fetch_firefox(EN_RU, weights)
    hostile.close()
    assert server.asked == []


@pytest.mark.parametrize("place", ["enru", "en-ru", "base-memory/enru"])
@pytest.mark.parametrize("ending", ["", ".gz", ".zst"])
def test_a_mirror_is_asked_instead_of_the_service(
    server: FileServer, weights: Path, monkeypatch: pytest.MonkeyPatch, place: str, ending: str
) -> None:
    pack = {"": bytes, ".gz": gzip.compress, ".zst": zstd}[ending]
    for name, content in firefox_contents(shape=Shape(split=True)).items():
        server.files[f"/{place}/{name}{ending}"] = pack(content)
    monkeypatch.setenv(MIRROR_VARIABLE, f"{server.url}/")
    recorder = Recorder()
    assert fetch_firefox(EN_RU, weights, progress=recorder) == server.url
    assert recorder.notes == []
    assert find_firefox(weights, EN_RU)


def test_a_mirror_is_asked_for_everything_again_after_a_failure(
    server: FileServer, weights: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(MIRROR_VARIABLE, server.url)
    server.files[f"/tiny/enru/{MODEL}"] = firefox_contents()[MODEL]
    with pytest.raises(ModelUnavailableError, match="not all of its files"):
        fetch_firefox(EN_RU, weights)
    server.files[f"/tiny/enru/{VOCABULARY}"] = firefox_contents()[VOCABULARY]
    fetch_firefox(EN_RU, weights)
    assert names(weights) == [MODEL, VOCABULARY]


def test_what_a_mirror_lacks_or_damages_is_told(
    server: FileServer, weights: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(MIRROR_VARIABLE, server.url)
    with pytest.raises(ModelUnavailableError, match="has no model for en-ru"):
        fetch_firefox(EN_RU, weights)
    server.files[f"/enru/{MODEL}"] = b"<!doctype html>"
    server.files[f"/enru/{VOCABULARY}"] = firefox_contents()[VOCABULARY]
    with pytest.raises(IntegrityError, match="gave no model"):
        fetch_firefox(EN_RU, weights)
    assert names(weights) == []
    monkeypatch.setattr(firefox, "MAX_BYTES", 10)
    with pytest.raises(IntegrityError, match="more bytes than it should"):
        fetch_firefox(EN_RU, weights)
    server.status = 500
    with pytest.raises(NetworkError, match="500"):
        fetch_firefox(EN_RU, weights)


@pytest.mark.parametrize("address", ["http://u:Hunter22@h/m", "http://u:Hunt/er22@h/m", "http://h/a b", "file:///etc"])
def test_what_is_no_address_of_a_mirror_is_refused_without_its_password(
    monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    monkeypatch.setenv(MIRROR_VARIABLE, address)
    with pytest.raises(UsageError, match="is not the address of a mirror") as raised:
        firefox_mirror()
    assert "Hunt" not in str(raised.value)


def test_nothing_is_fetched_offline(monkeypatch: pytest.MonkeyPatch, weights: Path) -> None:
    monkeypatch.setenv(OFFLINE_VARIABLE, "1")
    with pytest.raises(OfflineError):
        fetch_firefox(EN_RU, weights)
    assert names(weights) == []
