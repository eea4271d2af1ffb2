"""From a line to the record that made it, and back."""

import pytest

from addons.models import Record
from dialplan.changes import changing
from dialplan.models import Extension, Phone
from tenants.models import Tenant
from tenants.schema import open_tenant
from tests.people import browser, operator, staff


@pytest.fixture
def paging(acme: Tenant) -> Record:
    with open_tenant("acme"), changing() as change:
        Phone.objects.create(number="101")
        record = Record.objects.create(addon="paging", key="*70", data={"number": "*70", "members": [{"phone": "101"}]})
        change.touch("phone")
        change.touch("paging")
    return record


def test_each_line_leads_to_its_record(acme: Tenant, paging: Record) -> None:
    client = browser("acme.localhost", staff(acme))
    with open_tenant("acme"):
        phone = Phone.objects.get()
        sources = set(Extension.objects.exclude(source="").values_list("origin", "source"))
    assert sources == {("section:phone", "101"), ("addon:paging", "*70")}
    pages = {
        ("section:phone", "101"): f"/dialplan/phone/{phone.pk}/change/",
        ("addon:paging", "*70"): f"/paging/record/{paging.pk}/change/",
    }
    for (origin, source), page in pages.items():
        assert client.get("/written-by/", {"origin": origin, "source": source}).headers["Location"] == page
    assert "/written-by/?origin=addon%3Apaging&amp;source=%2A70" in client.get("/dialplan/extension/").content.decode()


def test_each_record_shows_its_lines(acme: Tenant, paging: Record) -> None:
    client = browser("acme.localhost", staff(acme))
    page = client.get(f"/paging/record/{paging.pk}/change/").content.decode()
    assert "What this record writes" in page
    assert "internal: *70,1" in page


@pytest.mark.parametrize(
    "query",
    [
        {},
        {"origin": "addon:nothing"},
        {"origin": "section:../x"},
        {"origin": "addon:paging", "source": "\0"},
        {"origin": "addon:\0", "source": "x"},
        {"origin": "x" * 3000},
    ],
)
def test_what_nobody_wrote_leads_nowhere(acme: Tenant, query: dict[str, str]) -> None:
    answer = browser("acme.localhost", staff(acme)).get("/written-by/", query)
    assert answer.status_code in (302, 400, 404)


@pytest.mark.parametrize("origin", ["section:phone", "addon:paging", "addon:multipage", "staff", ""])
def test_at_the_operators_console_there_are_no_lines(db: None, origin: str) -> None:
    assert browser("localhost", operator()).get("/written-by/", {"origin": origin, "source": "101"}).status_code == 404
