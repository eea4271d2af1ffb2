"""What commit functions read: records of sections and addons, complete and read-only; one query a kind for all tenants."""

import json
from collections.abc import Sequence
from functools import cached_property
from typing import Any

from psycopg import sql

from addons.commits.kinds import FIELDS, KINDS, Info, freeze
from addons.commits.outputs import entries_of, load
from addons.declarations.records import as_read, with_defaults
from addons.discovery.loading import Addon
from addons.discovery.registry import Registry
from addons.models import AddonState, Record
from addons.server.models import ServerRecord, ServerState
from addons.stored.schemas import across
from dialplan.deploy.wanted import applications_of
from dialplan.models import SECTIONS
from dialplan.trunks.models import Trunk
from tenants.models import Tenant


class Infos:
    """The records of some tenants, each kind read once."""

    def __init__(self, registry: Registry, slugs: Sequence[str]) -> None:
        self.registry = registry
        self.slugs = tuple(slugs)
        self._read: dict[str, tuple[Info, ...]] = {}

    @cached_property
    def applications(self) -> dict[str, dict[str, list[str]]]:
        """Of each tenant the applications of its nodes; read once for all addons."""
        return applications_of(self.slugs)

    def get(self, kind: str) -> tuple[Info, ...]:
        """All records of a kind, tenant by tenant. Raises LookupError for a kind that is neither a section nor an addon."""
        if kind not in self._read:
            self._read[kind] = tuple(freeze(record) for record in self._records(kind))
        return self._read[kind]

    def settings(self, addon: Addon) -> Info:
        """The settings record of an addon that nobody has saved yet: its defaults."""
        slug = "" if addon.info.scope == "server" else self.slugs[0]
        record: Info = freeze({"tenant": slug, **as_read(addon.params, addon.empty_record())})
        return record

    def addon(self, name: str) -> Addon | None:
        """The addon with this name, if there is one."""
        return self.registry.get(name) if name in self.registry else None

    def written(self, addon: Addon) -> dict[tuple[str, str], str]:
        """The AstDB values of the addon's last good commit, by family and key; a tenant's addon is asked for at its open tenant."""
        states: Any = (ServerState if addon.info.scope == "server" else AddonState).objects
        rows = states.filter(addon=addon.name).values_list("operations", flat=True).first()
        return entries_of(load(addon.name, rows or []).operations)

    def _records(self, kind: str) -> list[dict[str, Any]]:
        if kind in FIELDS:
            return self._sections(kind)
        if kind == "tenant":
            return [
                {"tenant": slug, "name": name}
                for slug, name in Tenant.objects.filter(schema_name__in=self.slugs).values_list("schema_name", "name")
            ]
        if kind == "trunk":
            return self._trunks()
        if kind not in self.registry:
            known = ", ".join([*KINDS, *(each.name for each in self.registry.addons)])
            raise LookupError(f"there is no kind of record {kind!r}; known are {known}")
        return self._addon(self.registry.get(kind))

    def _sections(self, kind: str) -> list[dict[str, Any]]:
        model, fields = SECTIONS[kind], FIELDS[kind]
        extras = [(addon.name, addon.extras[kind].params) for addon in self.registry.addons if kind in addon.extras]
        records = []
        for slug, extra, *values in _rows(model._meta.db_table, ("extra", "id", *fields), self.slugs, fields[0]):
            stored = json.loads(extra)
            filled = {name: as_read(params, with_defaults(params, stored.get(name, {}))) for name, params in extras}
            records.append({"tenant": slug, **dict(zip(("id", *fields), values, strict=True)), "extra": filled})
        return records

    def _trunks(self) -> list[dict[str, Any]]:
        trunks = [(trunk, {tenant.slug for tenant in trunk.tenants.all()}) for trunk in Trunk.objects.prefetch_related("tenants")]
        return [
            {"tenant": slug, "name": trunk.name, "technology": trunk.technology, "host": trunk.host}
            for slug in self.slugs
            for trunk, slugs in trunks
            if trunk.all_tenants or slug in slugs
        ]

    def _addon(self, addon: Addon) -> list[dict[str, Any]]:
        if addon.info.scope == "server":
            rows = [
                ("", data)
                for data in ServerRecord.objects.filter(addon=addon.name).order_by("position", "id").values_list("data", flat=True)
            ]
        else:
            found = _rows(Record._meta.db_table, ("data",), self.slugs, "position, id", "addon = %(addon)s", addon=addon.name)
            rows = [(slug, json.loads(data)) for slug, data in found]
        return [{"tenant": slug, **as_read(addon.params, with_defaults(addon.params, data))} for slug, data in rows]


def _rows(
    table: str, columns: Sequence[str], slugs: Sequence[str], order: str, where: str = "TRUE", **values: Any
) -> list[tuple[Any, ...]]:
    """Rows of one table of several tenants, in the tenants' order: (slug, *columns). JSON comes as text."""

    def select(slug: str) -> sql.Composable:
        return sql.SQL("SELECT {slug}::text, {columns} FROM {table} WHERE {where} ORDER BY {order}").format(
            slug=sql.Literal(slug),
            columns=sql.SQL(", ").join(sql.Identifier(column) for column in columns),
            table=sql.Identifier(slug, table),
            where=sql.SQL(where),
            order=sql.SQL(order),
        )

    return list(across(slugs, select, values))
