import logging
import secrets
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from dialplan.deploy.asterisk import AMI_USER, AsteriskError, PrivateAsterisk, free_port
from dialplan.deploy.deployer import NodeDeployer
from dialplan.deploy.models import Node
from dialplan.management.nodes import check


class Command(BaseCommand):
    help = "Runs a private Asterisk for trying things, in the foreground: own folder, loopback only, registered as a node."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name", metavar="NAME")
        parser.add_argument("--sip-port", type=int, help="UDP port for phones (default: the node's last one, else a free one)")
        parser.add_argument("--ami-port", type=int, help="port of the manager interface (default: the node's last one, else a free one)")

    def handle(self, *args: Any, **options: Any) -> None:
        node = self._node(options["name"], options["sip_port"], options["ami_port"])
        sip_port = int(node.sip_address.rpartition(":")[2])
        asterisk = PrivateAsterisk(Path(node.folder), sip_port=sip_port, ami_port=node.ami_port, ami_secret=node.ami_secret)
        try:
            asterisk.check()  # before there is a node, which the next tenant would be put on
            Path(node.folder).mkdir(parents=True, exist_ok=True)
            node.save()
            logging.disable(logging.WARNING)  # it is not up yet, which is no news
            NodeDeployer(node.pk).round()  # writes the newest files, for it to begin with them
            logging.disable(logging.NOTSET)
            with asterisk:
                self.stdout.write(
                    f"Asterisk {node.name}: SIP {node.sip_address}/udp, AMI {node.ami_address}, files {node.folder}. Stop it with Ctrl-C."
                )
                status = asterisk.wait()
                raise CommandError(f"Asterisk {node.name} ended with status {status}. The end of its log:\n{asterisk.log[-2000:]}")
        except AsteriskError as error:
            raise CommandError(str(error)) from None
        except KeyboardInterrupt:
            self.stdout.write(f"Asterisk {node.name} is stopped.")

    def _node(self, name: str, sip_port: int | None, ami_port: int | None) -> Node:
        folder = str(Path(settings.VAR_DIR) / "nodes" / name)
        node = Node.objects.filter(name=name).first()
        if node is None:
            node = Node(name=name, folder=folder, ami_user=AMI_USER, ami_secret=secrets.token_urlsafe(18), ami_port=free_port())
        if node.folder != folder or node.ami_user != AMI_USER:
            raise CommandError(f"Node {name} is another Asterisk, with its files in {node.folder}; choose a different name.")
        last = node.sip_address.rpartition(":")[2]
        node.ami_host = "127.0.0.1"
        node.files_only = False
        node.ami_port = ami_port or node.ami_port
        node.sip_address = f"127.0.0.1:{sip_port or last or free_port()}"
        check(node)
        return node
