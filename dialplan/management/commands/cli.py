from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from dialplan.deploy.ami import AMIError
from dialplan.management.nodes import find_node


class Command(BaseCommand):
    help = 'Prints what an Asterisk CLI command answers, over AMI: cli pbx1 "dialplan show 101@acme-internal".'

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name", metavar="NODE")
        parser.add_argument("command", nargs="+", metavar="COMMAND")

    def handle(self, *args: Any, **options: Any) -> None:
        node = find_node(options["name"])
        try:
            with node.client() as client:
                self.stdout.write(client.command(" ".join(options["command"])))
        except AMIError as error:
            raise CommandError(str(error)) from None
