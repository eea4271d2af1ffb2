"""One query for many tenants' schemas, because a query for each would make the work grow with their number."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from django.db import connection
from psycopg import sql

AT_ONCE = 200  # schemas in one query


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
