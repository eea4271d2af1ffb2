"""Commands that are killed on their way, where the test wants it: on a lock of the database that the test holds."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.db import connection

from tests.proof.site import environment, until

LONGEST = 60

BEFORE_COMMIT = "LOCK TABLE public.audit_auditentry IN SHARE MODE"  # the trail is written last


def on_lock(name: str) -> str:
    """What a change waits for that is about to rebuild the tenant, or ("") several of them."""
    return f"SELECT pg_advisory_xact_lock(hashtextextended('{name}', 77))"


class Command:
    """A command of manage.py in a process of its own."""

    def __init__(self, folder: Path, *arguments: str) -> None:
        command = [sys.executable, "manage.py", *arguments]
        self.process = subprocess.Popen(
            command, cwd=settings.BASE_DIR, env=environment(folder), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )

    def said(self) -> str:
        """All that it prints, once it has ended well."""
        said, _ = self.process.communicate(timeout=LONGEST)
        assert self.process.returncode == 0, said
        return said

    def kill(self) -> None:
        """As the kernel does it when memory is short."""
        os.kill(self.process.pid, signal.SIGKILL)
        self.process.communicate()
        assert self.process.returncode == -signal.SIGKILL


@contextmanager
def stopped_at(statement: str, folder: Path, *arguments: str, waits: bool = True) -> Iterator[Command]:
    """A command that waits where this lock stands in its way, for as long as the block runs; then what it has begun is undone.

    One that goes on with other work where it finds the lock held does not wait.
    """
    at_work = others()
    held = connection.copy()
    held.connect()
    try:
        held.set_autocommit(False)
        with held.cursor() as cursor:
            cursor.execute(statement)
        command = Command(folder, *arguments)
        if waits:
            until(lambda: waiting() or command.process.poll() is not None, lambda: "nobody waits", LONGEST)
        assert command.process.poll() is None, command.process.communicate()[0]
        yield command
    finally:
        held.rollback()
        held.close()
    until(lambda: others() <= at_work, lambda: str(others()), LONGEST)


def waiting() -> int:
    """How many of the test's database wait for a lock."""
    return _count("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'")


def others() -> int:
    """How many others are at work in it."""
    return _count("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()")


def _count(query: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(query)
        (count,) = cursor.fetchone()
    return int(count)
