"""kill -9 in the middle of whatever is done to a whole tenant: it is as before or as after, and the same command finishes it."""

from pathlib import Path

import pytest
from django.db import connection

from dialplan.models import Phone
from scopserv_site.life.deleting import tenant_file
from scopserv_site.sitefile.apply import apply
from scopserv_site.sitefile.reading import parse
from scopserv_site.sitefile.tree import Source
from tenants.lifecycle import create_tenant
from tenants.models import Domain, Tenant
from tenants.schema import open_tenant
from tests.tenants.life.killing import BEFORE_COMMIT, Command, on_lock, stopped_at

pytestmark = pytest.mark.django_db(transaction=True)

SITE = """
tenants:
  umbra:
    phones: {"101": {name: Ann, secret: umbra-101}, "102": {name: Ben, secret: umbra-102}}
    contexts: {internal: {"600": [[Answer], [Hangup]]}}
    addons: {paging: {"*70": {members: ["101", "102"]}}}
"""


@pytest.fixture
def umbra() -> str:
    """What a tenant is that really is committed, as a file says it."""
    create_tenant("umbra", name="Umbra")
    apply(Source("site.yaml", parse("site.yaml", SITE.encode())))
    return tenant_file("umbra")


def places() -> tuple[set[str], set[str], set[str]]:
    """Whose schemas, tenants and host names there are."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nspname FROM pg_namespace WHERE nspname !~ '^pg_' AND nspname NOT IN ('public', 'information_schema')")
        schemas = {name for (name,) in cursor.fetchall()}
    hosts = {host.partition(".")[0] for host in Domain.objects.values_list("domain", flat=True)}
    return schemas, set(Tenant.objects.exclude(schema_name="public").values_list("schema_name", flat=True)), hosts


def are(*slugs: str) -> bool:
    return places() == ({"acme", "globex", *slugs},) * 3


@pytest.mark.parametrize(
    ("command", "locks", "before", "after"),
    [
        (["create_tenant", "penta", "--name", "Penta"], ["penta", BEFORE_COMMIT], ["umbra"], ["umbra", "penta"]),
        (
            ["create_tenant", "penta", "--name", "Penta", "--like", "umbra"],
            ["many records", "umbra", "penta", BEFORE_COMMIT],
            ["umbra"],
            ["umbra", "penta"],
        ),
        (["rename_tenant", "umbra", "apex"], ["umbra", BEFORE_COMMIT], ["umbra"], ["apex"]),
        (["delete_tenant", "umbra", "--yes"], ["umbra", BEFORE_COMMIT], ["umbra"], []),
    ],
    ids=["create", "copy", "rename", "delete"],
)
def test_all_or_nothing(umbra: str, tmp_path: Path, command: list[str], locks: list[str], before: list[str], after: list[str]) -> None:
    for lock in locks:
        with stopped_at(lock if lock == BEFORE_COMMIT else on_lock(lock), tmp_path, *command) as killed:
            killed.kill()
        assert are(*before), lock
        assert tenant_file("umbra") == umbra
    Command(tmp_path, *command).said()
    assert are(*after)
    for slug in after:
        with open_tenant(slug):
            assert Phone.objects.count() == (0 if "--like" not in command and slug == "penta" else 2)
    if command[0] == "delete_tenant":
        with stopped_at(BEFORE_COMMIT, tmp_path, "restore_tenant", "umbra") as killed:
            killed.kill()
        assert are()
        Command(tmp_path, "restore_tenant", "umbra").said()
        assert tenant_file("umbra") == umbra
