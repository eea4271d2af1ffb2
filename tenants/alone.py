"""Work that one process at a time does."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import DEFAULT_DB_ALIAS, connections


@contextmanager
def alone(lock: int, patience: str = "0") -> Iterator[None]:
    """Holds an advisory lock of the database while the block runs. Raises DatabaseError when it is not had within `patience` ("0": waits).

    A connection of its own holds it, because django-tenants closes the usual one after each schema that it migrates.
    """
    held = connections.create_connection(DEFAULT_DB_ALIAS)
    try:
        with held.cursor() as cursor:
            cursor.execute("SELECT set_config('lock_timeout', %s, false)", [patience])
            cursor.execute("SELECT pg_advisory_lock(%s)", [lock])
        yield
    finally:
        held.close()
