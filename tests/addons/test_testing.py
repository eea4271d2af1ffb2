"""What authors test their addons with."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from addons.authoring.given import DEFAULTS
from addons.commits.kinds import FIELDS
from addons.testing import BadRecord, BrokenAddon, committed, upgraded
from dialplan.models import SECTIONS
from tests.addons.conftest import MakeAddon

PARAMS = """params = [
    Number("number", "Number", key=True, required=True),
    Integer("seconds", "Seconds", default=5),
    MultiList("keys", "Keys", params=[Reference("phone", "Phone", to="phone"), Text("code", "Code", default="0000")]),
]"""
LIST = 'columns = {"list": [Column("number")]}'
COMMIT = """
def commit(pbx):
    for door in pbx.get_config():
        pbx.add_to_dialplan(door["tenant"], "internal", door["number"], 1, ["Wait", door["seconds"]])
        pbx.remove_from_dialplan(door["tenant"], "internal", "101", 2)
        for row in door["keys"]:
            pbx.add_to_database("door", row["phone"], row["code"])
    for phone in pbx.get_infos("phone"):
        pbx.add_to_dialplan(phone["tenant"], "internal", "6" + phone["number"], 1, ["NoOp", phone["extra"][pbx.addon]["floor"]])
"""
EXTRA = 'params = [Text("floor", "Floor", default="ground")]'


@pytest.fixture
def door(make_addon: MakeAddon) -> Path:
    return make_addon(params=PARAMS, columns=LIST, commit=COMMIT, phone_extra=EXTRA)


def test_records_in_dialplan_and_astdb_out(door: Path) -> None:
    phones = [{"number": "101"}, {"number": "102", "extra": {"door": {"floor": "3"}}}]
    written = committed(door, [{"number": "*61", "keys": ["101", {"phone": "102", "code": "1234"}]}], phone=phones)
    assert written.text() == (
        "[acme-internal]\nexten => *61,1,Wait(5)\nexten => 6101,1,NoOp(ground)\nexten => 6102,1,NoOp(3)\n"
    )  # fmt: skip
    assert written.database() == {"acme/door/101": "0000", "acme/door/102": "1234"}
    assert written.tenants == ["acme"]
    assert written.reads == {"door", "phone"}
    assert written.text("globex") == ""


def test_the_whole_text_shows_what_was_replaced_and_removed(door: Path) -> None:
    text = committed(
        door,
        [{"number": "*61"}],
        phone=[{"number": "101"}, {"number": "102"}],
        line_in=[{"number": "5145550100"}],
        line_out=[{"name": "local"}],
    ).whole_text()
    assert "exten => 101,1,Dial(PJSIP/acme_101,30)\nexten => 102,1,Dial(PJSIP/acme_102,30)\nexten => 102,2,Hangup()\n" in text
    assert "[acme-in-carrier]\nexten => 5145550100,1,Set(__FROM_TRUNK=carrier)\n" in text
    assert "exten => _9NXXXXXXXXX,1," in text


def test_the_addon_is_found_from_any_file_below_its_folder(door: Path) -> None:
    (door / "tests").mkdir()
    for place in (door, str(door), door / "test_door.py", door / "tests" / "test_it.py"):
        assert committed(place).addon.name == "door"
    with pytest.raises(BrokenAddon, match=r"no addon: neither .* nor a folder above it holds info\.py"):
        committed(door.parent / "test_nothing.py")


def test_a_tenants_addon_runs_for_each_tenant_and_sees_it_alone(make_addon: MakeAddon) -> None:
    body = 'def commit(pbx):\n    pbx.add_to_database("all", "seen", f"{len(pbx.get_infos(\'phone\'))} of {\'+\'.join(pbx.tenants)}")'
    phones = [{"tenant": slug, "number": number} for slug, number in [("acme", "101"), ("globex", "101"), ("globex", "102")]]
    written = committed(make_addon(commit=body), phone=phones)
    assert written.database() == {"acme/all/seen": "1 of acme"}
    assert written.database("globex") == {"globex/all/seen": "2 of globex"}


def test_a_server_wide_addon_has_records_of_no_tenant(make_addon: MakeAddon) -> None:
    body = """
def commit(pbx):
    for page in pbx.get_config():
        pbx.add_to_database("pages", page["number"], page["tenant"] or "nobody")
        for slug in pbx.tenants:
            pbx.add_to_dialplan(slug, "internal", page["number"], 1, ["NoOp", slug])
"""
    pages = make_addon("pages", scope="server", params=PARAMS, columns=LIST, commit=body)
    written = committed(pages, [{"number": "*80"}], tenant=[{"tenant": "acme"}, {"tenant": "globex"}])
    assert written.database() == {"pages/*80": "nobody"}
    assert written.tenants == ["acme", "globex"]
    assert written.text("globex") == "[globex-internal]\nexten => *80,1,NoOp(globex)\n"


@pytest.mark.parametrize("scope", ["tenant", "server"])
def test_a_commit_may_come_after_another_one(make_addon: MakeAddon, scope: str) -> None:
    count = 'pbx.add_to_database("count", "all", int(pbx.get_written("count", "all") or 0) + 1)'
    folder = make_addon(scope=scope, commit=f"def commit(pbx):\n    {count}\n")
    first = committed(folder)
    assert [*first.database().values(), *committed(folder, after=first).database().values()] == ["1", "2"]


def test_each_record_of_a_section_has_an_id(make_addon: MakeAddon) -> None:
    body = "for phone in pbx.get_infos('phone'):\n        pbx.add_to_database('id', phone['number'], phone['id'])"
    folder = make_addon(commit=f"def commit(pbx):\n    {body}\n")
    phones = [{"number": "101"}, {"number": "102"}, {"number": "101", "tenant": "globex"}, {"number": "103", "id": 7}]
    written = committed(folder, phone=phones)
    assert written.database() == {"acme/id/101": "1", "acme/id/102": "2", "acme/id/103": "7"}
    assert written.database("globex") == {"globex/id/101": "1"}


def test_settings_that_nobody_saved_are_the_defaults(make_addon: MakeAddon) -> None:
    body = 'def commit(pbx):\n    pbx.add_to_database("door", "seconds", pbx.get_config()["seconds"])'
    folder = make_addon(params='params = [Integer("seconds", "Seconds", default=5)]', commit=body)
    assert committed(folder).database() == {"acme/door/seconds": "5"}
    assert committed(folder, [{"seconds": 7}]).database() == {"acme/door/seconds": "7"}
    with pytest.raises(BadRecord, match=r'door is given two records, and without columns\["list"\] it has one at acme'):
        committed(folder, [{"seconds": 7}, {"seconds": 8}])


def test_records_of_other_addons_get_their_defaults(make_addon: MakeAddon) -> None:
    make_addon(
        "bell", params='params = [Text("name", "Name", key=True, required=True), Integer("tone", "Tone", default=3)]', columns=LIST_NAME
    )
    body = 'def commit(pbx):\n    for bell in pbx.get_infos("bell"):\n        pbx.add_to_database("bells", bell["name"], bell["tone"])'
    folder = make_addon(commit=body, requires=("bell",))
    assert committed(folder, bell=[{"name": "front"}]).database() == {"acme/bells/front": "3"}
    assert committed(folder).database() == {}


LIST_NAME = 'columns = {"list": [Column("name")]}'


@pytest.mark.parametrize(
    ("records", "infos", "message"),
    [
        ([{}], {}, "door, record of acme: number: is required"),
        ([{"number": "*61", "secs": 5}], {}, r"door, record '\*61' of acme: secs: is unknown; did you mean seconds\?"),
        ([{"number": "*61", "keys": [{"fone": "1"}]}], {}, r"keys\[0\]\.fone: is unknown; did you mean phone"),
        ([{"number": "*61"}, {"number": "*61"}], {}, r"door is given '\*61' twice at acme"),
        ([], {"phone": [{"numbr": "101"}]}, "a phone has no 'numbr'; did you mean 'number'"),
        ([], {"phone": [{"name": "Alice"}]}, r"a phone of acme needs 'number', such as phone=\[\{'number': '101'\}\]"),
        ([], {"phone": [{"number": "101", "extra": {"door": {"flor": "1"}}}]}, "phone 101, extra: flor: is unknown; did you mean floor"),
        ([], {"fone": [{"number": "101"}]}, "there is no section or addon 'fone'; did you mean 'phone'"),
    ],
)
def test_records_that_cannot_be_are_named(door: Path, records: list[dict], infos: dict, message: str) -> None:
    with pytest.raises(BadRecord, match=message):
        committed(door, records, **infos)


def test_a_kind_that_there_is_not_is_refused_as_on_the_site(make_addon: MakeAddon) -> None:
    folder = make_addon(commit='def commit(pbx):\n    pbx.get_infos("phones")')
    with pytest.raises(
        ValueError, match=r"get_infos: there is no kind of record 'phones'; known are phone, line_in, line_out, trunk, tenant, .*door"
    ):
        committed(folder)


def test_a_broken_addon_names_all_that_is_wrong(make_addon: MakeAddon) -> None:
    folder = make_addon(tabs="tabs = 1", commit="def commit(): pass")
    with pytest.raises(BrokenAddon) as caught:
        committed(folder)
    assert str(caught.value) == (
        "addon 'door', tabs.py: 'tabs' must be of type list or tuple, not int\n"
        "addon 'door', commit.py, line 2: 'commit' must take one argument, pbx\n"
        "    Write `def commit(pbx):`."
    )


def test_sections_have_the_defaults_of_their_models() -> None:
    for kind, defaults in DEFAULTS.items():
        if kind in SECTIONS:
            _, *others = FIELDS[kind]
            assert set(others) == set(defaults)
            fields = {field.name: field for field in SECTIONS[kind]._meta.fields}
            assert {name: value for name, value in defaults.items() if fields[name].has_default() or fields[name].blank} == {
                name: fields[name].get_default() for name in others if fields[name].has_default() or fields[name].blank
            }


def test_it_needs_neither_database_nor_settings_and_shows_the_authors_line(door: Path, tmp_path: Path) -> None:
    (door / "commit.py").write_text(COMMIT.replace('"Wait", door', '"Wa it", door'))
    (door / "test_door.py").write_text(
        "from django.conf import settings\n"
        "from addons.testing import committed\n\n"
        "def test_it():\n"
        "    committed(__file__)\n"
        "    assert not settings.configured\n\n"
        "def test_fails():\n"
        '    committed(__file__, [{"number": "*61"}])\n'
    )
    options = ("-q", "-p", "no:django", "-p", "no:cacheprovider", "-p", "no:xdist", str(door))
    environment = {name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"}
    done = subprocess.run([sys.executable, "-m", "pytest", *options], capture_output=True, text=True, check=False, env=environment)
    assert "1 failed, 1 passed" in done.stdout, done.stdout
    assert "commit.py:4:" in done.stdout
    assert "addons/testing.py" not in done.stdout


def test_what_an_upgrade_makes_of_a_record(make_addon: MakeAddon) -> None:
    body = "import math\ndef upgrade(record, from_version):\n    record['seconds'] = record.pop('secs')\n    return record\n"
    folder = make_addon(params=PARAMS, columns=LIST, upgrade=body)
    old = {"number": "*61", "secs": 7}
    assert upgraded(folder, old, "1.0") == {"number": "*61", "seconds": 7, "keys": []}
    assert old == {"number": "*61", "secs": 7}
    with pytest.raises(BadRecord, match=r"door, upgraded from version 1\.0: seconds: must be a whole number"):
        upgraded(folder, {"number": "*61", "secs": "soon"}, "1.0")
    with pytest.raises(BrokenAddon, match=r"addon 'bell' has no upgrade\.py"):
        upgraded(make_addon("bell"), {}, "1.0")
