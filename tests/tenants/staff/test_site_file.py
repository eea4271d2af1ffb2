"""Roles and who has them in the site file: said, changed, pruned, and exported as they were said."""

from collections.abc import Callable
from io import StringIO
from pathlib import Path
from textwrap import dedent

import pytest
from django.core.management import CommandError, call_command

from tenants.models import CustomRole, Membership, Tenant
from tests.scopserv_site.conftest import exported

FILE = """
    tenants:
      acme:
        roles:
          Night: [dialplan.change_phone, paging.view_record]
          Day: [door.change_record]
        staff:
          alice: {role: administrator, password: "pass-for-tests"}
          bob: {role: Night, password: "pass-for-tests"}
"""

Apply = Callable[..., str]


@pytest.fixture
def apply(tmp_path: Path) -> Apply:
    def run(text: str, **options: object) -> str:
        file, out = tmp_path / "site.yaml", StringIO()
        file.write_text(dedent(text))
        call_command("apply", str(file), stdout=out, stderr=out, **options)
        return out.getvalue()

    return run


def test_a_file_says_roles_and_who_has_them(acme: Tenant, apply: Apply) -> None:
    said = apply(FILE)
    assert "no addon 'door' is installed" in said
    assert Membership.objects.get(user__username="bob").custom_role == CustomRole.objects.get(name="Night")
    assert "nothing to change" in apply(FILE)
    text = exported(tenant="acme")
    assert "role: Night" in text
    assert "nothing to change" in apply(text, prune=True)


def test_roles_change_and_go(acme: Tenant, apply: Apply) -> None:
    apply(FILE)
    said = apply(FILE.replace("role: Night", "role: viewer").replace("paging.view_record", "paging.add_record"))
    assert "staff.bob: role Night -> viewer" in said
    assert Membership.objects.get(user__username="bob").role == Membership.Role.VIEWER
    assert "- tenants.acme.roles.Night" in apply("tenants: {acme: {roles: {Day: [door.change_record]}}}", prune=True)
    assert CustomRole.objects.get().name == "Day"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("tenants: {acme: {staff: {zoe: {role: Nihgt}}}}", "did you mean Night"),
        ("tenants: {acme: {staff: {zoe: {role: custom}}}}", "'custom' is unknown"),
        ("tenants: {acme: {roles: {Editor: []}}}", "every company has"),
        ("tenants: {acme: {roles: {Day: [dialplan.view_phon]}}}", "did you mean phone"),
        ("tenants: {acme: {roles: {Day: [tenants.change_membership]}}}", "No role can grant tenants.change_membership"),
        ("tenants: {acme: {roles: {Day: [everything]}}}", "No role can grant everything"),
        ("tenants: {acme: {roles: {Day: dialplan.view_phone}}}", "must be a list"),
    ],
)
def test_what_a_file_cannot_say(acme: Tenant, apply: Apply, text: str, words: str) -> None:
    apply(FILE)
    with pytest.raises(CommandError, match=words):
        apply(text)
    assert "Day" in exported(tenant="acme")


def test_a_role_that_is_used_is_not_pruned(acme: Tenant, apply: Apply) -> None:
    apply(FILE)
    with pytest.raises(CommandError, match="must name 'Night', as somebody has that role"):
        apply("tenants: {acme: {roles: {}}}", prune=True)
