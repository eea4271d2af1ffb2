"""Whether what was committed is live, in the words that pages show."""

from dataclasses import dataclass

from django.db.models import Case, Count, F, OuterRef, Q, QuerySet, Subquery, TextField, Value, When
from django.db.models.functions import Cast, Coalesce, Concat, NullIf

from dialplan.deploy.models import DUE, OWN, Deployment, Node

ASK = "Your operator sees why."  # what is wrong with a node is not its tenants' to know: it tells of folders, addresses and users


@dataclass(frozen=True, slots=True)
class Status:
    """One tenant, or a node's own files, on one node."""

    node: str
    live: bool
    text: str
    reason: str = ""


def tenant_status(slug: str) -> list[Status]:
    """Where a tenant stands on each of its nodes, as its own people may know it."""
    rows = Deployment.objects.filter(slug=slug, removing=False).select_related("node").order_by("node__name")
    return [_status(row) for row in rows]


def sip_servers(slug: str) -> list[str]:
    """Where a tenant's phones register: an address as one types it, or in words where Asterisk listens on all of its addresses."""
    rows = Node.objects.filter(deployments__slug=slug, deployments__removing=False).values_list("name", "sip_address")
    found = []
    for name, address in rows.order_by("name"):
        host, _, port = address.rpartition(":")
        if host in ("", "0.0.0.0", "[::]"):  # noqa: S104
            found.append(f"the address of {name}" + (f", port {port}" if port else ""))
        else:
            found.append(address)
    return found


def with_counts(nodes: QuerySet[Node]) -> QuerySet[Node]:
    """Nodes with `tenant_count`, `waiting_count` (how many deployments wait) and `trouble` (what is wrong with it or one of those)."""
    text = TextField()
    whose = Case(When(slug=OWN, then=Value("own files")), default=F("slug"))
    what = Concat(whose, Value(": "), Cast("error", text), output_field=text)
    first = Deployment.objects.filter(node=OuterRef("pk")).exclude(error="").order_by("slug").values_list(what)[:1]
    return nodes.annotate(
        waiting_count=_count(DUE),
        tenant_count=_count(Q(removing=False) & ~Q(slug=OWN)),
        trouble=Coalesce(NullIf("error", Value("")), Subquery(first), Value(""), output_field=text),
    )


def _count(which: Q) -> Coalesce:
    """How many such deployments a node has; each count by itself, as a join would look for the trouble once for each of them."""
    found = Deployment.objects.filter(which, node=OuterRef("pk")).order_by().values("node")
    return Coalesce(Subquery(found.annotate(count=Count("pk")).values("count")), 0)


def _status(row: Deployment) -> Status:
    node = row.node
    if row.is_live and node.error and not node.files_only:
        return Status(node.name, False, f"{node.name} does not answer", ASK)
    if row.is_live:
        where = f"{node.name}'s files" if node.files_only else node.name
        took = f" after {duration(row.milliseconds)}" if row.milliseconds is not None else ""
        return Status(node.name, True, f"live on {where}{took}")
    return Status(node.name, False, f"waiting for {node.name}", ASK if row.error or node.error else "")


def duration(milliseconds: int) -> str:
    """How long something took, as people say it."""
    return f"{milliseconds} ms" if milliseconds < 10_000 else f"{milliseconds / 1000:.0f} s"
