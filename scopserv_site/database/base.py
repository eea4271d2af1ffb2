"""Django's PostgreSQL backend, which starts the embedded server on first use and says clearly when none answers."""

from pathlib import Path
from typing import Any

import psycopg
from django.db.backends.postgresql import base

from . import embedded
from .faults import DatabaseDown


class DatabaseWrapper(base.DatabaseWrapper):
    """django-tenants builds on this one, by the setting ORIGINAL_BACKEND."""

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        folder = self.settings_dict.get("EMBEDDED_IN")
        if folder:
            embedded.use(Path(folder), self.settings_dict.get("EMBEDDED_OPTIONS", ()))
        try:
            return super().get_new_connection(conn_params)
        except psycopg.OperationalError as error:
            reason = next(iter(str(error).strip().splitlines()), "no reason given")
            where = f"{conn_params.get('host') or 'this host'}, database {conn_params.get('dbname')}"
            mend = f"See {embedded.log_file(Path(folder))}." if folder else "Start it, or mend DATABASE_URL."
            raise DatabaseDown(f"PostgreSQL at {where} does not answer: {reason}. {mend}") from error
