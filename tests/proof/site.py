"""The console as it runs in production, on the test database: commands and the worker as processes, Asterisk, and what it is asked."""

import ctypes
import io
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar
from urllib.parse import quote, urlencode

from django.conf import settings
from django.core.management import call_command
from django.db import connection

from dialplan.build.model import Line
from dialplan.deploy import live
from dialplan.deploy.asterisk import PrivateAsterisk
from dialplan.deploy.drift import drift
from dialplan.deploy.models import DUE, Deployment, Node
from tests.sip import Address

T = TypeVar("T")
WAIT = 20
KEY_SECONDS = 0.15  # how long a finger takes; Asterisk drops keys that come faster
_POLL = 0.02
_PR_SET_PDEATHSIG = 1


class Pbx(PrivateAsterisk):
    """A private Asterisk, and short questions to it."""

    @property
    def sip(self) -> Address:
        return ("127.0.0.1", self.sip_port)

    def ask(self, command: str) -> str:
        """What a CLI command prints."""
        with self.client() as client:
            return client.command(command)

    def lines(self, *contexts: str) -> list[Line]:
        with self.client() as client:
            return live.read_contexts(client, contexts)

    def value(self, family: str, key: str) -> str | None:
        """What AstDB has."""
        with self.client() as client:
            return next((entry.value for entry in live.read_entries(client, [(family, key)])), None)

    def knows(self, endpoint: str) -> bool:
        with self.client() as client:
            return client.send("PJSIPShowEndpoint", Endpoint=endpoint).ok

    def press(self, endpoint: str, keys: str) -> None:
        """Keys that somebody presses on a phone that is in a call."""
        with self.client() as client:
            channels = [event.get("Channel") for event in client.do("CoreShowChannels").events]
            (channel,) = (name for name in channels if name.startswith(f"PJSIP/{endpoint}-"))
            for key in keys:
                client.do("PlayDTMF", Channel=channel, Digit=key, Duration="100", Receive="true")
                time.sleep(KEY_SECONDS)

    def await_no_channels(self) -> None:
        """Asterisk answers a BYE before it takes the channel down."""
        until(lambda: self.ask("core show channels count").startswith("0 active channels"), lambda: self.ask("core show channels"))


class Site:
    """The site of site.yaml on its node pbx1."""

    def __init__(self, folder: Path, pbx1: Pbx) -> None:
        self.folder, self.pbx1 = folder, pbx1
        self.worker_log = folder / "worker.log"

    def manage(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        """A command of manage.py, run as people run it."""
        command = [sys.executable, "manage.py", *arguments]
        return subprocess.run(command, cwd=settings.BASE_DIR, env=environment(self.folder), capture_output=True, text=True, check=False)

    @contextmanager
    def working(self) -> Iterator[None]:
        """A worker of its own process, which ends with this one."""
        prctl = ctypes.CDLL(None).prctl
        with self.worker_log.open("wb") as log:
            process = subprocess.Popen(
                [sys.executable, "manage.py", "worker"],
                cwd=settings.BASE_DIR,
                env=environment(self.folder),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                preexec_fn=lambda: prctl(_PR_SET_PDEATHSIG, signal.SIGKILL),
            )
        try:
            yield
        finally:
            process.terminate()
            status = process.wait(WAIT)
        assert status == 0, f"The worker ended with status {status}:\n{self.worker_log.read_text()}"

    def apply(self, text: str) -> str:
        """What `apply` prints for a file with this text, once all of it is live."""
        file, output = self.folder / "more.yaml", io.StringIO()
        file.write_text(text)
        call_command("apply", str(file), wait=WAIT, stdout=output)
        return output.getvalue()

    def await_live(self) -> None:
        """Wait until every node has what it should have."""
        until(lambda: not Deployment.objects.filter(DUE).exists(), self.report)

    def differs(self, node: str = "pbx1") -> dict[str, list[str]]:
        """What check_node finds on a node that is not as it should be."""
        found = drift(Node.objects.get(name=node))
        return {slug: differs for slug, differs in found.items() if differs}

    def report(self) -> str:
        """For people, when something did not happen."""
        rows = Deployment.objects.values("node__name", "slug", "wanted", "live", "error", "removing")
        return "\n".join([*map(str, rows), self.worker_log.read_text()[-3000:], self.pbx1.log[-2000:]])


def environment(folder: Path) -> dict[str, str]:
    """In which a command of manage.py works on the test database."""
    database = connection.settings_dict
    login = ":".join(quote(database[part], safe="") for part in ("USER", "PASSWORD") if database[part])
    place = urlencode({"host": database["HOST"], **({"port": database["PORT"]} if database["PORT"] else {})})
    return {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "scopserv_site.settings",
        "DATABASE_URL": f"postgresql://{login}@/{database['NAME']}?{place}",
        "SECRET_KEY": settings.SECRET_KEY,
        "SECRETS_KEYS": ",".join(settings.SECRETS_KEYS),
        "VAR_DIR": str(folder),
    }


def until(condition: Callable[[], T | None], report: Callable[[], str], seconds: float = WAIT) -> T:
    """Wait until the condition gives something true, which is returned."""
    deadline = time.monotonic() + seconds
    while not (found := condition()):
        assert time.monotonic() < deadline, f"Not within {seconds} s.\n{report()}"
        time.sleep(_POLL)
    return found
