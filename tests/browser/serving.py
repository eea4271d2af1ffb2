"""The console as it is served, in a process of its own, and a worker beside it."""

import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from django.db import connection

from dialplan.deploy.asterisk import free_port
from dialplan.deploy.worker import Worker
from tests.browser import ADDONS, DATABASE, PATHS

START_SECONDS = 30


@dataclass(frozen=True, slots=True)
class Served:
    """A web server: where it is, its process, and the environment in which commands of manage.py see what it sees."""

    port: int
    pid: int
    environment: dict[str, str]


@contextmanager
def served(addons: Path | None = None, *, paths: bool = False) -> Iterator[Served]:
    """A web server that shows what the test's database holds: with the addons of another folder, or with tenants' consoles by path."""
    port = free_port()
    command = (sys.executable, "-m", "gunicorn", "--bind", f"127.0.0.1:{port}", "--worker-class", "gthread", "--threads", "8")
    options = ("--no-control-socket", "--log-level", "warning", "scopserv_site.wsgi:application")
    named = {"DJANGO_SETTINGS_MODULE": "tests.browser.settings", DATABASE: connection.settings_dict["NAME"]}
    environment = {**os.environ, **named, **({ADDONS: str(addons)} if addons else {}), **({PATHS: "yes"} if paths else {})}
    process = subprocess.Popen([*command, *options], env=environment)
    try:
        _await(port, process)
        yield Served(port, process.pid, environment)
    finally:
        process.terminate()
        process.wait(15)


def _await(port: int, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        assert process.poll() is None, "the web server ended; what it said is above"
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=5) as asking:
            asking.sendall(b"GET /login/ HTTP/1.0\r\nHost: localhost\r\n\r\n")
            if asking.recv(12).endswith(b"200"):
                return
        time.sleep(0.1)
    raise AssertionError("the web server does not answer")


@contextmanager
def working() -> Iterator[None]:
    """A worker for all nodes."""
    worker = Worker()
    thread = threading.Thread(target=worker.run, name="worker")
    thread.start()
    try:
        yield
    finally:
        worker.stop()
        thread.join(15)
        assert not thread.is_alive()
