"""What a tenant may use, as operators set it."""

from collections.abc import Collection
from dataclasses import dataclass

from django.db import connection

from tenants.models import Tenant
from tenants.words import counted


@dataclass(frozen=True, slots=True)
class Limits:
    """None stands for as much as they like."""

    phones: int | None = None
    calls: int | None = None
    addons: Collection[str] | None = None

    def allows(self, addon: str) -> bool:
        """Whether the tenant may use this addon."""
        return self.addons is None or addon in self.addons


def limits_of(slug: str) -> Limits:
    """The limits of a tenant; none for what is no tenant. Those of the open one are as it was when it was opened."""
    opened = connection.tenant  # type: ignore[attr-defined]
    if isinstance(opened, Tenant) and opened.slug == slug:
        return Limits(opened.phone_limit, opened.call_limit, opened.addons_allowed)
    row = Tenant.objects.filter(schema_name=slug).values_list("phone_limit", "call_limit", "addons_allowed").first()
    return Limits(*row) if row else Limits()


def used_of(used: int, allowed: int | None) -> str:
    """A count beside its limit, as pages show it: "12 / 20"."""
    return str(used) if allowed is None else f"{used} / {allowed}"


def too_many_phones(allowed: int, used: int) -> str:
    """Why no phone can be added."""
    return f"{counted(allowed, 'phone')} may be here, and {counted(used, 'is', 'are')} already; ask your operator for more."


def exceeded(tenant: Tenant) -> str:
    """What to say of a tenant that has more phones than it may; "" of others."""
    if tenant.phone_limit is None or tenant.phones <= tenant.phone_limit:
        return ""
    return f"{tenant.name} has more phones than it may ({used_of(tenant.phones, tenant.phone_limit)}): all stay, and none can be added."
