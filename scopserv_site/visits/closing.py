"""The console of a suspended tenant is closed to all but operators."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string

from scopserv_site.api.answers import is_program, problem
from tenants.visits.looking import looking_of

CLOSED = "This console is closed for now. Ask your provider."


class ClosedMiddleware:
    """Answers in the place of a suspended tenant's pages; its door is left open for operators who are on their way in."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *view: Any) -> HttpResponse | None:
        match = request.resolver_match
        if not is_closed_to(request.user, request) or (match and match.url_name == "enter"):
            return None
        return problem(403, CLOSED) if is_program(request) else closed()


def is_closed_to(user: Any, request: HttpRequest) -> bool:
    """Whether the open tenant is suspended, and this is no operator."""
    tenant = getattr(request, "tenant", None)
    operator = user.is_authenticated and (user.is_operator or looking_of(request) is not None)
    return tenant is not None and tenant.suspended is not None and not operator


def closed() -> HttpResponse:
    """The plain page: it names nobody."""
    return HttpResponse(render_to_string("scopserv_site/visits/closed.html", {"text": CLOSED}), status=403)
