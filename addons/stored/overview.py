"""How every addon is across the site: on or off at how many tenants, failing, when it last ran, how many records it has."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime

from django_tenants.utils import get_public_schema_name
from psycopg import sql

from addons.discovery.registry import registry
from addons.models import AddonState, Record
from addons.server.models import ServerRecord, ServerState
from addons.stored.schemas import across
from tenants.schema import all_slugs
from tenants.words import counted

ON, OFF = "on", "off"


@dataclass(slots=True)
class Summary:
    """One addon; `errors` by tenant ("" for a server-wide one), `changed` is when its output last changed or it last failed."""

    off: list[str] = field(default_factory=list)
    errors: dict[str, str] = field(default_factory=dict)
    ran: datetime | None = None
    changed: datetime | None = None
    records: int = 0

    def state(self, scope: str, tenants: int) -> str:
        """In a few words: "on", "off", "on at 3 of 4 tenants", "failing at 1 tenant"."""
        if self.errors:
            return "failing" if scope == "server" else f"failing at {counted(len(self.errors), 'tenant')}"
        if not self.off:
            return ON
        on = tenants - len(self.off)
        return OFF if scope == "server" or on <= 0 else f"on at {on} of {counted(tenants, 'tenant')}"


def overview() -> tuple[dict[str, Summary], int]:
    """A summary of each addon that has left anything anywhere, and the number of tenants; as many queries for one tenant as for 200."""
    found: defaultdict[str, Summary] = defaultdict(Summary)
    public, slugs = get_public_schema_name(), all_slugs()
    server = {addon.name for addon in registry.addons if addon.info.scope == "server"}
    places = [(public, ServerState, ServerRecord), *((slug, AddonState, Record) for slug in slugs)]
    tables = {schema: (state._meta.db_table, record._meta.db_table) for schema, state, record in places}

    def states(schema: str) -> sql.Composable:
        table = sql.Identifier(schema, tables[schema][0])
        query = sql.SQL("SELECT {}, addon, enabled, coalesce(nullif(error, ''), column_error), ran, changed FROM {}")
        return query.format(sql.Literal(schema), table)

    def counts(schema: str) -> sql.Composable:
        return sql.SQL("SELECT addon, count(*) FROM {} GROUP BY addon").format(sql.Identifier(schema, tables[schema][1]))

    for schema, name, enabled, error, ran, changed in across([public, *slugs], states):
        if (schema == public) is not (name in server):
            continue  # what a tenant has of a server-wide addon is its part of the output
        summary = found[name]
        summary.ran = max(filter(None, (summary.ran, ran)), default=None)
        summary.changed = max(summary.changed or changed, changed)
        if not enabled:
            summary.off.append(schema)
        elif error:
            summary.errors["" if schema == public else schema] = error
    for name, count in across([public, *slugs], counts):
        found[name].records += count
    return dict(found), len(slugs)
