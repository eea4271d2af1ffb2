"""How long the code of an addon may take, and how much memory, so that an endless loop in one of them stops no save for long."""

import ctypes
import resource
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

SECONDS = {"tenant": 5.0, "server": 30.0}  # by scope
AGAIN = 0.05  # seconds until an addon that swallowed the interruption is interrupted again
ROOM = 1 << 30  # bytes that an addon may take beside what the process has already


class Overtime(BaseException):
    """The time is up; no Exception, so that an addon's own `except Exception` does not swallow it."""


class Shield:
    """Lets calls end that must not be interrupted halfway, such as a query: its connection could be used no more."""

    def __init__(self) -> None:
        self.up = self.is_late = False

    def hold(self, call: Callable[..., Any], *arguments: Any) -> Any:
        """Makes the call; what was sent before it was up arrives as the call begins. Raises Overtime when the time is up already."""
        if self.is_late:
            raise Overtime
        self.up = True
        try:
            return call(*arguments)
        finally:
            self.up = False


@contextmanager
def limits(seconds: float, shield: Shield | None = None) -> Iterator[None]:
    """Raises Overtime in its block when that takes longer, and MemoryError when it takes too much memory."""
    with _memory, time_limit(seconds, shield or Shield()):
        yield


@contextmanager
def time_limit(seconds: float, shield: Shield) -> Iterator[None]:
    """Raises Overtime in its block when that takes longer; a call that waits in C, such as time.sleep, ends first."""
    thread = ctypes.c_ulong(threading.get_ident())
    overtime = ctypes.py_object(Overtime)
    send = ctypes.pythonapi.PyThreadState_SetAsyncExc
    done = threading.Event()

    def interrupt() -> None:
        wait = seconds
        while not done.wait(wait):
            shield.is_late = True
            if not shield.up:  # no other thread runs between this and the next line: CPython changes threads at calls
                send(thread, overtime)
            wait = AGAIN

    watcher = threading.Thread(target=interrupt, name="time limit", daemon=True)
    try:
        watcher.start()
        yield
    finally:
        _finish(done, watcher)


def _finish(done: threading.Event, watcher: threading.Thread) -> None:
    """Ends the watcher, and takes what it has sent and has not arrived: to withdraw it would hang CPython 3.11 under a profiler."""
    while True:
        try:
            done.set()
            watcher.join()
            watcher.is_alive()  # the last one arrives at a call
        except Overtime:
            continue
        return


class _Memory:
    """While anybody is inside, the process gets no more than ROOM beside what it had when the first of them came."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._inside = 0
        self._before = (resource.RLIM_INFINITY, resource.RLIM_INFINITY)

    def __enter__(self) -> None:
        with self._lock:
            if self._inside == 0:
                self._before = resource.getrlimit(resource.RLIMIT_AS)
                soft, hard = self._before
                most = _taken() + ROOM
                resource.setrlimit(resource.RLIMIT_AS, (most if soft == resource.RLIM_INFINITY else min(soft, most), hard))
            self._inside += 1

    def __exit__(self, *raised: object) -> None:
        with self._lock:
            self._inside -= 1
            if self._inside == 0:
                resource.setrlimit(resource.RLIMIT_AS, self._before)


def _taken() -> int:
    return int(Path("/proc/self/statm").read_text().split(" ", 1)[0]) * resource.getpagesize()


_memory = _Memory()
