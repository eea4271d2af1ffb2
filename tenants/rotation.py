"""Writes all stored secrets anew with the first of the site's keys, in all schemas; may be stopped and begun again at any point."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django.apps import apps
from django.db import connection, transaction
from psycopg import sql

from tenants.secret_fields import HoldsSecrets
from tenants.secrets import LostKey, renewed

BATCH = 500
COLUMNS = """
    SELECT n.nspname, c.relname, a.attname, format_type(a.atttypid, a.atttypmod)
    FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind = 'r' AND NOT a.attisdropped AND (c.relname, a.attname) IN (SELECT * FROM unnest(%s::text[], %s::text[]))
    ORDER BY n.nspname = 'public' DESC, n.nspname, c.relname, a.attname
"""


@dataclass(frozen=True, slots=True)
class Column:
    """A column of one schema that holds secrets."""

    schema: str
    table: str
    name: str
    type: str
    pk: str
    kind: HoldsSecrets

    def __str__(self) -> str:
        return f"{self.schema}.{self.table}.{self.name}"


@dataclass(slots=True)
class Found:
    """What there was in a column."""

    secrets: int = 0
    renewed: int = 0
    lost: list[str] = field(default_factory=list)  # rows with secrets that no key opens


def columns() -> list[Column]:
    """All columns with secrets: those whose field says so, in whatever schema their table is."""
    known = {}
    for model in apps.get_models():
        for each in model._meta.concrete_fields:
            if isinstance(each, HoldsSecrets):
                known[model._meta.db_table, each.column] = (str(model._meta.pk.column), each)
    with connection.cursor() as cursor:
        cursor.execute(COLUMNS, [[table for table, _ in known], [column for _, column in known]])
        return [Column(schema, table, name, kind, *known[table, name]) for schema, table, name, kind in cursor.fetchall()]


def rotate(column: Column) -> Found:
    """Writes the column's secrets anew, where they are not written with the first key yet; nothing but that changes."""
    found = Found()
    for rows in _batches(column):
        with transaction.atomic(), connection.cursor() as cursor:
            for pk, stored in rows:
                fresh = written_anew(column.kind, stored, found, f"{column}, row {pk}")
                if fresh != stored:
                    cursor.execute(_change(column), [fresh, pk, stored])  # unless somebody saved it meanwhile
    return found


def written_anew(kind: HoldsSecrets, stored: str, found: Found, where: str) -> str:
    """What a column has, with its secrets written with the first key; what none of the keys opens stays, and is noted."""
    fresh = stored
    for token in filter(None, kind.tokens(stored)):
        found.secrets += 1
        try:
            new = renewed(token)
        except LostKey:
            found.lost.append(where)
            continue
        found.renewed += new != token
        fresh = fresh.replace(token, new)
    return fresh


def _batches(column: Column) -> Iterator[list[tuple[Any, str]]]:
    query = sql.SQL("SELECT {pk}, {name}::text FROM {table} WHERE {name}::text NOT IN ('', '{{}}') {after} ORDER BY {pk} LIMIT {most}")
    pk, name, table = sql.Identifier(column.pk), sql.Identifier(column.name), sql.Identifier(column.schema, column.table)
    after: sql.Composable = sql.SQL("")
    while True:
        with connection.cursor() as cursor:
            cursor.execute(query.format(pk=pk, name=name, table=table, after=after, most=sql.Literal(BATCH)))
            rows: list[tuple[Any, str]] = cursor.fetchall()
        if not rows:
            return
        yield rows
        after = sql.SQL("AND {pk} > {last}").format(pk=pk, last=sql.Literal(rows[-1][0]))


def _change(column: Column) -> sql.Composed:
    return sql.SQL("UPDATE {table} SET {name} = %s::{type} WHERE {pk} = %s AND {name} = %s::{type}").format(
        table=sql.Identifier(column.schema, column.table),
        name=sql.Identifier(column.name),
        pk=sql.Identifier(column.pk),
        type=sql.SQL(column.type),
    )
