"""How long things take: a phone saved until Asterisk has it, and what else people wait for. Run with `make bench`.

In a folder of its own, with a database, a worker and an Asterisk of its own, all of it gone at the end.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import median
from urllib.error import URLError
from urllib.request import urlopen

FOLDER = Path(tempfile.mkdtemp(prefix="console-bench-"))
FOLDER.chmod(0o711)  # the embedded PostgreSQL of root runs as another user
for name in ("DATABASE_URL", "ADDON_DIRS", "DEBUG"):
    os.environ.pop(name, None)
os.environ |= {"DJANGO_SETTINGS_MODULE": "scopserv_site.settings", "VAR_DIR": str(FOLDER), "MAIN_HOST": "localhost"}

import django  # noqa: E402

from addons.discovery.registry import load  # noqa: E402

_began = time.perf_counter()
load(())
LOADED = time.perf_counter() - _began
django.setup()

from django.conf import settings  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import setup_test_environment  # noqa: E402
from rich.console import Console  # noqa: E402
from rich.table import Column, Table  # noqa: E402

from dialplan.changes import changing  # noqa: E402
from dialplan.deploy.asterisk import free_port  # noqa: E402
from dialplan.deploy.models import Deployment  # noqa: E402
from dialplan.models import Phone, Revision  # noqa: E402
from scopserv_site.commandline import make_first_tables  # noqa: E402
from scopserv_site.database import embedded  # noqa: E402
from tenants.models import Tenant, User  # noqa: E402
from tenants.schema import open_tenant  # noqa: E402
from tests import bench_addons, bench_tenants  # noqa: E402
from tests.people import browser, staff  # noqa: E402
from tests.proof.forms import address, fill, post  # noqa: E402
from tests.proof.site import Pbx, Site  # noqa: E402

TIMES = 20
PHONES = 100
NODE = 'nodes: {{pbx1: {{dir: {0.folder}, ami: "127.0.0.1:{0.ami_port}", ami_user: console, ami_secret: {0.ami_secret}, '
NODE += 'sip_address: "127.0.0.1:{0.sip_port}"}}}}\n'


def main() -> None:
    """Measure all, print one table."""
    table = Table(
        Column("what", no_wrap=True), Column("took", justify="right", no_wrap=True), Column("limit", justify="right", no_wrap=True)
    )
    table.title = f"Saves and rebuilds are medians of {TIMES}, on {os.cpu_count()} cores"
    try:
        for what, seconds, limit in measured():
            table.add_row(what, shown(seconds), shown(limit) if limit else "", style="red" if limit and seconds > limit else "")
    finally:
        embedded.stop(FOLDER / "postgres")
        shutil.rmtree(FOLDER, ignore_errors=True)
    Console(width=100).print(table)


def measured() -> Iterator[tuple[str, float, float | None]]:
    """What, how many seconds, and the limit where there is one."""
    with tempfile.TemporaryDirectory(prefix="console-bench-") as folder:
        Path(folder).chmod(0o711)
        yield "make run, new database, until the login page", starting(Path(folder)), 180
        yield "make run once more", starting(Path(folder)), 10
        embedded.stop(Path(folder) / "postgres")
    yield "addons loaded", LOADED, None
    yield "fifty more addons", bench_addons.loading(FOLDER / "addons"), 0.500
    make_first_tables()
    setup_test_environment()  # lets the test client see the forms of the pages
    with Pbx(FOLDER / "pbx1") as pbx1:
        site = Site(FOLDER, pbx1)
        with site.working():
            site.apply(NODE.format(pbx1) + tenants({"acme": PHONES}))
            yield from saving(site, staffed("acme"))
            yield "rebuild of that tenant where nothing changed", median(timed(rebuilt) for _ in range(TIMES)), None
            yield from bench_tenants.copying(site, "acme", PHONES)
            yield "apply of 2 new tenants of 500 phones, until live", timed(lambda: site.apply(tenants({"big": 500, "large": 500}))), None
            yield "the same apply again", timed(lambda: site.apply(tenants({"big": 500, "large": 500}))), None
            yield from bench_addons.committing("big")
            yield from bench_addons.saving_beside("big")
            yield from bench_addons.listing("acme", browser("acme.localhost", User.objects.get(username="alice")))
        yield from bench_tenants.living(site)


def starting(folder: Path) -> float:
    """From `manage.py console` until the login page is there."""
    port = free_port()
    environment = {**os.environ, "VAR_DIR": str(folder)}
    command = [sys.executable, "manage.py", "console", "--port", str(port)]
    with (folder / "console.log").open("ab") as log:
        began = time.perf_counter()
        process = subprocess.Popen(command, cwd=settings.BASE_DIR, env=environment, stdout=log, stderr=log, stdin=subprocess.DEVNULL)
        try:
            while not answers(port):
                if process.poll() is not None:
                    raise SystemExit((folder / "console.log").read_text())
                time.sleep(0.02)
            return time.perf_counter() - began
        finally:
            process.terminate()
            process.wait()


def answers(port: int) -> bool:
    try:
        with urlopen(f"http://127.0.0.1:{port}/login/", timeout=10) as page:
            return page.status == 200
    except URLError:
        return False


def tenants(sizes: dict[str, int]) -> str:
    """A site file with tenants of so many phones, and a paging group of ten."""
    text = "tenants:\n"
    for slug, size in sizes.items():
        text += f"  {slug}:\n    name: {slug}\n    node: pbx1\n    domains: [{slug}.localhost]\n    phones:\n"
        text += "".join(f'      "{1000 + number}": {{name: Phone {number}, secret: secret-{number}}}\n' for number in range(size))
        members = ", ".join(f'"{1000 + number}"' for number in range(10))
        text += f'    addons: {{paging: {{"*70": {{name: All, members: [{members}]}}}}}}\n'
    return text


def staffed(slug: str) -> Client:
    return browser(f"{slug}.localhost", staff(Tenant.objects.get(schema_name=slug)))


def saving(site: Site, client: Client) -> Iterator[tuple[str, float, float | None]]:
    """A phone's form, and a paging group's, with what the worker noted of each."""
    with open_tenant("acme"):
        phones = list(Phone.objects.order_by("number").values_list("pk", flat=True))[:TIMES]
    row = {"members-row": "0", "members-0-phone": "1001"}
    forms: dict[str, list[tuple[str, dict[str, str]]]] = {
        "phone": [(address("dialplan_phone_change", phone), {"name": "Changed"}) for phone in phones],
        "paging group": [(address("paging_record_add"), {"number": f"*9{each:02}", **row}) for each in range(TIMES)],
    }
    for kind, pages in forms.items():
        requests, lives = [], []
        for where, values in pages:
            filled = fill(client, where, **values)
            requests.append(timed(lambda where=where, filled=filled: post(client, where, filled)))
            site.await_live()
            lives.append(Deployment.objects.get(slug="acme").milliseconds / 1000)
        yield f"{kind} saved in a tenant of {PHONES} phones: request", median(requests), 0.150
        yield f"{kind} saved: until read back from Asterisk", median(lives), 0.300


def rebuilt() -> None:
    with open_tenant("acme"):
        before = Revision.objects.count()
    with changing(everything=True) as change:
        change.touch("phone", slug="acme")
    with open_tenant("acme"):
        assert Revision.objects.count() == before


def timed(do: Callable[[], object]) -> float:
    began = time.perf_counter()
    do()
    return time.perf_counter() - began


def shown(seconds: float) -> str:
    return f"{seconds:.1f} s" if seconds >= 10 else f"{seconds * 1000:,.0f} ms"


if __name__ == "__main__":
    main()
