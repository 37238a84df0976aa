"""What cannot be written is told with its cause and what to do."""

import errno
import os

import pytest

from corpora.errors import OutputError
from corpora.files import output_errors, write_text


@pytest.mark.parametrize("name", [".", "/", "folder"])
def test_a_folder_is_not_replaced(tmp_path, monkeypatch, name):
    (tmp_path / "folder").mkdir()
    monkeypatch.chdir(tmp_path)
    with pytest.raises(OutputError) as caught:
        write_text(type(tmp_path)(name), "text")
    assert str(caught.value) == f"cannot write {name}: it is a folder. Name a file"
    assert list(tmp_path.iterdir()) == [tmp_path / "folder"]


def test_a_name_that_is_too_long_is_told(tmp_path):
    with pytest.raises(OutputError, match=r"the name is too long\. Name a shorter one$"):
        write_text(tmp_path / ("a" * 300), "text")


@pytest.mark.parametrize(
    ("number", "message"),
    [
        (errno.ENOENT, "a folder of the path does not exist. Name another folder, or make that one first"),
        (errno.EBUSY, "something else is using it. Name another file"),
        (errno.EROFS, "the file system is read-only. Name a folder you may write to"),
    ],
)
def test_errors_of_the_system_are_put_in_plain_words(tmp_path, number, message):
    path = tmp_path / "out.txt"
    with pytest.raises(OutputError) as caught, output_errors(path):
        raise OSError(number, os.strerror(number))
    assert str(caught.value) == f"cannot write {path}: {message}"


def test_an_error_without_a_known_cause_keeps_its_words(tmp_path):
    with pytest.raises(OutputError, match=r"Too many levels of symbolic links$"), output_errors(tmp_path):
        raise OSError(errno.ELOOP, os.strerror(errno.ELOOP))
