"""Makes a tenant's schema from a dump of one that migrations made: the same tables in a tenth of the time.

Not django-tenants' clone, which renames constraints, so that a later migration would not find them.
"""

import hashlib
import logging
import os
import re
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.db import DatabaseError, connection, connections
from django.db.migrations.loader import MigrationLoader
from django_tenants.management.commands.migrate_schemas import MigrateSchemasCommand
from django_tenants.utils import get_public_schema_name, schema_context

from tenants.alone import alone
from tenants.life.models import SchemaTemplate

SOURCE = "schema_template_source"  # no tenant can be called so, and nothing within a schema is
LOCK = 0x7E3A  # of the database, an arbitrary number
PATIENCE = "5s"  # for a lock; longer than making one takes
SECONDS = 60
_PREAMBLE = re.compile(r"^(?:\\.*|SET .*;|SELECT pg_catalog\.set_config\('search_path'.*)\n", re.MULTILINE)

logger = logging.getLogger(__name__)


def make_schema(slug: str) -> None:
    """Makes a new tenant's schema with all its tables, within the caller's transaction."""
    text = _stored(_key())
    with schema_context(get_public_schema_name()), connection.cursor() as cursor:
        if text:
            cursor.execute(text.replace(SOURCE, connection.ops.quote_name(slug)))
        else:
            cursor.execute(f"CREATE SCHEMA {connection.ops.quote_name(slug)}")
            _migrate(slug)


def make_schema_template(*, again: bool = False) -> None:
    """Makes the SQL that makes the schema called SOURCE, unless it is there, or could not be made (then only if `again`).

    Nothing happens within a transaction: pg_dump would not see it, and the locks that are needed wait for it to end.
    """
    if connection.in_atomic_block:
        return
    key = _key()
    found = _stored(key)
    if found or (found is not None and not again):
        return
    try:
        if shutil.which(settings.PG_DUMP) is None:
            raise FileNotFoundError("there is no such program")
        with ThreadPoolExecutor(1) as aside:  # its own connection, which is closed on the way
            aside.submit(_make, key).result()
    except (OSError, subprocess.SubprocessError, DatabaseError) as error:
        known, _ = SchemaTemplate.objects.get_or_create(fingerprint=key, defaults={"text": ""})
        if known.text:  # only what it was made of could not be taken away
            return
        told = str(getattr(error, "stderr", None) or error).strip()
        logger.warning("New tenants are made by migrations, which takes longer, because %s failed: %s", settings.PG_DUMP, told)


@cache
def fingerprint(server_version: int) -> str:
    """What a template depends on: all migrations there are, to the letter, and PostgreSQL's major version."""
    digest = hashlib.sha256(f"{server_version}\n".encode())
    for (app, name), migration in sorted(MigrationLoader(None).disk_migrations.items()):
        source = sys.modules[type(migration).__module__].__file__
        digest.update(f"{app}.{name}\n".encode() + (Path(source).read_bytes() if source else b""))
    return digest.hexdigest()


def _server_version() -> int:
    connection.ensure_connection()
    return int(connection.connection.info.server_version) // 10_000


def _key() -> str:
    return fingerprint(_server_version())


def _stored(key: str) -> str | None:
    """The template; "" where it could not be made, None where nobody has tried."""
    with schema_context(get_public_schema_name()):
        return SchemaTemplate.objects.filter(fingerprint=key).values_list("text", flat=True).first()


def _make(key: str) -> None:
    try:
        with alone(LOCK, PATIENCE):
            if _stored(key):
                return
            try:
                _drop_source()  # of one who was killed
                with connection.cursor() as cursor:
                    cursor.execute(f"CREATE SCHEMA {SOURCE}")
                _migrate(SOURCE)
                SchemaTemplate.objects.update_or_create(fingerprint=key, defaults={"text": _PREAMBLE.sub("", _dump())})
                SchemaTemplate.objects.exclude(fingerprint=key).delete()
            finally:
                _drop_source()
    finally:
        connections.close_all()


def _dump() -> str:
    options = ["--schema", SOURCE, "--inserts", "--no-owner", "--no-privileges", "--encoding", "UTF8"]
    (_, *command), more = connection.client.settings_to_cmd_args_env(connection.settings_dict, options)
    done = subprocess.run(
        [settings.PG_DUMP, *command],
        env=os.environ | (more or {}),
        check=True,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=SECONDS,
    )
    return done.stdout


def _drop_source() -> None:
    with connection.cursor() as cursor:
        # It takes tables of the public schema for itself, and whoever comes after it in the queue for them waits, too.
        cursor.execute("SELECT set_config('lock_timeout', %s, false)", [PATIENCE])
        cursor.execute(f"DROP SCHEMA IF EXISTS {SOURCE} CASCADE")


def _migrate(schema: str) -> None:
    call_command(MigrateSchemasCommand(), tenant=True, schema_name=schema, interactive=False, verbosity=0)
