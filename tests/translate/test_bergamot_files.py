"""Marian's binary format, whole and damaged, and where the files of a direction are found."""

import gzip
import shutil
from pathlib import Path

import numpy as np
import pytest
from bergamot_files import Shape, make_bergamot, make_tensors, marian_bytes, quantize, vocabulary
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from translate.engines.bergamot.binary import read_model
from translate.engines.bergamot.engine import load_bergamot
from translate.engines.bergamot.files import (
    BergamotFiles,
    bergamot_directions,
    bergamot_members,
    find_bergamot,
    pair_name,
)
from translate.engines.errors import ModelFilesError

SMALL = Shape(dim=8, heads=2, inner=8, encoder_layers=1, decoder_layers=1)
TENSORS = make_tensors(SMALL, 20, 20)
SETTINGS = SMALL.settings()


def write(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path


def test_plain_tensors_come_back_exactly(tmp_path: Path) -> None:
    model = read_model(write(tmp_path / "model.bin", marian_bytes(TENSORS, SETTINGS)))
    assert set(model.tensors) == set(TENSORS)
    for name, array in TENSORS.items():
        np.testing.assert_array_equal(model.tensors[name], array)
    assert model.config["dim-emb"] == "8"
    assert model.config["transformer-preprocess"] == ""
    assert "dim-vocabs" in model.config


def test_quantized_tensors_come_back_within_half_a_step(tmp_path: Path) -> None:
    model = read_model(write(tmp_path / "model.bin", marian_bytes(TENSORS, SETTINGS, quantized=True)))
    for name in ("Wemb", "encoder_l1_ffn_W1", "decoder_l1_rnn_Wf"):
        numbers, multiplier = quantize(TENSORS[name])
        np.testing.assert_allclose(model.tensors[name], numbers / np.float32(multiplier), rtol=1e-6)
        assert np.abs(model.tensors[name] - TENSORS[name]).max() <= 0.51 / multiplier


def test_packed_files_and_archives_are_read_alike(tmp_path: Path) -> None:
    content = marian_bytes(TENSORS, SETTINGS)
    packed = read_model(write(tmp_path / "model.bin.gz", gzip.compress(content)))
    text = np.frombuffer("".join(f"{key}: {value}\n" for key, value in SETTINGS.items()).encode(), np.int8)
    np.savez(tmp_path / "model.npz", **TENSORS, **{"special:model.yml": text})
    archive = read_model(tmp_path / "model.npz")
    for name, array in TENSORS.items():
        np.testing.assert_array_equal(packed.tensors[name], array)
        np.testing.assert_array_equal(archive.tensors[name], array)
    assert archive.config["dec-cell"] == packed.config["dec-cell"] == "ssru"


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_cut_files_are_refused(tmp_path: Path, data: st.DataObject) -> None:
    content = marian_bytes(TENSORS, SETTINGS, quantized=True)
    end = data.draw(st.integers(0, len(content) - 1))
    with pytest.raises(ModelFilesError):
        read_model(write(tmp_path / "model.bin", content[:end]))


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=300))
def test_nothing_else_is_taken_for_a_model(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(ModelFilesError):
        read_model(write(tmp_path / "model.bin", content))


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("model.bin", b"version https://git-lfs.github.com/spec/v1\noid sha256:0\n", "git lfs pull"),
        ("model.bin", b"<!doctype html><p>Not found</p>" * 9, "binary format"),
        ("model.bin.gz", gzip.compress(marian_bytes(TENSORS, SETTINGS))[:-20], "ended"),
        ("model.npz", b"PK\x03\x04 no archive", "NumPy"),
        ("model.bin", marian_bytes(TENSORS, SETTINGS).replace(b"special:model.yml", b"special:other.yml"), "special:"),
    ],
)
def test_damage_is_named(tmp_path: Path, name: str, content: bytes, message: str) -> None:
    with pytest.raises(ModelFilesError, match=message):
        read_model(write(tmp_path / name, content))


def test_weights_packed_for_one_processor_are_refused(tmp_path: Path) -> None:
    content = bytearray(marian_bytes(TENSORS, SETTINGS, quantized=True))
    at = content.index((0x4101).to_bytes(8, "little"))
    content[at : at + 8] = (0x5101).to_bytes(8, "little")
    with pytest.raises(ModelFilesError, match="one kind of processor"):
        read_model(write(tmp_path / "model.bin", bytes(content)))


def test_a_missing_tensor_is_named(tmp_path: Path) -> None:
    folder = make_bergamot(tmp_path, shape=SMALL)
    fewer = {name: array for name, array in make_tensors(SMALL, 120, 120).items() if name != "decoder_l1_rnn_Wf"}
    write(folder / "model.enru.bin", marian_bytes(fewer, SETTINGS))
    files = find_bergamot(folder, ("en", "ru"))
    assert files
    with pytest.raises(ModelFilesError, match="decoder_l1_rnn_Wf"):
        load_bergamot(files)


def test_a_vocabulary_of_another_model_is_refused(tmp_path: Path) -> None:
    folder = make_bergamot(tmp_path, shape=SMALL)
    write(folder / "vocab.enru.spm", vocabulary(100))
    files = find_bergamot(folder, ("en", "ru"))
    assert files
    with pytest.raises(ModelFilesError, match="pieces"):
        load_bergamot(files)
    write(folder / "vocab.enru.spm", b"no vocabulary")
    with pytest.raises(ModelFilesError, match=r"vocab\.enru\.spm"):
        load_bergamot(files)


@pytest.mark.parametrize(
    "place", ["", "enru", "en-ru", "base/enru", "base-memory/enru", "tiny/enru", "models/prod/enru"]
)
def test_a_direction_is_found_in_every_layout(tmp_path: Path, place: str) -> None:
    folder = make_bergamot(tmp_path / place, shape=SMALL, packed=place.endswith("prod/enru"))
    found = find_bergamot(tmp_path, ("en", "ru"))
    assert found
    assert found.model.parent == folder
    assert found.source_vocabulary == found.target_vocabulary
    assert find_bergamot(tmp_path, ("ru", "en")) is None
    assert bergamot_directions(tmp_path) == (("en", "ru"),)
    assert bergamot_members(tmp_path) == tuple(sorted(path.relative_to(tmp_path).as_posix() for path in found.paths))


def test_the_larger_model_is_taken_first_and_sides_may_have_their_own_vocabulary(tmp_path: Path) -> None:
    make_bergamot(tmp_path / "tiny" / "enzh", "enzh", shape=SMALL)
    folder = make_bergamot(tmp_path / "base" / "enzh", "enzh", shape=Shape(dim=8, heads=2, inner=8, split=True))
    assert find_bergamot(tmp_path, ("en", "zh")) == BergamotFiles(
        folder / "model.enzh.bin", folder / "srcvocab.enzh.spm", folder / "trgvocab.enzh.spm"
    )


def test_names_without_a_direction_need_a_folder_that_tells_it(tmp_path: Path) -> None:
    folder = make_bergamot(tmp_path / "enru", shape=SMALL)
    (folder / "model.enru.bin").rename(folder / "model.bin")
    assert find_bergamot(tmp_path, ("en", "ru"))
    assert find_bergamot(folder, ("en", "ru"))
    shutil.move(folder, tmp_path / "mine")
    assert find_bergamot(tmp_path / "mine", ("en", "ru")) is None


def test_a_model_without_its_vocabulary_is_not_found(tmp_path: Path) -> None:
    folder = make_bergamot(tmp_path, shape=SMALL)
    (folder / "vocab.enru.spm").unlink()
    assert find_bergamot(folder, ("en", "ru")) is None
    assert find_bergamot(tmp_path / "nowhere", ("en", "ru")) is None


def test_traditional_chinese_has_a_name_of_its_own() -> None:
    assert pair_name(("en", "zh-Hant")) == "enzh_hant"
    assert pair_name(("zh", "en")) == "zhen"
