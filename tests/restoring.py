"""Puts the test database back to what it was when its tenants had been made, after a test that really commits."""

from dataclasses import dataclass

from django.contrib.contenttypes.models import ContentType
from django.db import connection
from psycopg import sql

PUBLIC = "public"
Table = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Snapshot:
    """All tables, and the rows of those that have any."""

    tables: tuple[Table, ...]
    rows: dict[Table, bytes]


def take() -> Snapshot:
    """What every schema holds now."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT schemaname, tablename FROM pg_tables WHERE schemaname !~ '^pg_' AND schemaname <> 'information_schema' ORDER BY 1, 2"
        )
        tables = tuple(cursor.fetchall())
        rows = {}
        for table in tables:
            with cursor.copy(sql.SQL("COPY {} TO STDOUT").format(sql.Identifier(*table))) as copy:
                rows[table] = b"".join(copy)
    return Snapshot(tables, {table: text for table, text in rows.items() if text})


def restore(snapshot: Snapshot) -> None:
    """Have the same schemas with the same rows again; ids go on counting."""
    connection.set_schema_to_public()
    with connection.cursor() as cursor:
        cursor.execute("SET lock_timeout = '20s'")  # a thread that the test left behind with an open transaction
        cursor.execute("SELECT nspname FROM pg_namespace WHERE nspname !~ '^pg_' AND nspname <> 'information_schema'")
        for schema in {name for (name,) in cursor.fetchall()} - {schema for schema, _ in snapshot.tables}:
            cursor.execute(sql.SQL("DROP SCHEMA {} CASCADE").format(sql.Identifier(schema)))
        cursor.execute("SET session_replication_role = replica")  # rows come in no order, so foreign keys must wait
        cursor.execute(sql.SQL("TRUNCATE {}").format(sql.SQL(", ").join(sql.Identifier(*table) for table in snapshot.tables)))
        for table, text in snapshot.rows.items():
            with cursor.copy(sql.SQL("COPY {} FROM STDIN").format(sql.Identifier(*table))) as copy:
                copy.write(text)
        cursor.execute("RESET session_replication_role")
        cursor.execute("RESET lock_timeout")
    ContentType.objects.clear_cache()
