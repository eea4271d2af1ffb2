"""A new author's way, as docs/addons.md tells it: begin an addon, edit it, see its section, save a record, and find its line on Asterisk.

What `console --watch` is made of is at work here: its Watcher, and `addon refresh`, which it starts. Only they are started by the test,
beside a web server on the test run's database, because a whole `console` has a database and a worker of its own. That it begins them
itself is seen in tests/scopserv_site/test_watching.py.
"""

import re
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, expect

from dialplan.deploy import live
from dialplan.deploy.asterisk import PrivateAsterisk
from dialplan.deploy.models import Node
from scopserv_site.watching import Watcher
from tenants.models import Tenant
from tests.browser.conftest import Visiting
from tests.browser.serving import Served, served
from tests.browser.setting_up import put_on
from tests.browser.visiting import Visit
from tests.people import staff

HOME = Path(__file__).resolve().parents[2]
LIVE = re.compile(r"^\s*live on pbx1 after \d+ ms\s*$")
SECONDS = 30

pytestmark = pytest.mark.asterisk


class Author:
    """Somebody at a shell, beside a console that watches the folder of their addons."""

    def __init__(self, folder: Path, console: Served) -> None:
        self.folder, self.console = folder, console
        self.over = threading.Event()

    def manage(self, *words: str) -> "subprocess.Popen[bytes]":
        """Starts a command of manage.py; what it says is in the test's output."""
        return subprocess.Popen((sys.executable, "manage.py", *words), cwd=HOME, env=self.console.environment)

    def edit(self, file: str, old: str, new: str) -> None:
        """Saves a change in an editor."""
        path = self.folder / "door" / file
        before = path.read_text()
        assert before.count(old) == 1, before
        path.write_text(before.replace(old, new))

    def watch(self) -> None:
        """What the console does meanwhile."""
        refresh = ("addon", "refresh", "--web-server", str(self.console.pid))
        started: list[subprocess.Popen[bytes]] = []

        def take_in(changed: list[str]) -> "subprocess.Popen[bytes]":
            started.append(self.manage(*refresh, *changed))
            return started[-1]

        watcher = Watcher([self.folder], [], take_in)
        while not self.over.wait(watcher.look()):
            pass
        for process in started:  # none is to write into the next test's database
            process.wait(SECONDS)


@pytest.fixture
def author(tmp_path: Path, transactional_db: None) -> Iterator[Author]:
    with served(tmp_path) as console:
        author = Author(tmp_path, console)
        watching = threading.Thread(target=author.watch, name="watcher")
        watching.start()
        yield author
        author.over.set()
        watching.join(SECONDS)
        assert not watching.is_alive()


@pytest.fixture
def port(author: Author) -> int:
    """The browsers of this module visit the author's console."""
    return author.console.port


def soon(true: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + SECONDS
    while not true() and time.monotonic() < deadline:
        time.sleep(0.5)
    return true()


def appears(visit: Visit, path: str, there: Locator) -> bool:
    """Whether it is on that page, if not now then after one of the next reloads."""

    def is_there() -> bool:
        visit.goto(path)
        return there.count() > 0

    return soon(is_there)


def answered(asterisk: PrivateAsterisk) -> list[str]:
    """What Asterisk itself says that it does for those who dial *61."""
    with asterisk.client() as client:
        lines = [line for line in live.read_contexts(client, ["acme-internal"]) if line.exten == "*61"]
    return [f"{line.application}({line.data})" for line in sorted(lines, key=lambda line: line.priority)]


def test_a_new_authors_way(author: Author, visiting: Visiting, node: Node, asterisk: PrivateAsterisk, acme: Tenant) -> None:
    staff(acme)
    put_on(node, "acme")
    alice = visiting("acme", "alice")
    page = alice.page
    side_bar = page.locator("#nav-sidebar")
    expect(side_bar.get_by_role("link", name="Paging groups")).to_be_visible()
    expect(side_bar.get_by_role("link", name="Door")).to_have_count(0)

    assert author.manage("addon", "new", "door", "--dir", str(author.folder)).wait(SECONDS) == 0
    assert appears(alice, "/", side_bar.get_by_role("link", name="Door"))
    author.edit("info.py", 'name="Door"', 'name="Door phones"')
    author.edit("params.py", "default=1", "default=7")
    assert appears(alice, "/", side_bar.get_by_role("link", name="Door phones"))

    side_bar.get_by_role("link", name="Door phones").click()
    page.get_by_role("link", name="Add Door phones").first.click()
    expect(alice.field("seconds")).to_have_value("7")
    alice.field("number").fill("*61")
    alice.save("_continue")
    expect(alice.body).to_contain_text("was added successfully")
    expect(alice.status).to_have_text(LIVE)
    assert answered(asterisk) == ["Answer()", "Wait(7)", "Playback(hello-world)", "Hangup()"]

    author.edit("commit.py", '["Answer"], ', '["Answer"], ["NoOp", "the door"], ')
    assert soon(lambda: "NoOp(the door)" in answered(asterisk))
    alice.goto("/")
    expect(alice.status).to_have_text(LIVE)
    assert answered(asterisk) == ["Answer()", "NoOp(the door)", "Wait(7)", "Playback(hello-world)", "Hangup()"]
