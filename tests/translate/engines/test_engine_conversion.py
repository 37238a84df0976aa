"""Conversion happens once, whole or not at all; files that cannot be used give one clear error."""

import errno
import json
import os
import re
import subprocess
import sys
import textwrap
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from common.errors import IntegrityError, OutputError, UsageError
from tests.support.models import tiny_models
from tests.support.models.tiny_models import SENTENCES
from translate.engines import conversion
from translate.engines.base import EngineOptions, ModelFiles
from translate.engines.conversion import _recorded, converted_folder, read_manifest, verify_conversions
from translate.engines.ctranslate2_engine import load_ctranslate2
from translate.engines.transformers_engine import load_transformers
from translate.models.requests import ChatRequest, TextRequest, Turn
from translate.types import DecodeOptions, ModelFilesError, UnsupportedModelError

CPU = EngineOptions(device="cpu", threads=1)
SHORT = DecodeOptions(max_length=6)
REQUESTS = [TextRequest(SENTENCES[0])]


class Listener:
    """Keeps what it is told."""

    def __init__(self) -> None:
        self.bars: list[str] = []
        self.notes: list[str] = []

    @contextmanager
    def bar(self, description: str, total: float | None, *, unit: str = "") -> Iterator[Callable[[float], None]]:
        del total, unit
        self.bars.append(description)
        yield lambda _advance: None

    def note(self, message: str) -> None:
        self.notes.append(message)


@pytest.fixture(scope="module")
def t5(tmp_path_factory: pytest.TempPathFactory) -> ModelFiles:
    return ModelFiles(tiny_models.make_t5(tmp_path_factory.mktemp("tiny-t5")), "t5")


@pytest.fixture
def broken(t5: ModelFiles, tmp_path: Path) -> ModelFiles:
    """A copy of the model whose files a test may damage."""
    folder = tmp_path / "broken"
    folder.mkdir()
    for path in t5.path.iterdir():
        (folder / path.name).write_bytes(path.read_bytes())
    return replace(t5, path=folder)


@pytest.fixture
def place(t5: ModelFiles, tmp_path: Path) -> Path:
    load_ctranslate2(t5, folder=tmp_path / "made", options=CPU)
    return converted_folder(t5, tmp_path / "made", precision="int8_float32")


def test_a_cpu_gets_int8_by_default(t5: ModelFiles, place: Path) -> None:
    manifest = read_manifest(place)
    assert manifest is not None
    assert (manifest.model_type, manifest.precision, manifest.end_tokens) == ("t5", "int8_float32", ("</s>",))
    assert load_ctranslate2(t5, folder=place.parent, options=CPU).signature()["precision"] == "int8_float32"


def test_a_model_is_converted_once(t5: ModelFiles, place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(conversion, "load_model", lambda *_args, **_options: pytest.fail("read again"))
    listener = Listener()
    engine = load_ctranslate2(t5, folder=place.parent, options=CPU, progress=listener)
    assert len(engine.generate(REQUESTS, options=SHORT)) == 1
    assert (listener.bars, listener.notes) == ([], [])


def test_a_conversion_is_reported(t5: ModelFiles, tmp_path: Path) -> None:
    listener = Listener()
    load_ctranslate2(t5, folder=tmp_path, options=CPU, progress=listener)
    assert listener.bars == ["Preparing the model, once: a minute or more"]


@pytest.mark.slow
def test_a_large_model_is_converted_by_another_process_to_the_same_files(
    t5: ModelFiles, place: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(conversion, "_LARGE", 0)
    monkeypatch.setattr(conversion, "load_model", lambda *_args, **_options: pytest.fail("read in this process"))
    apart, manifest = conversion.convert(t5, tmp_path / "apart", precision="int8_float32")
    assert {one.path: one.sha256 for one in manifest.files} == {
        one.path: one.sha256 for one in (read_manifest(place) or pytest.fail("no manifest")).files
    }
    assert apart.name == place.name


@pytest.mark.slow
def test_an_error_of_the_other_process_is_the_same_error(
    broken: ModelFiles, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(conversion, "_LARGE", 0)
    (broken.path / "model.safetensors").write_bytes(b"nothing")
    with pytest.raises(ModelFilesError, match=f"cannot load the model in {broken.path}"):
        conversion.convert(broken, tmp_path / "apart", precision="int8_float32")
    assert [path.suffix for path in (tmp_path / "apart").iterdir()] in ([], [".lock"])


def test_another_process_that_is_ended_is_an_error_in_words(
    t5: ModelFiles, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(conversion, "_LARGE", 0)
    monkeypatch.setattr(sys, "executable", "/bin/true")
    with pytest.raises(UnsupportedModelError, match="was ended") as caught:
        conversion.convert(t5, tmp_path / "apart", precision="int8_float32")
    assert "more memory" in str(caught.value)
    assert [path.suffix for path in (tmp_path / "apart").iterdir()] in ([], [".lock"])


def test_a_shortened_file_is_converted_again(t5: ModelFiles, place: Path) -> None:
    weights = place / "model.bin"
    whole = weights.read_bytes()
    weights.write_bytes(whole[:1000])
    load_ctranslate2(t5, folder=place.parent, options=CPU)
    assert weights.read_bytes() == whole


@pytest.mark.slow
@pytest.mark.parametrize("name", ["model.bin", "config.json", "tokenizer/tokenizer.json"])
def test_a_garbled_file_of_the_right_length_is_converted_again(t5: ModelFiles, place: Path, name: str) -> None:
    whole = (place / name).read_bytes()
    (place / name).write_bytes(b"\0" * len(whole))
    listener = Listener()
    engine = load_ctranslate2(t5, folder=place.parent, options=CPU, progress=listener)
    assert len(engine.generate(REQUESTS, options=SHORT)) == 1
    assert listener.notes == [f"The converted model in {place} is damaged; it is made again"]
    assert (place / name).read_bytes() == whole


def flip(path: Path, at: int) -> None:
    """Change one byte as a failing disk does: size and time stay."""
    times = path.stat().st_atime_ns, path.stat().st_mtime_ns
    content = bytearray(path.read_bytes())
    content[at] ^= 0x10
    path.write_bytes(bytes(content))
    os.utime(path, ns=times)


@pytest.mark.slow
@pytest.mark.parametrize("share", [number / 5 for number in range(6)])
@pytest.mark.parametrize("name", ["model.bin", "config.json", "tokenizer/tokenizer.json", "tolmach.json"])
def test_a_flipped_byte_is_found_by_verifying_and_by_loading(place: Path, name: str, share: float) -> None:
    assert read_manifest(place) is not None
    path = place / name
    flip(path, round(share * (path.stat().st_size - 1)))
    assert read_manifest(place) is None
    with pytest.raises(IntegrityError, match=rf"conversions of x are damaged: .*{re.escape(name)}"):
        verify_conversions("x", place.parent.parent)
    assert verify_conversions("x", place.parent.parent) == ()  # it is made again


def test_a_file_too_many_or_too_few_is_damage(place: Path) -> None:
    (place / "more.json").write_text("{}", encoding="utf-8")
    assert read_manifest(place) is None
    (place / "more.json").unlink()
    assert read_manifest(place) is not None
    (place / "vocabulary.json").unlink(missing_ok=True)
    (place / "shared_vocabulary.json").unlink(missing_ok=True)
    assert read_manifest(place) is None


def test_of_a_large_file_loading_reads_samples_and_all_where_its_time_changed(
    t5: ModelFiles, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("translate.files._SAMPLES", 4)
    monkeypatch.setattr("translate.files._BLOCK", 16)
    load_ctranslate2(t5, folder=tmp_path / "made", options=CPU)
    place = converted_folder(t5, tmp_path / "made", precision="int8_float32")
    weights, last = place / "model.bin", (place / "model.bin").stat().st_size - 1
    for sampled in (0, last // 3, last):
        flip(weights, sampled)
        assert read_manifest(place) is None
        flip(weights, sampled)
        assert read_manifest(place) is not None
    flip(weights, last // 2)
    assert read_manifest(place) is not None  # what no sample has, only `models verify` finds
    os.utime(weights)
    assert read_manifest(place) is None
    with pytest.raises(IntegrityError, match=r"model\.bin"):
        verify_conversions("x", tmp_path)


def test_a_copy_with_other_times_is_read_whole_once(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for path in place.rglob("*"):
        os.utime(path)
    assert read_manifest(place) is not None
    monkeypatch.setattr("translate.files.sha256_of", lambda _path: pytest.fail("read whole again"))
    monkeypatch.setattr("translate.engines.conversion.sample_of", lambda path: samples[path.name])
    samples = {Path(name).name: value for name, value in _recorded(place).samples.items()}  # type: ignore[union-attr]
    assert read_manifest(place) is not None


@pytest.mark.slow
def test_what_a_killed_process_left_is_removed(t5: ModelFiles, place: Path) -> None:
    left = place.parent / f".{place.name}.1.part"
    left.mkdir()
    (left / "model.bin").write_bytes(b"half")
    (place / "model.bin").unlink()
    load_ctranslate2(t5, folder=place.parent, options=CPU)
    assert not left.exists()


def test_a_full_disk_leaves_no_half_model(t5: ModelFiles, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_args: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(conversion, "_write_manifest", full)
    with pytest.raises(OutputError, match="the disk is full"):
        load_ctranslate2(t5, folder=tmp_path, options=CPU)
    assert [path.name for path in tmp_path.iterdir() if path.suffix != ".lock"] == []


def test_a_lock_that_cannot_be_made_is_an_error_of_writing(
    t5: ModelFiles, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def read_only(_lock: object, **_options: object) -> None:
        raise OSError(errno.EROFS, "Read-only file system")

    monkeypatch.setattr("filelock.FileLock.acquire", read_only)
    with pytest.raises(OutputError, match=r"^cannot write .*: the file system is read-only\. Name a folder"):
        load_ctranslate2(t5, folder=tmp_path, options=CPU)


def test_a_conversion_in_a_read_only_folder_is_used(
    t5: ModelFiles, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("filelock.FileLock.acquire", lambda _lock: pytest.fail("a lock was asked for"))
    assert load_ctranslate2(t5, folder=place.parent, options=CPU).signature()["precision"] == "int8_float32"


def test_every_choice_that_changes_the_result_has_a_folder_of_its_own(t5: ModelFiles, tmp_path: Path) -> None:
    other = [replace(t5, digest="a"), replace(t5, digest="b"), replace(t5, digest="b", stop_tokens=("x",))]
    folders = [converted_folder(files, tmp_path, precision="int8") for files in (t5, *other)]
    folders.append(converted_folder(t5, tmp_path, precision="float32"))
    assert len(set(folders)) == len(folders)
    assert converted_folder(t5, tmp_path, precision="int8") == folders[0]


def test_changed_weights_are_another_source(broken: ModelFiles, tmp_path: Path) -> None:
    before = converted_folder(broken, tmp_path, precision="int8")
    os.utime(broken.path / "config.json", (1, 1))
    assert converted_folder(broken, tmp_path, precision="int8") == before
    content = json.loads((broken.path / "config.json").read_text(encoding="utf-8"))
    (broken.path / "config.json").write_text(json.dumps(content | {"num_heads": 2}), encoding="utf-8")
    assert converted_folder(broken, tmp_path, precision="int8") != before


@pytest.mark.parametrize("name", ["config.json", "model.safetensors"])
@pytest.mark.parametrize("damage", ["missing", "garbled"])
def test_bad_source_files_are_named(broken: ModelFiles, tmp_path: Path, name: str, damage: str) -> None:
    if damage == "missing":
        (broken.path / name).unlink()
    else:
        (broken.path / name).write_bytes(b"{ nonsense")
    cause = f"cannot load the (tokenizer|model) in {broken.path}: "
    with pytest.raises(ModelFilesError, match=cause):
        load_ctranslate2(broken, folder=tmp_path, options=CPU)
    with pytest.raises(ModelFilesError, match=cause) as caught:
        load_transformers(broken, options=CPU)
    assert caught.value.hint == "Fetch the model again, or name another one"


def test_a_pickle_is_never_loaded(broken: ModelFiles) -> None:
    (broken.path / "model.safetensors").rename(broken.path / "pytorch_model.bin")
    with pytest.raises(ModelFilesError, match="only as a pickle"):
        load_transformers(broken, options=CPU)


def test_code_of_a_model_is_never_run(broken: ModelFiles) -> None:
    proof = broken.path / "was-run"
    (broken.path / "evil.py").write_text(f"open({str(proof)!r}, 'w')", encoding="utf-8")
    config = {"model_type": "evil", "auto_map": dict.fromkeys(("AutoConfig", "AutoModelForSeq2SeqLM"), "evil.Evil")}
    (broken.path / "config.json").write_text(json.dumps(config), encoding="utf-8")
    with pytest.raises(ModelFilesError):
        load_transformers(broken, options=CPU)
    assert not proof.exists()


def test_a_damaged_gguf_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "bad.gguf").write_bytes(b"GGUF but not really")
    with pytest.raises(ModelFilesError, match="cannot load the tokenizer"):
        load_transformers(ModelFiles(tmp_path, "chat", "bad.gguf"), options=CPU)


def test_an_architecture_that_ctranslate2_lacks_runs_in_transformers(tmp_path: Path) -> None:
    files = ModelFiles(tiny_models.make_hunyuan(tmp_path / "model"), "chat")
    with pytest.raises(UnsupportedModelError, match="cannot run a model of type hunyuan_v1_dense") as caught:
        load_ctranslate2(files, folder=tmp_path / "converted", options=CPU)
    assert caught.value.hint == "Use the transformers engine"
    asked = ChatRequest((Turn("user", SENTENCES[0]),), SENTENCES[0])
    found = load_transformers(files, options=CPU).generate([asked], options=SHORT)
    assert len(found[0].tokens) == 6


def test_an_unknown_precision_is_wrong_usage(t5: ModelFiles, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="unknown precision 'int4'"):
        load_ctranslate2(t5, folder=tmp_path, options=replace(CPU, precision="int4"))
    with pytest.raises(UsageError, match="the transformers engine cannot compute in int8"):
        load_transformers(t5, options=replace(CPU, precision="int8"))


@pytest.mark.slow
def test_a_second_start_needs_neither_transformers_nor_the_source(tmp_path: Path) -> None:
    files = ModelFiles(tiny_models.make_qwen2(tmp_path / "model", steps=0), "chat", digest="1")
    load_ctranslate2(files, folder=tmp_path, options=CPU)
    (files.path / "model.safetensors").unlink()
    script = f"""
        import sys
        from pathlib import Path
        from translate.engines.base import EngineOptions, ModelFiles
        from translate.engines.ctranslate2_engine import load_ctranslate2
        from translate.models.requests import ChatRequest, Turn
        from translate.types import DecodeOptions
        files = ModelFiles(Path({str(files.path)!r}), "chat", digest="1")
        engine = load_ctranslate2(files, folder=Path({str(tmp_path)!r}), options=EngineOptions(device="cpu"))
        found = engine.generate([ChatRequest((Turn("user", "Hi"),), "Hi")], options=DecodeOptions(max_length=3))
        assert len(found) == 1
        assert not {{"torch", "transformers"}} & set(sys.modules)
    """
    done = subprocess.run([sys.executable, "-c", textwrap.dedent(script)], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
