"""Says what nodes should have, inside the caller's transaction: the rows are the jobs, and the workers wake when it commits."""

from collections.abc import Collection, Iterable
from typing import Any, Protocol

from django.db import connection, transaction
from django.db.models import Count, Q

from dialplan.build.model import Entry
from dialplan.deploy.models import CHANNEL, OWN, Deployment, Node, ServerEntry, notify
from dialplan.trunks.models import Trunk


class Placed(Protocol):
    """An entry with who wrote it."""

    @property
    def entry(self) -> Entry: ...
    @property
    def origin(self) -> str: ...


def want(slug: str, revision: int) -> None:
    """A revision of a tenant should be on all of its nodes."""
    _bump("wanted = %s", "slug = %s", [revision, slug])


def want_node(node: Node) -> None:
    """A node's own files have changed, as it has other tenants."""
    if _registers():
        want_all_nodes()
        return
    _bump("wanted = wanted + 1", "slug = '' AND node_id = %s", [node.pk])


def want_node_of(slug: str) -> None:
    """The own files of all nodes of a tenant have changed, as it has numbers on other trunks."""
    if _registers():
        want_all_nodes()
        return
    _bump("wanted = wanted + 1", "slug = '' AND node_id IN (SELECT node_id FROM public.deploy_deployment WHERE slug = %s)", [slug])


def want_all_nodes() -> None:
    """The own files of every node have changed."""
    _bump("wanted = wanted + 1", "slug = ''", [])


def want_again(node: Node) -> None:
    """All that a node has is to be checked against the node itself, and repaired."""
    _bump("live = NULL, digest = '', error = ''", "node_id = %s", [node.pk])


def place(slug: str, node: Node, revision: int = 0, *, new: bool = False) -> None:
    """A tenant should be on this node, as well as on those that it is on already; a new one inherits nothing of another of its name."""
    fresh = {"wanted": revision, "live": None, "live_at": None, "milliseconds": None, "error": "", "digest": "", "removing": False}
    with transaction.atomic():
        rows = Deployment.objects.select_for_update()  # a worker may be about to have it removed
        row, created = rows.get_or_create(node=node, slug=slug, defaults={**fresh, "clear": True})
        if row.removing:
            Deployment.objects.filter(pk=row.pk).update(**fresh, heir=None, clear=row.clear or new)
        elif row.heir_id:
            Deployment.objects.filter(pk=row.pk).update(heir=None)
        if created or row.removing:
            want_node(node)


def settle_on(slug: str, nodes: Collection[Node], revision: int = 0) -> None:
    """A tenant should be on these nodes and no others, which it leaves when it is live on these, and with what calls left there."""
    for node in nodes:
        place(slug, node, revision)
    rows = Deployment.objects.select_for_update(of=("self",)).filter(slug=slug).order_by("node__name")
    heir = next((row for row in rows.select_related("node") if row.node in nodes), None)  # all are held until the end of the transaction
    if heir is None:
        unplace_all(slug)
        return
    Deployment.objects.filter(slug=slug).exclude(node__in=nodes).update(heir=heir)
    Deployment.objects.filter(slug=slug, node__in=nodes).update(heir=None)
    if heir.is_live:
        take_over(heir)


def take_over(heir: Deployment) -> None:
    """The tenant is live there, so that it leaves where it waited for that."""
    for row in Deployment.objects.filter(heir=heir).select_related("node"):
        # Asked again while it is written: somebody may have thought better of it at this moment.
        if Deployment.objects.filter(pk=row.pk, heir=heir, removing=False).update(removing=True, error=""):
            want_node(row.node)
        notify(str(row.node_id))


def rename_places(old: str, new: str) -> None:
    """A tenant should be on its nodes under another name, with what calls left there."""
    rows = list(Deployment.objects.select_for_update(of=("self",)).filter(slug=old).select_related("node").order_by("pk"))
    heirs = {}
    for row in rows:
        if not row.removing:
            place(new, row.node, row.wanted, new=True)
            heirs[row.pk] = Deployment.objects.get(slug=new, node=row.node)
    for row in rows:
        later = heirs.get(row.heir_id or 0)  # it was on its way there
        if row.removing:
            Deployment.objects.filter(pk=row.pk).update(heir=later)
            continue
        Deployment.objects.filter(pk=heirs[row.pk].pk).update(heir=later)
        Deployment.objects.filter(pk=row.pk).update(heir=heirs[row.pk])
        unplace(old, row.node)


def place_new(slug: str, node: str | None) -> None:
    """Put a new tenant on the node that is named, else on the one with the fewest tenants, if there are nodes at all."""
    if node:
        found = Node.objects.filter(name=node).first()
        if found is None:
            known = ", ".join(Node.objects.values_list("name", flat=True)) or "there is none yet"
            raise ValueError(f"There is no node {node!r}; name one that exists ({known}), or add it with 'manage.py add_node'.")
    else:
        tenants = Count("deployments", filter=Q(deployments__removing=False) & ~Q(deployments__slug=OWN))
        found = Node.objects.annotate(tenants=tenants).order_by("tenants", "name").first()
    if found:
        place(slug, found, new=True)


def unplace(slug: str, node: Node) -> None:
    """A tenant should leave this node with all that it has there."""
    if Deployment.objects.filter(node=node, slug=slug, removing=False).update(removing=True, error=""):
        want_node(node)


def unplace_all(slug: str) -> None:
    """A tenant should leave all of its nodes, with all that calls left there."""
    Deployment.objects.filter(slug=slug).update(heir=None)
    for node in Node.objects.filter(deployments__slug=slug):
        unplace(slug, node)


def store_server_entries(placed: Iterable[Placed]) -> None:
    """Make these the AstDB keys of server-wide addons on every node."""
    wanted = {(one.entry.family, one.entry.key): (one.entry.value, one.origin) for one in placed}
    stored = {(row.family, row.key): row for row in ServerEntry.objects.all()}
    gone = [row.pk for place, row in stored.items() if place not in wanted]
    changed = [row for place, row in stored.items() if place in wanted and (row.value, row.origin) != wanted[place]]
    moved = [row for row in changed if row.value != wanted[row.family, row.key][0]]
    for row in changed:
        row.value, row.origin = wanted[row.family, row.key]
    new = [ServerEntry(family=f, key=k, value=value, origin=origin) for (f, k), (value, origin) in wanted.items() if (f, k) not in stored]
    ServerEntry.objects.filter(pk__in=gone).delete()
    ServerEntry.objects.bulk_update(changed, ["value", "origin"], batch_size=1000)
    ServerEntry.objects.bulk_create(new, batch_size=2000)
    if gone or moved or new:
        want_all_nodes()


def applications_of(slugs: Collection[str]) -> dict[str, dict[str, list[str]]]:
    """The applications of each node of each of these tenants; an empty list where they are not known yet."""
    nodes = {pk: (name, known) for pk, name, known in Node.objects.values_list("pk", "name", "applications")}
    found: dict[str, dict[str, list[str]]] = {slug: {} for slug in slugs}
    for slug, node in Deployment.objects.filter(slug__in=slugs, removing=False).values_list("slug", "node_id"):
        name, known = nodes[node]
        found[slug][name] = known
    return found


def _registers() -> bool:
    """Whether a trunk registers, on one node alone: which one that is may change with the tenants and numbers of any node."""
    return Trunk.objects.filter(register=True).exists()


def _bump(change: str, where: str, values: list[Any]) -> None:
    # In one statement, as it is part of every save.
    with connection.cursor() as cursor:
        cursor.execute(
            f"WITH due AS (UPDATE public.deploy_deployment SET {change}, wanted_at = clock_timestamp() WHERE {where} RETURNING node_id) "  # noqa: S608
            "SELECT pg_notify(%s, node_id::text) FROM due GROUP BY node_id",
            [*values, CHANNEL],
        )
