from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser

from dialplan.management.waiting import WaitingCommand
from dialplan.refusal import Refused
from scopserv_site.sitefile.apply import apply
from scopserv_site.sitefile.faults import BadFile
from scopserv_site.sitefile.reading import read
from tenants.audit.trail import note

ACTOR = "manage.py apply"


class Command(WaitingCommand):
    help = "Brings the site to what a YAML file says, all of it or nothing; what the file does not name stays as it is."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help="a site file, such as 'manage.py export' writes")
        parser.add_argument("--dry-run", action="store_true", help="only show what would change")
        parser.add_argument("--prune", action="store_true", help="remove what the file does not name, within the tenants that it names")
        parser.add_argument("--node", help="the Asterisk server for all tenants of the file, whatever the file says")
        self.add_wait(parser)

    def handle(self, *args: Any, file: Path, dry_run: bool, prune: bool, node: str | None, wait: float | None, **options: Any) -> None:
        try:
            with self.progress(f"Applying {file}") as show:
                source = read(file)
                applied = apply(source, prune=prune, dry_run=dry_run, actor=ACTOR, node=node, advance=show)
        except (BadFile, Refused) as error:
            raise CommandError(f"{error}\nNothing was saved.") from None
        if not dry_run:
            note("applied", kind="site file", actor=ACTOR, key=file.name, slug="", values={"changes": applied.plan.count(), "prune": prune})
        for line in applied.plan.lines():
            self.stdout.write(line)
        for remark in applied.remarks:
            self.stderr.write(remark)
        if not applied.plan.steps:
            self.stdout.write("nothing to change")
        else:
            self.stdout.write(f"{'Dry run, nothing was saved: ' if dry_run else ''}{applied.plan.count()}")
        if not dry_run:
            self.wait(applied.slugs, wait, nodes=applied.nodes)
