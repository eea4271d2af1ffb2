from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from tenants.lifecycle import delete_tenant
from tenants.schema import TenantMissing


class Command(BaseCommand):
    help = "Deletes a tenant with everything it owns, here and on its nodes."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("slug")
        parser.add_argument("--yes", action="store_true", help="do not ask for the slug again")

    def handle(self, *args: Any, **options: Any) -> None:
        slug = options["slug"]
        if not options["yes"]:
            try:
                typed = input(f"This deletes the phones, lines, dialplan and addon records of {slug} for good. Type {slug} to go on: ")
            except EOFError:
                typed = ""
            if typed.strip() != slug:
                raise CommandError("Nothing was deleted: the slug was not confirmed. Use --yes where nobody can type.")
        try:
            delete_tenant(slug)
        except TenantMissing as error:
            raise CommandError(str(error)) from None
        self.stdout.write(f"Tenant {slug} is deleted.")
