"""How long addons take: a registry of fifty, a commit over many phones, a list of ten thousand records. Part of `make bench`."""

import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from addons.discovery.registry import load, registry
from addons.models import Record
from dialplan.changes import changing
from dialplan.models import Phone
from tenants.schema import open_tenant

FIFTY, RECORDS, TIMES = 50, 10_000, 20
FILES = {
    "info": 'from addons.api import Info\ninfo = Info(name="Door {n}", description="A door.", version="1", scope="tenant")\n',
    "params": 'from addons.api import Number, Integer\nparams = [Number("number", "Number", key=True, required=True), Integer("s", "S")]\n',
    "columns": 'from addons.api import Column\ncolumns = {{"list": [Column("number")]}}\n',
    "commit": (
        "def commit(pbx):\n    for door in pbx.get_config():\n        pbx.add_to_dialplan(door['tenant'], 'internal', '1', 1, ['Answer'])\n"
    ),
}


def loading(folder: Path) -> float:
    """How much longer the registry takes to load with fifty more addons."""
    for n in range(FIFTY):
        place = folder / f"door{n}"
        place.mkdir(parents=True)
        for stem, text in FILES.items():
            (place / f"{stem}.py").write_text(text.format(n=n) if stem != "commit" else text)
    alone = timed_loading()
    return timed_loading(folder) - alone


def timed_loading(*folders: Path) -> float:
    began = time.perf_counter()
    loaded = load(folders)
    assert not loaded.broken
    return time.perf_counter() - began


def committing(slug: str) -> Iterator[tuple[str, float, float | None]]:
    """A phone changed in a big tenant: from the row until the rebuild is done."""
    took = []
    with open_tenant(slug):
        phone = Phone.objects.order_by("number")[0]
        phones = Phone.objects.count()
        for each in range(TIMES):
            phone.name = f"Changed {each}"
            phone.save()
            began = time.perf_counter()
            with CaptureQueriesContext(connection) as queries, changing() as change:
                change.touch("phone")
            took.append(time.perf_counter() - began)
    addons = sum(addon.commit is not None for addon in registry.addons)
    yield f"commit over {phones} phones and {addons} addons ({len(queries)} queries)", median(took), 0.100


def saving_beside(slug: str) -> Iterator[tuple[str, float, float | None]]:
    """A phone changed where an addon has written ten thousand keys, none of which the phone concerns."""
    rows = [{"number": f"{5_140_000_000 + n}"} for n in range(RECORDS)]
    with open_tenant(slug):
        Record.objects.bulk_create([Record(addon="blacklist", key=row["number"], data=row) for row in rows], batch_size=2000)
        with changing() as change:
            change.touch("blacklist")
        yield f"commit of a phone beside {RECORDS:,} keys of an addon", next(committing(slug))[1], 0.400
        Record.objects.filter(addon="blacklist").delete()
        with changing() as change:
            change.touch("blacklist")


def listing(slug: str, client: Client) -> Iterator[tuple[str, float, float | None]]:
    """A page of the list of ring groups, and a search in it."""
    with open_tenant(slug):
        rows = [{"number": f"{60_000 + n}", "name": f"Group {n}"} for n in range(RECORDS)]
        Record.objects.bulk_create([Record(addon="ringgroup", key=row["number"], data=row) for row in rows], batch_size=2000)
    for what, address in (("list", "/ringgroup/record/"), ("search in the list", "/ringgroup/record/?q=9999")):
        took = []
        for _ in range(TIMES):
            began = time.perf_counter()
            assert client.get(address).status_code == 200
            took.append(time.perf_counter() - began)
        yield f"{what} of {RECORDS:,} records", median(took), 0.200
