"""Writes what happened, other than changes of records: logins and their failures, exports, visits."""

from collections.abc import Mapping
from typing import Any

from tenants.audit.models import AuditEntry
from tenants.audit.requests import current_address
from tenants.schema import current_slug


def note(action: str, *, kind: str, actor: str, key: str = "", slug: str | None = None, values: Mapping[str, Any] | None = None) -> None:
    """Notes an event at the open tenant, or at the one that is named ("" for the site); where from is known from the request."""
    where = current_slug() if slug is None else slug
    AuditEntry.objects.create(
        action=action, kind=kind, actor=actor[:150], key=key[:300], slug=where, values=dict(values or {}), address=current_address()
    )
