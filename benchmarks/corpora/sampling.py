"""Samples memory and processor time of the processes that this one has started, and of theirs; on Linux."""

import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

_SECONDS: Final = 1.0
_WORKER: Final = (b"spawn_main", b"RayWorker")
"""What the command line of a worker has: a process of the pool, an actor of Ray."""
_QUARTERS: Final = 4
_TICKS: Final = os.sysconf("SC_CLK_TCK")
_PAGE: Final = os.sysconf("SC_PAGE_SIZE")


@dataclass
class ProcessSamples:
    """What was sampled.

    Attributes:
        seconds: Processor time of each process, by its id.
        peaks: Most megabytes of each worker, by its id, in each quarter of the work.
    """

    seconds: dict[int, float] = field(default_factory=dict)
    peaks: dict[int, list[float]] = field(default_factory=dict)

    @property
    def largest(self) -> list[int]:
        """The megabytes of the largest worker in each quarter."""
        return [round(max(peaks)) for peaks in zip(*self.peaks.values(), strict=True)]

    def take(self, share: float) -> None:
        """Sample all processes once.

        Args:
            share: How much of the work is done.
        """
        parents = {pid: values for path in Path("/proc").glob("[0-9]*") if (values := _stat(pid := int(path.name)))}
        for pid, values in parents.items():
            if not _descends(pid, parents):
                continue
            self.seconds[pid] = (int(values[11]) + int(values[12])) / _TICKS
            if any(word in _command(pid) for word in _WORKER):
                quarter = min(_QUARTERS - 1, int(share * _QUARTERS))
                peaks = self.peaks.setdefault(pid, [0.0] * _QUARTERS)
                peaks[quarter] = max(peaks[quarter], int(values[21]) * _PAGE / 1e6)


@contextmanager
def sampled(share: Callable[[], float]) -> Iterator[ProcessSamples]:
    """Sample processes every second until the block ends.

    Args:
        share: Says how much of the work is done.
    """
    found, ended = ProcessSamples(), threading.Event()

    def work() -> None:
        while not ended.wait(_SECONDS):
            found.take(share())

    thread = threading.Thread(target=work)
    thread.start()
    try:
        yield found
    finally:
        ended.set()
        thread.join()


def _descends(pid: int, processes: dict[int, list[str]]) -> bool:
    while pid in processes:
        pid = int(processes[pid][1])
        if pid == os.getpid():
            return True
    return False


def _stat(pid: int) -> list[str]:
    """Return the fields of `/proc/PID/stat` after the name: state, parent, …; none if the process has ended."""
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
    except OSError:
        return []


def _command(pid: int) -> bytes:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""
