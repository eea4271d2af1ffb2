"""What holds in a form holds in a file: unique values, validate.py, hidden params; and secrets are nowhere in clear text."""

import json
from importlib import import_module
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.migrations.loader import MigrationLoader

from addons.discovery.loading import load_addon
from addons.discovery.registry import registry
from addons.models import AddonState, Record
from dialplan.changes import changing
from dialplan.models import AstDBEntry, Phone
from tenants.models import Tenant
from tenants.schema import open_tenant
from tenants.secrets import Opened, decrypt, opened
from tests.addons.conftest import MakeAddon
from tests.addons.installing import installed
from tests.people import browser, staff

pytestmark = pytest.mark.django_db

PARAMS = """params = [
    Text("name", "Name", key=True, required=True),
    Choice("mode", "Mode", choices=["open", "pin"], default="open"),
    Secret("pin", "Pin", required=True, show_if=("mode", "pin")),
    Date("day", "Day"), Weekdays("days", "Days"), TimeRange("hours", "Hours"), Email("mail", "Mail"), IPAddress("ip", "IP", network=True),
    PhoneNumber("line", "Line", unique=True), Sound("sound", "Sound"),
    MultiList("rows", "Rows", params=[Text("who", "Who", unique=True), Secret("code", "Code")]),
]"""
FILES = {
    "params": PARAMS,
    "columns": 'columns = {"list": [Column("name")]}',
    "validate": """
def validate(record):
    if record["sound"] == "bad":
        yield {"sound": "is bad"}
        yield f"all of {record['name']}"
""",
    "phone_extra": 'params = [Secret("key", "Key"), Text("floor", "Floor")]',
}


def run(tmp_path: Path, text: str) -> str:
    file, out = tmp_path / "site.yaml", StringIO()
    file.write_text(text)
    call_command("apply", str(file), stdout=out)
    return out.getvalue()


def records(**records: str) -> str:
    return "tenants: {acme: {addons: {door: {" + ", ".join(f"{name}: {{{values}}}" for name, values in records.items()) + "}}}}"


def exported(**options: Any) -> str:
    out = StringIO()
    call_command("export", tenant="acme", stdout=out, **options)
    return out.getvalue()


def test_every_kind_in_a_file(make_addon: MakeAddon, acme: Tenant, tmp_path: Path) -> None:
    values = (
        "day: 2026-12-24, days: [sun, mon], hours: 08:30-17:00, mail: al@Acme.example, ip: 192.0.2.0/24, line: +1 514-555-0100, "
        "sound: custom/hi, mode: pin, pin: s3cret, rows: [{who: al, code: 4711}, bo]"
    )
    with installed(make_addon(**FILES)):
        run(tmp_path, records(a=values))
        shown = exported()
        assert "s3cret" not in shown
        assert "4711" not in shown
        assert run(tmp_path, shown).startswith("nothing to change")
        everything = exported(secrets=True)
        assert "s3cret" in everything
        assert run(tmp_path, everything).startswith("nothing to change")
    with open_tenant("acme"):
        assert opened(Record.objects.get().data) == {
            "name": "a",
            "mode": "pin",
            "pin": "s3cret",
            "day": "2026-12-24",
            "days": ["mon", "sun"],
            "hours": "08:30-17:00",
            "mail": "al@acme.example",
            "ip": "192.0.2.0/24",
            "line": "+15145550100",
            "sound": "custom/hi",
            "rows": [{"who": "al", "code": "4711"}, {"who": "bo", "code": ""}],
        }


@pytest.mark.parametrize(
    ("given", "faults"),
    [
        ({"a": "line: +1514", "b": "line: +1 514"}, ["a.line: '+1514' is in use already in b", "b.line: '+1514' is in use already in a"]),
        ({"b": "line: '911'"}, ["b.line: '911' is in use already in old; choose another one"]),
        ({"a": "sound: bad"}, ["a.sound: is bad", "a: all of a"]),
        ({"a": "mode: pin"}, ["a.pin: is required"]),
        ({"a": "rows: [al, al]"}, ["a.rows[1].who: 'al' is in row 1 already"]),
        ({"a": "day: 24.12.2026"}, ["a.day: '24.12.2026' is not a date; write it as 2026-12-24"]),
        ({"a": "days: mon-fri"}, ["a.days: must be a list, not the str 'mon-fri'"]),
    ],
)
def test_faults_of_a_file(make_addon: MakeAddon, acme: Tenant, tmp_path: Path, given: dict[str, str], faults: list[str]) -> None:
    with installed(make_addon(**FILES)):
        run(tmp_path, records(old="line: '911'"))
        with pytest.raises(CommandError) as caught:
            run(tmp_path, records(**given))
        for fault in faults:
            assert f"tenants.acme.addons.door.{fault}" in str(caught.value)
        with open_tenant("acme"):
            assert Record.objects.count() == 1


def test_two_records_may_swap_what_is_unique(make_addon: MakeAddon, acme: Tenant, tmp_path: Path) -> None:
    with installed(make_addon(**FILES)):
        run(tmp_path, records(a="line: '11'", b="line: '22'"))
        run(tmp_path, records(a="line: '22'", b="line: '11'"))
        with pytest.raises(CommandError):
            run(tmp_path, records(a="line: '11'"))
    with open_tenant("acme"):
        assert dict(Record.objects.values_list("key", "data__line")) == {"a": "22", "b": "11"}


def test_what_is_hidden_in_a_file_is_dropped_without_a_word(make_addon: MakeAddon, acme: Tenant, tmp_path: Path) -> None:
    with installed(make_addon(**FILES)):
        run(tmp_path, records(a="mode: open, pin: s3cret"))
    with open_tenant("acme"):
        assert Record.objects.get().data["pin"] == ""


def test_a_commit_function_gets_secrets_in_clear_text_and_its_messages_do_not_show_them(make_addon: MakeAddon, acme: Tenant) -> None:
    commit = (
        "def commit(pbx):\n    (own,) = pbx.get_config()\n    (phone,) = pbx.get_infos('phone')\n"
        "    pbx.add_to_database('door', 'pin', own['pin'])\n    pbx.add_to_database('door', 'key', phone['extra']['door']['key'])\n"
        "    pbx.add_to_dialplan('acme', 'internal', '600', 1, ['Authenticate', own['pin'], own['rows'][0]['code']])\n"
        "    if own['mode'] == 'open':\n        raise ValueError(f'wrong: {dict(own)!r}')\n"
    )
    data = {"name": "a", "mode": "pin", "pin": Opened("s3cret"), "rows": [{"who": "al", "code": Opened("4711")}]}
    with installed(make_addon(**FILES, commit=commit)), open_tenant("acme"):
        Phone.objects.create(number="101", extra={"door": {"key": Opened("k3y")}})
        record = Record.objects.create(addon="door", key="a", data=data)
        with changing() as change:
            change.touch("door")
        assert dict(AstDBEntry.objects.filter(family="door").values_list("key", "value")) == {"pin": "s3cret", "key": "k3y"}
        Record.objects.filter(pk=record.pk).update(data={**data, "mode": "open"})
        with changing() as change:
            change.touch("door")
        error = AddonState.objects.get(addon="door").error
        assert "wrong" in error
        assert "s3cret" not in error
        assert "4711" not in error


def test_a_migration_seals_what_was_stored_in_clear_text(make_addon: MakeAddon, acme: Tenant) -> None:
    addon = load_addon(make_addon(**FILES)).addon
    assert addon is not None
    with registry.temporarily(addon), open_tenant("acme"):
        data = {"name": "a", "pin": "s3cret", "rows": [{"who": "al", "code": "4711"}, {"who": "bo"}], "gone": 1}
        record = Record.objects.create(addon="door", key="a", data=data)
        Record.objects.create(addon="nowhere", key="b", data={"pin": "kept"})
        phone = Phone.objects.create(number="101", extra={"door": {"key": "k3y", "floor": "1"}, "nowhere": {"x": 1}})
        name = ("addons", "0004_list_order_and_secrets")
        loader = MigrationLoader(connection)
        for _ in range(2):
            with connection.schema_editor() as editor:
                import_module(".".join((name[0], "migrations", name[1]))).seal(loader.project_state(name).apps, editor)
        with connection.cursor() as cursor:
            cursor.execute("SELECT data::text, data->'pin'->>'secret' FROM addons_record WHERE addon = 'door'")
            ((text, token),) = cursor.fetchall()
        assert "s3cret" not in text
        assert "4711" not in text
        assert decrypt(token) == "s3cret"
        record.refresh_from_db()
        phone.refresh_from_db()
        assert opened(record.data) == data
        assert "k3y" not in str(phone.extra)
        assert opened(phone.extra) == {"door": {"key": "k3y", "floor": "1"}, "nowhere": {"x": 1}}
        assert Record.objects.get(addon="nowhere").data == {"pin": "kept"}


def test_an_upgrade_gets_secrets_opened_and_they_are_sealed_again(make_addon: MakeAddon, acme: Tenant) -> None:
    upgrade = "def upgrade(record, from_version):\n    record['pin'] += '-new'\n    record['mode'] = 'pin'\n    return record\n"
    with installed(make_addon(**FILES, upgrade=upgrade)), open_tenant("acme"):
        Record.objects.bulk_create([Record(addon="door", key="a", data={"name": "a", "mode": "pin", "pin": Opened("s3cret")})])
        Record.objects.update(addon_version="0.1")
        with changing() as change:
            change.touch("door")
        data = Record.objects.get().data
        assert "s3cret" not in str(data)
        assert opened(data)["pin"] == "s3cret-new"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("validate = 5", "'validate' must be a function, not of type int"),
        ("def validate(): pass", "'validate' must take one argument, record"),
        ("async def validate(record): pass", "'validate' must be an ordinary function, without async or yield"),
        ("def valid(record): pass", "nothing is called 'validate'; did you mean 'validate' where it says 'valid'?"),
        ("def validate(record):\n    yield 'x'\n", None),
    ],
)
def test_what_validate_must_be(make_addon: MakeAddon, text: str, message: str | None) -> None:
    problems = load_addon(make_addon(params='params = [Text("a", "A")]', validate=text)).problems
    assert [(problem.file, problem.message) for problem in problems] == ([("validate.py", message)] if message else [])


TWO = """params = [
    Number("number", "Number", key=True, required=True, context="internal"),
    Number("code", "Code", context="internal"),
    MultiList("keys", "Keys", params=[Number("number", "Number", context="lobby")]),
]"""


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"number": "802", "code": "802"}, "802 is in use already in internal, by this record itself"),
        ({"number": "802", "code": "801"}, "801 is in use already in internal, by Door 801"),
        ({"number": "811", "code": ""}, "811 is in use already in internal, by Door 801"),
        ({"number": "802", "code": "", "keys-row": "0", "keys-0-number": "55"}, "55 is in use already in lobby, by Door 801"),
    ],
)
def test_no_two_records_of_an_addon_have_one_number(
    make_addon: MakeAddon, acme: Tenant, tmp_path: Path, values: dict[str, str], message: str
) -> None:
    with installed(make_addon(params=TWO, columns='columns = {"list": [Column("number")]}')):
        with open_tenant("acme"):
            Record.objects.create(addon="door", key="801", data={"number": "801", "code": "811", "keys": [{"number": "55"}]})
        page = browser("acme.localhost", staff(acme)).post("/door/record/add/", values).content.decode()
        assert message in page
        given = {"code": values.get("code", ""), "keys": [values["keys-0-number"]] if "keys-row" in values else []}
        with pytest.raises(CommandError, match=message):
            run(tmp_path, json.dumps({"tenants": {"acme": {"addons": {"door": {values["number"]: given}}}}}))


@pytest.mark.parametrize("name", ["range", "isnull", "in", "exact", "regex"])
def test_a_unique_param_may_be_named_like_a_look_up(make_addon: MakeAddon, acme: Tenant, name: str) -> None:
    params = f'params = [Text("name", "Name", key=True, required=True), Text("{name}", "It", unique=True)]'
    with installed(make_addon(params=params, columns='columns = {"list": [Column("name")]}')):
        alice = browser("acme.localhost", staff(acme))
        assert [alice.post("/door/record/add/", {"name": each, name: "10-20"}).status_code for each in "ab"] == [302, 200]
