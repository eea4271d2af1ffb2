"""Tenants come whole and go whole."""

import pytest
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.db import connection

from dialplan.models import Context, Phone
from tenants.lifecycle import create_tenant, delete_tenant
from tenants.models import Domain, Tenant, User
from tenants.schema import TenantMissing, open_tenant
from tests.people import browser, operator, staff

pytestmark = pytest.mark.django_db


def schemas() -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT nspname FROM pg_namespace")
        return {row[0] for row in cursor.fetchall()}


@pytest.mark.parametrize(
    "slug",
    [
        "",
        "A",
        "Acme",
        "1a",
        "a-b",
        "a_b",
        "a b",
        "a" * 17,
        "acmé",
        "public",
        "pgx",
        "pg_catalog",
        "t",
        "admin",
        "general",
        "trunk",
        "a\n",
        'a"',
        "a;b",
    ],
)
def test_a_slug_that_would_break_something_is_refused(slug: str) -> None:
    with pytest.raises(ValueError, match="slug"):
        create_tenant(slug, name="X")
    assert not Tenant.objects.filter(name="X").exists()


def test_a_new_tenant_has_a_schema_a_host_and_a_context() -> None:
    tenant = create_tenant("initech", name="Initech")
    assert "initech" in schemas()
    assert tenant.get_primary_domain().domain == "initech.localhost"
    with open_tenant("initech"):
        assert list(Context.objects.values_list("name", flat=True)) == ["internal"]


BAD_NAMES = ["", "  ", "Ac\u200cme", "Ac\tme", "Ac\u202eme", "Ac\nme", "Ac\x1b[31mme", "x" * 101]


@pytest.mark.parametrize("name", BAD_NAMES)
def test_a_name_that_no_file_could_bring_back_is_refused(name: str) -> None:
    with pytest.raises(CommandError, match=r"^name: "):
        call_command("create_tenant", "initech", name=name)
    with pytest.raises(CommandError, match="name: "):
        call_command("create_tenant", "initech", name=name, like="acme")
    assert "initech" not in schemas()


@pytest.mark.parametrize("name", BAD_NAMES)
def test_the_form_takes_no_such_name(name: str, acme: Tenant) -> None:
    olga = browser("localhost", operator())
    for page in ("add", f"{acme.pk}/change"):
        form = olga.post(f"/tenants/tenant/{page}/", {"schema_name": "initech", "name": name}).context["adminform"].form
        assert "name" in form.errors
    acme.refresh_from_db()
    assert acme.name == "Acme Corp"


def test_a_context_and_a_person_are_called_what_a_file_can_bring_back(acme: Tenant) -> None:
    family = "\N{MAN}\N{ZERO WIDTH JOINER}\N{WOMAN}"
    form = browser("acme.localhost", staff(acme)).post("/dialplan/context/add/", {"name": "lobby", "description": family})
    assert "U+200D" in str(form.context["adminform"].form.errors["description"])
    with pytest.raises(ValidationError, match="U\\+200D"):
        User(username="zoe", first_name=family).clean_fields(exclude=["password"])


@pytest.mark.parametrize("domain", ["acme.localhost", "localhost", "not a host", "-x.example.net", "x" * 300])
def test_a_host_that_will_not_do_leaves_nothing_behind(domain: str) -> None:
    with pytest.raises(ValueError, match="domain"):
        create_tenant("initech", name="Initech", domain=domain)
    assert "initech" not in schemas()
    assert not Tenant.objects.filter(schema_name="initech").exists()


def test_an_unknown_node_leaves_nothing_behind() -> None:
    with pytest.raises(ValueError, match="no node 'pbx9'"):
        create_tenant("initech", name="Initech", node="pbx9")
    assert "initech" not in schemas()


def test_a_tenant_is_made_once() -> None:
    with pytest.raises(ValueError, match="exists already"):
        create_tenant("acme", name="Again")


def test_deleting_takes_schema_and_hosts() -> None:
    create_tenant("initech", name="Initech")
    delete_tenant("initech")
    assert "initech" not in schemas()
    assert not Domain.objects.filter(domain="initech.localhost").exists()
    with pytest.raises(TenantMissing, match="initech"), open_tenant("initech"):
        pass


def test_a_row_of_one_tenant_is_not_saved_in_another() -> None:
    with open_tenant("acme"):
        phone = Phone.objects.create(number="101")
    with open_tenant("globex"):
        with pytest.raises(RuntimeError, match="acme"):
            phone.save()
        with pytest.raises(RuntimeError, match="acme"):
            phone.delete()
        assert not Phone.objects.exists()
