"""Weights in a folder of the user's."""

from pathlib import Path

import pytest

from common.errors import InputError
from common.model_files import UnsafeWeightsError
from translate.files import select_files
from translate.models.registry import find_model
from translate.models.specs import LocalSource, ModelSpec
from translate.weights.store import WeightsStore


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "my-model"
    made.mkdir()
    (made / "config.json").write_text('{"model_type": "t5"}', encoding="utf-8")
    (made / "model.safetensors").write_bytes(b"weights")
    return made


def test_folder_is_used_where_it_is(folder: Path, store: WeightsStore) -> None:
    spec = find_model(str(folder))
    assert store.locate(spec) == store.fetch(spec) == folder
    assert store.disk_use(spec) == 0


def test_revision_follows_the_content(folder: Path, store: WeightsStore) -> None:
    spec = find_model(str(folder))
    before = store.manifest(spec)
    assert before is not None
    assert before.source == f"local:{folder}"
    assert store.manifest(spec) == before
    (folder / "model.safetensors").write_bytes(b"other weights")
    after = store.manifest(spec)
    assert after is not None
    assert after.revision != before.revision


def test_two_folders_of_one_name_do_not_share_what_is_derived(
    folder: Path, store: WeightsStore, tmp_path: Path
) -> None:
    other = tmp_path / "elsewhere" / "my-model"
    other.mkdir(parents=True)
    (other / "config.json").write_text('{"model_type": "t5"}', encoding="utf-8")
    (other / "model.safetensors").write_bytes(b"weights")
    first, second = find_model(str(folder)), find_model(str(other))
    assert first.name == second.name
    assert store.derived(first, "ct2-int8") != store.derived(second, "ct2-int8")


def test_removing_leaves_the_folder_alone(folder: Path, store: WeightsStore) -> None:
    spec = find_model(str(folder))
    store.manifest(spec)
    assert store.remove(spec) > 0
    assert sorted(path.name for path in folder.iterdir()) == ["config.json", "model.safetensors"]


def test_folder_that_is_gone_is_an_input_error(store: WeightsStore, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="there is no folder"):
        store.locate(ModelSpec("local:gone", "t5", LocalSource(tmp_path / "gone")))


def test_folder_with_only_a_pickle_is_refused(folder: Path, store: WeightsStore) -> None:
    (folder / "model.safetensors").rename(folder / "pytorch_model.bin")
    with pytest.raises(UnsafeWeightsError, match="only as a pickle"):
        store.fetch(find_model(str(folder)))


def test_safetensors_are_preferred_to_gguf() -> None:
    assert select_files(["a.gguf", "b.gguf", "model.safetensors", "config.json"], owner="x") == (
        "config.json",
        "model.safetensors",
    )


def test_shards_are_taken_with_their_index() -> None:
    names = ["model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors", "model.safetensors.index.json"]
    assert select_files(names, owner="x") == tuple(names)


@pytest.mark.parametrize(
    ("names", "message"),
    [
        (["config.json"], "x has no weights: neither safetensors nor GGUF"),
        (["a.gguf", "b.gguf"], r"x has several files of weights \(a.gguf, b.gguf\)"),
        (["sub/model.safetensors", "pytorch_model-00001-of-00002.bin"], "only as a pickle"),
    ],
)
def test_folder_without_usable_weights_is_refused(names: list[str], message: str) -> None:
    with pytest.raises(UnsafeWeightsError, match=message):
        select_files(names, owner="x")
