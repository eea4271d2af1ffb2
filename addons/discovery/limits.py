"""How long the code of an addon may take, and how much memory, so that an endless loop in one of them stops no save for long."""

import contextlib
import ctypes
import resource
import sys
import threading
import time
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
    watch = _Watch(seconds, shield)
    try:
        watch.start()
        yield
    finally:
        watch.finish()


class _Watch:
    """Interrupts the thread that it was made in, from a thread of its own."""

    def __init__(self, seconds: float, shield: Shield) -> None:
        self._seconds, self._shield = seconds, shield
        self._whom = threading.get_ident()
        self._going = threading.Lock()  # until the block is over
        self._going.acquire()
        self._is_gone = False
        self._thread = threading.Thread(target=self._run, name="time limit", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def finish(self) -> None:
        """Ends the watch: when this returns, nothing arrives any more."""
        self._going.release()
        while self._thread.ident is not None and not self._is_gone:
            time.sleep(0.0001)

    def _run(self) -> None:
        wait = self._seconds
        while not self._going.acquire(timeout=wait):
            self._shield.is_late = True
            # What is sent arrives where that thread stands now, as no other one runs between these lines.
            running = sys._current_frames()[self._whom].f_code.co_filename
            if running not in _SPARED and not self._shield.up:
                _send(self._whom, Overtime)
            wait = AGAIN
        self._is_gone = True


# Interrupted there, a lock could stay taken for ever, or a thread that is just started could be taken for the one that starts it.
_SPARED = {__file__, contextlib.__file__, threading.__file__, "<frozen importlib._bootstrap>", "<frozen importlib._bootstrap_external>"}
_send = ctypes.pythonapi.PyThreadState_SetAsyncExc
_send.argtypes = (ctypes.c_ulong, ctypes.py_object)


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
