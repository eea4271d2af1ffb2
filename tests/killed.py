"""A process that is killed (kill -9) while it changes the test database, at a moment of its own choosing."""

import subprocess
import sys
import textwrap

from django.conf import settings
from django.db import connection

SIGKILL = -9
BEGIN = """
    import os, sys
    import django
    django.setup()
    from django.db import connection
    connection.settings_dict["NAME"] = sys.argv[1]
    def die(*args, **kwargs):
        os.kill(os.getpid(), 9)
"""


def run_until_killed(code: str) -> None:
    """Runs this code, which calls `die` somewhere, in a process of its own."""
    text = textwrap.dedent(BEGIN) + textwrap.dedent(code)
    command = [sys.executable, "-c", text, str(connection.settings_dict["NAME"])]
    done = subprocess.run(command, cwd=settings.BASE_DIR, capture_output=True, text=True, timeout=60)
    assert done.returncode == SIGKILL, done.stderr
