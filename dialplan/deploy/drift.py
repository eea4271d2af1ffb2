"""What on a node is not as it should be, for who asks; changes nothing."""

from collections.abc import Iterator
from contextlib import contextmanager

from dialplan.changes import TenantBusy
from dialplan.deploy.ami import AMIClient
from dialplan.deploy.folder import NodeFolder
from dialplan.deploy.job import Job
from dialplan.deploy.models import Deployment, Node
from dialplan.deploy.target import wanted_of


def drift(node: Node) -> dict[str, list[str]]:
    """What differs, by slug ("" for the own files), an empty list where all is well. Raises AMIError or FolderError if nobody can tell."""
    folder = NodeFolder(node.folder, node.name)
    folder.check()
    found = {}
    with _client(node) as client:
        for row in Deployment.objects.filter(node=node).order_by("slug"):
            try:
                job = Job(wanted_of(node, row))
            except (ValueError, TenantBusy) as error:
                found[row.slug] = [str(error)]
                continue
            if node.files_only:
                job.compare_files(folder)
            else:
                job.inspect(folder, client)
            found[row.slug] = job.differs
    return found


@contextmanager
def _client(node: Node) -> Iterator[AMIClient]:
    client = node.client()
    try:
        if not node.files_only:
            client.connect()
        yield client
    finally:
        client.close()
