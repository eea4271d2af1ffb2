"""The one place that writes the audit trail: changes of records, and what else happens, such as logins, exports and visits."""

from collections.abc import Mapping, Sequence
from typing import Any

from django_tenants.utils import get_tenant_model

from tenants.audit.models import AuditEntry
from tenants.audit.requests import current_actor, current_address
from tenants.current import current_number, current_slug

BATCH = 1000


def note(
    action: str,
    *,
    kind: str,
    actor: str | None = None,
    key: str = "",
    slug: str | None = None,
    values: Mapping[str, Any] | None = None,
) -> None:
    """Notes an event at the open tenant, or at the one that is named ("" for the site).

    Who did it from where is known from the request, unless `actor` says who. `values` are told as they are: no secrets.
    """
    where = current_slug() if slug is None else slug
    who = current_actor() if actor is None else actor
    told = {_clean(name): _clean(value) for name, value in (values or {}).items()}
    write([AuditEntry(action=action, kind=kind, actor=_clean(who)[:150], key=_clean(key)[:300], slug=where, values=told)])


def write(entries: Sequence[AuditEntry]) -> None:
    """Writes entries with where they come from, whichever schema is open: one insert."""
    address, numbers = current_address(), _numbers({entry.slug for entry in entries} - {""})
    for entry in entries:
        entry.address, entry.tenant_id = address, numbers.get(entry.slug)
    AuditEntry.objects.bulk_create(entries, batch_size=BATCH)


def _numbers(slugs: set[str]) -> dict[str, int]:
    """The tenants' ids by slug; one that is open is not asked for."""
    if not slugs:
        return {}
    if slugs == {current_slug()} and (number := current_number()):
        return {current_slug(): number}
    return dict(get_tenant_model().objects.filter(schema_name__in=slugs).values_list("schema_name", "pk"))


def _clean(value: Any) -> Any:
    """Without NUL, which the database takes in no text."""
    return value.replace("\0", "") if isinstance(value, str) else value
