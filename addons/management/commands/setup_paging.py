import getpass
import os
import sys
from typing import Any

from django.core.management.base import CommandError, CommandParser

from addons.commits.bulk_paging import ALL, PagingSetup, set_up_paging
from addons.discovery.registry import UnknownAddon
from dialplan.management.waiting import WaitingCommand
from dialplan.refusal import Refused

PIN = "PAGING_PIN"  # the variable's name; a value on the command line can be seen by whoever lists the processes
ASK = "ask"


class Command(WaitingCommand):
    help = "Bulk paging: a paging group of all phones in each tenant, and the number that pages them all."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--tenants", required=True, type=_slugs, metavar="all|SLUG,...", help="who is paged")
        parser.add_argument("--number", required=True, help="what callers dial, such as '*80'")
        parser.add_argument("--name", help="what lists call it")
        parser.add_argument("--group", help="the paging group's number in each tenant ('*70'); one that is there is left as it is")
        parser.add_argument("--callers", type=_slugs, metavar="all|SLUG,...", help="whose phones may dial it (all)")
        parser.add_argument("--options", help="d: members may talk back, q: no beep for the caller; or both")
        parser.add_argument(
            "--pin",
            nargs="?",
            const=ASK,
            help=f"4 to 10 digits that a caller must enter first; '' for none; without a value it is taken from {PIN}, or asked for",
        )
        parser.add_argument("--dry-run", action="store_true", help="only show what would change")
        self.add_wait(parser)

    def handle(self, *args: Any, dry_run: bool, wait: float | None, **options: Any) -> None:
        wanted = {name: options[name] for name in ("number", "tenants", "callers", "group", "name", "options", "pin")}
        if wanted["pin"] == ASK:
            wanted["pin"] = os.environ.get(PIN) or _ask()
        try:
            with self.progress("Setting up paging") as show:
                outcome = set_up_paging(PagingSetup(**wanted), dry_run=dry_run, actor="manage.py setup_paging", advance=show)
        except (Refused, UnknownAddon, ValueError) as error:
            raise CommandError(f"{error}\nNothing was saved.") from None
        for line in outcome.lines:
            self.stdout.write(line)
        for remark in outcome.remarks:
            self.stderr.write(remark)
        if not outcome.lines:
            self.stdout.write("nothing to change")
        elif dry_run:
            self.stdout.write("Dry run, nothing was saved.")
        if not dry_run:
            self.wait(outcome.slugs, wait)


def _ask() -> str:
    if not sys.stdin.isatty():
        raise CommandError(f"The PIN is missing: set {PIN}, or run this where it can be asked for.")
    return getpass.getpass("PIN: ")


def _slugs(text: str) -> Any:
    return ALL if text == ALL else tuple(slug.strip() for slug in text.split(",") if slug.strip())
