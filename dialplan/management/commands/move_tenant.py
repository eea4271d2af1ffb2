from typing import Any

from django.core.management.base import CommandError, CommandParser

from dialplan.management.waiting import WaitingCommand
from dialplan.moving import move
from tenants.schema import TenantMissing


class Command(WaitingCommand):
    help = (
        "Brings a tenant to another node: live there first, then gone from where it was. What calls left there, such as forwards that "
        "people dialled, goes along. It may be run again at any time."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("slug")
        parser.add_argument("node")
        parser.add_argument("--force", action="store_true", help="do not wait for a node that is down: give up what calls left there")
        self.add_wait(parser)

    def handle(self, *args: Any, slug: str, node: str, force: bool, wait: float | None, **options: Any) -> None:
        try:
            moved = move(slug, node, actor="manage.py move_tenant", force=force)
        except (TenantMissing, ValueError) as error:
            raise CommandError(str(error)) from None
        if not moved.leaves:
            self.stdout.write(f"Tenant {slug} is on {node}.")
        for name in moved.leaves:
            self.stdout.write(f"Tenant {slug} leaves {name} when it is live on {node}. Phones register at {node} from then on.")
            self.stdout.write(
                f"Recordings are files of {name}: to keep voicemail, copy the folder voicemail-{slug} of its spool directory."
            )
        for name, why in moved.unreachable.items():
            self.stderr.write(
                f"{name} is not reached ({why}). What calls left there comes along when it is back; --force gives it up instead."
            )
        self.wait([slug], wait, leaving=True)
