"""Finished sentences are found again, and only by the same request."""

import os
import sqlite3
import subprocess
import sys
from contextlib import closing

import pytest

from translate.memory.cache import TranslationMemory, memory_key


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


class Notes:
    """Keeps what a progress is told."""

    def __init__(self):
        self.notes = []

    def note(self, text):
        self.notes.append(text)


def foreign(path):
    path.write_text("not a database, and long enough to be looked at as one " * 20, encoding="utf-8")


def another_programs(path):
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("CREATE TABLE things (name TEXT)")


def damaged(path):
    TranslationMemory(path).put({f"key {number}": "value" * 50 for number in range(200)})
    data = bytearray(path.read_bytes())
    data[4096:] = b"\xff" * (len(data) - 4096)
    path.write_bytes(data)


@pytest.mark.parametrize("spoil", [foreign, another_programs, damaged])
def test_file_that_is_no_memory_is_set_aside_and_told(tmp_path, spoil):
    path, progress = tmp_path / "memory.sqlite", Notes()
    spoil(path)
    before = path.read_bytes()
    memory = TranslationMemory(path, progress)
    assert memory.get(["key 7"]) == {}
    memory.put({"a": "1"})
    assert memory.get(["a"]) == {"a": "1"}
    (aside,) = tmp_path.glob("memory.sqlite.broken-*")
    assert aside.read_bytes() == before
    assert len(progress.notes) == 1
    assert str(aside) in progress.notes[0]


@pytest.mark.parametrize("spoil", [foreign, damaged])
def test_writing_sets_a_broken_file_aside_too(tmp_path, spoil):
    path = tmp_path / "memory.sqlite"
    spoil(path)
    TranslationMemory(path).put({"a": "1"})
    assert TranslationMemory(path).get(["a"]) == {"a": "1"}


@pytest.mark.parametrize("byte", [b"\0", b"\xff", b"\x80"])
def test_a_damaged_byte_of_its_description_is_no_bug(tmp_path, byte):
    path = tmp_path / "memory.sqlite"
    TranslationMemory(path).put({"a": "one"})
    sound = path.read_bytes()
    set_aside = 0
    for place in range(sound.index(b"tablehypotheses") - 12, sound.index(b"WITHOUT ROWID") + 13):
        path.write_bytes(sound[:place] + byte + sound[place + 1 :])
        assert TranslationMemory(path).get(["a"]) in ({"a": "one"}, {}), place
        set_aside += not path.exists()
    assert set_aside


def test_file_that_another_process_made_anew_stays(tmp_path):
    path = tmp_path / "memory.sqlite"
    memory = TranslationMemory(path)
    memory.put({"a": "1"})
    memory._set_aside()  # as if this process had seen the old, broken one
    assert memory.get(["a"]) == {"a": "1"}


@pytest.mark.slow
def test_many_processes_share_one_file(tmp_path):
    path = tmp_path / "memory.sqlite"
    script = (
        "import sys; from pathlib import Path; from translate.memory.cache import TranslationMemory\n"
        "memory = TranslationMemory(Path(sys.argv[1]))\n"
        "for number in range(40): memory.put({f'{sys.argv[2]} {number}': 'value'})\n"
    )
    workers = [subprocess.Popen([sys.executable, "-c", script, str(path), str(one)]) for one in range(3)]
    assert [worker.wait(timeout=60) for worker in workers] == [0, 0, 0]
    keys = [f"{one} {number}" for one in range(3) for number in range(40)]
    assert len(TranslationMemory(path).get(keys)) == 120


def folder_that_is_a_file(path):
    path.parent.write_text("", encoding="utf-8")


def loop(path):
    path.parent.mkdir()
    path.symlink_to(path.with_name("other"))
    path.with_name("other").symlink_to(path)


def pipe(path):
    path.parent.mkdir()
    os.mkfifo(path)


def device(path):
    path.parent.mkdir()
    path.symlink_to("/dev/zero")


def folder(path):
    path.mkdir(parents=True)


@pytest.mark.parametrize("spoil", [folder_that_is_a_file, loop, pipe, device, folder])
@pytest.mark.parametrize("first", ["get", "put"])
def test_where_there_can_be_no_file_work_goes_on_without_one(tmp_path, spoil, first):
    path, progress = tmp_path / "cache" / "memory.sqlite", Notes()
    spoil(path)
    memory = TranslationMemory(path, progress)
    if first == "put":
        memory.put({"a": "1"})
    assert memory.get(["a"]) == {}
    memory.put({"a": "1"})
    assert memory.get(["a"]) == {}
    (note,) = progress.notes
    assert note.startswith("Translated sentences are not cached: cannot ")
    assert str(path) in note


@pytest.mark.parametrize("end", ["-journal", "-wal", "-shm"])
@pytest.mark.parametrize("spoil", [os.mkfifo, os.mkdir, lambda path: path.symlink_to("/dev/zero")])
@pytest.mark.parametrize("linked", [False, True])
def test_what_is_no_file_beside_the_memory_leaves_work_without_one(tmp_path, end, spoil, linked):
    path, progress = tmp_path / "memory.sqlite", Notes()
    TranslationMemory(path).put({"a": "1"})
    spoil(tmp_path / f"memory.sqlite{end}")
    if linked:
        (tmp_path / "link").symlink_to(path)
    memory = TranslationMemory(tmp_path / "link" if linked else path, progress)
    assert memory.get(["a"]) == {}
    memory.put({"b": "2"})
    assert progress.notes == [
        f"Translated sentences are not cached: cannot use {path}{end}: it is not a regular file. Remove it"
    ]


def test_a_lock_that_lasts_is_waited_for_once(tmp_path, monkeypatch):
    monkeypatch.setattr("translate.memory.cache._PATIENCE", 0.05)
    path, progress = tmp_path / "memory.sqlite", Notes()
    TranslationMemory(path).put({"a": "1"})
    memory = TranslationMemory(path, progress)
    with closing(sqlite3.connect(path)) as other:
        other.execute("BEGIN EXCLUSIVE")
        assert memory.get(["a"]) == {}
        memory.put({"b": "2"})
    assert memory.get(["a"]) == {}
    assert progress.notes == [
        f"Translated sentences are not cached: cannot use the translation memory {path}: database is locked. "
        "Another program holds it"
    ]


@pytest.mark.parametrize("value", ["7", "2.5", "NULL", "X'fffe'", "CAST(X'ff22' AS TEXT)"])
def test_values_that_are_no_text_are_not_there(tmp_path, value):
    path, progress = tmp_path / "memory.sqlite", Notes()
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("CREATE TABLE hypotheses (key TEXT PRIMARY KEY, value)")
        connection.execute(f"INSERT INTO hypotheses VALUES ('a', {value}), ('b', '2')")  # noqa: S608 - from above
    assert TranslationMemory(path, progress).get(["a", "b"]) == {"b": "2"}
    assert progress.notes == []


def test_a_request_with_half_a_surrogate_pair_has_a_key():
    assert memory_key({}, "\ud800") != memory_key({}, "\ud801")


def test_read_only_memory_still_answers(tmp_path):
    path = tmp_path / "memory.sqlite"
    TranslationMemory(path).put({"a": "1"})
    path.chmod(0o444)
    assert TranslationMemory(path).get(["a"]) == {"a": "1"}


_KILLED_IN_THE_MIDDLE = """
import os, signal, sqlite3, sys
connection = sqlite3.connect(sys.argv[1])
connection.execute("PRAGMA cache_size = 2")
connection.execute("PRAGMA cache_spill = 1")
for number in range(400):
    connection.execute("INSERT OR REPLACE INTO hypotheses VALUES (?, ?)", (f"new {number}", "w" * 900))
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_what_a_killed_process_left_half_written_is_taken_back(tmp_path):
    path = tmp_path / "memory.sqlite"
    stored = {f"key {number}": "v" * 500 for number in range(200)}
    TranslationMemory(path).put(stored)
    subprocess.run([sys.executable, "-c", _KILLED_IN_THE_MIDDLE, str(path)], check=False)
    assert path.with_name("memory.sqlite-journal").stat().st_size
    assert TranslationMemory(path).get([*stored, "new 1"]) == stored
