import getpass
import os
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from dialplan.deploy.ami import AMIError
from dialplan.deploy.folder import FolderError, NodeFolder
from dialplan.deploy.live import read_facts
from dialplan.deploy.models import Node
from dialplan.management.nodes import check, read_address

SECRET = "AMI_SECRET"  # noqa: S105  (the variable's name)


class Command(BaseCommand):
    help = f"Adds an Asterisk server. Its AMI secret comes from the environment variable {SECRET}, else it is asked for."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name", help="for example pbx1")
        parser.add_argument("--dir", required=True, help="the configuration directory of its Asterisk, as the worker sees it")
        parser.add_argument("--ami", required=True, metavar="HOST:PORT", help="its manager interface, as the worker reaches it")
        parser.add_argument(
            "--ami-user", required=True, help="user in its manager.conf, with read = system and write = system,command,reporting,originate"
        )
        parser.add_argument(
            "--sip", default="", metavar="ADDRESS:PORT", help="where it takes SIP over UDP (default: pjsip_local.conf says)"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        host, port = read_address("--ami", options["ami"])
        node = Node(name=options["name"], folder=options["dir"], ami_host=host, ami_port=port, ami_user=options["ami_user"])
        node.sip_address = options["sip"]
        node.ami_secret = os.environ.get(SECRET) or self._ask()
        check(node)
        node.save()
        self.stdout.write(f"Node {node.name} is added; the worker brings it to what it should have.")
        for trouble in self._troubles(node):
            self.stderr.write(f"Not ready yet: {trouble}")

    def _ask(self) -> str:
        if not sys.stdin.isatty():
            raise CommandError(f"The AMI secret is missing: set {SECRET}, or run this where it can be asked for.")
        return getpass.getpass("AMI secret: ")

    def _troubles(self, node: Node) -> list[str]:
        found = []
        try:
            NodeFolder(node.folder, node.name).check()
        except FolderError as error:
            found.append(str(error))
        try:
            with node.client() as client:
                self.stdout.write(f"It answers: Asterisk {read_facts(client).version}.")
        except AMIError as error:
            found.append(str(error))
        return found
