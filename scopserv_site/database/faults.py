"""What is said when the database is not there."""

import psycopg
from django.db.utils import InterfaceError, OperationalError, ProgrammingError

SHUTTING_DOWN = ("57P01", "57P02", "57P03")


class DatabaseDown(OperationalError):
    """No connection: the message says where, why and what to do."""


def lost(error: BaseException) -> bool:
    """Whether this is a connection that broke, rather than a fault in a query."""
    cause = error.__cause__
    if not isinstance(error, OperationalError | InterfaceError) or not isinstance(cause, psycopg.Error):
        return False
    return cause.sqlstate is None or cause.sqlstate.startswith("08") or cause.sqlstate in SHUTTING_DOWN


def no_such_table(error: ProgrammingError) -> bool:
    """Whether a table or column is missing: migrations have not run."""
    return isinstance(error.__cause__, psycopg.errors.UndefinedTable | psycopg.errors.UndefinedColumn)
