"""Django's own check of settings for production."""

import os
import subprocess
import sys
from pathlib import Path

HOME = Path(__file__).parents[3]
PRODUCTION = {
    "DATABASE_URL": "postgresql://console:secret@127.0.0.1:1/console",  # nothing answers there, and nothing is asked
    "SECRET_KEY": "Zq8v-3kP0xWm5_sJt7Lr9cYbN2dHf4gUa6eRi1oTnQzXwVyEpD",
    "HTTPS": "true",
    "MAIN_HOST": "pbx.example.net",
}


def check(**variables: str) -> tuple[int, str]:
    environment = {name: value for name, value in os.environ.items() if name in ("PATH", "HOME", "VAR_DIR")} | PRODUCTION | variables
    command = [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"]
    done = subprocess.run(command, cwd=HOME, env=environment, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


def test_nothing_is_amiss_but_what_the_owner_of_the_domain_must_ask_for() -> None:
    code, told = check()
    assert code == 0, told
    assert "no issues (1 silenced)" in told  # security.W021: see settings.py
    code, told = check(HSTS_PRELOAD="true")
    assert code == 0, told
    assert "no issues (0 silenced)" in told
