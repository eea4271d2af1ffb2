"""What people see instead of the page they asked for, and programs instead of an answer: not allowed, not there, or broken."""

import sys
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.template.response import TemplateResponse
from django.views.defaults import server_error

from scopserv_site.api.answers import is_program, problem
from scopserv_site.database.faults import DatabaseDown, lost
from tenants.access import standing_at
from tenants.models import Membership
from tenants.schema import current_slug

SHOWN = 5  # administrators named on the page


def forbidden(site: Any, request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """In the console for those inside, with the names of who may allow it; plain for strangers."""
    user: Any = getattr(request, "user", None)
    standing = standing_at(user, current_slug())
    if standing is None:
        return HttpResponse(render_to_string("403.html"), status=403)
    context = {"title": "Not allowed", "role": role_name(user), "administrators": administrators()}
    answer = TemplateResponse(request, "scopserv_site/forbidden.html", {**site.each_context(request), **context}, status=403)
    return answer.render()


def broken(request: HttpRequest) -> HttpResponse:
    """A plain page, for programs in JSON; with 503 when the database is away and it is worth trying again."""
    error = sys.exc_info()[1]
    if isinstance(error, DatabaseDown) or (error is not None and lost(error)):
        if is_program(request):
            return problem(503, "The database does not answer; try again.")
        return HttpResponse(render_to_string("503.html"), status=503, headers={"Retry-After": "30"})
    if not is_program(request):
        return server_error(request)
    return problem(500, "Something went wrong here; whoever runs this console finds it in the log.")


def administrators() -> list[str]:
    """The names of the open tenant's administrators, not all if there are many."""
    found = Membership.objects.filter(
        tenant__schema_name=current_slug(), role=Membership.Role.ADMINISTRATOR, user__is_active=True
    ).select_related("user")
    return [each.user.get_full_name() or each.user.username for each in found.order_by("user__username")[:SHOWN]]


def role_name(user: Any) -> str:
    """What somebody's role at the open tenant is called."""
    found = Membership.objects.filter(user=user, tenant__schema_name=current_slug()).select_related("custom_role").first()
    return found.role_name if found else ""
