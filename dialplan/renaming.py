"""Gives a tenant another slug, here and on its nodes, all in one change."""

from django_tenants.utils import get_public_schema_name, schema_context

from dialplan.changes import SERVER, changing, lock
from tenants.audit.models import AuditEntry
from tenants.audit.trail import note
from tenants.lifecycle import rename_tenant
from tenants.models import Tenant

RENAMED = "renamed"


def rename(old: str, new: str, *, actor: str) -> bool:
    """Renames it; False when that was done already, as by a command that was killed after it. Raises TenantMissing and ValueError."""
    with schema_context(get_public_schema_name()), changing(actor=actor):
        for name in (SERVER, *sorted((old, new))):
            lock(name)
        if _is_done(old, new):
            return False
        rename_tenant(old, new)
        note(RENAMED, kind="tenant", actor=actor, key=new, slug=new, values={"from": old})
    return True


def _is_done(old: str, new: str) -> bool:
    if Tenant.objects.filter(schema_name=old).exists():
        return False
    tenant = Tenant.objects.filter(schema_name=new).first()
    done = AuditEntry.objects.filter(tenant=tenant and tenant.pk, kind="tenant", action=RENAMED).first()
    return tenant is not None and done is not None and done.values == {"from": old}
