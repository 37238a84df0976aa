"""A base model with an adapter: merged, its vocabulary cut, run by both engines."""

# ruff: noqa: PLC0415 - collecting tests must not load torch

import json
from dataclasses import replace

import pytest

from tests.support.models.tiny_gemma import SPECIAL, gemma_model, gemma_tokenizer
from training.translator.adapter import write_adapter
from training.translator.base import pieces_of
from translate.engines.base import EngineOptions, ModelFiles
from translate.engines.ctranslate2_engine import load_ctranslate2
from translate.engines.errors import ModelFilesError
from translate.engines.loaders import load_model, load_tokenizer
from translate.engines.transformers_engine import load_transformers
from translate.models.requests import ChatRequest, Turn
from translate.types import DecodeOptions

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
    gemma_model(len(content["model"]["vocab"])).save_pretrained(folder)
    (folder / "tokenizer.json").write_text(json.dumps(content), encoding="utf-8")
    names = dict(zip(("pad_token", "eos_token", "bos_token", "unk_token"), SPECIAL, strict=True))
    settings = {"tokenizer_class": "PreTrainedTokenizerFast", **names}
    (folder / "tokenizer_config.json").write_text(json.dumps(settings), encoding="utf-8")
    chance = torch.Generator().manual_seed(1)
    weights = {
        f"base_model.model.{LAYER}.lora_A.default.weight": torch.randn(4, 32, generator=chance),
        f"base_model.model.{LAYER}.lora_B.default.weight": torch.randn(48, 4, generator=chance),
    }
    adapter = tmp_path_factory.mktemp("adapter") / "adapter.safetensors"
    write_adapter(weights, pieces_of(content, [REQUEST.turns[0].content]), adapter)
    return ModelFiles(folder, "chat", digest="d", adapter=adapter)


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
    assert len(tokenizer) == model.get_input_embeddings().num_embeddings < len(whole)
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
