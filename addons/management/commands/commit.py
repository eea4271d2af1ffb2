from typing import Any

from django.core.management.base import CommandError, CommandParser

from addons.models import AddonState
from addons.server.models import ServerState
from dialplan.build.diff import plan_text
from dialplan.build.model import Entry
from dialplan.changes import SERVER, changing, lock
from dialplan.deploy.models import Node, ServerEntry
from dialplan.management.waiting import WaitingCommand
from dialplan.refusal import Refused
from dialplan.state import Desired, desired
from tenants.schema import TenantMissing, all_slugs, find_tenant, open_tenant
from tenants.words import counted


class Command(WaitingCommand):
    help = "Recomputes what the sections and addons of tenants write, and deploys what that changed."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--tenant", action="append", metavar="SLUG", help="only this tenant (default: all); may be given several times")
        parser.add_argument("--dry-run", action="store_true", help="only show how dialplan and AstDB would change")
        self.add_wait(parser)

    def handle(self, *args: Any, tenant: list[str] | None, dry_run: bool, wait: float | None, **options: Any) -> None:
        everyone = all_slugs()
        try:
            slugs = sorted({find_tenant(slug).slug for slug in tenant}) if tenant else everyone
        except TenantMissing as error:
            raise CommandError(str(error)) from None
        try:
            with self.progress("Computing") as show, changing(actor="manage.py commit", everything=True, dry_run=dry_run) as change:
                for slug in [SERVER, *slugs]:
                    lock(slug)
                    change.touch("tenant", "Recomputed", slug=slug)
                before = [desired(slug) for slug in everyone] if dry_run else []
                entries = _server_entries()
                show("Computing", 0, 0)
                change.settle()
                failing = _failing(slugs)
                if dry_run:
                    self._show(before, entries)
        except Refused as error:
            raise CommandError(f"{error}\nNothing was saved.") from None
        if not dry_run:
            self.stdout.write(f"Changed: {', '.join(change.rebuilt)}" if change.rebuilt else "nothing to change")
        for line in failing:
            self.stderr.write(line)
        if not dry_run:
            nodes = () if tenant else Node.objects.values_list("name", flat=True)
            self.wait({*slugs, *change.rebuilt}, wait, nodes=nodes)
        if failing:
            raise CommandError(f"{counted(len(failing), 'addon is', 'addons are')} failing.")

    def _show(self, before: list[Desired], entries: list[Entry]) -> None:
        texts = []
        for old in before:
            new = desired(old.slug)
            text = plan_text(old.lines, new.lines, old.entries, new.entries)
            if not text and new.revision != old.revision:
                text = f"~ {old.slug}: the same dialplan and AstDB, but its files are written in another way\n"
            texts.append(text)
        texts.append(plan_text((), (), entries, _server_entries()))
        self.stdout.write("".join(texts) or "nothing to change\n", ending="")


def _server_entries() -> list[Entry]:
    return [Entry(*row) for row in ServerEntry.objects.values_list("family", "key", "value")]


def _failing(slugs: list[str]) -> list[str]:
    """What the addons that fail say, of these tenants and of the site."""
    found = [f"all tenants: {state.error}" for state in ServerState.objects.filter(enabled=True).exclude(error="")]
    for slug in slugs:
        with open_tenant(slug):
            found += [f"{slug}: {state.error}" for state in AddonState.objects.filter(enabled=True).exclude(error="")]
    return found
