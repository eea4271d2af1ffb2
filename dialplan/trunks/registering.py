"""On which node a trunk registers: on one alone, as a carrier sends its calls to whoever registered last."""

from dialplan.deploy.models import OWN, Deployment, Node
from dialplan.trunks.models import ClaimedNumber, Trunk


def registering_node(trunk: Trunk) -> Node | None:
    """The first node by name with a tenant that takes calls on the trunk, or else with one that it is lent to; None when there is none."""
    placed = Deployment.objects.filter(removing=False).exclude(slug=OWN).select_related("node").order_by("node__name")
    users = placed if trunk.all_tenants else placed.filter(slug__in=trunk.tenants.values("schema_name"))
    row = placed.filter(slug__in=ClaimedNumber.objects.filter(trunk=trunk).values("slug")).first() or users.first()
    return row.node if row else None
