from typing import Any

from django.core.management.base import CommandError, CommandParser

from dialplan.management.waiting import WaitingCommand
from dialplan.refusal import Refused
from dialplan.renaming import rename
from scopserv_site.life.literal import still_naming
from tenants.schema import TenantMissing


class Command(WaitingCommand):
    help = "Gives a tenant another slug: its console moves, and its phones log in as NEW_101 from then on. It may be run again at any time."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("old")
        parser.add_argument("new", help="1 to 16 lower-case letters and digits, a letter first")
        self.add_wait(parser)

    def handle(self, *args: Any, old: str, new: str, wait: float | None, **options: Any) -> None:
        try:
            done = rename(old, new, actor="manage.py rename_tenant")
        except (TenantMissing, ValueError, Refused) as error:
            raise CommandError(f"{error}\nNothing was renamed.") from None
        self.stdout.write(f"Tenant {old} is {new} now." if done else f"Tenant {old} is {new} already.")
        self.stdout.write(f"Its phones log in as {new}_NUMBER. To keep voicemail, rename the folder voicemail-{old} of its nodes' spool.")
        for remark in still_naming(new, old):
            self.stdout.write(remark)
        self.wait([old, new], wait, leaving=True)
