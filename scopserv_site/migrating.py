"""Which schemas lack a migration: one quick question, where django-tenants would walk through every tenant."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.core.management import call_command
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django_tenants.management.commands.migrate_schemas import MigrateSchemasCommand
from django_tenants.utils import get_public_schema_name
from psycopg import sql

from tenants.alone import alone
from tenants.life import schema_template
from tenants.schema import all_slugs

SCHEMAS_IN_A_QUERY = 200
LOCK = 0x5C09  # of the database, an arbitrary number


@dataclass(frozen=True, slots=True)
class Step:
    """A schema that is now brought up to date, or with a failure, one that could not be."""

    schema: str
    failure: str = ""


def migrate(*, shared: bool = True, tenants: Sequence[str] | None = None, verbosity: int = 0) -> Iterator[Step]:
    """Brings the public schema and then each tenant's (or those that are named) up to date, where needed.

    A tenant that fails does not keep the others from it; the public schema that fails is raised.
    """
    public = get_public_schema_name()
    with alone(LOCK):
        if shared and lacking([public]):
            yield Step(public)
            call_command(MigrateSchemasCommand(), shared=True, interactive=False, verbosity=verbosity)
        for slug in lacking(all_slugs() if tenants is None else tenants):
            yield Step(slug)
            try:
                call_command(MigrateSchemasCommand(), tenant=True, schema_name=slug, interactive=False, verbosity=verbosity)
            except Exception as error:
                connection.close()  # which forgets the tenant, and whatever it had begun
                yield Step(slug, f"{type(error).__name__}: {error}".strip())
    schema_template.make_schema_template(again=True)  # so that nobody who makes a tenant waits for it


def lacking(schemas: Sequence[str]) -> list[str]:
    """Those of these schemas whose record of migrations is not what the code has."""
    wanted = sorted(MigrationLoader(None).disk_migrations)
    made = with_a_record(schemas)
    found = [schema for schema in schemas if schema not in made]
    for first in range(0, len(made), SCHEMAS_IN_A_QUERY):
        found += _behind(made[first : first + SCHEMAS_IN_A_QUERY], wanted)
    return sorted(found)


def with_a_record(schemas: Sequence[str]) -> list[str]:
    """Those of these schemas in which migrations have run at all."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT schemaname FROM pg_tables WHERE tablename = 'django_migrations' AND schemaname = ANY(%s)", [list(schemas)])
        return [name for (name,) in cursor.fetchall()]


def _behind(schemas: Sequence[str], wanted: Sequence[tuple[str, str]]) -> list[str]:
    each = sql.SQL(
        "SELECT {name} WHERE EXISTS (SELECT * FROM unnest(%(apps)s::text[], %(names)s::text[]) AS wanted (app, name)"
        " WHERE NOT EXISTS (SELECT FROM {table} AS done WHERE done.app = wanted.app AND done.name = wanted.name))"
    )
    query = sql.SQL(" UNION ALL ").join(
        each.format(name=sql.Literal(schema), table=sql.Identifier(schema, "django_migrations")) for schema in schemas
    )
    with connection.cursor() as cursor:
        cursor.execute(query, {"apps": [app for app, _ in wanted], "names": [name for _, name in wanted]})
        return [name for (name,) in cursor.fetchall()]
