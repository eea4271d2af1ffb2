from contextlib import suppress
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from dialplan.deploy.models import Node
from dialplan.deploy.worker import Worker


class Command(BaseCommand):
    help = "Deploys: brings every node to what it should have, as soon as somebody saves. Runs until it is stopped."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--node", nargs="+", action="extend", default=[], metavar="NAME", help="work for these nodes only (default: all)"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        names = options["node"]
        unknown = set(names) - set(Node.objects.filter(name__in=names).values_list("name", flat=True))
        if unknown:
            raise CommandError(f"There is no node {', '.join(sorted(unknown))}; add it with 'manage.py add_node'.")
        if options["verbosity"]:
            self.stdout.write(f"Worker for {', '.join(names) or 'all nodes'}; stop it with Ctrl-C.")
        with suppress(KeyboardInterrupt):
            Worker(names).run()
