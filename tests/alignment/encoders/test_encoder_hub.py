"""Encoders with a name or a repository: fetched from a hub on the loopback interface, or put in place by hand."""

import shutil
from pathlib import Path

import pytest

from alignment import load_encoder
from alignment.encoders import known_encoders
from alignment.encoders.base import EncoderSpec
from alignment.encoders.registry import encoder_specs, spec_of_repository
from alignment.encoders.sentence_transformer import fetch_encoder, load_sentence_transformer
from common.errors import NetworkError, OfflineError, TolmachError
from common.network import OFFLINE_VARIABLE
from tests.support.models.tiny_encoders import make_labse
from tests.support.servers.hub_server import isolated_hub


@pytest.fixture(scope="module")
def labse_folder(tmp_path_factory) -> Path:
    return make_labse(tmp_path_factory.mktemp("encoders") / "tiny-labse")


@pytest.fixture
def cache(monkeypatch, tmp_path) -> Path:
    monkeypatch.setenv("TOLMACH_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache" / "encoders"


@pytest.fixture
def hub(monkeypatch, tmp_path, cache):
    del cache
    with isolated_hub(monkeypatch, tmp_path) as server:
        yield server


def files_of(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_every_named_encoder_states_a_licence_a_source_and_a_pinned_revision():
    specs = encoder_specs()
    assert tuple(specs) == known_encoders() == ("use", "labse", "e5", "e5-large", "bge-m3")
    for spec in specs.values():
        assert spec.licence in {"Apache-2.0", "MIT"}
        assert spec.citation
        assert spec.url.startswith("https://")
        assert bool(spec.repository) == bool(spec.revision) == (spec.name != "use")


def test_a_repository_with_an_entry_is_used_as_the_entry_says():
    assert spec_of_repository("intfloat/multilingual-e5-base", None) == encoder_specs()["e5"]
    assert spec_of_repository("intfloat/multilingual-e5-base", "main").prefix == ""
    assert spec_of_repository("someone/model", None) == EncoderSpec("someone/model", repository="someone/model")


@pytest.mark.slow
def test_a_repository_is_fetched_once_and_found_again_without_a_network(hub, labse_folder, monkeypatch):
    extra = {"onnx/model.onnx": b"x", "pytorch_model.bin": b"x", "2_Dense/pytorch_model.bin": b"x"}
    hub.commit("someone/tiny", files_of(labse_folder) | extra)
    encoder = load_encoder("someone/tiny")
    assert (encoder.name, encoder.revision) == ("someone/tiny", load_encoder(str(labse_folder)).revision)
    assert not {"model.onnx", "pytorch_model.bin"} & set(hub.downloads())
    monkeypatch.setenv(OFFLINE_VARIABLE, "1")
    asked = len(hub.requests)
    assert fetch_encoder(EncoderSpec("someone/tiny", repository="someone/tiny")).is_dir()
    assert len(hub.requests) == asked


@pytest.mark.slow
def test_a_named_encoder_put_in_place_by_hand_needs_no_network(cache, labse_folder, monkeypatch):
    monkeypatch.setenv(OFFLINE_VARIABLE, "1")
    shutil.copytree(labse_folder, cache / "sentence-transformers--LaBSE")
    spec = encoder_specs()["labse"]
    encoder = load_sentence_transformer(spec, fetch_encoder(spec))
    assert encoder.name == "labse"
    assert encoder.encode(["Moscow"]).shape == (1, 24)


@pytest.mark.parametrize("name", ["labse", "e5", "e5-large", "bge-m3"])
def test_without_a_network_the_error_says_what_to_fetch_and_where_to_put_it(name, cache, monkeypatch):
    monkeypatch.setenv(OFFLINE_VARIABLE, "1")
    spec = encoder_specs()[name]
    with pytest.raises(OfflineError) as caught:
        fetch_encoder(spec)
    assert f"cannot fetch the encoder {name} ({spec.repository}, {spec.licence}," in caught.value.message
    assert f"huggingface.co/{spec.repository} at {spec.revision}" in (caught.value.hint or "")
    assert str(cache / (spec.repository or "").replace("/", "--")) in (caught.value.hint or "")


@pytest.mark.slow
def test_a_repository_with_only_a_pickle_is_refused_before_anything_is_fetched(hub, labse_folder):
    files = files_of(labse_folder)
    files["pytorch_model.bin"] = files.pop("model.safetensors")
    hub.commit("someone/pickled", files)
    with pytest.raises(TolmachError, match=r"someone/pickled has weights only as a pickle \(pytorch_model\.bin\)"):
        load_encoder("someone/pickled")
    assert hub.downloads() == []


def test_a_repository_that_is_no_such_model_or_is_not_there_is_told(hub):
    hub.commit("someone/plain", {"config.json": b"{}"})
    with pytest.raises(TolmachError, match=r"the repository someone/plain is not a sentence-transformers model"):
        load_encoder("someone/plain")
    with pytest.raises(TolmachError, match="there is no model someone/nothing on http"):
        load_encoder("someone/nothing")
    hub.status = 503
    with pytest.raises(NetworkError, match="answers 503 for someone/other") as caught:
        load_encoder("someone/other")
    assert "`use` needs no hub" in (caught.value.hint or "")
