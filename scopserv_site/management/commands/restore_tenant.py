from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.utils.timezone import localtime

from dialplan.management.waiting import WaitingCommand
from dialplan.refusal import Refused
from scopserv_site.life.deleting import restore
from scopserv_site.sitefile.faults import BadFile
from tenants.life.models import Archive


class Command(WaitingCommand):
    help = "Brings a deleted tenant back, as it was when it was deleted last."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("slug")
        parser.add_argument("--node", help="the Asterisk server that carries it (default: where it was)")
        self.add_wait(parser)

    def handle(self, *args: Any, slug: str, node: str | None, wait: float | None, **options: Any) -> None:
        archive = Archive.objects.filter(slug=slug).defer("text").first()
        if archive is None:
            kept = ", ".join(sorted(set(Archive.objects.values_list("slug", flat=True)))) or "none"
            raise CommandError(f"No export of a deleted tenant {slug!r} is kept; those that are: {kept}.")
        deleted = localtime(archive.deleted)
        try:
            with self.progress(f"Restoring {slug}"):
                applied = restore(archive, actor="manage.py restore_tenant", node=node)
        except (Refused, BadFile) as error:
            raise CommandError(f"{error}\nNothing was restored.") from None
        for remark in applied.remarks:
            self.stderr.write(remark)
        self.stdout.write(f"Tenant {slug} is back as it was on {deleted:%Y-%m-%d at %H:%M}.")
        self.wait([slug], wait)
