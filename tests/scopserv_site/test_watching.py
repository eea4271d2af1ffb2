"""Edited, new and removed addons are taken in by a running console."""

import http.client
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlencode

import pytest

from addons.authoring.beginning import begin_addon
from dialplan.deploy.asterisk import free_port
from scopserv_site.watching import LOOK_SECONDS, QUIET_SECONDS, Watcher

HOME = Path(__file__).resolve().parents[2]


class Process:
    """Stands for the process that takes addons in."""

    returncode: int | None = None

    def poll(self) -> int | None:
        return self.returncode


class Taken(list[list[str]]):
    """What was to be taken in, and the process of the last time."""

    process = Process()

    def __call__(self, changed: list[str]) -> Process:
        self.append(changed)
        self.process = Process()
        return self.process


@pytest.fixture
def taken() -> Taken:
    return Taken()


@pytest.fixture
def place(tmp_path: Path) -> Path:
    for name in ("door", "bell"):
        (tmp_path / "addons" / name).mkdir(parents=True)
        (tmp_path / "addons" / name / "info.py").write_text("1")
    return tmp_path / "addons"


@pytest.fixture
def watcher(place: Path, taken: Taken) -> Watcher:
    return Watcher([place, place / "missing"], [], taken)  # type: ignore[arg-type]


def test_nothing_happens_while_nothing_changes(watcher: Watcher, place: Path, taken: Taken) -> None:
    for _ in range(3):
        assert watcher.look() == LOOK_SECONDS
    (place / "door" / "__pycache__").mkdir()
    (place / "door" / "__pycache__" / "info.py").touch()
    (place / "door" / "notes.txt").touch()
    assert watcher.look() == LOOK_SECONDS
    assert taken == []


def test_an_edit_is_taken_in_once_it_has_settled(watcher: Watcher, place: Path, taken: Taken) -> None:
    (place / "door" / "info.py").write_text("22")
    assert watcher.look() == QUIET_SECONDS
    (place / "door" / "params.py").touch()
    assert watcher.look() == QUIET_SECONDS
    assert taken == []
    assert watcher.look() == LOOK_SECONDS
    assert watcher.look() == LOOK_SECONDS
    assert taken == [["door"]]


def test_new_and_removed_addons_are_changes_too(watcher: Watcher, place: Path, taken: Taken) -> None:
    shutil.rmtree(place / "bell")
    (place / "gate" / "parts").mkdir(parents=True)
    (place / "gate" / "parts" / "wood.py").touch()
    watcher.look()
    watcher.look()
    assert taken == [["bell", "gate"]]


def test_what_changes_meanwhile_waits_for_its_turn(watcher: Watcher, place: Path, taken: Taken) -> None:
    (place / "door" / "info.py").write_text("22")
    watcher.look()
    watcher.look()
    (place / "bell" / "info.py").write_text("22")
    for _ in range(3):
        watcher.look()
    assert taken == [["door"]]
    taken.process.returncode = 0
    for _ in range(3):
        watcher.look()
    assert taken == [["door"], ["bell"]]


def test_what_could_not_be_taken_in_is_tried_again_with_the_next_change(watcher: Watcher, place: Path, taken: Taken) -> None:
    for name, expected in [("door", ["door"]), ("bell", ["bell", "door"])]:
        (place / name / "info.py").write_text("22")
        watcher.look()
        watcher.look()
        assert taken[-1] == expected
        taken.process.returncode = 1
        for _ in range(3):
            watcher.look()
    assert len(taken) == 2


def test_a_packages_folder_is_watched_by_itself(place: Path, taken: Taken, tmp_path: Path) -> None:
    for name in ("gate", "other"):
        (tmp_path / "package" / name).mkdir(parents=True)
        (tmp_path / "package" / name / "info.py").touch()
    watcher = Watcher([place], [tmp_path / "package" / "gate"], taken)  # type: ignore[arg-type]
    for name in ("gate", "other"):
        (tmp_path / "package" / name / "info.py").write_text("1")
    watcher.look()
    watcher.look()
    assert taken == [["gate"]]


@pytest.fixture
def console(tmp_path: Path) -> Iterator["Console"]:
    with tempfile.TemporaryDirectory(prefix="console-tests-", ignore_cleanup_errors=True) as var_dir:
        Path(var_dir).chmod(0o711)
        running = Console(Path(var_dir), tmp_path)
        yield running
        running.stop()


class Console:
    """A console that watches, on a port of its own, and a browser of an operator at the tenant acme."""

    def __init__(self, var_dir: Path, addons: Path) -> None:
        settings = {"DJANGO_SETTINGS_MODULE": "scopserv_site.settings", "VAR_DIR": str(var_dir), "ADDON_DIRS": str(addons)}
        self.environment = os.environ | settings
        self.port = free_port()
        make = (
            "from tenants.lifecycle import create_tenant; from tenants.models import User; create_tenant('acme', name='Acme');"
            " User.objects.create_superuser('olga', 'olga@example.net', 'pass-for-tests')"
        )
        subprocess.run(self.command("migrate_schemas", "--shared", "-v0"), cwd=HOME, env=self.environment, check=True, capture_output=True)
        subprocess.run(self.command("shell", "-v0", "-c", make), cwd=HOME, env=self.environment, check=True, capture_output=True)
        self.log = var_dir / "log"
        with self.log.open("w") as log:
            self.process = subprocess.Popen(
                self.command("console", "--no-demo", "--watch", "--port", str(self.port)),
                cwd=HOME,
                env=self.environment,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        self.cookies: dict[str, str] = {}
        assert self.soon(lambda: "Ready at" in self.said()), self.said()
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', self.ask("/login/")[1])
        assert token is not None
        self.ask("/login/", {"username": "olga", "password": "pass-for-tests", "csrfmiddlewaretoken": token[1]})

    @staticmethod
    def command(*words: str) -> list[str]:
        return [sys.executable, "manage.py", *words]

    def ask(self, path: str, data: dict[str, str] | None = None) -> tuple[int, str]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        headers = {"Host": f"acme.localhost:{self.port}", "Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        if data is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        connection.request("GET" if data is None else "POST", path, urlencode(data) if data else None, headers)
        answer = connection.getresponse()
        self.cookies.update(text.split(";")[0].split("=", 1) for text in answer.headers.get_all("Set-Cookie") or ())  # type: ignore[misc]
        text = answer.read().decode()
        connection.close()
        return answer.status, text

    def said(self) -> str:
        return self.log.read_text()

    def soon(self, true: Callable[[], bool]) -> bool:
        deadline = time.monotonic() + 90
        while not true() and time.monotonic() < deadline:
            time.sleep(0.2)
        return true()

    def stop(self) -> None:
        self.process.send_signal(signal.SIGTERM)
        assert self.process.wait(30) == 0


def test_the_running_console_follows_an_author(console: Console, tmp_path: Path) -> None:
    assert console.ask("/door/record/")[0] == 404
    folder = begin_addon("door", tmp_path, [tmp_path])
    assert console.soon(lambda: console.ask("/door/record/")[0] == 200), console.said()
    assert console.soon(lambda: "Addon door taken in: no dialplan changed." in console.said())
    info = folder / "info.py"
    good = info.read_text()
    info.write_text(good.replace('version="1.0"', "version=1.0"))
    (folder / "commit.py").write_text("def comit(pbx): pass")
    assert console.soon(lambda: "What worked before goes on being served." in console.said())
    assert "addon 'door', info.py, line 5: DeclarationError: Info: version must be text, not the number 1.0" in console.said()
    assert "addon 'door', commit.py, line 1: nothing is called 'commit'; did you mean" in console.said()
    assert console.ask("/door/record/")[0] == 200
    info.write_text(good.replace('name="Door"', 'name="Gate opener"'))
    (folder / "commit.py").write_text('def commit(pbx):\n    pbx.add_to_dialplan("acme", "internal", "600", 1, ["Answer"])\n')
    assert console.soon(lambda: "Gate opener" in console.ask("/door/record/")[1]), console.said()
    assert console.soon(lambda: "Addon door taken in: the dialplan of acme changed." in console.said())
    shutil.rmtree(folder)
    assert console.soon(lambda: console.ask("/door/record/")[0] == 404)
    assert console.soon(lambda: "Addon door removed: the dialplan of acme changed." in console.said())
