"""One query for many tenants' schemas, because a query for each would make the work grow with their number."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from django.db import connection
from django_tenants.utils import get_public_schema_name, schema_context
from psycopg import sql

from tenants.models import Tenant

AT_ONCE = 200  # schemas in one query


def all_slugs() -> list[str]:
    """The slugs of all tenants, in order."""
    public = get_public_schema_name()
    with schema_context(public):
        return list(Tenant.objects.exclude(schema_name=public).order_by("schema_name").values_list("schema_name", flat=True))


def across(
    schemas: Sequence[str], select: Callable[[str], sql.Composable], values: Mapping[str, Any] | None = None
) -> Iterator[tuple[Any, ...]]:
    """The rows of a SELECT in each schema, in the schemas' order."""
    for start in range(0, len(schemas), AT_ONCE):
        selects = [sql.SQL("({})").format(select(schema)) for schema in schemas[start : start + AT_ONCE]]
        with connection.cursor() as cursor:
            cursor.execute(sql.SQL(" UNION ALL ").join(selects), values)
            rows = cursor.fetchall()
        yield from rows
