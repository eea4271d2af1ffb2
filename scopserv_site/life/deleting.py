"""Tenants that go, with a final export kept for a while, and come back from it."""

from collections.abc import Iterator

from django.conf import settings
from django.db import OperationalError, connection
from django_tenants.utils import get_public_schema_name, schema_context

from addons.models import Record
from addons.stored.tenant_names import naming
from dialplan.changes import SERVER, changing, lock
from dialplan.models import STAFF, Extension, IncomingLine, OutgoingLine, Phone
from dialplan.refusal import Refused
from scopserv_site.life.left_out import left_out
from scopserv_site.sitefile.apply import DEADLOCK, Applied, apply
from scopserv_site.sitefile.export import export_tenant
from scopserv_site.sitefile.reading import parse
from scopserv_site.sitefile.tree import Source
from scopserv_site.sitefile.writing import yaml_text
from tenants.audit.trail import note
from tenants.life.archives import forget_expired, keep
from tenants.life.models import Archive
from tenants.lifecycle import delete_tenant
from tenants.models import Tenant, User
from tenants.schema import find_tenant, open_tenant
from tenants.secrets import LostKey
from tenants.words import counted, listed

TRIES = 3
LIMITS = ("phone_limit", "call_limit")


def archive_and_delete(slug: str, *, actor: str, archive: bool = True) -> Archive | None:
    """Drops a tenant with all it owns, in one transaction with the final export that is kept of it.

    Raises TenantMissing, and Refused when that export would not be all of it.
    """
    for _ in range(TRIES - 1):
        try:
            return _archive_and_delete(slug, actor, archive)
        except OperationalError as error:  # somebody had a page of the tenant open half-way
            if connection.in_atomic_block or getattr(error.__cause__, "sqlstate", "") != DEADLOCK:
                raise
    return _archive_and_delete(slug, actor, archive)


def _archive_and_delete(slug: str, actor: str, archive: bool) -> Archive | None:
    with schema_context(get_public_schema_name()), changing(actor=actor):
        forget_expired()
        lock(SERVER)
        lock(slug)
        tenant = find_tenant(slug)
        if archive and (refusal := incomplete(slug)):
            raise Refused(refusal)
        kept = keep(tenant, tenant_file(slug), actor) if archive else None
        delete_tenant(slug)
        note("deleted", kind="tenant", actor=actor, key=slug, slug="", values={"company": tenant.name, "export kept": kept is not None})
    return kept


def incomplete(slug: str) -> str:
    """Why no final export can be kept of all that a tenant is; "" where it can, or where none is wanted."""
    missing = left_out(slug) if settings.ARCHIVE_DAYS else []
    if not missing:
        return ""
    return (
        f"The final export would lack {'; '.join(missing)}. Mend or install the addon first ('manage.py addon check' says what is wrong), "
        "or delete without a final export (delete_tenant --no-archive), from which nothing comes back."
    )


def tenant_file(slug: str, *, secrets: bool = True) -> str:
    """The site file of one tenant. Raises TenantMissing."""
    return yaml_text({"tenants": {slug: export_tenant(slug, secrets=secrets)}})


def restore(archive: Archive, *, actor: str, node: str | None = None) -> Applied:
    """Makes a deleted tenant anew, and keeps its export no longer. Raises Refused, or BadFile when something that it needs is missing."""
    with schema_context(get_public_schema_name()), changing(actor=actor):
        source = _source(archive)
        title, part = f"Tenant {archive.name} restored", source.root["tenants"][archive.slug]
        limits = {name: part.pop(name) for name in LIMITS if name in part}
        applied = apply(source, actor=actor, note=title, node=node)
        # A limit takes nothing away that is there, so it comes last.
        apply(Source(source.name, {"tenants": {archive.slug: limits}}), actor=actor, note=title)
        archive.delete()
        note("restored", kind="tenant", actor=actor, key=archive.slug, slug="", values={"company": archive.name})
    return applied


def restoring(archive: Archive) -> Applied:
    """What restoring would do. Raises as that does."""
    source = _source(archive)
    for name in LIMITS:
        source.root["tenants"][archive.slug].pop(name, None)
    return apply(source, dry_run=True)


def what_goes(tenant: Tenant) -> Iterator[str]:
    """What is lost with a tenant, in sentences."""
    with open_tenant(tenant.slug):
        things = [
            counted(Phone.objects.count(), "phone"),
            counted(IncomingLine.objects.count(), "incoming line"),
            counted(OutgoingLine.objects.count(), "outgoing line"),
            counted(Extension.objects.filter(origin=STAFF).count(), "line of dialplan", "lines of dialplan"),
            counted(Record.objects.count(), "record of addons", "records of addons"),
        ]
    yield f"With it go {', '.join(things)}. All of it leaves Asterisk at once."
    people = User.objects.filter(memberships__tenant=tenant).order_by("username").values_list("username", flat=True)
    if people:
        yield f"{counted(len(people), 'person loses', 'people lose')} access: {listed(people)}."
    named = naming(tenant.slug)
    if named:
        yield f"It is taken out of {listed(named)}."


def text_of(archive: Archive) -> str:
    """The site file that is kept. Raises Refused."""
    try:
        return archive.text
    except LostKey as error:
        raise Refused(str(error)) from error


def _source(archive: Archive) -> Source:
    """The file; what it says of people who have a login is older than what their login says."""
    if Tenant.objects.filter(schema_name=archive.slug).exists():
        raise Refused(f"There is a tenant {archive.slug!r} now; rename that one first.")
    name = f"export of {archive.slug}"
    root = parse(name, text_of(archive).encode())
    staff = root["tenants"][archive.slug].get("staff", {})
    for username in User.objects.filter(username__in=staff).values_list("username", flat=True):
        for field in ("name", "email"):
            staff[username].pop(field, None)
    return Source(name, root)
