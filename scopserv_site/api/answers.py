"""What goes out beside records: whether they are live, and problems by the path of what is wrong."""

from collections.abc import Iterable
from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja.responses import Response

from dialplan.deploy.status import tenant_status
from dialplan.models import Revision
from scopserv_site.records.writing import RecordFault
from scopserv_site.status import node_status
from tenants.schema import current_slug


def standing(*, places: bool = False) -> dict[str, Any]:
    """The open console's newest revision, whether all nodes have it, and if wanted how each is doing."""
    slug = current_slug()
    found = tenant_status(slug) if slug else node_status()
    newest = Revision.objects.values_list("number", flat=True).first() if slug else None
    shown = [{"node": each.node, "live": each.live, "text": each.text, "reason": each.reason} for each in found]
    return {"revision": newest, "live": all(each.live for each in found)} | ({"places": shown} if places else {})


def is_program(request: HttpRequest) -> bool:
    """Whether this is a request to the API, which answers in JSON whatever happens."""
    return f"{request.path_info}/".startswith("/api/")


def problem(status: int, detail: str, faults: Iterable[RecordFault] = ()) -> HttpResponse:
    """Why nothing was done."""
    errors = [{"path": list(fault.path), "message": fault.message} for fault in faults]
    return Response({"detail": detail, "errors": errors}, status=status)
