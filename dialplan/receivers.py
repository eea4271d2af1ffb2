"""What the phone system does when a tenant comes or goes."""

from typing import Any

from django.dispatch import receiver
from django_tenants.utils import tenant_context

from dialplan.changes import SERVER, changing
from dialplan.deploy.wanted import place_new, rename_places, unplace_all
from dialplan.models import Context
from dialplan.trunks.models import ClaimedNumber
from tenants.models import Tenant
from tenants.signals import tenant_created, tenant_deleted, tenant_deleting, tenant_renamed


@receiver(tenant_created)
def start_phone_system(tenant: Tenant, node: str | None, **kwargs: Any) -> None:
    with changing() as change:
        if not tenant.is_template:
            place_new(tenant.slug, node)
        with tenant_context(tenant):
            Context.objects.create(name="internal", description="What every phone of this tenant may dial.")
        change.touch("tenant", f"{tenant.name} created", slug=tenant.slug)


@receiver(tenant_renamed)
def rename_on_nodes(tenant: Tenant, old: str, **kwargs: Any) -> None:
    ClaimedNumber.objects.filter(slug=old).update(slug=tenant.slug)
    rename_places(old, tenant.slug)
    with changing() as change:
        change.everything = True  # what server-wide addons wrote for others names it, too
        change.touch("tenant", f"Renamed from {old}", slug=tenant.slug)
        change.touch("tenant", slug=SERVER)


@receiver(tenant_deleting)
def leave_nodes(tenant: Tenant, **kwargs: Any) -> None:
    unplace_all(tenant.slug)
    ClaimedNumber.objects.filter(slug=tenant.slug).delete()


@receiver(tenant_deleted)
def tell_server_addons(slug: str, **kwargs: Any) -> None:
    with changing() as change:
        change.touch("tenant", slug=SERVER)
