"""Which entries of the audit trail somebody may see at the open console."""

from typing import Any

from django.apps import apps
from django.db.models import QuerySet

from tenants.access import is_administrator, may
from tenants.audit.models import AuditEntry
from tenants.audit.tracking import Tracked
from tenants.current import current_slug
from tenants.staff.permissions import permission


def entries_seen_by(user: Any, entries: QuerySet[AuditEntry]) -> QuerySet[AuditEntry]:
    """At the operators' console all. At a tenant's its own: all for administrators, and for others the changes of the
    records that they may see, without logins, exports, and what was done to people and their roles."""
    slug = current_slug()
    if not slug:
        return entries
    own = entries.filter(tenant__schema_name=slug)
    if is_administrator(user):
        return own
    return own.filter(record__isnull=False, kind__in=[kind for kind, seen in _kinds() if may(user, seen)])


def _kinds() -> list[tuple[str, str]]:
    """The kinds of record whose changes are not for administrators alone, and the permission to see each."""
    models = [model for model in apps.get_models() if issubclass(model, Tracked) and not model.history_is_private]
    return [(_kind(model), permission(model._meta.app_label, "view", model._meta.model_name or "")) for model in models]


def _kind(model: type[Tracked]) -> str:
    kind: Any = model.history_kind
    return kind if isinstance(kind, str) else model._meta.app_label  # an addon's records are of the addon's kind
