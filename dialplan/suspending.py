"""Suspends tenants and brings them back: their nodes drop all that is theirs, their people cannot log in, and everything stays stored."""

from django.utils import timezone
from django_tenants.utils import get_public_schema_name, schema_context

from dialplan.changes import changing
from tenants.schema import find_tenant


def suspend(slug: str, *, actor: str) -> bool:
    """Takes the tenant's phones, lines and keys off its nodes; whether it was not suspended before. Raises TenantMissing."""
    return _set(slug, True, "Suspended", actor)


def resume(slug: str, *, actor: str) -> bool:
    """Brings a suspended tenant back as it is stored; whether it was suspended. Raises TenantMissing."""
    return _set(slug, False, "Resumed", actor)


def _set(slug: str, suspended: bool, note: str, actor: str) -> bool:
    with schema_context(get_public_schema_name()), changing(actor=actor) as change:
        tenant = find_tenant(slug)
        if (tenant.suspended is not None) == suspended:
            return False
        tenant.suspended = timezone.now() if suspended else None
        tenant.save(update_fields=["suspended"])
        change.touch("suspension", note, slug=slug)
    return True
