"""Fetching test sets from a server of the test's own, and through the real sacrebleu."""

import io
import tarfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from hashlib import md5, sha256
from pathlib import Path

import pytest
from click.testing import CliRunner
from sacrebleu.dataset import DATASETS

from common.errors import IntegrityError, NetworkError, OfflineError, UsageError
from corpora.testsets import SetEntry, SetFile, fetching, find_set, load_set
from corpora.testsets.fetching import fetch_set
from tests.support.servers.testset_site import serving
from tolmach.cli import main

ENGLISH, RUSSIAN = b"One.\nTwo.\n", "Один.\nДва.\n".encode()
SGML = """<srcset setid="x" srclang="any">
<doc sysid="ref" docid="d{n}" genre="news" origlang="{lang}">
<seg id="1">{one}</seg>
<seg id="2">{two}</seg>
</doc></srcset>
"""


def archive(files: dict[str, bytes]) -> bytes:
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w:gz") as opened:
        for name, data in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(data)
            opened.addfile(member, io.BytesIO(data))
    return made.getvalue()


def made_set(address: str, **changes: object) -> SetEntry:
    """Return an entry of two files with addresses of their own."""
    files = tuple(
        SetFile(f"{tag}.txt", sha256(data).hexdigest(), url=f"{address}/{tag}.txt")
        for tag, data in (("en", ENGLISH), ("ru", RUSSIAN))
    )
    entry = replace(find_set("ntrex"), files=files, directions=(("en", "ru"), ("ru", "en")))
    return replace(entry, **changes)  # type: ignore[arg-type]


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("TOLMACH_CACHE", str(tmp_path / "cache"))
    monkeypatch.delenv("TOLMACH_TESTSETS", raising=False)
    return tmp_path / "cache"


def test_files_are_fetched_once_and_then_found(monkeypatch: pytest.MonkeyPatch) -> None:
    with serving({"/en.txt": ENGLISH, "/ru.txt": RUSSIAN}, monkeypatch) as address:
        entry = made_set(address)
        place = fetch_set(entry)
    monkeypatch.setenv("TOLMACH_OFFLINE", "1")
    assert fetch_set(entry) == place
    assert load_set("ntrex", ("ru", "en")).references == {"A": ("One.", "Two.")}


def test_files_of_an_archive_are_taken_out_and_nothing_else(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    files = tuple(
        SetFile(f"{tag}.txt", sha256(data).hexdigest(), member=f"in/{tag}")
        for tag, data in (("en", ENGLISH), ("ru", RUSSIAN))
    )
    packed = archive({"in/en": ENGLISH, "in/ru": RUSSIAN, "../evil.txt": b"no"})
    with serving({"/a.tgz": packed}, monkeypatch) as address:
        place = fetch_set(made_set(address, files=files, archive=f"{address}/a.tgz"))
    assert sorted(path.name for path in place.iterdir()) == ["en.txt", "ru.txt"]
    assert not list(tmp_path.rglob("evil.txt"))


def test_changed_file_is_refused_and_nothing_is_left(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with (
        serving({"/en.txt": ENGLISH, "/ru.txt": RUSSIAN + b"!\n"}, monkeypatch) as address,
        pytest.raises(IntegrityError, match=r"ru\.txt is not the file that it should be"),
    ):
        fetch_set(made_set(address))
    assert not (cache / "testsets" / "ntrex").exists()


def test_server_without_the_file_is_told(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with serving({"/en.txt": ENGLISH}, monkeypatch) as address, pytest.raises(NetworkError, match="404"):
        fetch_set(made_set(address))
    assert not (cache / "testsets" / "ntrex").exists()


@pytest.mark.parametrize("packed", [b"no archive", archive({"in/en": ENGLISH})])
def test_broken_archive_is_refused(packed: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    files = (SetFile("ru.txt", sha256(RUSSIAN).hexdigest(), member="in/ru"),)
    with (
        serving({"/a.tgz": packed}, monkeypatch) as address,
        pytest.raises(IntegrityError, match=r"archive of ntrex (cannot be unpacked|holds no file)"),
    ):
        fetch_set(made_set(address, files=files, archive=f"{address}/a.tgz"))


def test_an_archive_that_holds_far_too_much_is_not_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetching, "_UNPACKED", 1000)
    packed = archive({"in/more": bytes(1001), "in/ru": RUSSIAN})
    files = (SetFile("ru.txt", sha256(RUSSIAN).hexdigest(), member="in/ru"),)
    with serving({"/a.tgz": packed}, monkeypatch) as address, pytest.raises(IntegrityError, match="holds more than"):
        fetch_set(made_set(address, archive=f"{address}/a.tgz", files=files))


def test_nothing_is_fetched_without_leave(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOLMACH_OFFLINE", "1")
    with pytest.raises(OfflineError, match="fetch the test set ntrex"):
        fetch_set(find_set("ntrex"))


def test_samples_are_not_fetched() -> None:
    with pytest.raises(UsageError, match="is part of Tolmach"):
        fetch_set(find_set("samples"))


def served_by_sacrebleu(
    address: str, packed: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, name: str = "wmt19"
) -> SetEntry:
    """Point sacrebleu's entry of a set at the server, and its folder at the test's own; it fetches nothing itself."""
    monkeypatch.setattr("urllib.request.urlopen", lambda url: pytest.fail(f"sacrebleu fetched {url}"))
    dataset = DATASETS[name]
    monkeypatch.setattr(dataset, "data", [f"{address}/test.tgz"])
    monkeypatch.setattr(dataset, "md5", [md5(packed, usedforsecurity=False).hexdigest()])
    monkeypatch.setattr(dataset, "_outdir", str(tmp_path / "sacrebleu" / name))
    monkeypatch.setattr(dataset, "_rawdir", str(tmp_path / "sacrebleu" / name / "raw"))
    return replace(find_set(name), directions=(("en", "ru"),))


def sgml_archive() -> bytes:
    source, reference = DATASETS["wmt19"].langpairs["en-ru"]
    return archive({
        source: SGML.format(n=1, lang="en", one="One.", two="Two.").encode(),
        reference: SGML.format(n=1, lang="en", one="Один.", two="Два.").encode(),
    })  # fmt: skip


def xml_archive() -> bytes:
    """Return WMT's newer format: two references, one of which lacks a segment, and two systems."""
    document = """<dataset id="x"><doc id="d1" origlang="en"><src lang="en"><p><seg id="1">One.</seg>
    <seg id="2">Two.</seg></p></src>{versions}</doc></dataset>"""
    texts = [
        ('ref lang="ru" translator="A"', ("Один.", "Два.")),
        ('ref lang="ru" translator="B"', ("Раз.", "")),
        ('hyp system="refiner" language="ru"', ("Единица.", "Двойка.")),
        ('hyp system="Online-A" language="ru"', ("Один.", "Двое.")),
    ]
    versions = "".join(
        f'<{head}><p><seg id="1">{one}</seg><seg id="2">{two}</seg></p></{head.split()[0]}>'
        for head, (one, two) in texts
    )
    name = DATASETS["wmt22"].langpairs["en-ru"]
    path = name["path"] if isinstance(name, dict) else name[0]
    return archive({path: document.format(versions=versions).encode()})


def test_set_of_sacrebleu_comes_with_its_systems_and_its_usual_reference(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    packed = xml_archive()
    with serving({"/test.tgz": packed}, monkeypatch) as address:
        place = fetch_set(served_by_sacrebleu(address, packed, tmp_path, monkeypatch, name="wmt22"))
    found = load_set("wmt22", ("en", "ru"))
    assert found.references == {"A": ("Один.", "Два.")}  # as `sacrebleu -t wmt22` has it
    assert found.outputs == {"Online-A": ("Один.", "Двое."), "refiner": ("Единица.", "Двойка.")}
    both = load_set("wmt22", ("en", "ru"), references=("B", "A"))
    assert both.references == {"B": ("Раз.", ""), "A": ("Один.", "Два.")}
    assert (place / "en-ru" / "documents.txt").exists()


def test_reference_that_a_set_does_not_have_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    packed = xml_archive()
    with serving({"/test.tgz": packed}, monkeypatch) as address:
        fetch_set(served_by_sacrebleu(address, packed, tmp_path, monkeypatch, name="wmt22"))
    with pytest.raises(UsageError, match="wmt22 en-ru has no reference 'C'"):
        load_set("wmt22", ("en", "ru"), references=("C",))


def test_broken_xml_of_sacrebleu_is_an_integrity_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pair = DATASETS["wmt22"].langpairs["en-ru"]
    packed = archive({pair["path"] if isinstance(pair, dict) else pair[0]: b"<dataset><doc>"})
    with serving({"/test.tgz": packed}, monkeypatch) as address:
        entry = served_by_sacrebleu(address, packed, tmp_path, monkeypatch, name="wmt22")
        with pytest.raises(IntegrityError, match="sacrebleu cannot read its download of wmt22 en-ru"):
            fetch_set(entry)


def test_two_processes_at_once_fetch_once(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with serving({"/en.txt": ENGLISH, "/ru.txt": RUSSIAN}, monkeypatch) as address:
        entry = made_set(address)
        with ThreadPoolExecutor(4) as pool:
            places = set(pool.map(lambda _: fetch_set(entry), range(4)))
    assert places == {cache / "testsets" / "ntrex"}
    assert load_set("ntrex", ("ru", "en")).references == {"A": ("One.", "Two.")}
    assert not [path for path in (cache / "testsets").iterdir() if path.is_dir() and path.name != "ntrex"]


@pytest.mark.filterwarnings("ignore:Python 3.14 will:DeprecationWarning")
def test_set_of_sacrebleu_comes_with_documents_and_origins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    packed = sgml_archive()
    with serving({"/test.tgz": packed}, monkeypatch) as address:
        fetch_set(served_by_sacrebleu(address, packed, tmp_path, monkeypatch))
    found = load_set("wmt19", ("en", "ru"))
    assert (found.sources, found.references) == (("One.", "Two."), {"A": ("Один.", "Два.")})
    assert (found.documents, found.origins) == (("d1", "d1"), ("en", "en"))


def test_wrong_checksum_of_sacrebleu_is_an_integrity_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    packed = sgml_archive()
    with serving({"/test.tgz": packed + b"\n"}, monkeypatch) as address:
        entry = served_by_sacrebleu(address, packed, tmp_path, monkeypatch)
        with pytest.raises(IntegrityError, match="archive of wmt19 has a checksum other than"):
            fetch_set(entry)


def test_unreachable_address_of_sacrebleu_is_a_network_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with serving({}, monkeypatch) as address:
        entry = served_by_sacrebleu(address, b"", tmp_path, monkeypatch)
        with pytest.raises(NetworkError, match="404"):
            fetch_set(entry)


def test_the_command_fetches_and_tells_where(monkeypatch: pytest.MonkeyPatch) -> None:
    with serving({"/en.txt": ENGLISH, "/ru.txt": RUSSIAN}, monkeypatch) as address:
        entry = made_set(address)
        monkeypatch.setattr("tolmach.commands.corpora.find_set", lambda _name: entry)
        done = CliRunner().invoke(main, ["corpora", "fetch", "ntrex"])
    assert done.exit_code == 0, done.stderr
    assert (Path(done.stdout.strip()) / "ru.txt").read_bytes() == RUSSIAN
    assert "CC-BY-SA-4.0" in done.stderr


@pytest.mark.parametrize(("name", "told"), [("nowhere", "no test set is called"), ("samples", "is part of Tolmach")])
def test_the_command_refuses_what_cannot_be_fetched(name: str, told: str) -> None:
    done = CliRunner().invoke(main, ["corpora", "fetch", name])
    assert done.exit_code == 2
    assert told in done.stderr
