"""The number of BLAS threads, a setting of the whole process, shared by counting its users."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from threading import Lock, Thread, current_thread
from typing import Any

from threadpoolctl import ThreadpoolController


class BlasThreads:
    """Limits BLAS to one thread while any user needs that.

    Limits of `threadpoolctl` restore the previous number, so of two that overlap in different threads the first to end
    would end both, and the second would leave the process with one thread for good. It also obeys only the thread that
    set a limit first, as long as that one lives: if another ends last, the limit stays until the first returns.
    """

    def __init__(self) -> None:
        self._pool = ThreadpoolController()
        self._lock = Lock()
        self._callers = 0
        self._limit: Any = None
        self._owner: Thread | None = None

    @contextmanager
    def one(self) -> Iterator[None]:
        """Limit BLAS to one thread until this and all overlapping contexts have ended."""
        with self._lock:
            if not self._callers:
                self._begin()
            self._callers += 1
        try:
            yield
        finally:
            with self._lock:
                self._callers -= 1
                if not self._callers:
                    self._end()

    def _begin(self) -> None:
        self._end()  # what another thread could not
        if self._limit is None:
            self._limit, self._owner = self._pool.limit(limits=1, user_api="blas"), current_thread()

    def _end(self) -> None:
        mine = self._owner is None or self._owner is current_thread() or not self._owner.is_alive()
        if self._limit is not None and mine:
            self._limit.restore_original_limits()
            self._limit = self._owner = None


@cache
def blas_threads() -> BlasThreads:
    """Return the limiter of the process."""
    return BlasThreads()
