"""manage.py commit: recomputes everything, deploys only what that changed, and shows it beforehand."""

from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from addons.discovery.loading import load_addon
from addons.discovery.registry import registry
from addons.models import AddonState
from dialplan.changes import changing
from dialplan.deploy.models import ServerEntry
from dialplan.models import Extension, Phone, Revision
from tenants.models import Tenant
from tenants.schema import open_tenant
from tests.addons.conftest import MakeAddon

pytestmark = pytest.mark.django_db

BODY = 'def commit(pbx):\n    pbx.add_to_dialplan("{slug}", "internal", "600", 1, ["NoOp", "{word}"])\n'


def run(*arguments: str) -> str:
    out = StringIO()
    call_command("commit", *arguments, stdout=out, stderr=out)
    return out.getvalue()


def addon(folder: Path) -> object:
    loaded = load_addon(folder).addon
    assert loaded is not None
    return registry.temporarily(loaded)


@pytest.fixture(autouse=True)
def settled(acme: Tenant, globex: Tenant) -> None:
    run()


def test_nothing_changed_is_nothing_deployed() -> None:
    assert run() == "nothing to change\n"
    assert run("--dry-run") == "nothing to change\n"
    assert run("--tenant", "acme", "--wait", "0") == "nothing to change\n"


def test_another_commit_function_is_shown_and_then_deployed(make_addon: MakeAddon) -> None:
    body = 'def commit(pbx):\n    for slug in pbx.tenants:\n        pbx.add_to_dialplan(slug, "internal", "600", 1, ["NoOp", slug])\n'
    body += '    pbx.add_to_database("door", "x", "1")\n'
    with addon(make_addon(commit=body)):  # type: ignore[attr-defined]
        shown = run("--dry-run", "--tenant", "acme")
        assert shown == "+ acme-internal 600,1 NoOp(acme)\n+ AstDB acme/door/x = 1\n"
        with open_tenant("acme"):
            assert not Extension.objects.filter(exten="600").exists()
            revisions = Revision.objects.count()
        assert run("--tenant", "acme") == "Changed: acme\n"
        with open_tenant("acme"):
            assert Revision.objects.count() == revisions + 1
        assert run() == "Changed: globex\n"
        assert run() == "nothing to change\n"


def test_a_server_wide_addon_is_shown_with_its_own_keys(make_addon: MakeAddon) -> None:
    body = (
        'def commit(pbx):\n    pbx.add_to_dialplan("globex", "internal", "600", 1, ["Answer"])\n    pbx.add_to_database("door", "x", "1")\n'
    )
    with addon(make_addon("door", scope="server", commit=body)):  # type: ignore[attr-defined]
        assert run("--dry-run", "--tenant", "acme") == "+ globex-internal 600,1 Answer()\n+ AstDB door/x = 1\n"
        assert not ServerEntry.objects.exists()
        assert run("--tenant", "acme") == "Changed: globex\n"


def test_a_failing_addon_is_told_while_the_rest_goes_on(make_addon: MakeAddon) -> None:
    with open_tenant("acme"), changing() as change:
        Phone.objects.create(number="101")
        change.touch("phone")
        Extension.objects.filter(exten="101").delete()
    with addon(make_addon(commit="def commit(pbx):\n    raise ValueError('no door')\n")):  # type: ignore[attr-defined]
        out = StringIO()
        with pytest.raises(CommandError, match="2 addons are failing"):
            call_command("commit", stdout=out, stderr=out)
        assert "acme: Addon 'door' failed in commit.py, line 3: no door\n" in out.getvalue()
        with open_tenant("acme"):
            assert Extension.objects.filter(exten="101").exists()
            assert "no door" in AddonState.objects.get(addon="door").error


def test_an_unknown_tenant() -> None:
    with pytest.raises(CommandError, match="There is no tenant 'nobody'"):
        run("--tenant", "nobody")
