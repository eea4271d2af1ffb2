"""Keeps the records of server-wide addons in step with the tenants that they name."""

from collections.abc import Iterator
from typing import Any

from django.dispatch import receiver
from django_tenants.utils import get_public_schema_name, schema_context

from addons.declarations.naming import renamed
from addons.declarations.records import with_defaults
from addons.discovery.registry import registry
from addons.server.models import ServerRecord
from dialplan.changes import SERVER, changing
from tenants.models import Tenant
from tenants.signals import tenant_deleting, tenant_renamed


@receiver(tenant_deleting)
def forget(tenant: Tenant, **kwargs: Any) -> None:
    """A later tenant of that slug is another company, which nobody has named."""
    _rename(tenant.slug, None)


@receiver(tenant_renamed)
def rename(tenant: Tenant, old: str, **kwargs: Any) -> None:
    _rename(old, tenant.slug)


def naming(slug: str) -> list[str]:
    """The records that name a tenant, in words."""
    return [f"{registry.get(row.addon).info.name} {row}" for row, before in _records() if before != _changed(row, before, slug, None)]


def _rename(old: str, new: str | None) -> None:
    with schema_context(get_public_schema_name()), changing() as change:
        for row, before in _records():
            after = _changed(row, before, old, new)
            if after == before:
                continue
            if after is None:
                row.delete()
            else:
                key = registry.get(row.addon).key
                row.data, row.key, row.version = after, after[key.name] if key else "", row.version + 1
                row.save()
            change.touch(row.addon, slug=SERVER)


def _records() -> Iterator[tuple[ServerRecord, dict[str, Any]]]:
    for row in ServerRecord.objects.all():
        if row.addon in registry:
            yield row, with_defaults(registry.get(row.addon).params, row.data)


def _changed(row: ServerRecord, data: dict[str, Any], old: str, new: str | None) -> dict[str, Any] | None:
    return renamed(registry.get(row.addon).params, data, "tenant", lambda slug: new if slug == old else slug)
