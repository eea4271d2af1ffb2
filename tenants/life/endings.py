"""Who is in a tenant's console, or on the way there, is out when its slug is no longer that tenant's."""

from typing import Any

from django.dispatch import receiver

from tenants.logins.models import Session
from tenants.models import Tenant
from tenants.signals import tenant_deleting, tenant_renamed
from tenants.visits.models import Handoff


@receiver(tenant_renamed)
def end_at_old_name(old: str, **kwargs: Any) -> None:
    _end(old)


@receiver(tenant_deleting)
def end_at_deleted(tenant: Tenant, **kwargs: Any) -> None:
    _end(tenant.slug)


def _end(slug: str) -> None:
    for model in (Session, Handoff):
        model._default_manager.filter(slug=slug).delete()
