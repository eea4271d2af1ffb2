"""Applying a site file: what it makes, changes, leaves alone and removes."""

import base64
from collections.abc import Callable
from pathlib import Path
from threading import Event, Thread, Timer

import pytest
from django.conf import settings
from django.core.management import CommandError, get_commands, load_command_class
from django.db import connection
from django.db.models import F
from django.test.utils import CaptureQueriesContext

from addons.discovery.loading import load_addon
from addons.discovery.registry import registry
from addons.models import AddonState, Record
from addons.server.models import ServerRecord
from dialplan.changes import changing
from dialplan.deploy.models import Deployment, Node
from dialplan.deploy.wanted import place
from dialplan.models import STAFF, AstDBEntry, Context, Extension, IncomingLine, OutgoingLine, Phone, Revision
from dialplan.trunks.models import ClaimedNumber, Trunk
from tenants.models import Domain, Membership, Tenant, User
from tenants.schema import open_tenant
from tenants.secrets import opened
from tests.dialplan.sounds.recording import wav
from tests.scopserv_site.conftest import Apply, exported

pytestmark = pytest.mark.django_db

WHOLE = """
    nodes:
      pbx1: {dir: /srv/pbx1, ami: "127.0.0.1:5038", ami_user: console, ami_secret: "ami-secret"}
    trunks:
      carrier: {technology: PJSIP, host: sip.example.net, user: u, secret: s-carrier, tenants: all}
    tenants:
      initech:
        name: Initech
        node: pbx1
        domains: [initech.localhost]
        staff:
          alice: {role: administrator, name: Alice Lee, email: alice@initech.example, password: "..."}
          bob: {role: viewer}
        phones:
          "101": {name: Alice, secret: s101, auto_answer: call-info, extra: {skeleton: {floor: "1"}}}
          102: {name: Bob}
        lines_in:
          "5145550100": {trunk: carrier, destination: "101"}
        lines_out:
          local: {pattern: "9NXXXXXXXXX", trunk: carrier, strip: 1}
        contexts:
          lobby: {description: The door}
          internal:
            "600": [[Answer], [Playback, hello-world], [Hangup]]
            "601": {hint: "PJSIP/{tenant}_101", 1: [Answer], 3: [Wait, 2]}
        astdb:
          cid: {"5145551234": Bob}
        addons:
          paging: {"*70": {name: All phones, members: ["101", 102]}}
    addons:
      multipage: {"*80": {name: All call, callers: [initech], tenants: all}}
"""


def live(exten: str, slug: str = "acme") -> list[tuple[int, str, str]]:
    with open_tenant(slug):
        lines = Extension.objects.filter(context="internal", exten=exten, replaced_by="").order_by("priority")
        return list(lines.values_list("priority", "application", "data"))


def phone(number: str, slug: str = "acme") -> Phone:
    with open_tenant(slug):
        return Phone.objects.get(number=number)


def test_a_whole_file_makes_all_of_it_and_a_second_time_nothing(apply: Apply) -> None:
    said = apply(WHOLE)
    for line in (
        "+ nodes.pbx1",
        "+ tenants.initech: Initech",
        '+ tenants.initech.phones."101"',
        '+ tenants.initech.addons.paging."*70"',
        '+ tenants.initech.contexts.internal."601": 3 lines',
        "15 added, 0 changed, 0 removed",
    ):
        assert f"{line}\n" in said
    with open_tenant("initech"):
        assert Phone.objects.get(number="101").extra == {"skeleton": {"floor": "1"}}
        assert len(Phone.objects.get(number="102").secret) == 20
        assert IncomingLine.objects.get().destination == "101"
        assert OutgoingLine.objects.get().strip == 1
        assert AstDBEntry.objects.get(origin=STAFF).value == "Bob"
        assert Context.objects.get(name="lobby").description == "The door"
        assert [row["phone"] for row in Record.objects.get(addon="paging").data["members"]] == ["101", "102"]
        assert Revision.objects.get().summary == "Initech created, Applied site.yaml"
    assert live("600", "initech") == [(1, "Answer", ""), (2, "Playback", "hello-world"), (3, "Hangup", "")]
    assert live("601", "initech") == [(0, "", "PJSIP/{tenant}_101"), (1, "Answer", ""), (3, "Wait", "2")]
    assert "Local/*70@initech-page/n" in live("*80", "initech")[1][2]
    assert ServerRecord.objects.get().data["callers"] == ["initech"]
    assert ClaimedNumber.objects.get().slug == "initech"
    assert Domain.objects.get(tenant__schema_name="initech").domain == "initech.localhost"

    wanted = list(Deployment.objects.order_by("pk").values_list("slug", "wanted", "wanted_at"))
    assert apply(WHOLE) == "nothing to change\n"
    assert list(Deployment.objects.order_by("pk").values_list("slug", "wanted", "wanted_at")) == wanted
    with open_tenant("initech"):
        assert Revision.objects.count() == 1


def test_a_file_that_names_nothing_changes_nothing(apply: Apply) -> None:
    for text in ("", "# nothing yet\n", "{}", "tenants:\n", "tenants: {acme: }", "tenants: {acme: {phones: {}}}"):
        assert apply(text, prune=False) == "nothing to change\n"


def test_what_is_absent_stays(apply: Apply, acme: Tenant) -> None:
    apply('tenants: {acme: {phones: {"101": {name: Alice, secret: secret-1}, "102": {name: Bob}}}}')
    said = apply('tenants: {acme: {phones: {"101": {name: Alicia}}}}')
    assert said == "~ tenants.acme.phones.\"101\": name 'Alice' -> 'Alicia'\n0 added, 1 changed, 0 removed\n"
    assert (phone("101").secret, phone("101").name) == ("secret-1", "Alicia")
    with open_tenant("acme"):
        assert Phone.objects.count() == 2
    assert apply("tenants: {acme: {phones: {'101': {secret: secret-2}}}}").startswith('~ tenants.acme.phones."101": secret\n')


def test_prune_removes_what_the_file_does_not_name_within_its_tenants(apply: Apply) -> None:
    apply(WHOLE)
    apply('tenants: {acme: {phones: {"101": {}}}}')
    said = apply(
        """
        tenants:
          initech:
            staff: {alice: {}}
            phones: {"101": {}}
        """,
        prune=True,
    )
    for line in (
        '- tenants.initech.addons.paging."*70"',
        '- tenants.initech.phones."102"',
        '- tenants.initech.lines_in."5145550100"',
        "- tenants.initech.lines_out.local",
        '- tenants.initech.contexts.internal."600"',
        "- tenants.initech.contexts.lobby",
        '- tenants.initech.astdb.cid."5145551234"',
        "- tenants.initech.staff.bob",
    ):
        assert f"{line}\n" in said
    with open_tenant("initech"):
        assert list(Phone.objects.values_list("number", flat=True)) == ["101"]
        assert list(Context.objects.values_list("name", flat=True)) == ["internal"]
        assert not Extension.objects.filter(origin=STAFF).exists()
        assert not Record.objects.exists()
    assert not ClaimedNumber.objects.exists()
    assert phone("101", "acme")
    assert ServerRecord.objects.exists()
    assert Trunk.objects.exists()
    assert User.objects.filter(username="bob").exists()
    assert apply("addons: {multipage: {}}", prune=True) == '- addons.multipage."*80"\n0 added, 0 changed, 1 removed\n'


def test_a_context_that_something_needs_is_not_pruned(apply: Apply, acme: Tenant) -> None:
    apply("tenants: {acme: {contexts: {lobby: {}}, phones: {'101': {context: lobby}}}}")
    with pytest.raises(CommandError, match=r"tenants.acme.contexts.lobby: is not in the file, and phone 101 needs it"):
        apply("tenants: {acme: {phones: {'101': {}}}}", prune=True)
    said = apply("tenants: {acme: {phones: {'101': {context: internal}}}}", prune=True)
    assert "- tenants.acme.contexts.lobby\n" in said


def test_a_line_to_a_phone_that_is_pruned_is_told(apply: Apply, acme: Tenant) -> None:
    apply(
        """
        trunks: {carrier: {host: sip.example.net, tenants: all}}
        tenants: {acme: {phones: {"101": {}}, lines_in: {"5145550100": {trunk: carrier, destination: "101"}}}}
        """
    )
    said = apply('tenants: {acme: {lines_in: {"5145550100": {}}}}', prune=True)
    assert "Incoming line 5145550100 of acme still leads to 101, which is gone." in said


def test_lines_lead_to_records_of_addons_and_these_to_each_other(apply: Apply, acme: Tenant) -> None:
    text = """
        trunks: {carrier: {host: sip.example.net, tenants: all}}
        tenants:
          acme:
            phones: {"101": {}}
            lines_in: {"5145550100": {trunk: carrier, destination: "ringgroup:610"}}
            addons:
              ringgroup:
                "610": {members: ["101"], after: "ringgroup:611"}
                "611": {members: ["101"], after: "ringgroup:610"}
    """
    apply(text)
    assert apply(text) == "nothing to change\n"
    whole = exported(secrets=True)
    apply("tenants: {acme: }", prune=True)
    apply(whole)
    assert exported(secrets=True) == whole
    with pytest.raises(CommandError, match=r"611.*: there is no destination 'paging:\*70'"):
        apply(text.replace('after: "ringgroup:610"}', "after: \"paging:*70\"}\n              paging: {'*70': {}}"))
    said = apply("tenants: {acme: {lines_in: {'5145550100': {}}}}", prune=True)
    assert "Incoming line 5145550100 of acme still leads to ringgroup:610, which is gone." in said


def test_a_number_goes_from_one_tenant_to_another_in_one_file(apply: Apply, acme: Tenant, globex: Tenant) -> None:
    text = """
        trunks: {carrier: {host: sip.example.net, tenants: [acme, globex]}}
        tenants:
          acme: {phones: {"101": {}}, lines_in: {"5145550100": {trunk: carrier, destination: "101"}}}
          globex: {phones: {"101": {}}}
    """
    apply(text)
    moved = text.replace(', lines_in: {"5145550100": {trunk: carrier, destination: "101"}}', "").replace(
        'globex: {phones: {"101": {}}}', 'globex: {phones: {"101": {}}, lines_in: {"5145550100": {trunk: carrier, destination: "101"}}}'
    )
    with pytest.raises(CommandError, match=r'tenants.globex.lines_in."5145550100": 5145550100 is in use already'):
        apply(moved)
    apply(moved, prune=True)
    assert ClaimedNumber.objects.get().slug == "globex"


def test_a_number_on_two_trunks_is_named_with_its_trunk(apply: Apply, acme: Tenant) -> None:
    text = """
        trunks: {one: {host: sip.example.net, tenants: all}, two: {host: sip.example.org, tenants: all}}
        tenants:
          acme:
            phones: {"101": {}, "102": {}}
            lines_in: {5145550100@one: {destination: "101"}, 5145550100@two: {destination: "102"}}
    """
    apply(text)
    assert apply(text) == "nothing to change\n"
    assert '"5145550100@two": {name: "", trunk: two, destination: "102"}' in exported()
    with pytest.raises(CommandError, match="is on several trunks; write 5145550100@one or 5145550100@two"):
        apply('tenants: {acme: {lines_in: {"5145550100": {destination: "102"}}}}')


@pytest.mark.parametrize(("written", "number"), [("101", "101"), ("0101", "0101"), ("'0101'", "0101"), ("1_000", None), ("0x65", None)])
def test_numbers_are_what_is_written(apply: Apply, acme: Tenant, written: str, number: str | None) -> None:
    if number is None:
        with pytest.raises(CommandError, match="is not a phone's number"):
            apply(f"tenants: {{acme: {{phones: {{{written}: {{}}}}}}}}")
    else:
        apply(f"tenants: {{acme: {{phones: {{{written}: {{}}}}, astdb: {{x: {{y: {written}}}}}}}}}")
        assert phone(number)
        with open_tenant("acme"):
            assert AstDBEntry.objects.get().value == number


def test_an_extension_holds_exactly_what_is_named(apply: Apply, acme: Tenant) -> None:
    apply('tenants: {acme: {contexts: {internal: {"600": [[Answer], [Wait, 1], [Hangup]], "601": [[Answer]], _2xx: [[Answer]]}}}}')
    said = apply('tenants: {acme: {contexts: {internal: {"600": [[Answer], [Hangup]], "601": [], _2XX: [[Answer]]}}}}')
    assert '~ tenants.acme.contexts.internal."600": 2 lines (+0 -1)\n' in said
    assert '- tenants.acme.contexts.internal."601"\n' in said
    assert "2XX" not in said
    assert live("600") == [(1, "Answer", ""), (2, "Hangup", "")]
    assert live("601") == []
    apply("tenants: {acme: {contexts: {lobby: {description: Front, s: [[Answer]]}, internal: {description: Desk}}}}")
    said = apply("tenants: {acme: {contexts: {lobby: {description: Back}}}}")
    assert said.startswith("~ tenants.acme.contexts.lobby: description 'Front' -> 'Back'\n")


def test_staff_lines_may_cover_an_addons_number_in_one_file(apply: Apply, acme: Tenant) -> None:
    text = 'tenants: {acme: {contexts: {internal: {"*70": [[Answer]]}}, addons: {paging: {"*70": {}}}}}'
    apply(text)
    assert apply(text) == "nothing to change\n"
    apply('tenants: {acme: {contexts: {internal: {"*71": [[Answer]]}}}}')
    with pytest.raises(CommandError, match=r'addons.paging."\*71": \*71 is in use already in internal, by staff'):
        apply('tenants: {acme: {addons: {paging: {"*71": {}}}}}')


def test_what_is_pruned_is_free_for_others_in_the_same_file(apply: Apply, acme: Tenant) -> None:
    apply('tenants: {acme: {addons: {paging: {"600": {}}}}}')
    apply('tenants: {acme: {phones: {"600": {}}}}', prune=True)
    apply('tenants: {acme: {contexts: {internal: {"*70": [[Answer]]}}}}', prune=True)
    apply('tenants: {acme: {addons: {paging: {"*70": {}}}}}', prune=True)
    apply('tenants: {acme: {contexts: {internal: {"*70": []}}, addons: {skeleton: {"*70": {}}}}}', prune=True)
    assert live("*70")[0][1] == "Answer"


def test_a_dry_run_says_the_same_and_leaves_nothing(apply: Apply) -> None:
    before = exported(secrets=True)
    said = apply(WHOLE, dry_run=True)
    assert "15 added" in said
    assert "nothing was saved" in said
    assert exported(secrets=True) == before
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_namespace WHERE nspname = 'initech'")
        assert cursor.fetchone() == (0,)
    assert said.replace("Dry run, nothing was saved: ", "") == apply(WHOLE)


def test_another_node_is_a_move(apply: Apply, acme: Tenant) -> None:
    old, new = (
        Node.objects.create(name=name, folder=f"/nowhere/{name}", ami_user="console", ami_secret="secret") for name in ("pbx1", "pbx2")
    )
    place("acme", old)
    assert apply("tenants: {acme: {node: pbx2}}") == "~ tenants.acme.node: pbx1 -> pbx2\n0 added, 1 changed, 0 removed\n"
    assert Deployment.objects.get(node=old, slug="acme").heir == Deployment.objects.get(node=new, slug="acme")  # when it is live there
    row = Deployment.objects.get(node=new, slug="acme")
    with open_tenant("acme"):
        assert (row.wanted, row.live, row.removing) == (Revision.objects.first().number, None, False)  # type: ignore[union-attr]
    assert apply("tenants: {acme: {node: pbx2}}") == "nothing to change\n"
    apply("tenants: {acme: {node: [pbx1, pbx2]}}")
    assert Deployment.objects.filter(slug="acme", removing=False).count() == 2
    apply("tenants: {acme: {node: []}}")
    assert not Deployment.objects.filter(slug="acme", removing=False).exists()


def test_nodes_and_trunks_change(apply: Apply, acme: Tenant) -> None:
    apply(WHOLE)
    Deployment.objects.update(live=F("wanted"))
    said = apply(
        """
        nodes: {pbx1: {ami: "[::1]:5039", files_only: true, sip_address: "0.0.0.0:5062"}}
        trunks: {carrier: {host: "sip.example.org:5070", tenants: [initech]}}
        """
    )
    assert "~ nodes.pbx1: ami_host '127.0.0.1' -> '[::1]', ami_port 5038 -> 5039" in said
    assert "~ trunks.carrier: host 'sip.example.net' -> 'sip.example.org:5070', tenants 'all' -> 'initech'" in said
    node, trunk = Node.objects.get(), Trunk.objects.get()
    assert (node.ami_host, node.ami_port, node.ami_secret, node.files_only) == ("[::1]", 5039, "ami-secret", True)
    assert (trunk.secret, trunk.all_tenants, [tenant.slug for tenant in trunk.tenants.all()]) == ("s-carrier", False, ["initech"])
    assert not Deployment.objects.get(slug="").is_live
    assert 'ami: "[::1]:5039"' in exported()


def test_the_page_about_the_file_shows_what_works(apply: Apply) -> None:
    page = (Path(settings.BASE_DIR) / "docs" / "site-file.md").read_text()
    example = page[page.index("    nodes:\n") : page.index("\n- **Numbers**")].replace(', extra: {door: {floor: "1"}}', "")
    example = example.replace("UklGR...", base64.b64encode(wav()).decode())
    assert "15 added, 2 changed" in apply(example.replace("acme", "initech"))
    assert apply(example.replace("acme", "initech")) == "nothing to change\n"


def test_staff_get_a_password_once_and_a_role_each(apply: Apply) -> None:
    said = apply(WHOLE)
    assert "The first password of alice is weak" in said
    assert "bob has no password yet, and cannot log in before 'manage.py changepassword bob'." in said
    alice = User.objects.get(username="alice")
    assert (alice.first_name, alice.last_name, alice.email, alice.is_staff) == ("Alice", "Lee", "alice@initech.example", False)
    assert alice.check_password("...")
    assert not User.objects.get(username="bob").has_usable_password()
    said = apply("tenants: {initech: {staff: {alice: {role: editor, password: another, name: Alice M Lee}}}}")
    assert said.startswith("~ tenants.initech.staff.alice: name 'Alice Lee' -> 'Alice M Lee', role administrator -> editor\n")
    alice.refresh_from_db()
    assert alice.check_password("...")
    assert Membership.objects.get(user=alice).role == "editor"
    apply("tenants: {acme: {staff: {alice: {role: viewer}}}}")
    assert Membership.objects.filter(user=alice).count() == 2


def test_hosts_are_added_and_the_first_is_the_primary_one(apply: Apply, acme: Tenant) -> None:
    apply("tenants: {acme: {domains: [Phones.Acme.example, acme.localhost]}}")
    assert list(acme.domains.filter(is_primary=True).values_list("domain", flat=True)) == ["phones.acme.example"]
    assert "domains: [phones.acme.example, acme.localhost]" in exported()
    apply("tenants: {acme: {domains: [acme.example]}}")
    assert acme.domains.count() == 3
    apply("tenants: {acme: {domains: [acme.example]}}", prune=True)
    assert [domain.domain for domain in acme.domains.all()] == ["acme.example"]


def test_a_tenants_name_reaches_what_reads_it(apply: Apply, acme: Tenant) -> None:
    assert apply("tenants: {acme: {name: Acme Inc}}").startswith("~ tenants.acme: name 'Acme Corp' -> 'Acme Inc'\n")
    acme.refresh_from_db()
    assert acme.name == "Acme Inc"


DOOR = {
    "params": """params = [
    Text("number", "Number", key=True, required=True), Integer("seconds", "Seconds", default=5), Secret("pin", "PIN"),
    MultiList("keys", "Keys", params=[Reference("phone", "Phone", to="phone"), Secret("code", "Code"), Text("note", "Note")])]""",
    "columns": 'columns = {"list": [Column("number")]}',
    "phone_extra": 'params = [Secret("code", "Code"), Text("floor", "Floor", pattern="[0-9]+")]',
}


@pytest.fixture
def make_door(tmp_path: Path) -> Callable[..., None]:
    def make(name: str = "door", **files: str) -> Path:
        folder = tmp_path / name
        folder.mkdir()
        info = f'from addons.api import Info\ninfo = Info(name="{name.title()}", description="", version="1", scope="tenant")\n'
        (folder / "info.py").write_text(info)
        for stem, text in files.items():
            (folder / f"{stem}.py").write_text(f"from addons.api import *\n{text}")
        addon = load_addon(folder).addon
        assert addon is not None
        return registry.temporarily(addon)  # type: ignore[return-value]

    return make  # type: ignore[return-value]


def test_secrets_of_addons_stay_where_the_file_leaves_them_out(apply: Apply, acme: Tenant, make_door: Callable[..., Path]) -> None:
    text = """
        tenants:
          acme:
            phones: {"101": {extra: {door: {code: abcd, floor: 3}}}, "102": {}}
            addons:
              door:
                front: {seconds: 7, pin: pin-1, keys: [{phone: 101, code: code-a}, {phone: "101", code: code-b}, {phone: "102", note: x}]}
    """
    with make_door(**DOOR):  # type: ignore[attr-defined]
        apply(text)
        shown = exported()
        assert "code-a" not in shown
        assert "abcd" not in shown
        assert apply(shown) == "nothing to change\n"
        apply("tenants: {acme: {phones: {'101': {extra: {door: {floor: 4}}}}}}")
        assert opened(phone("101").extra) == {"door": {"code": "abcd", "floor": "4"}}
        said = apply('tenants: {acme: {addons: {door: {front: {keys: [{phone: "102"}, {phone: "101", note: y}, "101"]}}}}}')
        assert said.startswith("~ tenants.acme.addons.door.front: keys 3 items -> 3 items\n")
        with open_tenant("acme"):
            record = Record.objects.get()
        assert "pin-1" not in str(record.data)
        data = opened(record.data)
        assert (data["seconds"], data["pin"], record.version) == (7, "pin-1", 2)
        assert [(row["phone"], row["code"], row["note"]) for row in data["keys"]] == [
            ("102", "", ""),
            ("101", "code-a", "y"),
            ("101", "code-b", ""),
        ]


def test_an_addon_without_a_list_has_one_mapping(apply: Apply, acme: Tenant, make_door: Callable[..., Path]) -> None:
    with make_door("lobby", params='params = [Text("greeting", "Greeting", default="hi"), Integer("seconds", "Seconds")]'):  # type: ignore[attr-defined]
        text = "tenants: {acme: {addons: {lobby: {seconds: 3}}}}"
        assert apply(text).startswith("+ tenants.acme.addons.lobby\n")
        assert apply(text) == "nothing to change\n"
        assert "lobby: {greeting: hi, seconds: 3}" in exported()
        assert apply("tenants: {acme: }", prune=True).startswith("- tenants.acme.addons.lobby\n")


def test_a_failing_commit_of_a_changed_addon_saves_nothing(apply: Apply, acme: Tenant, make_door: Callable[..., Path]) -> None:
    commit = "def commit(pbx):\n    for phone in pbx.get_infos('phone'):\n        raise ValueError('no phones here')\n"
    with make_door(**DOOR, commit=commit):  # type: ignore[attr-defined]
        apply("tenants: {acme: {addons: {door: {front: {}}}}}")
        with pytest.raises(CommandError, match=r"(?s)Addon 'door' failed in commit.py, line 4: no phones here.*Nothing was saved"):
            apply('tenants: {acme: {phones: {"101": {}}, addons: {door: {front: {seconds: 9}}}}}')
        with open_tenant("acme"):
            assert not Phone.objects.exists()
        apply('tenants: {acme: {phones: {"101": {}}}}')
        with open_tenant("acme"):
            assert "no phones here" in AddonState.objects.get(addon="door").error


@pytest.mark.django_db(transaction=True)
def test_a_form_that_saves_at_the_same_moment_is_not_disturbed(apply: Apply) -> None:
    saving, go_on, errors = Event(), Event(), []

    def form() -> None:
        try:
            with open_tenant("acme"), changing() as change:
                Phone.objects.create(number="101", name="From the form")
                saving.set()
                go_on.wait(20)
                change.touch("phone")
        except Exception as error:
            errors.append(error)
        finally:
            connection.close()

    thread = Thread(target=form)
    thread.start()
    assert saving.wait(20)
    Timer(0.5, go_on.set).start()
    with pytest.raises(CommandError, match="somebody changed the same records at this moment; nothing was saved, so apply it again"):
        apply("tenants: {acme: {phones: {'101': {name: From the file}, '102': {}}}}")
    thread.join()
    assert errors == []
    assert phone("101").name == "From the form"
    assert '+ tenants.acme.phones."102"' in apply("tenants: {acme: {phones: {'101': {name: From the file}, '102': {}}}}")


def test_the_number_of_queries_does_not_grow_with_the_records(apply: Apply, acme: Tenant) -> None:
    def text(count: int) -> str:
        phones = "".join(f'          "{1000 + index}": {{name: Phone {index}}}\n' for index in range(count))
        lines = "".join(f'            "6{index:03}": [[Answer], [Hangup]]\n' for index in range(count))
        keys = ", ".join(f'"{index}": x' for index in range(count))
        members = ", ".join(str(1000 + index) for index in range(count))
        return (
            f"    tenants:\n      acme:\n        phones:\n{phones}        contexts:\n          internal:\n{lines}"
            f'        astdb: {{cid: {{{keys}}}}}\n        addons: {{paging: {{"*70": {{members: [{members}]}}}}}}\n'
        )

    counts: dict[str, list[int]] = {"new": [], "same": []}
    for count in (5, 40):
        for which in ("new", "same"):
            with CaptureQueriesContext(connection) as queries:
                apply(text(count), prune=True)
            counts[which].append(len(queries))
    assert counts["same"][0] == counts["same"][1]
    assert counts["same"][0] < 45
    assert counts["new"][1] < counts["new"][0] + 20


def test_wait_ends_when_all_is_live_or_the_time_is_up(apply: Apply) -> None:
    with pytest.raises(
        CommandError, match=r"Saved, but not live after 0.2 s:\n(.*\n)*  initech on pbx1: the node was never seen"
    ) as caught:
        apply(WHOLE, wait=0.2)
    assert caught.value.returncode == 2
    with open_tenant("initech"):
        assert Phone.objects.count() == 2
    Deployment.objects.update(live=F("wanted"))
    assert apply(WHOLE, wait=0) == "nothing to change\n"
    Node.objects.update(error="Connection refused")
    Deployment.objects.filter(slug="initech").update(live=None)
    with pytest.raises(CommandError, match="initech on pbx1: Connection refused"):
        apply("tenants: {initech: }", wait=0)
    assert apply("tenants: {acme: }", wait=0) == "nothing to change\n"


NODES = """
    nodes:
      pbx1: {dir: /srv/pbx1, ami: "127.0.0.1:5038", ami_user: console, ami_secret: secret}
      pbx2: {dir: /srv/pbx2, ami: "127.0.0.1:5039", ami_user: console, ami_secret: secret}
    trunks:
      carrier: {technology: PJSIP, host: sip.example.net, tenants: [acme]}
"""


@pytest.mark.parametrize(
    ("changed", "waiting", "live"),
    [
        ("trunks: {carrier: {host: sip2.example.net}}", {"pbx1", "pbx2"}, "tenants: {globex: }"),
        ("nodes: {pbx2: {ami: '127.0.0.1:1'}}", {"pbx2"}, "nodes: {pbx1: {}}"),
        ("nodes: {pbx3: {dir: /srv/pbx3, ami: '127.0.0.1:1', ami_user: u, ami_secret: s}}", {"pbx3"}, "nodes: {pbx1: {}, pbx2: {}}"),
        ("tenants: {acme: {trunks: [other]}}", {"pbx1", "pbx2"}, "tenants: {globex: }"),
    ],
)
def test_wait_is_also_for_the_nodes_own_files(apply: Apply, changed: str, waiting: set[str], live: str) -> None:
    apply(NODES)
    Trunk.objects.create(name="other", host="other.example.net")
    place("acme", Node.objects.get(name="pbx1"))
    Deployment.objects.update(live=F("wanted"))
    for _ in ("changed now", "nothing to change any more"):
        with pytest.raises(CommandError) as caught:
            apply(changed, wait=0)
        assert caught.value.returncode == 2
        assert {f"own files on {name}" in str(caught.value) for name in waiting} == {True}
        assert not any(f"own files on {name}" in str(caught.value) for name in {"pbx1", "pbx2", "pbx3"} - waiting)
        if "tenants" in changed:  # again, that file is about the nodes of that tenant alone
            break
    assert apply(live, wait=0) == "nothing to change\n"
    Deployment.objects.update(live=F("wanted"))
    assert apply(changed, wait=0) == "nothing to change\n"


@pytest.mark.parametrize("name", ["apply", "commit", "create_tenant", "setup_paging"])
def test_a_command_that_waits_exits_with_1_when_it_is_called_in_a_wrong_way(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    for arguments in (["--wait", "abc"], ["--wait"], ["--no-such-thing"]):
        with pytest.raises(SystemExit) as end:
            load_command_class(get_commands()[name], name).run_from_argv(["manage.py", name, *arguments])
        assert end.value.code == 1
        assert "usage: " in capsys.readouterr().err
