#!/usr/bin/env python
"""The console's command line."""

import os
import sys


def main() -> int:
    """Run one command."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "scopserv_site.settings")
    try:
        from scopserv_site.commandline import run
    except ModuleNotFoundError as error:
        if (error.name or "").split(".")[0] in ("addons", "dialplan", "scopserv_site", "tenants"):
            raise
        print(
            f"{error.name} is not installed for {sys.executable}. Run 'make setup', then use .venv/bin/python manage.py.", file=sys.stderr
        )
        return 1
    return run(sys.argv)


if __name__ == "__main__":
    sys.exit(main())
