from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from dialplan.deploy.ami import AMIError
from dialplan.deploy.drift import drift
from dialplan.deploy.folder import FolderError
from dialplan.management.nodes import find_node


class Command(BaseCommand):
    help = "Compares what a node should have with its files and with what its Asterisk has loaded. Exit status 1 when they differ."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name", metavar="NODE")

    def handle(self, *args: Any, **options: Any) -> None:
        node = find_node(options["name"])
        try:
            found = drift(node)
        except (AMIError, FolderError) as error:
            raise CommandError(f"Node {node.name} cannot be checked: {error}") from None
        for slug, differs in found.items():
            for line in differs:
                self.stdout.write(f"{slug or 'own files'}: {line}")
        drifted = sum(map(bool, found.values()))
        if drifted:
            raise CommandError(
                f"{drifted} of {len(found)} parts of {node.name} are not as they should be; 'manage.py sync_node {node.name}' repairs."
            )
        self.stdout.write(f"All {len(found)} parts of {node.name} are as they should be.")
