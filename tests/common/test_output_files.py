"""What cannot be written is told with its cause and what to do."""

import errno
import fcntl
import json
import os
import signal
import socket
import stat
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from common.errors import InputError, OutputError
from common.files import output_errors, replacing, require_writable, write_text, write_texts
from common.names import expand_user


@pytest.mark.parametrize("name", [".", "/", "folder"])
def test_a_folder_is_not_replaced(tmp_path, monkeypatch, name):
    (tmp_path / "folder").mkdir()
    monkeypatch.chdir(tmp_path)
    with pytest.raises(OutputError) as caught:
        write_text(Path(name), "text")
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
    with pytest.raises(OutputError, match=r"Input/output error$"), output_errors(tmp_path):
        raise OSError(errno.EIO, os.strerror(errno.EIO))


def test_a_link_that_leads_back_to_itself(tmp_path):
    (tmp_path / "loop").symlink_to("loop")
    with pytest.raises(OutputError, match="a symbolic link in the path leads back to itself"):
        write_text(tmp_path / "loop", "text")


@pytest.mark.parametrize("mode", [0o600, 0o640, 0o777])
def test_a_mode_is_kept(tmp_path, mode):
    path = tmp_path / "a.txt"
    path.touch()
    path.chmod(mode)
    write_text(path, "new")
    assert stat.S_IMODE(path.stat().st_mode) == mode


def test_a_group_that_cannot_be_kept_leaves_its_rights_to_nobody(tmp_path, monkeypatch):
    path = tmp_path / "a.txt"
    path.touch()
    path.chmod(0o664)

    def refuse(*_):
        raise PermissionError(errno.EPERM, os.strerror(errno.EPERM))

    monkeypatch.setattr("os.chown", refuse)
    write_text(path, "new")
    assert stat.S_IMODE(path.stat().st_mode) == 0o644


def test_a_file_that_nobody_may_write_is_left_alone(tmp_path):
    path = tmp_path / "a.txt"
    path.write_text("old", encoding="utf-8")
    path.chmod(0o444)
    for write in (require_writable, lambda path: write_text(path, "new")):
        with pytest.raises(OutputError, match="it is read-only"):
            write(path)
    assert path.read_text(encoding="utf-8") == "old"


@pytest.mark.parametrize("there", [True, False])
def test_a_symbolic_link_stays_one(tmp_path, there):
    (tmp_path / "deep").mkdir()
    target, link = tmp_path / "deep" / "a.txt", tmp_path / "link"
    if there:
        target.write_text("old", encoding="utf-8")
    link.symlink_to("middle")
    (tmp_path / "middle").symlink_to(Path("deep", "a.txt"))
    require_writable(link)
    write_text(link, "new")
    assert (link.is_symlink(), target.is_symlink(), target.read_text(encoding="utf-8")) == (True, False, "new")


def test_a_read_only_file_is_left_alone_through_a_folder_that_is_not_there(tmp_path):
    path = tmp_path / "a.txt"
    path.touch(0o444)
    with pytest.raises(OutputError, match="it is read-only"):
        write_text(tmp_path / "new" / ".." / "a.txt", "text")
    assert list(tmp_path.rglob("*")) == [path]


def test_a_pipe_is_written_to(tmp_path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with ThreadPoolExecutor(1) as pool:
        read = pool.submit(pipe.read_text, encoding="utf-8")
        write_texts({tmp_path / "a.txt": "1", pipe: "2" * 200_000})
        assert read.result() == "2" * 200_000
    assert stat.S_ISFIFO(pipe.stat().st_mode)


def test_a_device_is_written_to(tmp_path):
    device = tmp_path / "null"
    try:
        os.mknod(device, 0o666 | stat.S_IFCHR, os.makedev(1, 3))
        device.open("wb").close()
    except PermissionError:
        pytest.skip("only root makes devices, and not everywhere")
    write_text(device, "text")
    assert stat.S_ISCHR(device.stat().st_mode)


@pytest.mark.parametrize("linked", [False, True])
@pytest.mark.parametrize("name", ["/dev/fd/{}", "/proc/self/fd/{}", "/proc/thread-self/fd/{}", "/dev/./fd/../fd/{}"])
def test_an_open_file_is_written_on(tmp_path, name, linked):
    path, link = tmp_path / "a.txt", tmp_path / "link"
    with path.open("wb") as file:
        file.write(b"before ")
        file.flush()
        named = Path(name.format(file.fileno()))
        link.symlink_to(named)
        write_text(link if linked else named, "after")
    assert path.read_text(encoding="utf-8") == "before after"


def test_a_descriptor_that_is_not_open():
    with pytest.raises(OutputError, match="it is closed"):
        write_text(Path("/dev/fd/987654"), "text")


def test_a_socket_is_left_alone(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)  # names of sockets are short
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind("socket")
        with pytest.raises(OutputError, match="it is a socket"):
            write_text(Path("socket"), "text")
    assert stat.S_ISSOCK(Path("socket").stat().st_mode)


def test_a_lone_surrogate_is_escaped(tmp_path):
    write_text(tmp_path / "a.json", '"\ud800"')
    assert json.loads((tmp_path / "a.json").read_text(encoding="utf-8")) == "\ud800"


def test_the_longest_name_is_written(tmp_path):
    write_text(tmp_path / ("я" * 127), "text")
    assert len(list(tmp_path.iterdir())) == 1


LEAVE = """
import os, signal, sys
from pathlib import Path
from common.files import replacing
with replacing(Path(sys.argv[1])) as temporary:
    temporary.write_text("half", encoding="utf-8")
    os.kill(os.getpid(), signal.SIGKILL)
"""


def test_what_a_killed_writer_left_is_removed_and_what_a_living_one_writes_is_not(tmp_path):
    path = tmp_path / "[a]*.txt"
    assert subprocess.run([sys.executable, "-c", LEAVE, path], check=False).returncode == -signal.SIGKILL
    (left,) = tmp_path.iterdir()
    with replacing(path) as temporary:
        assert not left.exists()
        write_text(path, "other")
        assert temporary.exists()
        temporary.write_text("mine", encoding="utf-8")
    assert (list(tmp_path.iterdir()), path.read_text(encoding="utf-8")) == ([path], "mine")


def test_a_file_that_only_looks_like_a_temporary_one_is_left_alone(tmp_path):
    other = tmp_path / ".a.txt.notes_01.part"
    other.write_text("mine", encoding="utf-8")
    write_text(tmp_path / "a.txt", "text")
    assert other.exists()


def test_a_file_that_is_taken_for_abandoned_is_made_again(tmp_path, monkeypatch):
    """Another writer may look between the making of a file and its lock."""
    unlocked = []

    def lock(handle, operation):
        if not unlocked:
            unlocked.extend(tmp_path.iterdir())
            unlocked[0].unlink()
        return flock(handle, operation)

    flock = fcntl.flock
    monkeypatch.setattr("fcntl.flock", lock)
    write_text(tmp_path / "a.txt", "text")
    assert unlocked
    assert list(tmp_path.iterdir()) == [tmp_path / "a.txt"]


def test_no_file_takes_its_place_before_all_are_whole(tmp_path, monkeypatch):
    done = []
    for step in ("fsync", "replace"):
        real = getattr(os, step)
        monkeypatch.setattr(os, step, lambda *given, step=step, real=real: (done.append(step), real(*given))[1])
    write_texts({tmp_path / name: name for name in "abc"})
    assert [step for step in done if step == "replace"] == ["replace"] * 3
    assert done[:4] == ["fsync", "fsync", "fsync", "replace"]


def test_users_that_do_not_exist():
    with pytest.raises(InputError, match="there is no such user"):
        expand_user("~nosuch/x")
