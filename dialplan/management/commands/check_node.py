from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from dialplan.deploy.ami import AMIError
from dialplan.deploy.drift import drift
from dialplan.deploy.folder import FolderError
from dialplan.management.nodes import find_node
from tenants.words import counted


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
                f"{node.name} is not as it should be in {drifted} of {counted(len(found), 'part')}; "
                f"'manage.py sync_node {node.name}' repairs."
            )
        self.stdout.write(f"{node.name} is as it should be ({counted(len(found), 'part')}).")
