"""What goes wrong between a hub and the store: the real client against a server on this machine."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from common.errors import InputError, IntegrityError, NetworkError, OfflineError, OutputError, TolmachError
from common.fetch.hub import hub_reachable
from common.fetch.repository import ModelUnavailableError
from common.model_files import UnsafeWeightsError
from common.network import OFFLINE_VARIABLE
from tests.support.places import ROOT
from tests.support.servers.hostile_server import BROKEN, OK, SLOW, Behaviour, HostileServer, sends
from tests.support.servers.hub_server import FakeHub, Recorder, isolated_hub
from translate.models.registry import find_model
from translate.models.specs import HubRepository, HubSource, ModelSpec
from translate.weights.manifest import MANIFEST
from translate.weights.store import WeightsStore

WEIGHTS = bytes(range(256)) * 400
FILES = {
    "config.json": b'{"model_type": "t5"}',
    "spiece.model": b"pieces",
    "model.safetensors": WEIGHTS,
    "README.md": b"Apache-2.0",
    "pytorch_model.bin": b"a pickle",
    "modeling_evil.py": b"import os",
    "onnx/model.onnx": b"onnx",
}
TAKEN = ["README.md", "config.json", "model.safetensors", "spiece.model"]
TINY = ModelSpec("tiny", "t5", HubSource((HubRepository("maker/tiny"),)), licence="Apache-2.0")


@pytest.fixture(autouse=True)
def hub(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[FakeHub]:
    with isolated_hub(monkeypatch, tmp_path) as server:
        server.commit("maker/tiny", FILES)
        yield server


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir() if path.name != MANIFEST)


def test_connection_dropped_midway_is_resumed(
    hub: FakeHub, store: WeightsStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("common.fetch.hub._PAUSE", 0.0)
    hub.drops["model.safetensors"] = [1000, 5000]
    recorder = Recorder()
    folder = store.fetch(TINY, progress=recorder)
    assert (folder / "model.safetensors").read_bytes() == WEIGHTS
    assert hub.ranges == ["bytes=1000-", "bytes=6000-"]
    assert recorder.done == sum(len(FILES[name]) for name in TAKEN)


def test_broken_off_fetch_is_not_complete_and_goes_on_later(
    hub: FakeHub, store: WeightsStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("common.fetch.hub._PAUSE", 0.0)
    hub.drops["spiece.model"] = [0] * 20
    with pytest.raises(NetworkError, match="cannot fetch maker/tiny"):
        store.fetch(TINY)
    assert store.locate(TINY) is None
    hub.drops.clear()
    hub.requests.clear()
    store.fetch(TINY)
    assert hub.downloads() == ["spiece.model"]


def test_interrupted_fetch_goes_on_in_the_middle_of_a_file(hub: FakeHub, store: WeightsStore) -> None:
    before = sum(len(FILES[name]) for name in ("README.md", "config.json"))

    class Interrupted(Recorder):
        def _advance(self, number: float) -> None:
            super()._advance(number)
            if self.done > before + 20_000:
                raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        store.fetch(TINY, progress=Interrupted())
    hub.requests.clear()
    recorder = Recorder()
    folder = store.fetch(TINY, progress=recorder)
    assert (folder / "model.safetensors").read_bytes() == WEIGHTS
    assert hub.downloads() == ["model.safetensors", "spiece.model"]
    (wanted,) = hub.ranges
    assert 19_000 < int(wanted.removeprefix("bytes=").removesuffix("-")) < len(WEIGHTS)
    # What was there counts as done, so that the bar ends at its total.
    assert recorder.done == sum(len(FILES[name]) for name in TAKEN)


@pytest.mark.slow
def test_killed_fetch_goes_on_where_it_stopped(hub: FakeHub, store: WeightsStore, tmp_path: Path) -> None:
    hub.stall_after = 50_000
    code = "import sys; from tolmach.cli import main; sys.argv[1:] = ['models', 'fetch', 'hf:maker/tiny']; main()"
    # Tests that ran before may have forbidden the network to all of this process.
    open_ones = {name: value for name, value in os.environ.items() if name != "HF_HUB_OFFLINE"}
    surroundings = open_ones | {"TOLMACH_CACHE": str(tmp_path / "cache")}
    with subprocess.Popen([sys.executable, "-c", code], env=surroundings, cwd=ROOT) as child:
        assert hub.stalled.wait(60)
        child.kill()
    hub.stall_after = None
    spec = ModelSpec("hf:maker/tiny", None, HubSource((HubRepository("maker/tiny"),)))
    assert store.locate(spec) is None
    folder = store.fetch(spec)
    assert (folder / "model.safetensors").read_bytes() == WEIGHTS
    assert hub.downloads().count("README.md") == 1


@pytest.mark.parametrize("damaged", ["model.safetensors", "config.json"])
def test_corrupted_file_is_refused(hub: FakeHub, store: WeightsStore, damaged: str) -> None:
    hub.corrupt.add(damaged)
    with pytest.raises(IntegrityError, match=f"{damaged} of maker/tiny is damaged: its checksum is .*, it should be"):
        store.fetch(TINY)
    assert store.locate(TINY) is None
    hub.corrupt.clear()
    store.fetch(TINY)
    assert store.locate(TINY) is not None


@pytest.mark.parametrize("named", ["pytorch_model.bin", "../x.safetensors", "/x.safetensors", "other.safetensors"])
def test_an_index_that_names_other_files_is_refused_before_the_weights_come(
    hub: FakeHub, store: WeightsStore, named: str
) -> None:
    index = json.dumps({"weight_map": {"a": named}}).encode()
    shards = {"model-00001-of-00001.safetensors": WEIGHTS, "model.safetensors.index.json": index}
    hub.commit("maker/tiny", {"config.json": b"{}", "pytorch_model.bin": b"a pickle"} | shards)
    with pytest.raises(InputError, match=r"the repository maker/tiny names .*, which is not one of the model's"):
        store.fetch(TINY)
    assert hub.downloads() == ["model.safetensors.index.json"]
    assert store.locate(TINY) is None


def test_unknown_repository_says_so(store: WeightsStore) -> None:
    spec = ModelSpec("hf:nobody/nothing", None, HubSource((HubRepository("nobody/nothing"),)))
    with pytest.raises(ModelUnavailableError, match="there is no model nobody/nothing on http://127"):
        store.fetch(spec)


@pytest.mark.parametrize(
    "name", ["hf:../..", "hf:a--b/c", "hf:-a/b-", "hf:a/b@\n", "hf:a/b@../..", "hf:a/b@\x00", "hf:a/b@" + "x" * 70000]
)
def test_an_odd_repository_says_so(store: WeightsStore, name: str) -> None:
    with pytest.raises(TolmachError):
        store.fetch(find_model(name))


def test_unknown_revision_says_so(store: WeightsStore) -> None:
    spec = ModelSpec("tiny", "t5", HubSource((HubRepository("maker/tiny", revision="v9"),)))
    with pytest.raises(ModelUnavailableError, match="maker/tiny does not have this revision"):
        store.fetch(spec)


def test_gated_repository_asks_for_consent(hub: FakeHub, store: WeightsStore, monkeypatch: pytest.MonkeyPatch) -> None:
    hub.repositories["maker/tiny"].gated = True
    with pytest.raises(ModelUnavailableError, match=r"maker/tiny is gated.*set HF_TOKEN"):
        store.fetch(TINY)
    monkeypatch.setenv("HF_TOKEN", "hf_test")
    assert store.fetch(TINY).is_dir()


def test_failing_hub_is_a_network_error(hub: FakeHub, store: WeightsStore) -> None:
    hub.status = 403
    with pytest.raises(NetworkError, match="answers 403 for maker/tiny"):
        store.fetch(TINY)


def test_no_hub_at_all_is_a_network_error(store: WeightsStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")
    with pytest.raises(NetworkError, match=r"cannot fetch maker/tiny from http://127\.0\.0\.1:9: .*refused"):
        store.fetch(TINY)


def test_offline_never_asks_the_hub(hub: FakeHub, store: WeightsStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(OFFLINE_VARIABLE, "1")
    with pytest.raises(OfflineError, match="no network is allowed"):
        store.fetch(TINY)
    assert not hub_reachable()
    assert hub.requests == []


def test_full_disk_is_told_before_the_fetch(hub: FakeHub, store: WeightsStore, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = type("Usage", (), {"free": 10})
    monkeypatch.setattr("common.files.shutil.disk_usage", lambda _folder: usage)
    with pytest.raises(OutputError, match=r"maker/tiny needs 0\.0 GB free at"):
        store.fetch(TINY)
    assert hub.downloads() == []


def test_pickle_only_repository_is_refused(hub: FakeHub, store: WeightsStore) -> None:
    hub.commit("maker/tiny", {"config.json": b"{}", "pytorch_model.bin": b"a pickle"})
    with pytest.raises(UnsafeWeightsError, match=r"only as a pickle \(pytorch_model.bin\)"):
        store.fetch(TINY)
    assert hub.downloads() == []


def test_conversion_of_the_same_pickle_is_taken(hub: FakeHub, store: WeightsStore) -> None:
    pickled = {"config.json": b"{}", "pytorch_model.bin": b"a pickle"}
    hub.commit("maker/tiny", pickled | {"README.md": b"changed since"})
    commit = hub.pull_request("maker/tiny", 3, pickled | {"model.safetensors": WEIGHTS})
    folder = store.fetch(TINY)
    assert names(folder) == ["config.json", "model.safetensors"]
    assert store.manifest(TINY).revision == commit  # type: ignore[union-attr]


@pytest.mark.parametrize(("author", "pickle"), [("mallory", b"a pickle"), ("SFconvertbot", b"an older pickle")])
def test_conversion_by_others_or_of_other_weights_is_not_taken(
    hub: FakeHub, store: WeightsStore, author: str, pickle: bytes
) -> None:
    hub.commit("maker/tiny", {"config.json": b"{}", "pytorch_model.bin": b"a pickle"})
    hub.pull_request("maker/tiny", 3, {"pytorch_model.bin": pickle, "model.safetensors": WEIGHTS}, author)
    with pytest.raises(UnsafeWeightsError, match="only as a pickle"):
        store.fetch(TINY)


def test_conversion_of_pickles_in_parts_is_taken(hub: FakeHub, store: WeightsStore) -> None:
    pickled = {
        "config.json": b"{}",
        "pytorch_model-00001-of-00002.bin": b"one",
        "pytorch_model-00002-of-00002.bin": b"2",
    }
    parts = {"model-00001-of-00002.safetensors": b"one", "model-00002-of-00002.safetensors": b"two"}
    hub.commit("maker/tiny", pickled)
    hub.pull_request("maker/tiny", 4, pickled | parts)
    assert names(store.fetch(TINY)) == ["config.json", *parts]


def test_conversion_of_some_of_the_parts_is_not_taken(hub: FakeHub, store: WeightsStore) -> None:
    first = {"config.json": b"{}", "pytorch_model-00001-of-00002.bin": b"one"}
    hub.commit("maker/tiny", first | {"pytorch_model-00002-of-00002.bin": b"two"})
    hub.pull_request("maker/tiny", 4, first | {"model.safetensors": b"one"})
    with pytest.raises(UnsafeWeightsError, match="only as a pickle"):
        store.fetch(TINY)


def test_named_pull_request_is_taken_and_pinned(hub: FakeHub, store: WeightsStore) -> None:
    hub.commit("maker/tiny", {"pytorch_model.bin": b"a pickle"})
    commit = hub.pull_request("maker/tiny", 7, {"config.json": b"{}", "model.safetensors": WEIGHTS}, "anyone")
    spec = ModelSpec("tiny", "t5", HubSource((HubRepository("maker/tiny", revision="refs/pr/7"),)))
    store.fetch(spec)
    assert store.manifest(spec).revision == commit  # type: ignore[union-attr]


def test_reachable_hub_is_told_from_one_that_is_not(hub: FakeHub, monkeypatch: pytest.MonkeyPatch) -> None:
    assert hub_reachable()
    hub.status = 403
    assert not hub_reachable()
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")
    assert not hub_reachable()


@pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b'"a"', b"null", b'{"sha": 1}'], ids=repr)
def test_a_hub_whose_answer_is_none_is_told(store: WeightsStore, monkeypatch: pytest.MonkeyPatch, body: bytes) -> None:
    server = HostileServer(sends(OK + b"Content-Length: %d\r\n\r\n" % len(body) + body))
    monkeypatch.setenv("HF_ENDPOINT", server.url)
    with pytest.raises(NetworkError, match=r"from http://127\.0\.0\.1:\d+: its answer is not"):
        store.fetch(TINY)
    server.close()


@pytest.mark.parametrize("proxy", ["socks5://127.0.0.1:9", "http://me:hun/ter2@127.0.0.1:9"])
def test_a_proxy_that_cannot_be_used_is_told(store: WeightsStore, monkeypatch: pytest.MonkeyPatch, proxy: str) -> None:
    monkeypatch.setenv("HF_ENDPOINT", "http://hub.example")
    monkeypatch.setenv("http_proxy", proxy)
    with pytest.raises(NetworkError, match="the proxy in http_proxy has no address of the form") as raised:
        store.fetch(TINY)
    assert "ter2" not in str(raised.value)


@pytest.mark.slow
@pytest.mark.parametrize("behaviour", [*SLOW.values(), *BROKEN.values(), sends(OK + b"\r\n" + b"[" * 100_000)])
def test_a_hub_that_answers_slowly_or_oddly_is_not_reachable(behaviour: Behaviour, monkeypatch) -> None:
    server = HostileServer(behaviour)
    monkeypatch.delenv(OFFLINE_VARIABLE, raising=False)
    monkeypatch.setenv("HF_ENDPOINT", server.url)
    assert not hub_reachable(0.2)
    server.close()


def test_interrupt_midway_stops_at_once_and_is_not_complete(hub: FakeHub, store: WeightsStore) -> None:
    class Interrupted(Recorder):
        def _advance(self, number: float) -> None:
            super()._advance(number)
            if self.done > 100:
                raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        store.fetch(TINY, progress=Interrupted())
    assert store.locate(TINY) is None
    assert "spiece.model" not in hub.downloads()
    assert (store.fetch(TINY) / "model.safetensors").read_bytes() == WEIGHTS
