"""Browsers at a console that really serves. Chromium is the system's own; nothing is downloaded."""

import os
import shutil
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, ViewportSize, sync_playwright

from dialplan.deploy.asterisk import PrivateAsterisk
from dialplan.deploy.models import Node
from tests.asterisk_fixture import need_asterisk
from tests.browser.serving import served, working
from tests.browser.visiting import Visit

CHROMIUMS = ("chromium-headless-shell", "chromium")  # the first has no windows, and is nearly twice as fast
VIEWPORT: ViewportSize = {"width": 1280, "height": 800}
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--host-resolver-rules=MAP localhost 127.0.0.1, MAP *.localhost 127.0.0.1",
]

Visiting = Callable[..., Visit]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "browser" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    path = next(filter(None, map(shutil.which, CHROMIUMS)), None)
    if path is None:
        message = "no chromium: run `sudo apt-get install chromium`"
        if os.environ.get("CI"):
            pytest.fail(message, pytrace=False)
        pytest.skip(message)
    # While playwright runs, Django takes its event loop for a sign that this thread must not touch the database.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    try:
        with sync_playwright() as playwright:
            running = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
            yield running
            running.close()
    finally:
        del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture(scope="package")
def port(django_db_setup: None) -> Iterator[int]:
    with served() as console:
        yield console.port


@pytest.fixture(scope="package")
def kept_context(browser: Browser) -> BrowserContext:
    """Keeps its cache from test to test, as a person's browser does."""
    return browser.new_context(viewport=VIEWPORT)


@pytest.fixture
def visiting(browser: Browser, kept_context: BrowserContext, port: int, transactional_db: None) -> Iterator[Visiting]:
    """visiting("acme", "alice") is alice's browser, logged in at acme's console; no page of hers may have a fault."""
    visits: list[Visit] = []

    def visit(slug: str = "", user: str = "") -> Visit:
        host = f"{slug}.localhost" if slug else "localhost"
        context = browser.new_context(viewport=VIEWPORT) if visits else kept_context
        context.set_default_timeout(30_000)  # a web server that takes in an addon answers again after its start
        context.clear_cookies()
        visits.append(Visit(context, f"http://{host}:{port}"))
        if user:
            visits[-1].log_in(user)
        return visits[-1]

    yield visit
    for each in visits:
        each.page.close()
        if each.context is not kept_context:
            each.context.close()
    complaints = [complaint for each in visits for complaint in each.complaints()]
    assert not complaints, "\n".join(complaints)


@pytest.fixture(scope="package")
def installed_asterisk() -> Iterator[PrivateAsterisk]:
    need_asterisk()
    with PrivateAsterisk() as running:
        yield running


@pytest.fixture
def asterisk(installed_asterisk: PrivateAsterisk, transactional_db: None) -> Iterator[PrivateAsterisk]:
    """A real Asterisk, with a worker at work for whatever node is made of it."""
    if not installed_asterisk.running:
        installed_asterisk.start()
    with working():
        yield installed_asterisk


@pytest.fixture
def node(asterisk: PrivateAsterisk) -> Node:
    """That Asterisk as node pbx1."""
    return Node.objects.create(
        name="pbx1",
        folder=str(asterisk.folder),
        ami_host=asterisk.ami_host,
        ami_port=asterisk.ami_port,
        ami_user=asterisk.ami_user,
        ami_secret=asterisk.ami_secret,
        sip_address=f"127.0.0.1:{asterisk.sip_port}",
    )
