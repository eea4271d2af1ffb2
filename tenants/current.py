"""Which tenant is open."""

from typing import Any

from django.db import connection
from django_tenants.utils import get_public_schema_name


def current_slug() -> str:
    """The slug of the tenant whose schema is open; empty in the public schema."""
    name: str = connection.schema_name
    return "" if name == get_public_schema_name() else name


def current_number() -> int | None:
    """The id of the open tenant, where it was opened by more than its slug."""
    tenant: Any = connection.tenant
    number: int | None = getattr(tenant, "pk", None)
    return number
