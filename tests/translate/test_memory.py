"""Finished sentences are found again, and only by the same request."""

import pytest

from corpora.errors import OutputError
from translate.memory import TranslationMemory, memory_key


def test_stored_values_come_back(tmp_path):
    memory = TranslationMemory(tmp_path / "memory.sqlite")
    memory.put({"a": "один", "b": "二"})
    assert memory.get(["b", "c", "a"]) == {"a": "один", "b": "二"}


def test_memory_outlives_its_object(tmp_path):
    TranslationMemory(tmp_path / "deep" / "memory.sqlite").put({"a": "1"})
    assert TranslationMemory(tmp_path / "deep" / "memory.sqlite").get(["a"]) == {"a": "1"}


def test_missing_file_is_an_empty_memory_and_is_not_made(tmp_path):
    path = tmp_path / "memory.sqlite"
    assert TranslationMemory(path).get(["a"]) == {}
    assert not path.exists()


def test_key_depends_on_signature_and_request():
    keys = {memory_key({"beam": beam}, {"text": text}) for beam in "14" for text in "ab"}
    assert len(keys) == 4


def test_key_does_not_depend_on_order():
    assert memory_key({"a": "1", "b": "2"}, None) == memory_key({"b": "2", "a": "1"}, None)


def test_foreign_file_is_refused_with_a_hint(tmp_path):
    path = tmp_path / "memory.sqlite"
    path.write_text("not a database, and long enough to be looked at as one " * 20, encoding="utf-8")
    with pytest.raises(OutputError, match=r"cannot use the translation memory .* delete that file"):
        TranslationMemory(path).get(["a"])


def test_folder_that_cannot_be_made_is_refused(tmp_path):
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(OutputError, match="cannot write"):
        TranslationMemory(tmp_path / "file" / "memory.sqlite").put({"a": "1"})


def test_read_only_memory_still_answers(tmp_path):
    path = tmp_path / "memory.sqlite"
    TranslationMemory(path).put({"a": "1"})
    path.chmod(0o444)
    assert TranslationMemory(path).get(["a"]) == {"a": "1"}


def test_damaged_page_is_refused(tmp_path):
    path = tmp_path / "memory.sqlite"
    TranslationMemory(path).put({f"key {number}": "value" * 50 for number in range(200)})
    data = bytearray(path.read_bytes())
    data[4096:] = b"\xff" * (len(data) - 4096)
    path.write_bytes(data)
    with pytest.raises(OutputError, match="cannot use the translation memory"):
        TranslationMemory(path).get(["key 7"])
