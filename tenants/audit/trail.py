"""The one place that writes the audit trail: changes of records, and what else happens, such as logins, exports and visits."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

from django_tenants.utils import get_tenant_model

from tenants.audit.models import AuditEntry
from tenants.audit.requests import current_actor, current_address
from tenants.current import current_number, current_slug

ADDED, CHANGED, DELETED = "added", "changed", "deleted"
BATCH = 1000


@dataclass(slots=True)
class _Notes:
    """What one change of the site did so far: one entry for each record and each event."""

    actor: str
    found: dict[tuple[Any, ...], AuditEntry] = field(default_factory=dict)

    def add(self, entry: AuditEntry) -> None:
        place = (entry.slug, entry.kind, entry.record) if entry.record is not None else (id(entry),)
        before = self.found.pop(place, None)
        if before is None:
            self.found[place] = entry
        elif entry.action != DELETED or before.action != ADDED:
            self.found[place] = _one(before, entry)


_noting: ContextVar[_Notes | None] = ContextVar("noting", default=None)


@contextmanager
def noting(actor: str) -> Iterator[None]:
    """Keeps what its block does, and writes it all at the end: one insert for all tenants, or nothing when the block fails."""
    notes = _Notes(actor)
    token = _noting.set(notes)
    try:
        yield
        if notes.found:
            _write(list(notes.found.values()))
    finally:
        _noting.reset(token)


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
    told = {_clean(name): _clean(value) for name, value in (values or {}).items()}
    add(AuditEntry(action=action, kind=kind, actor=_clean(actor or "")[:150], key=_clean(key)[:300], slug=where, values=told))


def add(entry: AuditEntry) -> None:
    """Writes an entry, with the change that it is part of; who did it from where is filled in."""
    notes = _noting.get()
    entry.actor = entry.actor or (notes.actor if notes else "") or current_actor()
    if notes is None:
        _write([entry])
    else:
        notes.add(entry)


def _write(entries: Sequence[AuditEntry]) -> None:
    """One insert, whichever schema is open."""
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


def _one(first: AuditEntry, second: AuditEntry) -> AuditEntry:
    """Two entries of one record as one, from what was before both to what is after both."""
    olds = {name: pair[0] for name, pair in first.values.items()}
    later = {name: [olds.get(name, old), new] for name, (old, new) in second.values.items()}
    if second.action == DELETED:
        second.values = later
    else:
        second.values, second.action = {**first.values, **later}, first.action
    return second


def _clean(value: Any) -> Any:
    """Without NUL, which the database takes in no text."""
    return value.replace("\0", "") if isinstance(value, str) else value
