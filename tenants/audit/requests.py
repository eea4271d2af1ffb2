"""Who asks from which address, while a request is being answered."""

import ipaddress
from collections.abc import Callable
from contextvars import ContextVar

from django.conf import settings
from django.http import HttpRequest, HttpResponse

_current: ContextVar[HttpRequest | None] = ContextVar("request", default=None)


def current_address() -> str | None:
    """The caller's IP address; None for commands and workers."""
    request = _current.get()
    return None if request is None else address_of(request)


def current_actor() -> str:
    """The login that asks; empty for commands, workers, and who has not logged in."""
    user = getattr(_current.get(), "user", None)
    return user.get_username() if user is not None and user.is_authenticated else ""


def address_of(request: HttpRequest) -> str | None:
    """Where a request comes from: what the outermost of the site's own proxies saw, as all that stands before that may be forged."""
    proxies: int = settings.TRUSTED_PROXIES
    hops = request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")
    seen = _address(hops[-proxies]) if 0 < proxies <= len(hops) else None
    return seen or _address(request.META.get("REMOTE_ADDR", ""))


def _address(text: str) -> str | None:
    try:
        address = ipaddress.ip_address(text.strip().partition("%")[0])
    except ValueError:  # also for a web server that listens on a socket file
        return None
    return str(getattr(address, "ipv4_mapped", None) or address)


class AddressMiddleware:
    """Keeps the request for as long as it is answered."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        token = _current.set(request)
        try:
            return self.get_response(request)
        finally:
            _current.reset(token)
