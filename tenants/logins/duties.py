"""What somebody must do before anything else at a console: give a code, choose a password of their own, set up a second factor."""

from collections.abc import Callable
from typing import Any

from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from tenants.logins.second_factor import authenticator_of, is_marked, is_required

ALWAYS = frozenset({"login", "login_code", "logout", "enter", "stop_looking"})  # pages of a console that nothing stands before


class DutiesMiddleware:
    """Logs out sessions that lack the code of their person's second factor; takes people to what they must do, whatever they ask for."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: Any) -> HttpResponse:
        request.authenticator = authenticator_of(request.user) if request.user.is_authenticated else None
        if request.authenticator and not is_marked(request, request.authenticator):
            logout(request)
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *view: Any) -> HttpResponse | None:
        page = _duty(request) if request.user.is_authenticated else None
        match = request.resolver_match
        if page is None or (match and match.app_name == "admin" and match.url_name in ALWAYS | {page}):
            return None
        return redirect(f"admin:{page}")


def _duty(request: Any) -> str | None:
    """The page that the person has to go to first, by its name."""
    if request.user.must_change_password:
        return "password_change"
    if request.authenticator is None and is_required(request.user, request.tenant):
        return "second_factor"
    return None
