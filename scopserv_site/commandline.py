"""Runs one command of manage.py; a fault that staff can mend is a clear line and exit code 1, not a traceback."""

import io
import os
import signal
import sys
from collections.abc import Sequence

import django
from django.core.management import execute_from_command_line, get_commands
from django.db.utils import ProgrammingError

from scopserv_site.database.faults import DatabaseDown, lost, no_such_table
from scopserv_site.environment import BadEnvironment
from tenants.secrets import LostKey

OURS = ("tenants", "dialplan", "addons", "scopserv_site")
INTERRUPTED, TERMINATED = 130, 143  # a shell's codes for what a signal ended


class Terminated(KeyboardInterrupt):
    """SIGTERM has come: as with Ctrl-C, what was begun is cleaned up, and no guard around an addon takes it for the addon's doing."""


def run(argv: Sequence[str]) -> int:
    """Run the command; what it exits with."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(line_buffering=True)  # whoever reads from a pipe, such as a journal, has each line when it is said
    signal.signal(signal.SIGTERM, _terminate)
    try:
        if len(argv) > 1 and not {"-h", "--help"} & set(argv):
            django.setup()
            if _needs_tables(argv[1]):
                make_first_tables()
        execute_from_command_line(list(argv))
    except (BadEnvironment, DatabaseDown, LostKey) as error:
        return _fail(str(error))
    except Terminated:
        return TERMINATED
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:  # whoever read what it says, such as `head`, has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 128 + signal.SIGPIPE
    except ProgrammingError as error:
        if not no_such_table(error):
            raise
        return _fail(f"The database is not what this code expects ({_first_line(error)}). Run 'manage.py migrate_schemas', then try again.")
    except Exception as error:
        if not lost(error):
            raise
        return _fail(f"The connection to the database broke off ({_first_line(error)}). Nothing unfinished was saved; run it again.")
    return 0


def _terminate(number: int, frame: object) -> None:
    raise Terminated


def make_first_tables() -> None:
    """In an embedded database that is still empty; whoever runs a database of their own decides when it is migrated."""
    from django.conf import settings
    from django_tenants.utils import get_public_schema_name

    from scopserv_site import migrating

    public = get_public_schema_name()
    if settings.ENVIRONMENT.database is None and not migrating.with_a_record([public]):
        for step in migrating.migrate():
            print(f"The database is new: making the tables of {step.schema}", file=sys.stderr)


def _needs_tables(command: str) -> bool:
    app = get_commands().get(command)
    name = app if isinstance(app, str) else getattr(app, "__module__", "")
    return command == "createsuperuser" or (name.split(".")[0] in OURS and command != "console")


def _first_line(error: Exception) -> str:
    return next(iter(str(error).splitlines()), type(error).__name__)


def _fail(text: str) -> int:
    print(text, file=sys.stderr)
    return 1
