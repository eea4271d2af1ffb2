"""What operators allow a tenant: counted, shown, and refused beyond it at each door; nothing goes by itself."""

from importlib import import_module
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from addons.models import Record
from dialplan.changes import changing
from dialplan.models import Extension, OutgoingLine, Phone
from dialplan.refusal import Refused
from dialplan.state import desired
from dialplan.trunks.models import Trunk
from scopserv_site.life.copying import copy_tenant
from tenants.lifecycle import create_tenant
from tenants.models import Tenant
from tenants.schema import open_tenant
from tenants.tokens import make_token
from tests.people import browser, operator, staff
from tests.proof.forms import fill

ACME, MAIN = "acme.localhost", "localhost"


def stored(slug: str = "acme") -> Tenant:
    return Tenant.objects.get(schema_name=slug)


def add(*numbers: str) -> None:
    with open_tenant("acme"), changing() as change:
        Phone.objects.bulk_create([Phone(number=number) for number in numbers])
        change.touch("phone")


def limited(**limits: Any) -> Tenant:
    Tenant.objects.filter(schema_name="acme").update(**limits)
    with changing() as change:
        change.touch("tenant", slug="acme")
    return stored()


def filled(client: Client, page: str, **values: Any) -> dict[str, Any]:
    """What operators' form of a tenant posts, its tables of hosts and people as they are."""
    tables = {f"{name}-{word}_FORMS": "0" for name in ("domains", "memberships") for word in ("TOTAL", "INITIAL")}
    return {**fill(client, page, **values), **tables}


def apply(tmp_path: Path, text: str) -> str:
    said = StringIO()
    (tmp_path / "site.yaml").write_text(text)
    call_command("apply", str(tmp_path / "site.yaml"), stdout=said, stderr=said)
    return said.getvalue()


@pytest.fixture
def alice(acme: Tenant) -> Client:
    return browser(ACME, staff(acme))


@pytest.fixture
def full(acme: Tenant) -> Tenant:
    """Two phones, and no more than two."""
    add("101", "102")
    return limited(phone_limit=2)


def test_phones_are_counted_whichever_way_they_come_and_go(acme: Tenant, tmp_path: Path) -> None:
    assert stored().phones == 0
    add("101", "102")
    assert stored().phones == 2
    apply(tmp_path, 'tenants: {acme: {phones: {"103": {}, "104": {}}}}')
    assert stored().phones == 4
    with open_tenant("acme"), changing() as change:
        Phone.objects.filter(number="101").delete()
        change.touch("phone")
    assert stored().phones == 3
    copy_tenant("acme", "initech", name="Initech")
    assert stored("initech").phones == 3


def test_the_form_refuses_one_too_many(full: Tenant, alice: Client) -> None:
    answer = alice.post("/dialplan/phone/add/", fill(alice, "/dialplan/phone/add/", number="103"))
    assert "2 phones may be here, and 2 are already; ask your operator for more." in answer.content.decode()
    assert stored().phones == 2
    limited(phone_limit=3)
    assert alice.post("/dialplan/phone/add/", fill(alice, "/dialplan/phone/add/", number="103")).status_code == 302
    assert stored().phones == 3


def test_a_file_is_refused_with_each_phone_that_is_too_many(full: Tenant, tmp_path: Path) -> None:
    with pytest.raises(CommandError) as error:
        apply(tmp_path, 'tenants: {acme: {phone_limit: 3, phones: {"103": {}, "104": {}, "105": {name: Eve}}}}')
    said = str(error.value)
    assert "tenants.acme.phones.103" not in said.replace('"', "")
    for number in ("104", "105"):
        assert f"tenants.acme.phones.{number}: is beyond the limit: 3 phones may be here, and 2 are already" in said.replace('"', "")
    assert (stored().phones, stored().phone_limit) == (2, 2)
    apply(tmp_path, 'tenants: {acme: {phone_limit: 4, phones: {"103": {}, "104": {}}}}')
    assert stored().phones == 4


def test_a_table_is_refused_with_each_row_that_is_too_many(full: Tenant, alice: Client) -> None:
    table = SimpleUploadedFile("phones.csv", b"number,name\n101,Ann\n103,Cem\n104,Dag\n")
    answer = alice.post("/dialplan/phone/import/", {"file": table}).content.decode()
    assert answer.count("is beyond the limit: 2 phones may be here, and 2 are already") == 2
    assert stored().phones == 2


def test_a_program_is_refused(full: Tenant, alice: Client) -> None:
    _, token = make_token(full.memberships.get().user, full, "sync")
    program = Client(HTTP_HOST=ACME, headers={"Authorization": f"Bearer {token}"})
    answer = program.post("/api/phones", {"number": "103"}, content_type="application/json")
    assert answer.status_code == 422
    assert "2 phones may be here, and 2 are already" in answer.json()["errors"][0]["message"]


def test_so_is_whatever_comes_by_another_way_and_a_copy(full: Tenant) -> None:
    with pytest.raises(Refused, match="2 phones may be here, and 2 are already"):
        add("103")
    limited(phone_limit=1)
    with pytest.raises(ValueError, match="is beyond the limit: 1 phone may be here, and 0 are already"):
        copy_tenant("acme", "initech", name="Initech")
    assert not Tenant.objects.filter(schema_name="initech").exists()


def test_a_lower_limit_takes_nothing_and_says_so(full: Tenant, alice: Client, tmp_path: Path) -> None:
    client, page = browser(MAIN, operator()), f"/tenants/tenant/{full.pk}/change/"
    answer = client.post(page, filled(client, page, phone_limit="1"), follow=True).content.decode()
    assert "Acme Corp has more phones than it may (2 / 1): all stay, and none can be added." in answer
    with open_tenant("acme"):
        pk = Phone.objects.get(number="101").pk
    where = f"/dialplan/phone/{pk}/change/"
    assert alice.post(where, fill(alice, where, name="Ann")).status_code == 302
    assert stored().phones == 2
    assert alice.post(f"/dialplan/phone/{pk}/delete/", {"post": "yes"}).status_code == 302
    assert stored().phones == 1
    assert "Acme Corp has more phones than it may (1 / 0)" in apply(tmp_path, "tenants: {acme: {phone_limit: 0}}")


def test_used_and_allowed_are_shown(full: Tenant, alice: Client) -> None:
    limited(phone_limit=20, call_limit=4)
    dashboard = alice.get("/").content.decode()
    assert "<b>2 / 20</b>" in dashboard
    assert "4 at once on trunks" in dashboard
    assert "2 / 20 phones" in alice.get("/dialplan/phone/").content.decode()
    client = browser(MAIN, operator())
    assert "2 / 20" in client.get("/tenants/tenant/").content.decode()
    assert "2 / 20" in client.get(f"/tenants/tenant/{full.pk}/change/").content.decode()


def test_the_list_sorts_and_finds_with_as_many_queries_for_many_as_for_few(acme: Tenant) -> None:
    add("101")
    Tenant.objects.filter(schema_name="globex").update(suspended="2026-01-01T00:00Z")
    client = browser(MAIN, operator())

    def queries(where: str) -> int:
        with CaptureQueriesContext(connection) as found:
            assert client.get(where).status_code == 200
        return len(found)

    queries("/tenants/tenant/")
    before = queries("/tenants/tenant/")
    for each in range(5):
        create_tenant(f"new{each}", name=f"New {each}")
    assert queries("/tenants/tenant/") == before
    columns = {"phones": 4, "state": 5}
    for column in columns.values():
        assert client.get(f"/tenants/tenant/?o=-{column}").status_code == 200
    by_phones = client.get(f"/tenants/tenant/?o=-{columns['phones']}").context["cl"].result_list
    assert by_phones[0].slug == "acme"
    assert [row.slug for row in client.get("/tenants/tenant/?state=suspended").context["cl"].result_list] == ["globex"]
    assert [row.slug for row in client.get("/tenants/tenant/?q=new3").context["cl"].result_list] == ["new3"]


@pytest.fixture
def paging(acme: Tenant) -> Tenant:
    """A paging group with its lines."""
    add("101", "102")
    with open_tenant("acme"), changing() as change:
        Record.objects.create(addon="paging", key="*70", data={"number": "*70", "name": "All", "members": [{"phone": "101"}]})
        change.touch("paging")
    return acme


def lines_of_paging() -> list[Any]:
    with open_tenant("acme"):
        rows = Extension.objects.filter(origin="addon:paging").order_by("context", "exten", "priority")
        return list(rows.values_list("context", "exten", "priority", "application", "data", "replaced_by"))


def test_an_addon_that_is_not_allowed_is_as_if_it_were_not_there(paging: Tenant, alice: Client) -> None:
    before = lines_of_paging()
    assert before
    _, token = make_token(paging.memberships.get().user, paging, "sync")
    program = Client(HTTP_HOST=ACME, headers={"Authorization": f"Bearer {token}"})
    assert alice.get("/paging/record/").status_code == program.get("/api/addons/paging").status_code == 200
    limited(addons_allowed=["ringgroup"])
    assert lines_of_paging() == []
    for page in ("", "add/", "1/change/", "import/", "export/csv/"):
        assert alice.get(f"/paging/record/{page}").status_code == 404
        assert browser(ACME).get(f"/paging/record/{page}").status_code == 302
    assert program.get("/api/addons/paging").status_code == 404
    assert alice.get("/ringgroup/record/").status_code == program.get("/api/addons/ringgroup").status_code == 200
    assert "/paging/record/" not in alice.get("/").content.decode()
    assert "not in your plan" in alice.get("/addons/").content.decode()
    refused = alice.post("/addons/", {"addon": "paging", "action": "enable", "sure": "yes"}, follow=True)
    assert "is not in your plan; ask your operator for it." in refused.content.decode()
    with open_tenant("acme"):
        assert Record.objects.filter(addon="paging").count() == 1
        add("103")  # and what is done meanwhile runs no commit of it
    assert lines_of_paging() == []
    limited(addons_allowed=None)
    assert lines_of_paging() == before


def test_an_addon_that_is_allowed_again_has_heard_of_what_was_changed(paging: Tenant) -> None:
    before = lines_of_paging()
    limited(addons_allowed=[])
    with open_tenant("acme"), changing() as change:
        Phone.objects.filter(number="101").delete()
        change.touch("phone")
    limited(addons_allowed=["paging"])
    assert lines_of_paging() != before
    assert "acme_101" not in str(lines_of_paging())


def test_operators_choose_addons_in_the_form(paging: Tenant) -> None:
    client, page = browser(MAIN, operator()), f"/tenants/tenant/{paging.pk}/change/"
    values = filled(client, page)
    assert values["all_addons"]
    del values["all_addons"]
    limited(addons_allowed=["ringgroup", "not_loaded"])
    assert client.post(page, {**values, "addons_allowed": ["ringgroup", "ivr"]}).status_code == 302
    assert stored().addons_allowed == ["ivr", "not_loaded", "ringgroup"]
    assert lines_of_paging() == []
    assert "is not one of the available choices" in client.post(page, {**values, "addons_allowed": ["nothing"]}).content.decode()
    assert client.post(page, {**values, "all_addons": "on"}).status_code == 302
    assert stored().addons_allowed is None
    assert lines_of_paging()


def test_a_limit_to_calls_is_in_the_lines_at_once(acme: Tenant) -> None:
    trunk = Trunk.objects.create(name="carrier", host="sip.example.net", all_tenants=True)
    with open_tenant("acme"), changing() as change:
        OutgoingLine.objects.create(name="long", pattern="9NXXXXXXXXX", trunk=trunk.name)
        change.touch("line_out")

    def text() -> str:
        return " ".join(line.data for line in desired("acme").lines)

    assert "GROUP" not in text()
    limited(call_limit=3)
    assert "${GROUP_COUNT(acme@trunks)}<3" in text()
    limited(call_limit=None)
    assert "GROUP" not in text()


def test_staffs_own_lines_do_not_call_past_the_count(acme: Tenant, tmp_path: Path) -> None:
    Trunk.objects.create(name="carrier", host="sip.example.net", all_tenants=True)
    with pytest.raises(CommandError, match=r"calls go out by Local/NUMBER@\{tenant\}-internal, where the outgoing lines are"):
        apply(tmp_path, 'tenants: {acme: {contexts: {internal: {"700": [[Dial, "PJSIP/5551234@carrier"]]}}}}')


def test_what_was_allowed_before_it_had_an_order_gets_one(acme: Tenant, globex: Tenant) -> None:
    Tenant.objects.filter(pk=acme.pk).update(addons_allowed=["skeleton", "paging"])
    import_module("tenants.migrations.0004_addons_allowed_in_order").sort(apps, None)
    assert stored().addons_allowed == ["paging", "skeleton"]
    assert Tenant.objects.get(pk=globex.pk).addons_allowed is None
