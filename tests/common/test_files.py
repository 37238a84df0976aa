"""Files appear whole or not at all, alone and together."""

import errno
import os
from pathlib import Path

import pytest

from common.errors import OutputError
from common.files import cache_dir, replacing, require_writable, write_text, write_texts


def left_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.rglob("*"))


def test_text_is_written_with_unix_line_ends(tmp_path):
    write_text(tmp_path / "deep" / "a.txt", "один\nдва\n")
    assert (tmp_path / "deep" / "a.txt").read_bytes() == "один\nдва\n".encode()


def test_readers_see_the_old_file_until_the_new_one_is_whole(tmp_path):
    path = tmp_path / "a.txt"
    path.write_text("old", encoding="utf-8")
    with replacing(path) as temporary:
        temporary.write_text("new", encoding="utf-8")
        assert path.read_text(encoding="utf-8") == "old"
    assert path.read_text(encoding="utf-8") == "new"


def test_a_file_is_as_readable_as_any_other(tmp_path):
    mask = os.umask(0o022)
    try:
        write_text(tmp_path / "a.txt", "x")
    finally:
        os.umask(mask)
    assert (tmp_path / "a.txt").stat().st_mode & 0o777 == 0o644


@pytest.mark.parametrize("error", [KeyboardInterrupt(), ValueError("x")])
def test_failure_leaves_the_old_file_alone(tmp_path, error):
    path = tmp_path / "a.txt"
    path.write_text("old", encoding="utf-8")

    def fail() -> None:
        with replacing(path) as temporary:
            temporary.write_text("half", encoding="utf-8")
            raise error

    with pytest.raises(type(error)):
        fail()
    assert (left_in(tmp_path), path.read_text(encoding="utf-8")) == (["a.txt"], "old")


@pytest.mark.parametrize(
    ("number", "reason"),
    [
        (errno.ENOSPC, "the disk is full. Free some space"),
        (errno.EACCES, "permission denied. Name a folder you may write to"),
        (errno.EIO, "Input/output error"),
    ],
)
def test_cause_is_named(tmp_path, number, reason):
    with pytest.raises(OutputError, match=rf"cannot write .*a\.txt: {reason}"), replacing(tmp_path / "a.txt"):
        raise OSError(number, os.strerror(number))


def test_parent_that_is_a_file_is_named(tmp_path):
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(OutputError, match="a part of the path is a file, not a folder"):
        write_text(tmp_path / "file" / "a.txt", "x")


def test_several_files_are_written_together(tmp_path):
    write_texts({tmp_path / "out" / "a": "1", tmp_path / "out" / "b": "2"})
    assert left_in(tmp_path) == ["a", "b", "out"]


def test_one_that_cannot_be_written_takes_the_others_along(tmp_path):
    (tmp_path / "file").write_text("", encoding="utf-8")
    (tmp_path / "old").write_text("old", encoding="utf-8")
    with pytest.raises(OutputError, match="file/b"):
        write_texts({tmp_path / "new" / "a": "1", tmp_path / "old": "2", tmp_path / "file" / "b": "3"})
    assert left_in(tmp_path) == ["file", "old"]
    assert (tmp_path / "old").read_text(encoding="utf-8") == "old"


def test_cache_can_be_named(monkeypatch, tmp_path):
    monkeypatch.setenv("TOLMACH_CACHE", str(tmp_path / "c"))
    assert cache_dir() == tmp_path / "c"


def test_what_cannot_be_written_is_told_before_the_work(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("", encoding="utf-8")
    require_writable(tmp_path / "new" / "deep" / "a.txt")
    with pytest.raises(OutputError, match="a part of the path is a file, not a folder"):
        require_writable(tmp_path / "file" / "deep" / "a.txt")
    monkeypatch.setattr("os.access", lambda *_: False)
    with pytest.raises(OutputError, match="permission denied"):
        require_writable(tmp_path / "a.txt")
    assert left_in(tmp_path) == ["file"]
