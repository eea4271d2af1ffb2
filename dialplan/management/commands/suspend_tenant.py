from typing import Any

from django.core.management.base import CommandError, CommandParser

from dialplan.management.waiting import WaitingCommand
from dialplan.suspending import suspend
from tenants.schema import TenantMissing


class Command(WaitingCommand):
    help = "Suspends a tenant: its phones stop, calls for it are refused, its people cannot log in; all that it has stays stored."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("slug")
        self.add_wait(parser)

    def handle(self, *args: Any, slug: str, wait: float | None, **options: Any) -> None:
        try:
            changed = suspend(slug, actor="manage.py suspend_tenant")
        except TenantMissing as error:
            raise CommandError(str(error)) from None
        self.stdout.write(f"Tenant {slug} is suspended." if changed else f"Tenant {slug} was suspended already.")
        self.wait([slug], wait)
