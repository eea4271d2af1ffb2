"""Tells a page whether its tenant is live, so that it can say "live on pbx1 after 84 ms" without being loaded again."""

from typing import Any

from django.http import HttpRequest, JsonResponse

from dialplan.deploy.models import Node
from dialplan.deploy.status import Status, tenant_status, with_counts
from tenants.schema import current_slug


def status_view(request: HttpRequest) -> JsonResponse:
    """{"live": bool, "places": [{"node", "live", "text", "reason"}]} of the open console."""
    return JsonResponse(status_context())


def status_context() -> dict[str, Any]:
    """The same, for templates."""
    slug = current_slug()
    found = tenant_status(slug) if slug else node_status()
    places = [{"node": each.node, "live": each.live, "text": each.text, "reason": each.reason} for each in found]
    return {"live": all(each.live for each in found), "places": places}


def node_status() -> list[Status]:
    """Where each node stands, for operators."""
    return [_node_status(node) for node in with_counts(Node.objects.all())]


def _node_status(node: Any) -> Status:
    if node.waiting_count:
        return Status(node.name, False, f"{node.waiting_count} waiting for {node.name}", node.trouble)
    if node.error and not node.files_only:
        return Status(node.name, False, f"{node.name} does not answer", node.trouble)
    return Status(node.name, True, f"{node.name}: all live")
