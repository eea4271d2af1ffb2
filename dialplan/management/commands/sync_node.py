import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from rich.console import Console
from rich.progress import Progress

from dialplan.deploy.deployer import NodeDeployer
from dialplan.deploy.models import DUE, WAITS, Deployment, Node
from dialplan.deploy.wanted import want_again
from dialplan.management.nodes import find_node
from tenants.words import counted


class Command(BaseCommand):
    help = "Brings a node to what it should have, asking its Asterisk for everything; needs no worker, and gets along with one."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name", metavar="NODE")

    def handle(self, *args: Any, **options: Any) -> None:
        node = find_node(options["name"])
        want_again(node)
        deployer = NodeDeployer(node.pk)
        try:
            self._work(node, deployer)
        finally:
            deployer.close()
        left = Deployment.objects.filter(DUE, node=node).select_related("heir__node").order_by("slug")
        for row in left:
            waits = f"stays until it is live on {row.heir.node}" if row.removing and row.heir else "not done"
            self.stderr.write(f"{row.slug or 'own files'}: {row.error or waits}")
        if left:
            raise CommandError(f"{counted(len(left), 'part')} of {node.name} could not be brought there.")
        self.stdout.write(f"{node.name} is as it should be ({counted(Deployment.objects.filter(node=node).count(), 'part')}).")

    def _work(self, node: Node, deployer: NodeDeployer) -> None:
        due = Deployment.objects.filter(DUE, node=node).exclude(WAITS)
        with Progress(console=Console(stderr=True), transient=True) as progress:
            total = due.count()
            task = progress.add_task(node.name, total=total)
            while due.filter(error="").exists():
                wait = deployer.round()
                progress.update(task, completed=total - due.count())
                time.sleep(min(wait, 0.5))
