"""How long a commit function may take, so that an endless loop in one addon stops no save for long."""

import ctypes
import threading
from collections.abc import Iterator
from contextlib import contextmanager

SECONDS = {"tenant": 5.0, "server": 30.0}  # by scope
AGAIN = 0.05  # seconds until an addon that swallowed the interruption is interrupted again


class Overtime(BaseException):
    """The time is up; no Exception, so that an addon's own `except Exception` does not swallow it."""


@contextmanager
def time_limit(seconds: float) -> Iterator[None]:
    """Raises Overtime in its block when that takes longer; a call that waits in C, such as time.sleep, ends first."""
    thread = ctypes.c_ulong(threading.get_ident())
    done = threading.Event()

    def interrupt() -> None:
        wait = seconds
        while not done.wait(wait):
            ctypes.pythonapi.PyThreadState_SetAsyncExc(thread, ctypes.py_object(Overtime))
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
