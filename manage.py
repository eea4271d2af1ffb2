#!/usr/bin/env python
"""The console's command line."""

import os
import signal
import sys


def main() -> None:
    """Run one command; a fault that staff can mend is one clear line and exit code 1."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # as with Ctrl-C, what has been begun is cleaned up
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "scopserv_site.settings")
    try:
        from django.core.management import execute_from_command_line
    except ImportError as error:
        sys.exit(f"{error.name} is not installed for {sys.executable}. Run 'make setup', then use .venv/bin/python manage.py.")
    from scopserv_site.database.faults import DatabaseDown, lost
    from scopserv_site.environment import BadEnvironment

    try:
        execute_from_command_line(sys.argv)
    except (BadEnvironment, DatabaseDown) as error:
        sys.exit(str(error))
    except KeyboardInterrupt:
        sys.exit(130)
    except Exception as error:
        if not lost(error):
            raise
        sys.exit(f"The connection to the database broke off ({str(error).splitlines()[0]}). Nothing unfinished was saved; run it again.")


if __name__ == "__main__":
    main()
