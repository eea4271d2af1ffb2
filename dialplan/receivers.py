"""What the phone system does when a tenant comes or goes."""

from typing import Any

from django.dispatch import receiver
from django_tenants.utils import tenant_context

from dialplan.changes import SERVER, changing
from dialplan.deploy.wanted import place_new, unplace_all
from dialplan.models import Context
from dialplan.trunks.models import ClaimedNumber
from tenants.models import Tenant
from tenants.signals import tenant_created, tenant_deleted, tenant_deleting


@receiver(tenant_created)
def start_phone_system(tenant: Tenant, node: str | None, **kwargs: Any) -> None:
    with changing() as change:
        if not tenant.is_template:
            place_new(tenant.slug, node)
        with tenant_context(tenant):
            Context.objects.create(name="internal", description="What every phone of this tenant may dial.")
        change.touch("tenant", f"{tenant.name} created", slug=tenant.slug)


@receiver(tenant_deleting)
def leave_nodes(tenant: Tenant, **kwargs: Any) -> None:
    unplace_all(tenant.slug)
    ClaimedNumber.objects.filter(slug=tenant.slug).delete()


@receiver(tenant_deleted)
def tell_server_addons(slug: str, **kwargs: Any) -> None:
    with changing() as change:
        change.touch("tenant", slug=SERVER)
