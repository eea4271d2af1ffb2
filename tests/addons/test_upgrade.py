"""Records that an older version of an addon saved, brought to what its newer version declares."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from addons.commits.running import CommitError
from addons.commits.upgrading import is_older, outdated, upgrade_records, upgrade_site
from addons.discovery.loading import Addon, load_addon
from addons.discovery.registry import registry
from addons.models import AddonState, Record
from addons.server.models import ServerRecord, ServerState
from addons.stored.generated import record_model
from dialplan.changes import SERVER, changing
from dialplan.models import AstDBEntry
from scopserv_site.sites import tenant_console
from tenants.models import Tenant
from tenants.schema import open_tenant
from tests.addons.conftest import MakeAddon
from tests.people import browser, staff

pytestmark = pytest.mark.django_db

INFO = 'from addons.api import Info\ninfo = Info(name="Door", description="", version="{version}", scope="{scope}")\n'
OLD = 'params = [Text("name", "Name", key=True, required=True), Text("secs", "Seconds")]'
NEW = 'params = [Text("name", "Name", key=True, required=True), Integer("seconds", "Seconds", default=5)]'
LIST = 'columns = {"list": [Column("name")]}'
COMMIT = 'def commit(pbx):\n    for door in pbx.get_config():\n        pbx.add_to_database("door", door["name"], door["{param}"])\n'
UPGRADE = 'import math\ndef upgrade(record, from_version):\n    record["seconds"] = int(record.pop("secs"))\n    return record\n'


@contextmanager
def installed(folder: Path) -> Iterator[str]:
    addon, problems = load_addon(folder)
    assert addon is not None, problems
    with registry.temporarily(addon):
        yield folder.name


class Versions:
    """Folders of one addon in its versions, as updates would bring them one after the other."""

    def __init__(self, make_addon: MakeAddon, tmp_path: Path) -> None:
        self.make, self.place, self.count = make_addon, tmp_path, 0

    def __call__(self, version: str, scope: str = "tenant", **files: str) -> Any:
        self.count += 1
        made = self.make(info=INFO.format(version=version, scope=scope), columns=LIST, **files)
        (self.place / f"v{self.count}").mkdir()
        return installed(made.rename(self.place / f"v{self.count}" / "door"))

    def old(self, version: str = "1.9", scope: str = "tenant") -> Any:
        return self(version, scope, params=OLD, commit=COMMIT.format(param="secs"))

    def new(self, upgrade: str = UPGRADE, scope: str = "tenant", version: str = "1.10") -> Any:
        return self(version, scope, params=NEW, commit=COMMIT.format(param="seconds"), upgrade=upgrade)


@pytest.fixture
def versions(make_addon: MakeAddon, tmp_path: Path) -> Versions:
    return Versions(make_addon, tmp_path)


def save(slug: str, **seconds: str) -> None:
    with open_tenant(slug), changing() as change:
        for name, secs in seconds.items():
            Record.objects.create(addon="door", key=name, data={"name": name, "secs": secs})
        change.touch("door")


def stored(slug: str) -> list[tuple[Any, ...]]:
    with open_tenant(slug):
        return list(Record.objects.filter(addon="door").order_by("key").values_list("key", "data", "addon_version"))


def keys(slug: str) -> dict[str, str]:
    with open_tenant(slug):
        return dict(AstDBEntry.objects.filter(origin="addon:door").values_list("key", "value"))


def error(slug: str) -> str:
    with open_tenant(slug):
        return AddonState.objects.get(addon="door").error


@pytest.mark.parametrize(
    ("version", "than", "older"),
    [
        ("1.9", "1.10", True),
        ("1.10", "1.9", False),
        ("1.0", "1.0", False),
        ("", "0", True),
        ("1.0", "1.0.1", True),
        ("2024-01", "2024-2", True),
    ],
)
def test_versions(version: str, than: str, older: bool) -> None:
    assert is_older(version, than) is older


def test_a_record_knows_the_version_that_saved_it(versions: Versions, acme: Tenant) -> None:
    with versions.old():
        save("acme", front="3")
        assert stored("acme") == [("front", {"name": "front", "secs": "3"}, "1.9")]
    with versions.old("1.10"), open_tenant("acme"):
        Record.objects.get(key="front").save()
        assert stored("acme")[0][2] == "1.10"


def test_all_records_of_all_tenants_are_upgraded_and_committed(versions: Versions, acme: Tenant, globex: Tenant) -> None:
    with versions.old():
        save("acme", back="4", front="3")
        save("globex", gate="9")
    with versions.new():
        assert outdated() == {"acme": ["door"], "globex": ["door"]}
        assert upgrade_site() == []
        assert stored("acme") == [("back", {"name": "back", "seconds": 4}, "1.10"), ("front", {"name": "front", "seconds": 3}, "1.10")]
        assert (keys("acme"), keys("globex")) == ({"back": "4", "front": "3"}, {"gate": "9"})
        assert outdated() == {}
        assert upgrade_site() == []


def test_any_first_change_of_a_tenant_upgrades_it(versions: Versions, acme: Tenant) -> None:
    with versions.old():
        save("acme", front="3")
    with versions.new(), open_tenant("acme"):
        with changing() as change:
            change.touch("staff")
        assert keys("acme") == {"front": "3"}
        assert stored("acme")[0][2] == "1.10"


def test_an_addon_that_reads_its_records_runs_after_the_upgrade(versions: Versions, acme: Tenant, make_addon: MakeAddon) -> None:
    body = 'def commit(pbx):\n    for door in pbx.get_infos("door"):\n        pbx.add_to_database("all", door["name"], door["seconds"])'
    with versions.old():
        save("acme", front="3")
    with versions.new(), installed(make_addon("alarm", commit=body)):
        assert upgrade_site() == []
        with open_tenant("acme"):
            assert AstDBEntry.objects.get(origin="addon:alarm").value == "3"


def test_only_older_records_are_upgraded(versions: Versions, acme: Tenant) -> None:
    body = "def upgrade(record, from_version):\n    assert from_version == '1.2'\n    return {'name': record['name'], 'seconds': 1}\n"
    with versions.new(body), open_tenant("acme"):
        for version in ("1.2", "1.10", "2.0"):
            record = Record.objects.create(addon="door", key=version, data={"name": version})
            Record.objects.filter(pk=record.pk).update(addon_version=version)
        assert upgrade_records(registry.get("door")) == 1
        assert upgrade_records(registry.get("door")) == 0
        assert [version for _, _, version in stored("acme")] == ["1.10", "1.10", "2.0"]


def test_without_an_upgrade_file_nothing_is_touched(versions: Versions, acme: Tenant) -> None:
    with versions.old():
        save("acme", front="3")
    with versions.old("1.10"):
        assert outdated() == {}
        assert upgrade_records(registry.get("door")) == 0
        assert stored("acme")[0][2] == "1.9"


def failing(body: str) -> str:
    return f"import math\ndef upgrade(record, from_version):\n    {body}\n"


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (
            "return {'seconds': 1 / (int(record['secs']) - 4), 'name': 'x'}",
            "failed in upgrade.py, line 3: ZeroDivisionError: division by zero",
        ),
        ("pass", "failed in upgrade.py, line 2: it must return the record, not nothing (None) (record 'aback' of version 1.9)"),
        (
            "return {**record, 'seconds': 1}",
            "failed in upgrade.py, line 2: what it returns cannot be saved: secs: is unknown; did you mean seconds? (record",
        ),
        ("return {'name': 'same'}", "failed in upgrade.py, line 2: it gives two records the same key;"),
        ("raise SystemExit(1)", "failed in upgrade.py, line 3: SystemExit: 1"),
    ],
)
def test_a_failing_upgrade_keeps_every_record_and_what_it_wrote(versions: Versions, acme: Tenant, body: str, message: str) -> None:
    with versions.old():
        save("acme", aback="3", front="4")
        before = stored("acme")
    with versions.new(failing(body)):
        failed = upgrade_site()
        assert "door at acme" in failed
        assert stored("acme") == before
        assert keys("acme") == {"aback": "3", "front": "4"}
        assert message in error("acme")
        assert "its records stay as they were" in error("acme")
    with versions.new(version="1.11"):
        assert upgrade_site() == []
        assert error("acme") == ""
        assert keys("acme") == {"aback": "3", "front": "4"}


def test_one_tenants_failure_is_not_anothers(versions: Versions, acme: Tenant, globex: Tenant) -> None:
    with versions.old():
        save("acme", front="three")
        save("globex", gate="7")
    with versions.new():
        assert upgrade_site() == ["door at acme"]
        assert "(record 'front' of version 1.9);" in error("acme")
        assert stored("globex") == [("gate", {"name": "gate", "seconds": 7}, "1.10")]


def test_a_save_of_a_record_is_refused_while_the_others_cannot_be_upgraded(versions: Versions, acme: Tenant) -> None:
    with versions.old():
        save("acme", front="three")
        before = stored("acme")
    with versions.new(), open_tenant("acme"):
        with pytest.raises(CommitError, match=r"upgrade.py, line 3: invalid literal for int"), changing(own=frozenset({"door"})) as change:
            Record.objects.create(addon="door", key="back", data={"name": "back", "seconds": 1})
            change.touch("door")
        assert stored("acme") == before


def test_a_server_wide_addon(versions: Versions, acme: Tenant) -> None:
    with versions.old(scope="server"), changing() as change:
        ServerRecord.objects.create(addon="door", key="front", data={"name": "front", "secs": "3"})
        change.touch("door", slug=SERVER)
    with versions.new(scope="server", upgrade=failing("return 5")):
        assert upgrade_site() == ["door at the server"]
        assert "line 2: it must return the record, not the number 5 (record" in ServerState.objects.get(addon="door").error
        assert ServerRecord.objects.get(addon="door").data == {"name": "front", "secs": "3"}
    with versions.new(scope="server", version="1.11"):
        assert upgrade_site() == []
        assert ServerRecord.objects.get(addon="door").data == {"name": "front", "seconds": 3}
        assert ServerState.objects.get(addon="door").error == ""


def test_a_file_that_is_applied_is_laid_over_upgraded_records(versions: Versions, acme: Tenant, tmp_path: Path) -> None:
    with versions.old():
        save("acme", front="3")
    with versions.new():
        (tmp_path / "site.yaml").write_text("tenants: {acme: {addons: {door: {back: {}, front: {}}}}}")
        call_command("apply", tmp_path / "site.yaml")
        assert stored("acme") == [("back", {"name": "back", "seconds": 5}, "1.10"), ("front", {"name": "front", "seconds": 3}, "1.10")]


def newer_paging(upgrade: Callable[[dict[str, Any], str], Any]) -> Addon:
    paging = registry.get("paging")
    return replace(paging, info=replace(paging.info, version="2.0"), upgrade=upgrade)


@pytest.mark.parametrize("works", [True, False])
def test_a_form_shows_and_saves_upgraded_records_alone(acme: Tenant, monkeypatch: pytest.MonkeyPatch, works: bool) -> None:
    def upgrade(record: dict[str, Any], from_version: str) -> dict[str, Any]:
        assert works, "no upgrade today"
        return {**record, "name": record["name"].upper()}

    newer, client = newer_paging(upgrade), browser("acme.localhost", staff(acme))
    with open_tenant("acme"):
        record = Record.objects.create(addon="paging", key="*70", data={"number": "*70", "name": "stock"})
    page = f"/paging/record/{record.pk}/change/"
    monkeypatch.setattr(type(tenant_console.get_model_admin(record_model(newer))), "addon", newer)
    with registry.temporarily(newer):
        shown = client.get(page).content.decode()
        assert ("STOCK" in shown) is works
        assert ("no upgrade today" in shown) is not works
        for address, data in [(page, {"number": "*70", "name": "Shop"}), (page.replace("change", "delete"), {"post": "yes"})]:
            answer = client.post(address, data, follow=True).content.decode()
            assert ("no upgrade today" in answer) is not works
            with open_tenant("acme"):
                names = list(Record.objects.values_list("data__name", flat=True))
            assert names == (["stock"] if not works else ["Shop"] if address == page else [])
