"""The commit functions of addons in the flow: when they run, what a failing one does, what switching one off gives back."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from addons.commits.running import CommitError
from addons.commits.switch import switch
from addons.discovery.loading import load_addon
from addons.discovery.registry import registry
from addons.models import AddonState, Record
from addons.server.models import ServerRecord, ServerState
from dialplan.changes import SERVER, changing
from dialplan.deploy.models import Deployment, Node, ServerEntry
from dialplan.deploy.wanted import place
from dialplan.models import AstDBEntry, Extension, Phone
from tenants.lifecycle import create_tenant, delete_tenant
from tenants.models import Tenant
from tenants.schema import open_tenant
from tests.addons.conftest import MakeAddon

pytestmark = pytest.mark.django_db

ONE = 'params = [Text("name", "Name", key=True, required=True)]'
LIST = 'columns = {"list": [Column("name")]}'


@contextmanager
def installed(folder: Path) -> Iterator[str]:
    addon = load_addon(folder)
    assert addon.addon is not None, addon.problems
    with registry.temporarily(addon.addon):
        yield folder.name


def commit(make_addon: MakeAddon, body: str, name: str = "door", **more: str) -> Path:
    text = "def commit(pbx):\n" + "".join(f"    {line}\n" for line in body.splitlines())
    return make_addon(name, params=ONE, columns=LIST, commit=text, **more)


def touch(kind: str = "phone", slug: str = "acme", own: str = "") -> list[str]:
    with open_tenant(slug), changing(own=frozenset({own} - {""})) as change:
        change.touch(kind)
    return change.rebuilt


def internal(exten: str, slug: str = "acme") -> list[tuple[str, str]]:
    with open_tenant(slug):
        return list(Extension.objects.filter(context="internal", exten=exten, replaced_by="").values_list("application", "origin"))


def test_an_addon_replaces_and_gives_back_when_it_is_switched_off(make_addon: MakeAddon, acme: Tenant) -> None:
    with open_tenant("acme"):
        Phone.objects.create(number="101")
        AstDBEntry.objects.create(family="door", key="x", value="staff")
    touch()
    body = 'pbx.add_to_dialplan("acme", "internal", "101", 1, ["Answer"])\npbx.add_to_database("door", "x", "addon")'
    with installed(commit(make_addon, body + '\npbx.remove_from_dialplan("acme", "internal", "101", 2)')) as name:
        touch()
        assert internal("101") == [("Answer", "addon:door")]
        with open_tenant("acme"):
            assert AstDBEntry.objects.get(replaced_by="").value == "addon"
            assert Extension.objects.get(exten="101", priority=2).replaced_by == "addon:door"
        switch(name, enabled=False, slugs=["acme"])
        assert internal("101") == [("Dial", "section:phone"), ("Hangup", "section:phone")]
        with open_tenant("acme"):
            assert AstDBEntry.objects.get(replaced_by="").value == "staff"
        switch(name, enabled=True, slugs=["acme"])
        assert internal("101") == [("Answer", "addon:door")]


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("raise RuntimeError('no door')", "commit.py, line 3: RuntimeError: no door"),
        ("x = 1\n1 / 0", "commit.py, line 4: ZeroDivisionError"),
        ("raise SystemExit(3)", "commit.py, line 3: SystemExit"),
        ('pbx.add_to_dialplan("globex", "internal", "1", 1, ["Answer"])', "line 3: tenant: 'globex' is out of reach"),
        ('pbx.add_to_dialplan("acme", "internal", "1", 0, ["Answer"])', "line 3: prio: 0"),
        ('pbx.add_to_dialplan("acme", "internal", "1", 1, "Answer")', "line 3: cmd: 'Answer' is not a list"),
        ('pbx.add_extension("acme", "internal", "1", ["Answer()", "Hangup"])', "line 3: commands: 'Hangup' is no command such as"),
        ('pbx.add_to_dialplan("acme", "internal", "1", 1, ["Answer", "a\\nb"])', "line 3: data: .*U\\+000A"),
        ('pbx.add_to_dialplan("acme", "internal]", "1", 1, ["Answer"])', "line 3: context"),
        ('pbx.add_to_dialplan("acme", "in-carrier", "1", 1, ["Answer"])', "line 3: context: 'in-carrier' is written by the console"),
        ('pbx.add_to_database("a/b", "x", "1")', "line 3: family"),
        ('pbx.remove_from_dialplan("acme", "internal", prio=1)', "line 3: remove_from_dialplan"),
        ('pbx.get_infos("phones")', "line 3: get_infos: there is no kind of record 'phones'"),
        ("pbx.tenants = ()", "line 3: AttributeError"),
        ("pbx.get_infos('phone')[0]['number'] = '1'", "line 3: TypeError"),
    ],
)
def test_a_save_of_its_own_record_is_refused_with_file_and_line(make_addon: MakeAddon, acme: Tenant, body: str, message: str) -> None:
    with open_tenant("acme"):
        Phone.objects.create(number="101")
    with installed(commit(make_addon, body)) as name, pytest.raises(CommitError, match=f"(?s)Addon 'door' failed.*{message}"):
        touch(name, own=name)


def test_another_addons_failure_keeps_its_last_good_output(make_addon: MakeAddon, acme: Tenant) -> None:
    body = 'for phone in pbx.get_infos("phone"):\n    assert phone["number"] != "102", "no 102"\n'
    with installed(commit(make_addon, body + '    pbx.add_to_dialplan("acme", "internal", "6" + phone["number"], 1, ["Answer"])')):
        with open_tenant("acme"):
            Phone.objects.create(number="101")
        touch()
        with open_tenant("acme"):
            Phone.objects.create(number="102")
        assert touch() == ["acme"]
        assert internal("102")[0] == ("Dial", "section:phone")
        assert internal("6101") == [("Answer", "addon:door")]
        with open_tenant("acme"):
            assert "commit.py, line 4" in AddonState.objects.get(addon="door").error
            Phone.objects.filter(number="102").delete()
        touch()
        with open_tenant("acme"):
            assert AddonState.objects.get(addon="door").error == ""


def test_it_runs_again_only_when_what_it_read_was_touched(make_addon: MakeAddon, acme: Tenant, tmp_path: Path) -> None:
    log = tmp_path / "runs"
    body = f'open({str(log)!r}, "a").write("x")\npbx.get_infos("phone")'
    with installed(commit(make_addon, body)) as name:
        for kind, runs in [("phone", 1), ("line_out", 1), ("staff", 1), ("phone", 2), (name, 3)]:
            touch(kind)
            assert len(log.read_text()) == runs, kind


def test_records_come_with_defaults_tenant_and_extras(make_addon: MakeAddon, acme: Tenant) -> None:
    folder = make_addon(
        params='params = [Text("name", "Name", key=True, required=True), Integer("seconds", "Seconds", default=5)]',
        columns=LIST,
        phone_extra='params = [Text("floor", "Floor", default="ground")]',
        commit=(
            "def commit(pbx):\n"
            "    (own,) = pbx.get_config()\n"
            "    (phone,) = pbx.get_infos('phone')\n"
            "    assert pbx.data == pbx.getConfig() == (own,)\n"
            "    assert (pbx.addon, pbx.addon_name, pbx.tenants) == ('door', 'Door', ('acme',))\n"
            "    pbx.addExtension('acme', 'internal', '600', [['NoOp', own['tenant'], own['name'], own['seconds']], 'Set(A=b,(c))'])\n"
            "    pbx.addToDialplan('acme', 'internal', '600', 'hint', ['PJSIP/{tenant}_' + phone['number']])\n"
            "    pbx.addToDatabase('floor', phone['number'], phone['extra']['door']['floor'])\n"
        ),
    )
    with installed(folder) as name, open_tenant("acme"):
        Phone.objects.create(number="101")
        Record.objects.create(addon=name, key="front", data={"name": "front"})
        touch(name, own=name)
        assert set(Extension.objects.filter(exten="600").values_list("priority", "data")) == {
            (1, "acme,front,5"),
            (2, "A=b,(c)"),
            (0, "PJSIP/{tenant}_101"),
        }
        assert AstDBEntry.objects.get(origin="addon:door").value == "ground"


COUNTING = """for phone in pbx.get_infos("phone"):
    name, _, count = (pbx.getWritten("names", phone["number"]) or ".0").rpartition(".")
    pbx.add_to_database("names", phone["number"], f"{phone['name']}.{int(count) + (name != phone['name'])}")
    pbx.add_to_database("ids", phone["number"], phone["id"])
    assert phone["name"] != "bad\""""


def test_it_can_tell_from_what_it_wrote_whether_something_changed(make_addon: MakeAddon, acme: Tenant) -> None:
    with installed(commit(make_addon, COUNTING)), open_tenant("acme"):
        found = []
        for name in ("Alice", "Alice", "bad", "Bob", "Alice"):
            Phone.objects.update_or_create(number="101", defaults={"name": name})
            touch()
            found.append(AstDBEntry.objects.get(family="names").value)
    assert found == ["Alice.1", "Alice.1", "Alice.1", "Bob.2", "Alice.3"]


def test_a_new_phone_with_an_old_number_has_another_id(make_addon: MakeAddon, acme: Tenant) -> None:
    with installed(commit(make_addon, COUNTING)), open_tenant("acme"):
        found = []
        for _ in range(2):
            phone = Phone.objects.create(number="101")
            touch()
            found.append(AstDBEntry.objects.get(family="ids").value)
            phone.delete()
    assert found[0] != found[1]


SERVER_BODY = """for page in pbx.get_config():
    for slug in pbx.tenants:
        pbx.add_to_dialplan(slug, "internal", page["name"], 1, ["NoOp", str(len(pbx.get_infos("phone")))])
    pbx.add_to_database("pages", page["name"], "1")"""


def test_a_server_wide_addon_writes_to_every_tenant_and_reruns_for_what_it_read(
    make_addon: MakeAddon, acme: Tenant, globex: Tenant
) -> None:
    node = Node.objects.create(name="pbx1", folder="/nowhere/pbx1", ami_user="console", ami_secret="secret")
    place("globex", node)
    folder = make_addon(
        "pages", scope="server", params=ONE, columns=LIST, commit="def commit(pbx):\n    " + SERVER_BODY.replace("\n", "\n    ")
    )
    with installed(folder) as name:
        ServerRecord.objects.create(addon=name, key="800", data={"name": "800"})
        with changing(own=frozenset({name})) as change:
            change.touch(name, slug=SERVER)
        assert change.rebuilt == ["acme", "globex"]
        assert internal("800", "globex") == [("NoOp", "addon:pages")]
        assert ServerEntry.objects.get().origin == "addon:pages"
        wanted = Deployment.objects.get(node=node, slug="globex").wanted
        assert touch("staff") == []
        with open_tenant("acme"):
            Phone.objects.create(number="101")
        assert touch() == ["acme", "globex"]
        assert Deployment.objects.get(node=node, slug="globex").wanted == wanted + 1
        create_tenant("initech", name="Initech")
        assert internal("800", "initech") == [("NoOp", "addon:pages")]
        delete_tenant("initech")
        switch(name, enabled=False)
        assert internal("800") == internal("800", "globex") == []
        assert not ServerEntry.objects.exists()


def test_a_server_wide_addon_that_fails_later_keeps_what_it_wrote(make_addon: MakeAddon, acme: Tenant) -> None:
    body = 'assert not pbx.get_infos("phone"), "a phone"\npbx.add_to_dialplan("acme", "internal", "800", 1, ["Answer"])'
    text = "def commit(pbx):\n" + "".join(f"    {line}\n" for line in body.splitlines())
    with installed(make_addon("pages", scope="server", params=ONE, columns=LIST, commit=text)) as name:
        with changing(own=frozenset({name})) as change:
            change.touch(name, slug=SERVER)
        with open_tenant("acme"):
            Phone.objects.create(number="101")
        assert touch() == ["acme"]
        assert internal("800") == [("Answer", "addon:pages")]
        assert "line 3" in ServerState.objects.get(addon=name).error


def test_an_application_that_the_node_lacks_refuses_the_save(make_addon: MakeAddon, acme: Tenant) -> None:
    node = Node.objects.create(name="pbx1", folder="/nowhere/pbx1", ami_user="console", ami_secret="secret", applications=["Answer"])
    place("acme", node)
    body = 'pbx.add_to_dialplan("acme", "internal", "1", 1, ["Page", "PJSIP/x"])'
    with installed(commit(make_addon, body)) as name, pytest.raises(CommitError, match="Asterisk on pbx1 has no application 'Page'"):
        touch(name, own=name)


def test_a_tenants_addon_runs_again_when_a_server_wide_one_that_it_reads_changes(make_addon: MakeAddon, acme: Tenant) -> None:
    prices = make_addon("prices", scope="server", params=ONE, columns=LIST)
    reads = 'for each in pbx.get_infos("prices"):\n    pbx.add_to_database("price", each["name"], "1")'
    with installed(prices), installed(commit(make_addon, reads, "reader")):
        touch("reader")
        ServerRecord.objects.create(addon="prices", key="a", data={"name": "a"})
        with changing() as change:
            change.touch("prices", slug=SERVER)
        assert change.rebuilt == ["acme"]
        with open_tenant("acme"):
            assert AstDBEntry.objects.get().key == "a"


def test_another_version_of_a_stopped_addon_is_tried(make_addon: MakeAddon, acme: Tenant) -> None:
    folder = commit(make_addon, 'pbx.get_infos("phone")\nassert False')
    with installed(folder):
        for _ in range(AddonState.FUSE + 2):
            touch()
        with open_tenant("acme"):
            assert AddonState.objects.get(addon="door").failures == AddonState.FUSE
    addon = load_addon(folder).addon
    assert addon is not None
    with registry.temporarily(replace(addon, info=replace(addon.info, version="2"))):
        touch()
        with open_tenant("acme"):
            assert AddonState.objects.get(addon="door").failures == 1


def test_lines_after_a_loop_that_was_left_are_no_records(make_addon: MakeAddon, acme: Tenant) -> None:
    body = 'for each in pbx.get_config():\n    break\npbx.add_to_database("x", "y", "z")'
    with installed(commit(make_addon, body)), open_tenant("acme"):
        Record.objects.create(addon="door", key="a", data={"name": "a"})
        touch("door")
        assert AstDBEntry.objects.get().source == ""
