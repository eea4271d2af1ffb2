from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from tenants.lifecycle import create_tenant


class Command(BaseCommand):
    help = "Makes a tenant: its schema, its host name, its place on a node."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("slug", help="1 to 16 lower-case letters and digits, a letter first")
        parser.add_argument("--name", required=True, help="the company's name")
        parser.add_argument("--domain", help="host name of the tenant's console (default: SLUG.MAIN_HOST)")
        parser.add_argument("--node", help="the Asterisk server that carries it (default: the only one)")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            tenant = create_tenant(options["slug"], name=options["name"], domain=options["domain"], node=options["node"])
        except ValueError as error:
            raise CommandError(str(error)) from None
        self.stdout.write(f"Tenant {tenant.slug} is ready at http://{tenant.get_primary_domain().domain}")
