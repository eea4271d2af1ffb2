from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection

from scopserv_site.database import embedded
from scopserv_site.kept_keys import keep_first_key, kept_secrets_keys, put_new_key_first
from tenants.rotation import Found, columns, rotate

PASSES = 10


class Command(BaseCommand):
    help = (
        "Writes all stored secrets anew with the first of SECRETS_KEYS. May be stopped and begun again at any point; says when the "
        "other keys may be dropped. Exit status 1 when a secret opens with none of the keys."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--new", action="store_true", help="make the new key first, where the site keeps its key in a file of its own")

    def handle(self, *args: Any, new: bool, **options: Any) -> None:
        path = settings.VAR_DIR / "secrets_key"
        if new:
            self._put_new_key_first(path)
        found = self._pass()
        for _ in range(PASSES):  # what was saved with an older key while a pass went on is found by the next one
            if not found.renewed:
                break
            found = self._pass()
        else:
            raise CommandError(
                "Secrets go on being saved with an older key: restart all that runs with the older keys, then run this again."
            )
        if found.lost:
            self._tell_lost(found)
        others = _from_file(path) and keep_first_key(path)
        self.stdout.write(f"All {found.secrets} secrets are written with the first key; {_spare(path, dropped=others)}")

    def _pass(self) -> Found:
        whole = Found()
        for column in columns():
            found = rotate(column)
            if found.renewed:
                self.stdout.write(f"{column}: {found.renewed} written anew")
            whole.secrets += found.secrets
            whole.renewed += found.renewed
            whole.lost += found.lost
        return whole

    def _tell_lost(self, found: Found) -> None:
        for row in found.lost:
            self.stderr.write(f"{row}: opens with none of the keys")
        raise CommandError(
            f"{len(found.lost)} of {found.secrets} secrets are lost until the key that they were written with is back in SECRETS_KEYS. "
            "Drop no key yet."
        )

    def _put_new_key_first(self, path: Path) -> None:
        if not _from_file(path):
            raise CommandError("The keys of this site come from its environment: put a new one before the others in SECRETS_KEYS.")
        connection.ensure_connection()
        if not embedded.alone(settings.VAR_DIR / "postgres"):
            raise CommandError(
                "The console runs, with the key that it has. Stop it, and whatever else uses its database, then run this again."
            )
        settings.SECRETS_KEYS = put_new_key_first(path)


def _from_file(path: Path) -> bool:
    """Whether the key that writes is the one in the site's own file."""
    return path.exists() and kept_secrets_keys(path)[0] == settings.SECRETS_KEYS[0]


def _spare(path: Path, dropped: bool) -> str:
    if dropped:
        return f"the older ones are gone from {path}."
    if len(settings.SECRETS_KEYS) == 1:
        return "there is no other."
    others = "SECRET_KEY may change" if settings.ENVIRONMENT.database else f"{path} may go, if it is there"
    return f"no other one is needed: SECRETS_KEYS may name it alone, and {others}."
