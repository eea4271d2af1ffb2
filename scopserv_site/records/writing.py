"""Records written for a program: checked and saved as a site file is, which says the same of them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib.admin import ModelAdmin
from django.db.models import QuerySet
from django.http import HttpRequest
from django_tenants.utils import get_public_schema_name, schema_context

from dialplan.changes import MANY, changing, lock, lock_records
from dialplan.refusal import Refused
from scopserv_site.records.resource import Key, Resource, Values
from scopserv_site.sitefile.apply import Applied, apply
from scopserv_site.sitefile.faults import BadFile, Path
from scopserv_site.sitefile.tree import Source
from tenants.schema import current_slug


@dataclass(frozen=True, slots=True)
class RecordFault:
    """What is wrong with one of the given records; a fault of none of them has no key."""

    key: Key | None
    path: Path
    message: str


class BadRecords(Exception):
    """Nothing was saved, because of these faults."""

    def __init__(self, faults: Iterable[RecordFault]) -> None:
        self.faults = tuple(faults)
        super().__init__("; ".join(fault.message for fault in self.faults))


def keep_others_out() -> None:
    """Keeps other programs, and people at the open console, from changing records until the transaction ends."""
    lock(MANY)
    lock_records(current_slug())


def put(resource: Resource, records: Mapping[Key, Values], *, actor: str, note: str, dry_run: bool = False) -> Applied:
    """Lays each record over what is stored of it, all in one change. Raises BadRecords or Refused, and then nothing is saved."""
    own = [RecordFault(key, path, message) for key, values in records.items() for path, message in resource.faults(key, values)]
    if own:
        raise BadRecords(own)
    source = Source(note, resource.file(records))
    places = {resource.where(key): key for key in records}
    try:
        with schema_context(get_public_schema_name()):
            return apply(source, actor=actor, note=note, dry_run=dry_run)
    except BadFile as error:
        if not error.faults:  # somebody else was faster
            raise Refused("Somebody changed the same records at this moment; nothing was saved, so try again.") from error
        raise BadRecords(_fault(resource, places, fault.path, fault.message) for fault in error.faults) from error


def remove(admin: ModelAdmin, request: HttpRequest, rows: QuerySet) -> None:
    """Deletes rows as their page on the console does. Raises Refused."""
    found = list(rows)
    protected = admin.get_deleted_objects(found, request)[3]
    if protected:
        raise Refused(f"It is still named by {', '.join(map(str, protected))}; change that first.")
    with changing(actor=request.user.get_username(), own=_own_addons(admin)):
        if len(found) == 1:
            admin.delete_model(request, found[0])
        else:
            admin.delete_queryset(request, rows)


def _own_addons(admin: Any) -> frozenset[str]:
    own: frozenset[str] = admin.own_addons() if hasattr(admin, "own_addons") else frozenset()
    return own


def _fault(resource: Resource, places: Mapping[Path, Key], path: Path, message: str) -> RecordFault:
    for length in range(len(path), 0, -1):
        if (key := places.get(path[:length])) is not None:
            return RecordFault(key, resource.fault_path(path[length:]), message)
    return RecordFault(None, (), message)
