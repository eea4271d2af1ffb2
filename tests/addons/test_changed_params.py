"""What an older version of an addon stored for a param of another kind counts as nothing, and breaks no page and no other addon."""

import pytest

from addons.api import Boolean, Choice, Integer, MultiChoice, MultiList, Reference, Secret, Sound, Text
from addons.declarations.param import Param
from addons.declarations.records import as_read, references, with_defaults
from addons.models import AddonState, Record
from dialplan.changes import changing
from dialplan.models import Phone
from tenants.models import Tenant
from tenants.schema import open_tenant
from tests.addons.conftest import MakeAddon
from tests.addons.installing import installed
from tests.people import browser, staff

pytestmark = pytest.mark.django_db

PARAMS = [
    Text("p", "P"),
    Secret("p", "P"),
    Integer("p", "P"),
    Boolean("p", "P"),
    Choice("p", "P", choices=["a"]),
    MultiChoice("p", "P", choices=["a"]),
    Sound("p", "P"),
    Reference("p", "P", to="phone"),
    Reference("p", "P", to="phone", many=True),
    Reference("p", "P", to="phone", many=True, everything=True),
    MultiList("p", "P", params=[Text("a", "A")]),
]


@pytest.mark.parametrize("param", PARAMS, ids=lambda param: param.owner)
@pytest.mark.parametrize("stored", ["x", "all", 5, 2.5, True, None, [], ["x"], [5], [{}], [{"a": 5}], {}, {"a": []}], ids=str)
def test_whatever_is_stored_reads_as_a_value_of_the_kind(param: Param, stored: object) -> None:
    record = with_defaults([param], {"p": stored})
    assert as_read([param], record).keys() == {"p"}
    list(references([param], record))
    again = with_defaults([param], record)
    assert again == record
    assert type(record["p"]) in (type(param.empty), int, list, str) or isinstance(record["p"], str)


@pytest.mark.parametrize("now", ['Sound("greeting", "Greeting")', 'MultiList("greeting", "Greeting", params=[Text("a", "A")])'])
def test_extras_and_records_of_another_kind(make_addon: MakeAddon, acme: Tenant, now: str) -> None:
    folder = make_addon(
        params=f'params = [Text("name", "Name", key=True, required=True), {now}]',
        columns='columns = {"list": [Column("name")]}',
        phone_extra=f"params = [{now}]",
    )
    with installed(folder):
        with open_tenant("acme"), changing() as change:
            Record.objects.create(addon="door", key="a", data={"name": "a", "greeting": 5})
            phone = Phone.objects.create(number="101", extra={"door": {"greeting": 5}})
            change.touch("phone")
        with open_tenant("acme"):
            assert not AddonState.objects.exclude(error="").exists()
        alice = browser("acme.localhost", staff(acme))
        for page in ("change", "delete"):
            assert alice.get(f"/dialplan/phone/{phone.pk}/{page}/").status_code == 200
        assert alice.get("/door/record/").status_code == 200
