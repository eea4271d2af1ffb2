"""The console's processes: in one process group, and when one of them ends, all of them do, but for those that are started again."""

import ctypes
import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path

from scopserv_site.web.health import PATH as HEALTH

STOP_SIGNALS = {signal.SIGINT, signal.SIGTERM, signal.SIGHUP}
STOP_SECONDS = 15
AGAIN_SECONDS = 10  # what ended before it ran so long is not started again
LOOK_SECONDS = 0.1  # between two looks at what is waited for
TELL_SECONDS = 30  # between two lines that say so
PR_SET_PDEATHSIG = 1
WEB_SERVER = "web server"


@dataclass(frozen=True, slots=True)
class Part:
    """One process of the console."""

    name: str
    command: tuple[str, ...]
    again: bool = False  # the others go on when it ends by itself, and it is started again


class Group:
    """Starts the parts, waits for the first reason to stop, stops them all.

    Signals are blocked and waited for, so that none is lost between two steps. Linux ends the parts when this process is killed.
    """

    def __init__(self, folder: Path, say: Callable[[str], None]) -> None:
        self._folder, self._say = folder, say
        self._running: dict[str, subprocess.Popen[bytes]] = {}
        self._parts: dict[str, tuple[Part, float]] = {}  # with when it was started
        self._aside: list[subprocess.Popen[bytes]] = []
        self._mask = signal.pthread_sigmask(signal.SIG_BLOCK, {*STOP_SIGNALS, signal.SIGCHLD})

    def start(self, part: Part) -> None:
        """Starts a part; unless it is started again, the others are not to run without it."""
        self._running[part.name] = self._begin(part)
        self._parts[part.name] = part, time.monotonic()

    def start_aside(self, part: Part) -> "subprocess.Popen[bytes]":
        """Starts a process that may end by itself."""
        self._aside = [process for process in self._aside if process.poll() is None]
        self._aside.append(self._begin(part))
        return self._aside[-1]

    def pid(self, name: str) -> int:
        """The process id of a part."""
        return self._running[name].pid

    def _begin(self, part: Part) -> "subprocess.Popen[bytes]":
        parent = os.getpid()
        # Loaded here, because a child between fork and exec should load nothing.
        prctl = ctypes.CDLL(None).prctl if sys.platform == "linux" else None

        def prepare() -> None:
            signal.pthread_sigmask(signal.SIG_SETMASK, self._mask)
            if prctl is not None:
                prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
                if os.getppid() != parent:
                    os._exit(1)

        return subprocess.Popen(part.command, cwd=self._folder, stdin=subprocess.DEVNULL, preexec_fn=prepare)

    def is_to_stop(self) -> bool:
        """Whether a signal has come that stops all, or a part has ended that the others are not to run without."""
        ended = (name for name, process in self._running.items() if process.poll() is not None)
        return bool(signal.sigpending() & STOP_SIGNALS) or any(not self._parts[name][0].again for name in ended)

    def wait_for(self, name: str, ready: Callable[[], bool]) -> bool:
        """Whether a part is ready, as soon as it is; False when it has ended, or all are to stop, which `run` then does."""
        told = time.monotonic()
        while not ready():
            if self.is_to_stop() or self._running[name].poll() is not None:
                return False
            if time.monotonic() - told > TELL_SECONDS:
                self._say(f"The {name} is not ready yet; it is waited for")
                told = time.monotonic()
            time.sleep(LOOK_SECONDS)
        return True

    def run(self, look: Callable[[], float] | None = None) -> int:
        """Wait for a signal or for a part that ends, then stop all; the exit code. Meanwhile `look` is called, as often as it asks for."""
        code = 0
        while True:
            ended = [(name, process.poll()) for name, process in self._running.items() if process.poll() is not None]
            if ended and not signal.sigpending() & STOP_SIGNALS:
                name, status = ended[0]
                if self._parts[name][0].again:
                    self._start_again(name, _words(status))
                    continue
                self._say(f"The {name} ended by itself ({_words(status)}); what it said is above. Stopping the rest.")
                code = 1
                break
            if ended or self._wait(look() if look else None) in STOP_SIGNALS:
                self._say("Stopping.")
                break
        self.stop()
        return code

    def _start_again(self, name: str, words: str) -> None:
        part, started = self._parts[name]
        if time.monotonic() - started >= AGAIN_SECONDS:
            self._say(f"The {name} ended by itself ({words}); it is started again.")
            self.start(part)
        else:
            del self._running[name]
            self._say(f"The {name} ended by itself ({words}) as soon as it had started; it stays away until the console is started anew.")

    def stop(self) -> None:
        """End all parts, the last one started first; by force what does not end in time, or at a second signal."""
        processes = [*self._running.values(), *self._aside]
        for process in reversed(processes):
            with suppress(ProcessLookupError):
                process.terminate()
        deadline = time.monotonic() + STOP_SECONDS
        while left := [process for process in processes if process.poll() is None]:
            got = signal.sigtimedwait({signal.SIGCHLD, *STOP_SIGNALS}, max(0.0, deadline - time.monotonic()))
            if got is None or got.si_signo in STOP_SIGNALS:
                for process in left:
                    process.kill()
                    process.wait()
        self._running.clear()

    def _wait(self, seconds: float | None) -> int | None:
        """The next signal; None when none came in time."""
        signals = {*STOP_SIGNALS, signal.SIGCHLD}
        if seconds is None:
            return signal.sigwait(signals)
        got = signal.sigtimedwait(signals, seconds)
        return got.si_signo if got else None


def answers(port: int) -> bool:
    """Whether the web server at this port of the loopback serves pages, and does not only listen."""
    server = http.client.HTTPConnection("127.0.0.1", port, timeout=5)  # urllib would ask the proxy of this machine
    try:
        server.request("GET", HEALTH)
        return server.getresponse().status == HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        server.close()


def listen_addresses(port: int) -> list[str]:
    """Where the web server is to listen: both loopbacks where there are two, because browsers try either for localhost.

    Raises OSError when one of them is taken.
    """
    found = []
    for family, host, shown in ((socket.AF_INET, "127.0.0.1", "127.0.0.1"), (socket.AF_INET6, "::1", "[::1]")):
        with socket.socket(family) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, port))
            except OSError:
                if family == socket.AF_INET or _has_ipv6_loopback():
                    raise
                continue
            found.append(f"{shown}:{port}")
    return found


def web_server(addresses: Sequence[str]) -> Part:
    """gunicorn with threads."""
    binds = [word for address in addresses for word in ("--bind", address)]
    options = ("--worker-class", "gthread", "--workers", "2", "--threads", "4", "--timeout", "120", "--graceful-timeout", "5")
    return Part(
        WEB_SERVER,
        (
            sys.executable,
            "-m",
            "gunicorn",
            *binds,
            *options,
            "--no-control-socket",
            "--log-level",
            "warning",
            "scopserv_site.wsgi:application",
        ),
    )


def manage(name: str, *arguments: str, again: bool = False) -> Part:
    """A command of manage.py."""
    return Part(name, (sys.executable, "manage.py", *arguments), again)


def _has_ipv6_loopback() -> bool:
    with suppress(OSError), socket.socket(socket.AF_INET6) as probe:
        probe.bind(("::1", 0))
        return True
    return False


def _words(status: int | None) -> str:
    if status is not None and status < 0:
        return f"killed by {signal.Signals(-status).name}"
    return f"exit code {status}"
