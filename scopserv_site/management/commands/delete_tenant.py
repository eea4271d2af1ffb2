from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.timezone import localdate

from dialplan.refusal import Refused
from scopserv_site.life.deleting import archive_and_delete, what_goes
from tenants.schema import TenantMissing, find_tenant


class Command(BaseCommand):
    help = "Deletes a tenant with everything it owns, here and on its nodes, and keeps a final export for a while."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("slug")
        parser.add_argument("--yes", action="store_true", help="do not ask for the slug again")
        parser.add_argument("--no-archive", action="store_true", help="keep no final export: nothing brings it back")

    def handle(self, *args: Any, slug: str, yes: bool, no_archive: bool, **options: Any) -> None:
        try:
            if not yes:
                self._ask(slug)
            archive = archive_and_delete(slug, actor="manage.py delete_tenant", archive=not no_archive)
        except TenantMissing as error:
            raise CommandError(str(error)) from None
        except Refused as error:
            raise CommandError(f"{error}\nNothing was deleted.") from None
        self.stdout.write(f"Tenant {slug} is deleted.")
        if archive:
            self.stdout.write(f"Until {localdate(archive.expires)} 'manage.py restore_tenant {slug}' brings it back.")

    def _ask(self, slug: str) -> None:
        for sentence in what_goes(find_tenant(slug)):
            self.stdout.write(sentence)
        try:
            typed = input(f"Type {slug} to delete it: ")
        except EOFError:
            typed = ""
        if typed.strip() != slug:
            raise CommandError("Nothing was deleted: the slug was not confirmed. Use --yes where nobody can type.")
