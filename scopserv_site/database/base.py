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
        folder = Path(self.settings_dict["EMBEDDED_IN"]) if "EMBEDDED_IN" in self.settings_dict else None
        options = self.settings_dict.get("EMBEDDED_OPTIONS", ())
        if folder:
            embedded.use(folder, options)
        try:
            try:
                return super().get_new_connection(conn_params)
            except psycopg.OperationalError:
                if folder is None or not embedded.revive(folder, options):
                    raise
                return super().get_new_connection(conn_params)
        except psycopg.OperationalError as error:
            reason = next(iter(str(error).strip().splitlines()), "no reason given")
            where = f"{conn_params.get('host') or 'this host'}, database {conn_params.get('dbname')}"
            mend = f"See {embedded.log_file(folder)}." if folder else "Start it, or mend DATABASE_URL."
            raise DatabaseDown(f"PostgreSQL at {where} does not answer: {reason}. {mend}") from error
