"""What addons add to phones and lines: unique where they say so, and brought along to newer versions."""

from typing import Any

import pytest
from django.core.management import CommandError

from addons.commits.upgrading import outdated, upgrade_site
from addons.models import AddonState
from addons.testing import upgraded_extra
from dialplan.changes import changing
from dialplan.models import AstDBEntry, Phone
from tenants.models import Tenant
from tenants.schema import open_tenant
from tests.addons.conftest import MakeAddon
from tests.addons.test_forms import HOST
from tests.addons.test_upgrade import INFO, Versions, installed, versions
from tests.people import browser, staff
from tests.proof.forms import fill, post
from tests.scopserv_site.conftest import Apply, apply

__all__ = ["apply", "versions"]
pytestmark = pytest.mark.django_db

OLD = 'params = [Text("secs", "Seconds"), Secret("pin", "PIN")]'
NEW = 'params = [Integer("seconds", "Seconds", default=5), Secret("pin", "PIN")]'
COMMIT = (
    "def commit(pbx):\n    for phone in pbx.get_infos('phone'):\n"
    "        pbx.add_to_database('door', phone['number'], str(phone['extra']['door']['{param}']) + str(phone['extra']['door']['pin']))\n"
)
UPGRADE = (
    "import math\ndef upgrade_extra(section, values, from_version):\n    assert section == 'phone'\n"
    "    values['seconds'] = int(values.pop('secs') or 5)\n    return values\n"
)


def at(versions: Versions, version: str, **files: str) -> Any:
    """The addon, which has no records of its own, in a version."""
    versions.count += 1
    place = versions.place / f"v{versions.count}"
    place.mkdir()
    return installed(versions.make(info=INFO.format(version=version, scope="tenant"), **files).rename(place / "door"))


def old(versions: Versions) -> Any:
    return at(versions, "1.9", phone_extra=OLD, commit=COMMIT.format(param="secs"))


def new(versions: Versions, upgrade: str = UPGRADE) -> Any:
    return at(versions, "1.10", phone_extra=NEW, commit=COMMIT.format(param="seconds"), upgrade=upgrade)


def keys() -> dict[str, str]:
    with open_tenant("acme"):
        return dict(AstDBEntry.objects.filter(origin="addon:door").values_list("key", "value"))


@pytest.fixture
def phones(versions: Versions, acme: Tenant, apply: Apply) -> None:
    with old(versions):
        apply(
            'tenants: {acme: {phones: {"101": {extra: {door: {secs: "3", pin: "4711"}}}, "102": {extra: {door: {secs: "4"}}}, "103": {}}}}'
        )
        assert keys() == {"101": "34711", "102": "4", "103": ""}


@pytest.mark.usefixtures("phones")
def test_the_start_upgrades_them(versions: Versions) -> None:
    with new(versions):
        assert outdated() == {"acme": ["door"]}
        assert upgrade_site() == []
        assert outdated() == {}
        assert keys() == {"101": "34711", "102": "4", "103": "5"}
        with open_tenant("acme"):
            assert Phone.objects.get(number="102").extra["door"] == {"seconds": 4, "pin": ""}
            assert "4711" not in str(Phone.objects.values_list("extra").get(number="101"))


@pytest.mark.usefixtures("phones")
def test_a_form_upgrades_them_before_it_shows_one(versions: Versions, acme: Tenant) -> None:
    client = browser(HOST, staff(acme))
    with new(versions):
        with open_tenant("acme"):
            where = f"/dialplan/phone/{Phone.objects.get(number='102').pk}/change/"
        filled = fill(client, where)
        assert filled["door__seconds"] == 4
        post(client, where, {**filled, "door__seconds": "7"})
        assert keys()["102"] == "7"


@pytest.mark.usefixtures("phones")
def test_one_that_cannot_be_upgraded_keeps_all_as_they_were(versions: Versions, acme: Tenant, apply: Apply) -> None:
    with new(versions, UPGRADE.replace("or 5", "or 'x'").replace("int(", "99 // (int(").replace("or 'x')", "or 5) - 4)")):
        assert upgrade_site() == ["door at acme"]
        with open_tenant("acme"):
            assert Phone.objects.get(number="101").extra["door"]["secs"] == "3"
            assert "upgrade.py, line 4: ZeroDivisionError" in AddonState.objects.get(addon="door").error
        assert keys() == {"101": "34711", "102": "4", "103": ""}
        client = browser(HOST, staff(acme))
        with open_tenant("acme"):
            where = f"/dialplan/phone/{Phone.objects.get(number='102').pk}/change/"
        assert "ZeroDivisionError" in client.get(where).content.decode()
        filled = fill(client, where, name="Bob")
        assert "door__seconds" not in filled
        post(client, where, filled)
        with open_tenant("acme"):
            assert Phone.objects.get(name="Bob").extra["door"]["secs"] == "4"
        with pytest.raises(CommandError, match=r"upgrade.py, line 4: ZeroDivisionError"):
            apply('tenants: {acme: {phones: {"101": {extra: {door: {seconds: 3}}}}}}')


@pytest.mark.parametrize(
    ("upgrade", "message"),
    [
        ("def upgrade_extra(values): pass", "'upgrade_extra' must take 3 arguments, section, values, from_version"),
        ("upgrade_extra = 1", "'upgrade_extra' must be a function"),
        ("def upgrade_extras(section, values, from_version): pass", "nothing is called 'upgrade'"),
    ],
)
def test_what_upgrade_py_may_hold(versions: Versions, upgrade: str, message: str) -> None:
    with pytest.raises(AssertionError, match=message):
        new(versions, upgrade).__enter__()


UNIQUE = 'params = [Text("badge", "Badge", unique=True)]'


def test_unique_among_the_phones_of_a_tenant_in_files(versions: Versions, acme: Tenant, globex: Tenant, apply: Apply) -> None:
    with at(versions, "1", phone_extra=UNIQUE):
        site = 'tenants: {{{}: {{phones: {{"101": {{extra: {{door: {{badge: "7"}}}}}}, "102": {{extra: {{door: {{badge: "{}"}}}}}}}}}}}}'
        with pytest.raises(CommandError, match=r'phones."102".extra.door.badge: \'7\' is in use already in phone 101'):
            apply(site.format("acme", 7))
        apply(site.format("acme", 8))
        apply(site.format("globex", 9))
        with pytest.raises(CommandError, match=r'phones."102".extra.door.badge: \'7\' is in use already'):
            apply('tenants: {acme: {phones: {"102": {extra: {door: {badge: "7"}}}}}}')
        apply('tenants: {acme: {phones: {"101": {extra: {door: {badge: "8"}}}, "102": {extra: {door: {badge: "7"}}}}}}')  # they swap


def test_unique_among_the_phones_of_a_tenant_in_forms(versions: Versions, acme: Tenant) -> None:
    with at(versions, "1", phone_extra=UNIQUE):
        with open_tenant("acme"), changing() as change:
            Phone.objects.create(number="101", extra={"door": {"badge": "7"}})
            change.touch("phone")
        client = browser(HOST, staff(acme))
        filled = fill(client, "/dialplan/phone/add/", number="102", door__badge="7")
        answer = client.post("/dialplan/phone/add/", filled)
        assert "&#x27;7&#x27; is in use already in phone 101; choose another one." in answer.content.decode()
        post(client, "/dialplan/phone/add/", {**filled, "door__badge": "8"})


def test_an_author_tries_it_without_a_database(make_addon: MakeAddon) -> None:
    folder = make_addon(phone_extra=NEW, upgrade=UPGRADE)
    assert upgraded_extra(folder, "phone", {"secs": "4"}, "1.9") == {"seconds": 4, "pin": ""}
