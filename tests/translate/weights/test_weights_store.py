"""The store of weights: what it keeps, finds again, pins and removes."""

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from common.errors import IntegrityError, UsageError
from common.fetch.repository import ModelUnavailableError
from common.network import OFFLINE_VARIABLE
from tests.support.places import ROOT
from tests.support.servers.hub_server import FakeHub, Recorder, isolated_hub
from translate.models.specs import HubRepository, HubSource, ModelSpec
from translate.weights.manifest import MANIFEST, read_manifest
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
PAIR = ModelSpec(
    "pair",
    "marian",
    HubSource(
        (
            HubRepository("maker/en-ru", ("en", "ru"), licence="Apache-2.0"),
            HubRepository("maker/ru-en", ("ru", "en"), licence="CC-BY-4.0"),
        )
    ),
    licence="Apache-2.0 AND CC-BY-4.0",
    directions=(("en", "ru"), ("ru", "en")),
)


@pytest.fixture(autouse=True)
def hub(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[FakeHub]:
    with isolated_hub(monkeypatch, tmp_path) as server:
        server.commit("maker/tiny", FILES)
        yield server


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir() if path.name != MANIFEST)


def test_fetch_takes_only_files_that_cannot_run_code(hub: FakeHub, store: WeightsStore) -> None:
    folder = store.fetch(TINY)
    assert names(folder) == TAKEN
    assert (folder / "model.safetensors").read_bytes() == WEIGHTS
    assert sorted(hub.downloads()) == TAKEN


def test_fetched_weights_are_found_without_a_request(hub: FakeHub, store: WeightsStore) -> None:
    folder = store.fetch(TINY)
    hub.requests.clear()
    assert store.locate(TINY) == folder
    assert store.fetch(TINY) == folder
    assert hub.requests == []


def test_nothing_is_located_before_the_first_fetch(store: WeightsStore) -> None:
    assert store.locate(TINY) is None
    assert store.manifest(TINY) is None
    assert store.disk_use(TINY) == 0


def test_manifest_records_commit_licence_and_checksums(hub: FakeHub, store: WeightsStore) -> None:
    store.fetch(TINY)
    manifest = store.manifest(TINY)
    assert manifest is not None
    assert manifest.revision == hub.repositories["maker/tiny"].refs["main"]
    assert (manifest.source, manifest.licence, manifest.model) == ("hf:maker/tiny", "Apache-2.0", "tiny")
    assert [record.path for record in manifest.files] == TAKEN
    assert {record.path: record.size for record in manifest.files}["model.safetensors"] == len(WEIGHTS)


def test_damaged_weights_are_fetched_again_in_the_pinned_revision(hub: FakeHub, store: WeightsStore) -> None:
    folder = store.fetch(TINY)
    pinned = store.manifest(TINY)
    hub.commit("maker/tiny", FILES | {"model.safetensors": b"newer weights"})
    (folder / "model.safetensors").write_bytes(b"damaged")
    assert store.locate(TINY) is None
    store.fetch(TINY)
    assert (folder / "model.safetensors").read_bytes() == WEIGHTS
    assert pinned is not None
    assert store.manifest(TINY).revision == pinned.revision  # type: ignore[union-attr]


def test_removing_frees_the_space_and_the_pin(hub: FakeHub, store: WeightsStore) -> None:
    store.fetch(TINY)
    newer = hub.commit("maker/tiny", FILES | {"model.safetensors": b"newer weights"})
    size = store.disk_use(TINY)
    assert size > len(WEIGHTS)
    assert store.remove(TINY) == size
    assert store.locate(TINY) is None
    folder = store.fetch(TINY)
    assert (folder / "model.safetensors").read_bytes() == b"newer weights"
    assert store.manifest(TINY).revision == newer  # type: ignore[union-attr]


def test_touched_but_unchanged_weights_stay_located(store: WeightsStore) -> None:
    folder = store.fetch(TINY)
    os.utime(folder / "model.safetensors", ns=(1, 1))
    assert store.locate(TINY) == folder
    recorded = {record.path: record.modified for record in read_manifest(folder).files}  # type: ignore[union-attr]
    assert recorded["model.safetensors"] == 1


def test_verify_finds_a_change_that_size_and_time_hide(store: WeightsStore) -> None:
    path = store.fetch(TINY) / "model.safetensors"
    before = path.stat()
    path.write_bytes(bytes([WEIGHTS[0] ^ 1]) + WEIGHTS[1:])
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert store.locate(TINY) is not None
    with pytest.raises(IntegrityError, match=r"the weights of tiny are damaged: .*all/model\.safetensors\. Fetch them"):
        store.verify(TINY)
    # What was found is not forgotten: the next fetch brings the weights again.
    assert store.locate(TINY) is None
    store.fetch(TINY)
    assert path.read_bytes() == WEIGHTS


def test_verify_reads_every_byte(store: WeightsStore) -> None:
    recorder = Recorder()
    store.fetch(TINY)
    files = store.verify(TINY, progress=recorder)
    assert [file.path for file in files] == TAKEN
    assert recorder.done == sum(len(FILES[name]) for name in TAKEN)


def test_verify_names_a_file_that_is_gone_and_a_record_that_cannot_be_read(hub: FakeHub, store: WeightsStore) -> None:
    hub.commit("maker/en-ru", {"config.json": b"{}", "model.safetensors": b"en-ru"})
    hub.commit("maker/ru-en", {"config.json": b"{}", "model.safetensors": b"ru-en"})
    folder = store.fetch(PAIR)
    (folder / "en-ru" / "config.json").unlink()
    (folder / "ru-en" / MANIFEST).write_text("{", encoding="utf-8")
    with pytest.raises(IntegrityError, match=rf"ru-en/{MANIFEST}, .*en-ru/config\.json"):
        store.verify(PAIR)


def test_verify_looks_at_the_directions_that_were_fetched(hub: FakeHub, store: WeightsStore) -> None:
    hub.commit("maker/ru-en", {"config.json": b"{}", "model.safetensors": b"ru-en"})
    store.fetch(PAIR, ("ru", "en"))
    assert [file.path for file in store.verify(PAIR)] == ["config.json", "model.safetensors"]


def test_verify_of_what_was_never_fetched_says_so(store: WeightsStore) -> None:
    with pytest.raises(IntegrityError, match=r"the weights of tiny are not there\. Fetch them first"):
        store.verify(TINY)


def test_everything_in_the_cache_is_listed(store: WeightsStore) -> None:
    assert store.manifests() == {}
    folder = store.fetch(TINY)
    assert {place: manifest.model for place, manifest in store.manifests().items()} == {folder: "tiny"}


def test_licence_of_an_unknown_model_is_that_of_its_card(hub: FakeHub, store: WeightsStore) -> None:
    hub.commit("maker/tiny", FILES | {"README.md": b"---\nlicense: mit\n---\n"})
    spec = ModelSpec("hf:maker/tiny", None, HubSource((HubRepository("maker/tiny"),)))
    store.fetch(spec)
    assert store.manifest(spec).licence == "MIT"  # type: ignore[union-attr]


def test_progress_counts_every_byte_once(store: WeightsStore) -> None:
    recorder = Recorder()
    store.fetch(TINY, progress=recorder)
    total = sum(len(FILES[name]) for name in TAKEN)
    assert recorder.bars == [(total, "B")]
    assert recorder.done == total


def test_each_direction_has_its_own_weights_and_licence(hub: FakeHub, store: WeightsStore) -> None:
    hub.commit("maker/en-ru", {"config.json": b"{}", "model.safetensors": b"en-ru"})
    hub.commit("maker/ru-en", {"config.json": b"{}", "model.safetensors": b"ru-en"})
    one = store.fetch(PAIR, ("ru", "en"))
    assert (one / "model.safetensors").read_bytes() == b"ru-en"
    assert store.manifest(PAIR, ("ru", "en")).licence == "CC-BY-4.0"  # type: ignore[union-attr]
    assert store.locate(PAIR, ("en", "ru")) is None
    assert store.locate(PAIR) is None
    both = store.fetch(PAIR)
    assert both == one.parent == store.locate(PAIR)


def test_direction_without_weights_is_refused(store: WeightsStore) -> None:
    with pytest.raises(UsageError, match="pair has no weights for en-zh"):
        store.fetch(PAIR, ("en", "zh"))


def test_derived_folder_changes_with_the_revision(hub: FakeHub, store: WeightsStore) -> None:
    store.fetch(TINY)
    before = store.derived(TINY, "ct2-int8")
    store.remove(TINY)
    hub.commit("maker/tiny", FILES | {"model.safetensors": b"newer weights"})
    store.fetch(TINY)
    after = store.derived(TINY, "ct2-int8")
    assert before != after
    assert before.parent == after.parent == store.model_folder(TINY)


def test_derived_folder_needs_weights(store: WeightsStore) -> None:
    with pytest.raises(IntegrityError, match="the weights of tiny are not there"):
        store.derived(TINY, "ct2-int8")


def test_offline_uses_what_is_there(store: WeightsStore, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = store.fetch(TINY)
    monkeypatch.setenv(OFFLINE_VARIABLE, "1")
    assert store.fetch(TINY) == folder


def test_two_fetches_at_once_download_once(hub: FakeHub, tmp_path: Path) -> None:
    recorder, found = Recorder(), []
    threads = [
        threading.Thread(target=lambda: found.append(WeightsStore(tmp_path / "cache").fetch(TINY, progress=recorder)))
        for _ in range(3)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 3
    assert sorted(hub.downloads()) == TAKEN


def loaded_heavy_libraries(code: str) -> set[str]:
    """Run code in a Python of its own and return which heavy libraries it has loaded."""
    # huggingface_hub fetches with requests, httpx or httpx2, depending on its version.
    report = (
        "print(*{name for name in sys.modules if name.startswith(('requests', 'httpx', 'huggingface_hub', 'torch', "
    )
    report += "'transformers', 'ctranslate2')) and '.' not in name})"
    root = ROOT
    command = [sys.executable, "-c", f"import sys\n{code}\n{report}"]
    return set(subprocess.run(command, capture_output=True, text=True, check=True, cwd=root).stdout.split())


def test_looking_for_cached_models_loads_no_heavy_library() -> None:
    code = "import translate.models.registry, translate.weights.store\ntranslate.models.registry.load_registry()"
    assert loaded_heavy_libraries(code) == set()


def test_a_heavy_library_that_is_loaded_would_be_seen() -> None:
    found = loaded_heavy_libraries("from huggingface_hub import HfApi")
    assert "huggingface_hub" in found
    assert found & {"requests", "httpx", "httpx2"}


def test_fetch_of_what_is_not_there_leaves_no_folder(store: WeightsStore) -> None:
    missing = ModelSpec("missing", "t5", HubSource((HubRepository("maker/missing"),)), licence="Apache-2.0")
    with pytest.raises(ModelUnavailableError):
        store.fetch(missing)
    assert list(store.model_folder(missing).iterdir()) == []
