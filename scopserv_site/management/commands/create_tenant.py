from typing import Any

from django.conf import settings
from django.core.management.base import CommandError, CommandParser

from dialplan.management.waiting import WaitingCommand
from dialplan.refusal import Refused
from scopserv_site.life.copying import copy_tenant
from tenants.addresses import console_address
from tenants.lifecycle import create_tenant
from tenants.schema import TenantMissing, find_tenant


class Command(WaitingCommand):
    help = "Makes a tenant: its schema, its host name, its place on a node; empty, or like another one."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("slug", help="1 to 16 lower-case letters and digits, a letter first")
        parser.add_argument("--name", required=True, help="the company's name")
        parser.add_argument("--like", metavar="OTHER", help="start with what this tenant has, or this template; phones get new secrets")
        parser.add_argument("--template", action="store_true", help="a template for new tenants, which is on no node")
        parser.add_argument("--domain", help="host name of the tenant's console (default: SLUG.MAIN_HOST)")
        parser.add_argument("--node", help="the Asterisk server that carries it (default: the one with the fewest tenants)")
        self.add_wait(parser)

    def handle(self, *args: Any, slug: str, like: str | None, wait: float | None, **options: Any) -> None:
        wanted = {"name": options["name"], "domain": options["domain"] or None, "node": options["node"], "is_template": options["template"]}
        try:
            if like is None:
                create_tenant(slug, **wanted)
            else:
                with self.progress(f"Copying {like}"):
                    copied = copy_tenant(like, slug, **wanted, actor="manage.py create_tenant")
                for line in copied.lines():
                    self.stdout.write(line)
        except (TenantMissing, Refused, ValueError) as error:
            raise CommandError(f"{error}\nNothing was made." if like else str(error)) from None
        tenant = find_tenant(slug)
        scheme = "https" if settings.SECURE_SSL_REDIRECT else "http"
        self.stdout.write(f"Tenant {slug} is ready at {scheme}://{console_address(tenant).rstrip('/')}")
        self.wait([slug], wait)
