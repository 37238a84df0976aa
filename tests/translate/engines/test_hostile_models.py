"""Only the files of a model that were looked at are read, whatever the model's own files name."""

from collections.abc import Callable
from dataclasses import replace
from itertools import product
from pathlib import Path

import pytest

from common.errors import InputError, TolmachError
from common.model_files import model_view
from tests.support.models import tiny_models
from tests.support.models.hostile_models import copy_to, edit, forbid_pickles, name_in_index, write_pickle
from tests.support.models.tiny_models import SENTENCES
from translate.engines.base import EngineOptions, ModelFiles
from translate.engines.ctranslate2_engine import load_ctranslate2
from translate.engines.loaders import load_model, load_tokenizer
from translate.engines.transformers_engine import load_transformers
from translate.files import folder_files
from translate.loading import load_translator
from translate.models.requests import TextRequest
from translate.options import TranslatorOptions
from translate.types import DecodeOptions, ModelFilesError

CPU = EngineOptions(device="cpu", threads=1)
TARGETS = ("pytorch_model.bin", "../outside.safetensors", "./model-00001-of-00001.safetensors", "{outside}", "", "..")


@pytest.fixture(scope="module")
def t5(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_models.make_t5(tmp_path_factory.mktemp("tiny-t5"))


@pytest.fixture(scope="module")
def qwen(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_models.make_qwen2(tmp_path_factory.mktemp("tiny-qwen"), steps=1)


@pytest.fixture
def folder(t5: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the model with a pickle beside it that must not be read, and weights outside of it."""
    forbid_pickles(monkeypatch)
    copied = copy_to(tmp_path / "model", t5)
    (tmp_path / "outside.safetensors").write_bytes((t5 / "model.safetensors").read_bytes())
    write_pickle(copied / "pytorch_model.bin", tmp_path / "ran")
    return copied


def answer(folder: Path) -> list[str]:
    engine = load_transformers(ModelFiles(folder, "t5"), options=CPU)
    return [one.text for one in engine.generate([TextRequest(SENTENCES[0])], options=DecodeOptions(max_length=6))]


def translate_with(folder: Path, cache: Path) -> list[str]:
    options = TranslatorOptions(engine="transformers")
    translator = load_translator(str(folder), device="cpu", options=options, cache_folder=cache)
    return list(translator.translate(["One."], source="en", target="ru"))


@pytest.mark.parametrize("target", TARGETS)
def test_an_index_names_only_safetensors_of_the_model(folder: Path, tmp_path: Path, target: str) -> None:
    name_in_index(folder, target.format(outside=tmp_path / "outside.safetensors"))
    files = ModelFiles(folder, "t5", digest="x")
    with pytest.raises(ModelFilesError, match="not one of the model's safetensors"):
        load_transformers(files, options=CPU)
    with pytest.raises(ModelFilesError, match="not one of the model's safetensors"):
        load_ctranslate2(files, folder=tmp_path / "made", options=CPU)
    with pytest.raises(InputError, match="not one of the model's safetensors"):
        folder_files(folder)
    with pytest.raises(InputError, match="not one of the model's safetensors"):
        translate_with(folder, tmp_path)
    assert not (tmp_path / "ran").exists()


@pytest.mark.parametrize("weight_map", [None, [], "x", {"a": None}, {"a": ["model.safetensors"]}, {"a": {}}])
def test_an_index_of_the_wrong_shape_is_refused(folder: Path, weight_map: object) -> None:
    edit(folder / "model.safetensors.index.json", weight_map=weight_map)
    with pytest.raises(ModelFilesError, match=r"index\.json of .* (is damaged|names)"):
        load_model(ModelFiles(folder, "t5"), dtype="float32")


def test_an_index_that_names_the_weights_is_followed(folder: Path, t5: Path) -> None:
    name_in_index(folder, "model-00001-of-00001.safetensors")
    assert answer(folder) == answer(t5)


@pytest.mark.parametrize(
    ("file", "settings"),
    [
        ("config.json", {"attn_implementation": "owner/kernel"}),
        ("config.json", {"_attn_implementation": "flash_attention_2"}),
        ("config.json", {"_attn_implementation_internal": "owner/kernel"}),
        ("config.json", {"attn_implementation": {"": "owner/kernel", "decoder": 5}}),
        ("config.json", {"experts_implementation": "owner/kernel", "use_kernels": True, "kernel_config": {"a": "b/c"}}),
        ("config.json", {"transformers_weights": "pytorch_model.bin"}),
        ("config.json", {"transformers_weights": "../outside.safetensors"}),
        ("config.json", {"auto_map": {"AutoConfig": "owner/repository--evil.Evil"}}),
        ("config.json", {"_name_or_path": "../outside", "_commit_hash": "0" * 40}),
        ("tokenizer_config.json", {"auto_map": {"AutoTokenizer": ["evil.Evil", None]}}),
        ("tokenizer_config.json", {"tokenizer_file": "/etc/passwd", "vocab_file": "/etc/passwd"}),
        ("tokenizer_config.json", {"name_or_path": "owner/other", "init_inputs": ["/etc/passwd"]}),
        ("tokenizer_config.json", {"sp_model_kwargs": {"model_file": "/etc/passwd"}}),
        ("adapter_config.json", {"base_model_name_or_path": "../outside", "peft_type": "LORA"}),
        ("pytorch_model.bin.index.json", {"weight_map": {"shared.weight": "pytorch_model.bin"}}),
        ("generation_config.json", {"assistant_model": "owner/other", "_from_model_config": True}),
    ],
)
def test_settings_that_name_something_else_change_nothing(
    folder: Path, t5: Path, file: str, settings: dict[str, object]
) -> None:
    edit(folder / file, **settings)
    assert answer(folder) == answer(t5)


def test_the_attention_is_the_one_that_is_usual(folder: Path, t5: Path) -> None:
    edit(folder / "config.json", attn_implementation="owner/kernel")
    found, usual = (load_model(ModelFiles(one, "t5"), dtype="float32") for one in (folder, t5))
    assert found.config._attn_implementation == usual.config._attn_implementation
    assert found.config._attn_implementation in {"sdpa", "eager"}


def test_weights_that_need_kernels_of_other_libraries_are_refused(folder: Path) -> None:
    edit(folder / "config.json", quantization_config={"quant_method": "mxfp4"})
    with pytest.raises(ModelFilesError, match="are quantized in a way that needs other libraries"):
        load_tokenizer(ModelFiles(folder, "t5"))


def _to_outside(folder: Path, name: str) -> None:
    moved = folder.parent / "moved"
    (folder / name).rename(moved)
    (folder / name).symlink_to(moved)


def _in_a_circle(folder: Path, name: str) -> None:
    (folder / name).unlink()
    (folder / name).symlink_to(folder / name)


def _to_a_device(folder: Path, name: str) -> None:
    (folder / name).unlink()
    (folder / name).symlink_to("/dev/zero")


def _to_a_folder(folder: Path, name: str) -> None:
    (folder / name).unlink()
    (folder / name).mkdir()


@pytest.mark.parametrize(
    ("change", "name"),
    [
        *product((_to_outside, _in_a_circle, _to_a_device, _to_a_folder), ("model.safetensors", "config.json")),
        (_to_outside, "tokenizer.json"),
    ],
)
def test_a_link_that_leads_out_of_the_folder_is_not_followed(
    folder: Path, tmp_path: Path, name: str, change: Callable[[Path, str], None]
) -> None:
    change(folder, name)
    with pytest.raises(TolmachError):
        translate_with(folder, tmp_path)
    with pytest.raises(TolmachError):
        load_transformers(ModelFiles(folder, "t5"), options=CPU)
    with pytest.raises(TolmachError):
        load_ctranslate2(ModelFiles(folder, "t5", digest="x"), folder=tmp_path / "made", options=CPU)


def test_links_inside_the_folder_and_of_the_hub_s_own_cache_are_followed(t5: Path, tmp_path: Path) -> None:
    snapshot = tmp_path / "models--a--b" / "snapshots" / "0123"
    snapshot.mkdir(parents=True)
    blobs = copy_to(tmp_path / "models--a--b" / "blobs", t5)
    for path in blobs.iterdir():
        (snapshot / path.name).symlink_to(Path("..", "..", "blobs", path.name))
    assert answer(snapshot) == answer(t5)


def test_the_view_holds_what_was_chosen_and_is_gone_afterwards(folder: Path) -> None:
    with model_view(folder, folder_files(folder)) as view:
        names = {path.name for path in view.rglob("*")}
        assert names == set(folder_files(folder))
        assert "pytorch_model.bin" not in names
    assert not view.exists()


def test_a_gguf_file_beside_safetensors_is_not_read(qwen: Path, tmp_path: Path) -> None:
    copied = copy_to(tmp_path / "model", qwen)
    (copied / "other.gguf").write_bytes(b"GGUF but not really")
    assert len(translate_with(copied, tmp_path)) == 1


def test_a_gguf_file_alone_brings_no_other_file(qwen: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    forbid_pickles(monkeypatch)
    files = ModelFiles(tmp_path, "chat", tiny_models.make_qwen2_gguf(tmp_path, qwen))
    write_pickle(tmp_path / "pytorch_model.bin", tmp_path / "ran")
    edit(tmp_path / "config.json", attn_implementation="owner/kernel", transformers_weights="pytorch_model.bin")
    edit(tmp_path / "tokenizer_config.json", tokenizer_file="/etc/passwd", auto_map={"AutoTokenizer": "evil.Evil"})
    model = load_model(files, dtype="float32")
    assert model.config._attn_implementation == "sdpa"
    assert load_tokenizer(replace(files)).chat_template
    assert not (tmp_path / "ran").exists()
