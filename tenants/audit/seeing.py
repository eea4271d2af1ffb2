"""Which entries of the audit trail somebody may see at the open console."""

from functools import cache
from typing import Any

from django.apps import apps
from django.db.models import QuerySet

from tenants.access import role_at
from tenants.audit.models import AuditEntry
from tenants.audit.tracking import Tracked
from tenants.current import current_slug
from tenants.models import Membership


def entries_seen_by(user: Any, entries: QuerySet[AuditEntry]) -> QuerySet[AuditEntry]:
    """At the operators' console all; at a tenant's its own, and of these the changes of its phones and the like for all of its people,
    while logins, exports, and what was done to people and their roles are for administrators."""
    slug = current_slug()
    if not slug:
        return entries
    own = entries.filter(tenant__schema_name=slug)
    if role_at(user, slug) == Membership.Role.ADMINISTRATOR:
        return own
    return own.filter(record__isnull=False).exclude(kind__in=private_kinds())


@cache
def private_kinds() -> frozenset[str]:
    """Kinds of record whose changes are for administrators alone."""
    return frozenset(model.history_kind for model in apps.get_models() if issubclass(model, Tracked) and model.history_is_private)
