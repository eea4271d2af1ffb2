"""A number of a server-wide addon must be free at every tenant that it writes to, and only there."""

import pytest

from addons.models import Record
from addons.server.models import ServerRecord
from dialplan.changes import SERVER, changing
from dialplan.models import Extension, Phone, Revision
from dialplan.refusal import Refused
from tenants.models import Tenant
from tenants.schema import open_tenant
from tests.people import browser, operator

PAGE = {"number": "*80", "group": "*70", "callers": ["acme"], "tenants": "all"}


def group(slug: str, number: str) -> None:
    with open_tenant(slug), changing() as change:
        Phone.objects.get_or_create(number="101")
        Record.objects.create(addon="paging", key=number, data={"number": number, "members": [{"phone": "101"}]})
        change.touch("phone")
        change.touch("paging")


def save_page() -> None:
    with changing(own=frozenset({"multipage"})) as change:
        ServerRecord.objects.update_or_create(addon="multipage", key="*80", defaults={"data": PAGE})
        change.touch("multipage", slug=SERVER)


def test_a_number_that_a_caller_uses_already_is_refused(acme: Tenant, globex: Tenant) -> None:
    group("acme", "*70")
    group("acme", "*80")
    with pytest.raises(Refused, match=r"\*80 is in use already in internal of acme \(by Paging groups\)"):
        save_page()
    assert not ServerRecord.objects.exists()


def test_a_number_that_others_use_is_free(acme: Tenant, globex: Tenant) -> None:
    group("acme", "*70")
    group("globex", "*80")
    save_page()
    save_page()
    with open_tenant("acme"):
        assert Extension.objects.filter(exten="*80", origin="addon:multipage").exists()


def test_the_operators_form_says_so(acme: Tenant, globex: Tenant) -> None:
    group("acme", "*70")
    group("acme", "*80")
    data = {"number": "*80", "name": "All", "group": "*70", "callers": "all", "tenants": "all"}
    page = browser("localhost", operator()).post("/multipage/record/add/", data)
    assert page.status_code == 200
    assert "*80 is in use already in internal of acme" in page.content.decode()


def test_a_revision_tells_nothing_of_what_another_tenants_staff_did(acme: Tenant, globex: Tenant) -> None:
    group("globex", "*70")
    save_page()
    with open_tenant("acme"):
        before = Revision.objects.count()
    with open_tenant("globex"), changing(actor="gina") as change:
        Record.objects.filter(key="*70").delete()
        change.touch("paging", "paging group *70 deleted")
    assert change.rebuilt == ["acme", "globex"]
    with open_tenant("acme"):
        assert Revision.objects.count() == before + 1
        assert next(iter(Revision.objects.values_list("actor", "summary"))) == ("", "")
    with open_tenant("globex"):
        assert next(iter(Revision.objects.values_list("actor", "summary"))) == ("gina", "paging group *70 deleted")


def test_the_operators_page_shows_the_lines_at_all_tenants(acme: Tenant, globex: Tenant) -> None:
    group("acme", "*70")
    group("globex", "*70")
    save_page()
    page = browser("localhost", operator()).get(f"/multipage/record/{ServerRecord.objects.get().pk}/change/").content.decode()
    assert "acme-internal: *80,1" in page
    assert "globex-internal: *80,1" not in page
