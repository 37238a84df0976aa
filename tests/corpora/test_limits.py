"""Every file is read up to a limit that the message names and the user can raise."""

import io
import os
import sys
import threading
from contextlib import suppress
from pathlib import Path
from types import SimpleNamespace

import pytest

from common.errors import InputError, UsageError
from corpora.limits import SIZE_VARIABLE, input_limit, parse_size, read_file, read_standard_input, read_text
from corpora.readers.load import FetchOptions


@pytest.fixture(autouse=True)
def limit(monkeypatch):
    monkeypatch.setenv(SIZE_VARIABLE, "1kB")


@pytest.mark.parametrize(
    ("text", "size"),
    [("64MB", 64_000_000), ("1.5 gb", 1_500_000_000), ("20", 20), ("7k", 7000), (" 1B ", 1), ("2m", 2_000_000)],
)
def test_sizes(text, size):
    assert parse_size(text) == size


@pytest.mark.parametrize("text", ["", "0", "-1", "MB", "1e9", "1TB", "0.1", "1,5MB", "9" * 40, "٣MB nothing"])
def test_no_sizes(text):
    with pytest.raises(UsageError, match="--max-input-size"):
        parse_size(text)


def test_what_is_usual_counts_where_nobody_asks(monkeypatch):
    monkeypatch.delenv(SIZE_VARIABLE)
    assert (input_limit(5), input_limit(6)) == (5, 6)


def test_a_wrong_environment_is_told(monkeypatch):
    monkeypatch.setenv(SIZE_VARIABLE, "much")
    with pytest.raises(UsageError, match="'much' is not a size"):
        input_limit()


def test_file_at_the_limit_is_read_and_one_above_is_not(tmp_path):
    path = tmp_path / "file"
    path.write_bytes(b"x" * 1000)
    assert read_file(path) == b"x" * 1000
    path.write_bytes(b"x" * 1001)
    with pytest.raises(
        InputError, match=r"file is too large: 0\.001001 MB, more than the limit of 0\.001 MB"
    ) as caught:
        read_file(path)
    assert caught.value.hint == "Raise the limit with --max-input-size"


def test_endless_device_ends(tmp_path):
    path = tmp_path / "link"
    path.symlink_to("/dev/zero")
    with pytest.raises(InputError, match=r"link is too large: more than the limit"):
        read_file(path)


def test_endless_standard_input_ends(monkeypatch):
    with Path("/dev/zero").open("rb") as zero:
        monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=zero))
        with pytest.raises(InputError, match="standard input is too large"):
            read_standard_input()


@pytest.mark.parametrize("stdin", [None, SimpleNamespace(buffer=io.BytesIO())])
def test_closed_standard_input_is_told(monkeypatch, stdin):
    if stdin is not None:
        stdin.buffer.close()
    monkeypatch.setattr(sys, "stdin", stdin)
    with pytest.raises(InputError, match="standard input"):
        read_standard_input()


@pytest.mark.parametrize("content", [b"a line\n", b"x" * 2000])
def test_a_pipe_is_read_like_a_file(tmp_path, content):
    path = tmp_path / "pipe"
    os.mkfifo(path)

    def write():
        with suppress(BrokenPipeError):  # the reader has had enough
            path.write_bytes(content)

    writer = threading.Thread(target=write)
    writer.start()
    if len(content) < 1000:
        assert read_file(path) == content
    else:
        with pytest.raises(InputError, match="pipe is too large"):
            read_file(path)
    writer.join()


@pytest.mark.parametrize(("name", "reason"), [("none", "no such file"), (".", "is a folder"), ("a\0b", "cannot read")])
def test_unreadable_names(tmp_path, monkeypatch, name, reason):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(InputError, match=reason):
        read_file(Path(name))


def test_pages_obey_the_limit_too():
    assert FetchOptions().max_bytes == 1000


XML = '<?xml version="1.0" encoding="{}"?>\n<a>Привет</a>'


@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1251"])
def test_xml_in_any_encoding(tmp_path, codec):
    declared = {"utf-8-sig": "utf-8", "cp1251": "windows-1251"}.get(
        codec, codec.removesuffix("-le").removesuffix("-be")
    )
    path = tmp_path / "file.xml"
    path.write_bytes(XML.format(declared.upper()).encode(codec))
    assert read_text(path) == XML.format(declared.upper())


def test_forgotten_declaration_does_not_count(tmp_path):
    path = tmp_path / "file.xml"
    path.write_text(XML.format("utf-16"), encoding="utf-8")
    assert "Привет" in read_text(path)


@pytest.mark.parametrize("codec", ["utf-7", "unicode_escape", "punycode", "rot13", "none-such"])
def test_odd_declarations_do_not_count(tmp_path, codec):
    path = tmp_path / "file.xml"
    path.write_text(XML.format(codec) + "+2AA-\\ud800", encoding="utf-8")
    assert read_text(path).endswith("+2AA-\\ud800")


@pytest.mark.parametrize(
    "content", [b"\xe9t\xe9", b"\xff\xfe\0", b"\xed\xa0\x80", b"\xc0\xaf", b"<?xml encoding='ascii'?>\xff"]
)
def test_broken_text_is_refused(tmp_path, content):
    path = tmp_path / "file"
    path.write_bytes(content)
    with pytest.raises(InputError, match=r"text|mark of"):
        read_text(path)
