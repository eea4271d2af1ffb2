"""The one way into a tenant's schema, and a guard against taking rows from one tenant to another."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import models
from django_tenants.utils import get_public_schema_name, schema_context, tenant_context

from tenants.current import current_slug
from tenants.models import Tenant


class TenantMissing(LookupError):
    """No tenant has this slug."""


def find_tenant(slug: str) -> Tenant:
    """The tenant with this slug. Raises TenantMissing."""
    try:
        return Tenant.objects.get(schema_name=slug)
    except Tenant.DoesNotExist:
        raise TenantMissing(f"There is no tenant {slug!r}; 'manage.py list_tenants' shows those that exist.") from None


def all_slugs() -> list[str]:
    """The slugs of all tenants, in order."""
    public = get_public_schema_name()
    with schema_context(public):
        return list(Tenant.objects.exclude(schema_name=public).order_by("schema_name").values_list("schema_name", flat=True))


@contextmanager
def open_tenant(slug: str) -> Iterator[Tenant]:
    """Runs its block in the tenant's schema. Raises TenantMissing, where django-tenants would silently read the public schema."""
    tenant = find_tenant(slug)
    with tenant_context(tenant):
        yield tenant


class TenantRow(models.Model):
    """A row of a tenant's schema, which refuses to be saved or deleted in another one, where its id is somebody else's."""

    class Meta:
        abstract = True

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._slug = current_slug()

    def _refuse_elsewhere(self) -> None:
        if self._slug != current_slug():
            raise RuntimeError(f"{self!r} belongs to tenant {self._slug!r}, and the open tenant is {current_slug()!r}.")

    def save(self, *args: Any, **kwargs: Any) -> None:
        self._refuse_elsewhere()
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        self._refuse_elsewhere()
        return super().delete(*args, **kwargs)
