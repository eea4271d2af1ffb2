"""What somebody must do before anything else at a console."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

ALWAYS = frozenset({"login", "logout"})  # pages of a console that nothing stands before


def duty(request: HttpRequest) -> str | None:
    """The page that the person has to go to first, by its name."""
    user: Any = request.user
    if user.must_change_password:
        return "password_change"
    return None


class DutiesMiddleware:
    """Takes people who have a duty to its page, whatever they ask for."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *view: Any) -> HttpResponse | None:
        page = duty(request) if request.user.is_authenticated else None
        match = request.resolver_match
        if page is None or (match and match.app_name == "admin" and match.url_name in ALWAYS | {page}):
            return None
        return redirect(f"admin:{page}")
