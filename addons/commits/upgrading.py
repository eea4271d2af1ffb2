"""Brings the records that an older version of an addon saved to what its newer version declares, by the addon's own upgrade.py."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.db import transaction
from django.db.utils import IntegrityError
from django.utils import timezone
from django_tenants.utils import get_public_schema_name
from psycopg import sql

from addons.commits.running import CommitError, blaming
from addons.declarations.declare import kind
from addons.declarations.errors import RecordErrors
from addons.declarations.records import clean_record
from addons.discovery.loading import Addon
from addons.discovery.registry import registry
from addons.models import AddonState, Record
from addons.server.models import ServerRecord
from addons.stored.schemas import across
from dialplan.changes import SERVER, changing
from tenants.schema import TenantMissing, all_slugs, current_slug
from tenants.secrets import opened

_PARTS = re.compile(r"\d+|[^\d.]+")


def is_older(version: str, than: str) -> bool:
    """Whether one version comes before another: 1.9 before 1.10, and a record that knows no version before all."""
    return _order(version) < _order(than)


def upgrade_records(addon: Addon) -> int:
    """Upgrades the addon's older records of the open tenant, or of the server: all of them or, when one cannot be, none.

    How many there were. Raises CommitError, which names file, line and record.
    """
    if addon.upgrade is None:
        return 0
    with changing(actor="upgrade") as change:
        model: Any = ServerRecord if addon.info.scope == "server" else Record
        others = model.objects.select_for_update().filter(addon=addon.name).exclude(addon_version=addon.info.version)
        rows = [row for row in others.order_by("id") if is_older(row.addon_version, addon.info.version)]
        if rows:
            _upgrade(addon, rows)
            try:
                with transaction.atomic():
                    model.objects.bulk_update(rows, ["data", "key", "addon_version", "modified", "version"], batch_size=500)
            except IntegrityError as error:
                raise CommitError(f"{_failed(addon)} it gives two records the same key; its records stay as they were") from error
            slug = SERVER if addon.info.scope == "server" else current_slug()
            change.touch(addon.name, f"{addon.info.name}: records upgraded to version {addon.info.version}", slug=slug)
    return len(rows)


def upgrade_site() -> list[str]:
    """Upgrades all older records, each tenant's in a transaction of its own, and recommits their addons.

    An addon that cannot upgrade a tenant's records is marked failing there and keeps its last good output; the (tenant, addon) of those.
    """
    for slug, names in outdated().items():
        try:
            with changing(actor="upgrade") as change:
                for name in names:
                    change.touch(name, slug=slug)  # the commit upgrades the records first
        except TenantMissing:
            continue
    return [f"{name} at {slug or 'the server'}" for slug, names in outdated().items() for name in names]


def outdated() -> dict[str, list[str]]:
    """The addons by tenant (SERVER for server-wide ones) that have an upgrade.py and records of an older version."""
    addons = {addon.name: addon for addon in registry.addons if addon.upgrade is not None or addon.upgrade_extra is not None}
    found: dict[str, list[str]] = {}
    for slug, name, version in [*_stored_versions(addons), *_extras_versions(addons)]:
        if is_older(version, addons[name].info.version) and name not in found.setdefault(slug, []):
            found[slug].append(name)
    return {slug: names for slug, names in found.items() if names}


def _stored_versions(addons: Mapping[str, Addon]) -> Iterator[tuple[str, str, str]]:
    """(tenant, addon, version) of all records of these addons that can be upgraded, each once."""
    public = get_public_schema_name()
    names = [name for name, addon in addons.items() if addon.upgrade is not None]

    def select(schema: str) -> sql.Composable:
        slug, model = (SERVER, ServerRecord) if schema == public else (schema, Record)
        query = sql.SQL("SELECT {}, addon, addon_version FROM {} WHERE addon = ANY(%(names)s) GROUP BY addon, addon_version")
        return query.format(sql.Literal(slug), sql.Identifier(schema, model._meta.db_table))

    yield from across([public, *all_slugs()], select, {"names": names}) if names else ()


def _extras_versions(addons: Mapping[str, Addon]) -> Iterator[tuple[str, str, str]]:
    """(tenant, addon, version) of what these addons added to the tenants' sections."""
    names = [name for name, addon in addons.items() if addon.upgrade_extra is not None]

    def select(schema: str) -> sql.Composable:
        query = sql.SQL("SELECT {}, addon, coalesce(nullif(extras_version, ''), version) FROM {} WHERE addon = ANY(%(names)s)")
        return query.format(sql.Literal(schema), sql.Identifier(schema, AddonState._meta.db_table))

    yield from across(all_slugs(), select, {"names": names}) if names else ()


def _upgrade(addon: Addon, rows: Sequence[Any]) -> None:
    """Gives the rows their new data, unsaved."""
    assert addon.upgrade is not None
    row: Any = None
    given: list[Any] = []
    try:
        with blaming(addon, "its upgrade"):
            for row in rows:
                given.append(addon.upgrade(opened(row.data), row.addon_version))
    except CommitError as error:
        raise CommitError(f"{error}{_about(row)}") from error
    for row, data in zip(rows, given, strict=True):
        row.data = _checked(addon, row, data)
        row.key = str(row.data[addon.key.name]) if addon.key else ""
        row.modified, row.version = timezone.now(), row.version + 1
        row.addon_version = addon.info.version


def _checked(addon: Addon, row: Any, data: Any) -> dict[str, Any]:
    if not isinstance(data, Mapping):
        raise CommitError(f"{_failed(addon)} it must return the record, not {kind(data)}{_about(row)}")
    try:
        return clean_record(addon.params, data)
    except RecordErrors as error:
        raise CommitError(f"{_failed(addon)} what it returns cannot be saved: {'; '.join(error.lines())}{_about(row)}") from None


def _failed(addon: Addon) -> str:
    line = getattr(getattr(addon.upgrade, "__code__", None), "co_firstlineno", 1)
    return f"Addon '{addon.name}' failed in upgrade.py, line {line}:"


def _about(row: Any) -> str:
    which = f"record {row.key!r}" if row is not None and row.key else "the settings"
    return f" ({which} of version {row.addon_version or 'unknown'}); its records stay as they were"


def _order(version: str) -> list[tuple[int, str]]:
    return [(int(part), "") if part.isdecimal() else (-1, part) for part in _PARTS.findall(version)]
