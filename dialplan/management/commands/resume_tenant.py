from typing import Any

from django.core.management.base import CommandError, CommandParser

from dialplan.management.waiting import WaitingCommand
from dialplan.suspending import resume
from tenants.schema import TenantMissing


class Command(WaitingCommand):
    help = "Brings a suspended tenant back, as it is stored."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("slug")
        self.add_wait(parser)

    def handle(self, *args: Any, slug: str, wait: float | None, **options: Any) -> None:
        try:
            changed = resume(slug, actor="manage.py resume_tenant")
        except TenantMissing as error:
            raise CommandError(str(error)) from None
        self.stdout.write(f"Tenant {slug} is back." if changed else f"Tenant {slug} is not suspended.")
        self.wait([slug], wait)
