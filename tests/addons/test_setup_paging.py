"""Bulk paging: groups where they are missing, one page across them, all or nothing, and a second time nothing."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db.models import F

from addons.commits.switch import switch
from addons.models import Record
from addons.server.models import ServerRecord
from dialplan.changes import changing
from dialplan.deploy.models import Deployment, Node
from dialplan.deploy.wanted import place
from dialplan.models import STAFF, Extension, Phone, Revision
from tenants.models import Tenant
from tenants.schema import open_tenant

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def phones(acme: Tenant, globex: Tenant) -> None:
    for slug, numbers in (("acme", ("101", "102")), ("globex", ("201",))):
        with open_tenant(slug), changing() as change:
            for number in numbers:
                Phone.objects.create(number=number)
            change.touch("phone")


def set_up(*arguments: str) -> str:
    out = StringIO()
    call_command("setup_paging", *arguments, stdout=out, stderr=out)
    return out.getvalue()


def group(slug: str, number: str = "*70") -> dict[str, object]:
    with open_tenant(slug):
        return dict(Record.objects.get(addon="paging", key=number).data)


def live(slug: str, exten: str) -> list[str]:
    with open_tenant(slug):
        lines = Extension.objects.filter(context="internal", exten=exten, replaced_by="").order_by("priority")
        return [f"{application}({data})" for application, data in lines.values_list("application", "data")]


def test_groups_of_all_phones_and_one_page_across_them() -> None:
    said = set_up("--tenants", "all", "--number", "*80", "--name", "All call", "--options", "dq", "--pin", "4711", "--callers", "acme")
    assert said == ("+ acme: paging group *70 with 2 phones\n+ globex: paging group *70 with 1 phone\n+ page *80: heard at all tenants\n")
    assert group("acme") == {
        "number": "*70",
        "name": "All call",
        "duplex": True,
        "quiet": True,
        "skip_busy": True,
        "members": [{"phone": "101"}, {"phone": "102"}],
    }
    page = ServerRecord.objects.get()
    assert (page.addon, page.key) == ("multipage", "*80")
    assert (page.data["callers"], page.data["tenants"], page.data["group"], page.data["duplex"]) == (["acme"], "all", "*70", True)
    assert live("acme", "*80") == [
        "Authenticate(/multipage-pin/star80,d)",
        "Set(__PBX_PAGER=${CHANNEL(endpoint)})",
        'ExecIf($["${FROM_TRUNK}"=""]?Page(Local/*70@acme-page/n&Local/*70@globex-page/n,qd,20):Hangup(21))',
        "Hangup()",
    ]
    assert live("globex", "*80") == []
    with open_tenant("globex"):
        revisions = Revision.objects.count()
    assert set_up("--tenants", "all", "--number", "*80") == "nothing to change\n"
    assert set_up("--tenants", "all", "--number", "*80", "--name", "All call", "--options", "qd", "--pin", "4711") == "nothing to change\n"
    with open_tenant("globex"):
        assert Revision.objects.count() == revisions


def test_what_is_there_is_left_as_it_is() -> None:
    set_up("--tenants", "acme", "--number", "*80", "--group", "*71")
    with open_tenant("acme"):
        Phone.objects.create(number="103")
    said = set_up("--tenants", "acme,globex", "--number", "*80", "--options", "d")
    assert said == (
        "+ globex: paging group *71 with 1 phone\n"
        "~ page *80: duplex, tenants\n"
        "acme: the members of group *71 can still not talk back; that is set on the group itself\n"
    )
    assert len(group("acme", "*71")["members"]) == 2  # type: ignore[arg-type]
    assert group("globex", "*71")["duplex"] is True
    assert ServerRecord.objects.get().data["tenants"] == ["acme", "globex"]


def test_a_dry_run_says_what_would_change_and_leaves_nothing() -> None:
    arguments = ("--tenants", "all", "--number", "*80")
    said = set_up(*arguments, "--dry-run")
    assert said.endswith("\nDry run, nothing was saved.\n")
    assert not ServerRecord.objects.exists()
    with open_tenant("acme"):
        assert not Record.objects.exists()
    assert live("acme", "*70") == []
    assert set_up(*arguments) == said.replace("Dry run, nothing was saved.\n", "")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--tenants", "acme,globx", "--number", "*80"], "There is no tenant 'globx'; did you mean 'globex'"),
        (["--tenants", "acme", "--callers", "x", "--number", "*80"], "There is no tenant 'x'; 'manage.py list_tenants' shows them"),
        (["--tenants", "all", "--number", "1-2"], "number or group: '1-2' cannot be dialled"),
        (["--tenants", "all", "--number", "*80", "--group", "7"], "number or group: '7' does not have the form"),
        (["--tenants", "all", "--number", "*80", "--options", "dx"], "options: 'x' is unknown; use d"),
        (["--tenants", "all", "--number", "*80", "--pin", "12"], "page \\*80: pin: "),
        (["--tenants", "all", "--number", "*80", "--group", "201"], "globex: paging group 201: number: 201 is in use already"),
        (["--tenants", "all", "--number", "101"], "acme: 101 is in use already in internal, by Phones"),
        (["--tenants", "all", "--number", "*81", "--callers", "globex"], "globex: \\*81 is in use already in internal, by staff"),
    ],
)
def test_what_cannot_be_is_refused_whole(arguments: list[str], message: str) -> None:
    with open_tenant("globex"), changing() as change:
        Extension.objects.create(exten="*81", application="Answer", origin=STAFF)
        change.touch("staff")
    with pytest.raises(CommandError, match=f"(?s){message}.*Nothing was saved"):
        set_up(*arguments)
    assert not ServerRecord.objects.exists()
    for slug in ("acme", "globex"):
        with open_tenant(slug):
            assert not Record.objects.exists()


def test_an_addon_that_is_off_is_told() -> None:
    switch("paging", enabled=False, slugs=["globex"])
    assert "globex: addon 'paging' is switched off there, so nothing is heard\n" in set_up("--tenants", "all", "--number", "*80")


def test_a_pin_that_nobody_can_type_is_asked_for_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", StringIO())
    with pytest.raises(CommandError, match="The PIN is missing: set PAGING_PIN"):
        set_up("--tenants", "acme", "--number", "*80", "--pin")
    monkeypatch.setenv("PAGING_PIN", "4711")
    assert "+ page *80" in set_up("--tenants", "acme", "--number", "*80", "--pin")


def test_wait() -> None:
    node = Node.objects.create(name="pbx1", folder="/nowhere/pbx1", ami_user="console", ami_secret="secret")
    place("acme", node)
    with pytest.raises(CommandError, match="acme on pbx1: the node was never seen") as caught:
        set_up("--tenants", "acme", "--number", "*80", "--wait", "0.1")
    assert caught.value.returncode == 2
    assert ServerRecord.objects.exists()
    Deployment.objects.update(live=F("wanted"))
    assert set_up("--tenants", "acme", "--number", "*80", "--wait", "1") == "nothing to change\n"
