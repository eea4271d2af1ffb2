"""Lists as CSV and XLSX: out, and in after a look, through the pages' own door."""

import csv
import zipfile
from collections.abc import Sequence
from io import BytesIO, StringIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from openpyxl import Workbook, load_workbook

from addons.discovery.registry import registry
from addons.models import Record
from dialplan.changes import changing
from dialplan.models import Extension, IncomingLine, Phone, Revision
from dialplan.trunks.models import Trunk
from scopserv_site.records.addons import addon_resource
from scopserv_site.tables.cells import columns_of, from_cell, to_cell
from scopserv_site.tables.reading import LARGEST, BadTable, read_table
from tenants.models import Membership, Tenant
from tenants.schema import open_tenant
from tests.people import browser, staff

HOST = "acme.localhost"
PHONES, PAGING = "/dialplan/phone/", "/paging/record/"


@pytest.fixture
def client(acme: Tenant) -> Client:
    return browser(HOST, staff(acme))


@pytest.fixture
def phones(acme: Tenant) -> None:
    with open_tenant("acme"), changing() as change:
        Phone.objects.create(number="101", name="=1+1", secret="s101abcd", extra={"skeleton": {"floor": "12"}})
        Phone.objects.create(number="102", name="Bob", secret="s102abcd")
        Record.objects.create(
            addon="paging", key="*70", data={"number": "*70", "name": "All", "members": [{"phone": "101"}, {"phone": "102"}]}
        )
        change.touch("phone")
        change.touch("paging")


def exported(client: Client, where: str, **query: str) -> list[dict[str, str]]:
    answer = client.get(f"{where}export/csv/", query)
    assert answer.status_code == 200
    return list(csv.DictReader(StringIO(answer.content.decode("utf-8-sig"), newline="")))


def upload(client: Client, where: str, content: str | bytes) -> Any:
    data = content.encode() if isinstance(content, str) else content
    return client.post(f"{where}import/", {"file": SimpleUploadedFile("table.csv", data)})


def confirm(client: Client, where: str, page: Any) -> Any:
    return client.post(f"{where}import/", {"carried": page.context["carried"]}, follow=True)


def workbook(rows: Sequence[Sequence[Any]]) -> bytes:
    book, out = Workbook(), BytesIO()
    assert book.active is not None
    for row in rows:
        book.active.append(row)
    book.save(out)
    return out.getvalue()


def states(page: Any) -> dict[str, int]:
    return {state: count for state, count in page.context["preview"].counts.items() if count}


def test_what_is_exported_holds_no_secret_and_runs_nowhere(client: Client, phones: None) -> None:
    text = client.get(f"{PHONES}export/csv/").content.decode("utf-8-sig")
    assert "s101abcd" not in text
    first, second = exported(client, PHONES)
    assert (first["number"], first["name"], second["name"]) == ("101", "'=1+1", "Bob")
    assert "secret" not in first
    assert first["extra.skeleton.floor"] == "12"
    book = load_workbook(BytesIO(client.get(f"{PHONES}export/xlsx/").content))
    assert {cell.data_type for row in book.active.iter_rows() for cell in row} <= {"s", "n", "inlineStr"}  # no formula


def test_the_list_is_exported_as_it_is_filtered(client: Client, phones: None) -> None:
    assert [row["number"] for row in exported(client, PHONES, q="bob")] == ["102"]
    assert "export/csv/?q=bob" in client.get(PHONES, {"q": "bob"}).content.decode()


def test_exporting_takes_a_constant_number_of_queries(client: Client, acme: Tenant) -> None:
    counts = []
    for start in (200, 300):
        with open_tenant("acme"):
            Phone.objects.bulk_create(Phone(number=str(start + index)) for index in range(50))
        with CaptureQueriesContext(connection) as queries:
            exported(client, PHONES)
        counts.append(len(queries))
    assert counts[0] == counts[1]


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
@pytest.mark.parametrize("where", [PHONES, PAGING])
def test_what_was_exported_changes_nothing_when_it_comes_back(client: Client, phones: None, kind: str, where: str) -> None:
    page = upload(client, where, client.get(f"{where}export/{kind}/").content)
    assert set(states(page)) == {"unchanged"}, page.content.decode()
    with open_tenant("acme"):
        before = Revision.objects.count()
    confirm(client, where, page)
    with open_tenant("acme"):
        assert (Revision.objects.count(), Phone.objects.get(number="101").name) == (before, "=1+1")


def test_a_file_is_looked_at_first_and_then_imported_in_one_change(client: Client, phones: None) -> None:
    page = upload(client, PHONES, "number,name,ring_seconds\n101,Alice,\n102,Bob,30\n103,'+Carol,20\n")
    assert states(page) == {"new": 1, "changed": 1, "unchanged": 1}
    with open_tenant("acme"):
        assert Phone.objects.count() == 2
        before = Revision.objects.count()
    assert "1 added, 1 changed, 1 as they were." in confirm(client, PHONES, page).content.decode()
    with open_tenant("acme"):
        assert dict(Phone.objects.values_list("number", "name")) == {"101": "Alice", "102": "Bob", "103": "+Carol"}
        assert (Phone.objects.get(number="101").secret, Phone.objects.get(number="103").ring_seconds) == ("s101abcd", 20)
        assert Extension.objects.filter(exten="103").exists()
        assert (Revision.objects.count(), Revision.objects.first().summary) == (before + 1, "3 Phones imported")


def test_one_wrong_row_keeps_all_out_and_is_named_by_its_cell(client: Client, phones: None) -> None:
    page = upload(client, PHONES, "number,name,context,ring_seconds\n103,Carol,internal,20\n104,Dan,nowhere,3\nabc,,,\n,x,,\n103,twice,,\n")
    assert states(page) == {"new": 1, "wrong": 4}
    faults = {row.number: row.faults for row in page.context["preview"].rows}
    assert "nowhere" in faults[3]["context"]
    assert "ring_seconds" in faults[3]
    assert faults[5] == {"number": "is required"}
    assert "row 2" in faults[6][""]
    assert page.context["carried"] == ""
    with open_tenant("acme"):
        assert Phone.objects.count() == 2


def test_records_of_an_addon_with_their_rows(client: Client, phones: None) -> None:
    assert exported(client, PAGING)[0]["members"] == "101, 102"
    page = upload(client, PAGING, 'number,name,members\n*70,Some,102\n*71,Others,"[{""phone"": ""101""}]"\n*72,Bad,"101, 999"\n')
    assert states(page) == {"new": 1, "changed": 1, "wrong": 1}
    assert page.context["preview"].rows[2].faults == {"members": "[1].phone: there is no phone '999'"}
    page = upload(client, PAGING, "number,name,members\n*70,Some,102\n*71,Others,101\n")
    confirm(client, PAGING, page)
    with open_tenant("acme"):
        assert [record.data["members"] for record in Record.objects.order_by("key")] == [[{"phone": "102"}], [{"phone": "101"}]]


def test_incoming_lines(client: Client, phones: None) -> None:
    Trunk.objects.create(name="carrier", host="sip.example.net", all_tenants=True)
    where = "/dialplan/incomingline/"
    page = upload(client, where, "number;trunk;destination\n+5145550100;carrier;101\n5145550101;carrier;101\n")
    assert states(page) == {"new": 2}, page.content.decode()
    confirm(client, where, page)
    with open_tenant("acme"):
        assert IncomingLine.objects.count() == 2
    assert exported(client, where)[0]["number"] == "'+5145550100"
    assert set(states(upload(client, where, client.get(f"{where}export/csv/").content))) == {"unchanged"}


def test_five_thousand_rows(client: Client, acme: Tenant) -> None:
    text = "number,name\n" + "".join(f"{number},Phone {number}\n" for number in range(10000, 15000))
    page = upload(client, PHONES, text)
    assert states(page) == {"new": 5000}
    assert "5000 added" in confirm(client, PHONES, page).content.decode()
    with open_tenant("acme"):
        assert Phone.objects.count() == 5000


# Who may what


def test_only_who_may_change_imports(acme: Tenant, phones: None) -> None:
    viewer = browser(HOST, staff(acme, Membership.Role.VIEWER))
    assert exported(viewer, PHONES)
    assert viewer.get(f"{PHONES}import/").status_code == 403
    assert upload(viewer, PHONES, "number\n103\n").status_code == 403
    assert f"{PHONES}import/" not in viewer.get(PHONES).content.decode()
    assert Client(HTTP_HOST=HOST).get(f"{PHONES}export/csv/").status_code == 302


def test_a_preview_is_good_at_its_own_console_and_list_alone(client: Client, globex: Tenant, phones: None) -> None:
    page = upload(client, PHONES, "number\n103\n")
    other = browser("globex.localhost", staff(globex, name="gus"))
    for who, where in ((other, PHONES), (client, PAGING)):
        answer = who.post(f"{where}import/", {"carried": page.context["carried"]})
        assert "upload the file again" in answer.content.decode()
    assert "upload the file again" in client.post(f"{PHONES}import/", {"carried": "x:y:z"}).content.decode()
    with open_tenant("globex"):
        assert not Phone.objects.exists()
    assert exported(other, PHONES) == []


# Hostile files


def bomb(size: int = 200 * 1024 * 1024) -> bytes:
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"\0" * size)
    return out.getvalue()


def laughing() -> bytes:
    entities = "".join(f'<!ENTITY l{n + 1} "{f"&l{n};" * 10}">' for n in range(9))
    source, out = workbook([["number"], ["103"]]), BytesIO()
    with zipfile.ZipFile(BytesIO(source)) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            text = old.read(name)
            if name.endswith("sheet1.xml"):
                text = b'<!DOCTYPE x [<!ENTITY l0 "ha">' + entities.encode() + b"]>" + text.replace(b">103<", b">&l9;<")
            new.writestr(name, text)
    return out.getvalue()


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "empty"),
        (b"number\n\xe9\n", "Row 2 of the file is not UTF-8"),
        (b"number\n1\x0002\n", "not CSV"),
        (b"number\n" + b"x" * 40_000, "more than 32767 characters"),
        (b"number\n" + b'"' + b"x" * 200_000, "not CSV"),
        (b"," * 400 + b"x", "more than 300 columns"),
        (b"number\n" + b"1\n" * 10_001, "more than 10000 rows"),
        (b"x" * (LARGEST + 1), "larger than"),
        (b"PK\x03\x04 nonsense", "not a workbook"),
        (workbook([["number"], ["=1+1"]]), "Row 2 holds a formula"),
        (laughing(), "cannot be read|not a workbook that can be read"),
    ],
    ids=["empty", "latin-1", "NUL", "cell", "quote", "wide", "long", "large", "torn", "formula", "entities"],
)
def test_files_that_are_traps(content: bytes, message: str) -> None:
    with pytest.raises(BadTable, match=message):
        read_table(content)


def test_a_zip_bomb_is_not_unpacked() -> None:
    with pytest.raises(BadTable, match="unpacks to more"):
        read_table(bomb())


@pytest.mark.parametrize("heading", ["numbr", "number,number", "name", "secret__startswith,number"])
def test_headings_that_mean_nothing(client: Client, heading: str) -> None:
    page = upload(client, PHONES, f"{heading}\n103,x\n")
    assert "preview" not in page.context
    assert "column" in page.content.decode() or "first row" in page.content.decode()


@pytest.mark.parametrize("name", ["<script>alert(1)</script>", "a\tb", "\u202eevil", "x" * 30_000, "${SHELL(id)}"])
def test_hostile_cells_are_shown_safely(client: Client, name: str) -> None:
    page = upload(client, PHONES, f'number,name\n103,"{name}"\n')
    assert "<script>alert" not in page.content.decode()
    assert page.status_code == 200


def test_secrets_can_be_imported_and_are_not_shown(client: Client) -> None:
    page = upload(client, PHONES, "number,secret\n103,s103abcd\n")
    assert states(page) == {"new": 1}
    confirm(client, PHONES, page)
    with open_tenant("acme"):
        assert Phone.objects.get().secret == "s103abcd"
    assert "<td>s103abcd" not in page.content.decode()


def test_numbers_dates_and_ticks_of_a_workbook(client: Client) -> None:
    page = upload(client, "/skeleton/record/", workbook([["number", "pause", "limited", "days"], ["*55", 3.0, True, "mon, tue"]]))
    assert states(page) == {"new": 1}, page.content.decode()
    confirm(client, "/skeleton/record/", page)
    with open_tenant("acme"):
        data = Record.objects.get().data
    assert (data["pause"], data["limited"], data["days"]) == (3, True, ["mon", "tue"])


@pytest.mark.parametrize("value", ["=1", "+1", "-1", "@x", "'", "'=x", "''", "plain", "", "it's", "\tx"])
def test_defusing_is_undone(value: str) -> None:
    cell = to_cell(value)
    assert not str(cell).startswith(("=", "+", "-", "@", "\t"))
    assert from_cell(str(cell), {"type": "string"}) == value


@pytest.mark.parametrize("addon", [addon for addon in registry.addons if addon.is_list], ids=lambda addon: addon.name)
def test_every_param_has_a_column(addon: Any) -> None:
    assert {column.path[0] for column in columns_of(addon_resource(addon))} == {param.name for param in addon.params}
